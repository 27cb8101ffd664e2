"""Differences between two frames: which field, at which byte, with both values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, UDP, Ethernet, IPv4
from dissect.replay.differences import Difference, differences

FRAME = Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02") / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(dport=7)


def between(captured: Ethernet, given_: Ethernet) -> list[Difference]:
    return differences(bytes(captured), bytes(given_))


def test_fields_are_named_with_their_offset() -> None:
    assert between(FRAME / b"data", FRAME.replace(src="02:00:00:00:00:03") / b"data") == [
        Difference("eth", "src", 6, "02:00:00:00:00:02", "02:00:00:00:00:03")
    ]


def test_fields_in_the_middle_of_a_byte_and_their_consequences_are_named() -> None:
    other = (
        Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / IPv4(src="10.0.0.2", dst="10.0.0.1", flags="DF", ttl=63)
        / UDP(dport=7)
    )
    found = between(FRAME, other)
    assert [(each.field, each.offset) for each in found] == [("flags", 20), ("ttl", 22), ("checksum", 24)]
    assert str(found[1]) == "ip.ttl at byte 22: 64 in the capture, 63 from the host"


def test_bytes_are_shown_from_the_first_that_differs() -> None:
    found = between(FRAME / b"same and good", FRAME / b"same and worse")
    assert [str(each) for each in found if each.layer == "data"] == [
        "data.data at byte 51: 67 6f 6f 64 in the capture, 77 6f 72 73 65 from the host"
    ]
    long = between(FRAME / bytes(20), FRAME / (bytes(19) + b"\1"))
    assert long[-1] == Difference("data", "data", 61, "00", "01")


def test_the_trailer_is_compared() -> None:
    request = Ethernet() / ARP()
    assert between(request.replace(trailer=bytes(18)), request.replace(trailer=bytes(9) + b"a" * 9)) == [
        Difference("eth", "trailer", 51, "00 00 00 00 00 00 00 00 ...", "61 61 61 61 61 61 61 61 ...")
    ]
    assert between(request.replace(trailer=b"ab"), request) == [Difference("eth", "trailer", 42, "61 62", "nothing")]
    assert between(request.replace(trailer=b"a"), request.replace(trailer=b"ab")) == [
        Difference("eth", "trailer", 43, "nothing behind its 1 bytes", "62")
    ]


def test_other_layers_are_named_as_a_whole() -> None:
    found = between(Ethernet() / ARP(), Ethernet() / IPv4())
    assert found[-1] == Difference("arp", "", 14, "ARP of 28 bytes", "IPv4 of 20 bytes")
    assert between(FRAME, FRAME / b"more")[-1] == Difference("data", "", 42, "nothing", "Data of 4 bytes")


@given(st.binary(max_size=80), st.data())
def test_equal_bytes_have_none_and_all_others_some(data: bytes, draw: st.DataObject) -> None:
    start = draw.draw(st.sampled_from([b"", bytes(FRAME)[:14], bytes(FRAME)[:34], bytes(Ethernet() / ARP())[:14]]))
    captured = start + data
    assert differences(captured, captured) == []
    changed = bytearray(captured + draw.draw(st.binary(max_size=3)))
    if changed:
        changed[draw.draw(st.integers(0, len(changed) - 1))] ^= draw.draw(st.integers(0, 255))
    other = bytes(changed[: draw.draw(st.integers(0, len(changed)))])
    found = differences(captured, other)
    assert bool(found) is (captured != other)
    assert all(0 <= each.offset <= max(len(captured), len(other)) for each in found)
    assert all(each.captured != each.given for each in found)
