"""Differences between two frames: which field, at which byte, with both values, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, MSS, TCP, UDP, VLAN, EchoReply, EchoRequest, Ethernet, Header, IPv4, WindowScale, parse
from dissect.differences.field_differences import FieldDifference, frame_differences
from tests.declared import any_bytes

FRAME = Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02") / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(dport=7)
SEGMENT = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=1, dport=2, options=[MSS(1400)])


def between(before: Header, after: Header) -> list[FieldDifference]:
    return frame_differences(bytes(before), bytes(after))


def named(found: list[FieldDifference]) -> list[tuple[str, list[str]]]:
    return [(each.name, [one.name for one in each.consequences]) for each in found]


def test_a_field_is_named_with_its_offset_and_both_values() -> None:
    (found,) = between(FRAME, FRAME.replace(src="02:00:00:00:00:03"))
    assert (found.name, found.offset, found.span_before) == ("eth.src", 6, (6, 12))
    assert (found.before, found.after) == ("02:00:00:00:00:02", "02:00:00:00:00:03")
    assert str(found) == "eth.src 02:00:00:00:00:02 -> 02:00:00:00:00:03 at byte 6"


def test_a_changed_ttl_explains_the_header_checksum() -> None:
    other = FRAME.copy()
    other[IPv4].ttl = 63
    (found,) = between(FRAME, other)
    assert (found.name, found.offset, found.before, found.after) == ("ip.ttl", 22, "64", "63")
    assert [(each.name, each.offset) for each in found.consequences] == [("ip.checksum", 24)]


def test_a_wrong_checksum_is_a_difference_of_its_own() -> None:
    other = parse(bytes(FRAME))
    other[IPv4].ttl = 63
    other[IPv4].checksum = 1
    assert named(between(FRAME, other)) == [("ip.ttl", []), ("ip.checksum", [])]


def test_more_data_explain_lengths_and_checksums() -> None:
    assert named(between(FRAME / b"same", FRAME / b"same and more")) == [
        ("data.data", ["ip.len", "ip.checksum", "udp.length", "udp.checksum"])
    ]
    assert named(between(FRAME, FRAME / b"more")) == [("data", ["ip.len", "ip.checksum", "udp.length", "udp.checksum"])]


def test_an_address_explains_both_checksums() -> None:
    other = SEGMENT.copy()
    other[IPv4].src = "10.0.0.3"
    assert named(between(SEGMENT, other)) == [("ip.src", ["ip.checksum", "tcp.checksum"])]


def test_padding_that_gives_way_to_data_follows_from_them() -> None:
    (found,) = between((FRAME / b"1").padded(), (FRAME / b"123").padded())
    assert found.consequences[-1].name == "eth.trailer"


def test_options_are_compared_one_by_one() -> None:
    other = SEGMENT.copy()
    other[TCP].options = [MSS(1300)]
    assert named(between(SEGMENT, other)) == [("tcp.options.mss_val", ["tcp.checksum"])]
    other[TCP].options = [MSS(1400), WindowScale(3)]
    found = between(SEGMENT, other)
    assert [each.name for each in found] == ["tcp.options.wscale", "tcp.options.eol"]
    assert (found[0].before, found[0].after, found[0].offset) == ("nothing", "WindowScale(3)", 58)


@pytest.mark.parametrize(
    ("layer", "field", "value"), [(Ethernet, "type", "arp"), (IPv4, "ihl", 6), (IPv4, "protocol", 6)]
)
def test_what_makes_other_fields_of_the_rest_is_named_alone(layer: type[Header], field: str, value: object) -> None:
    other = parse(bytes(FRAME / b"data"))
    setattr(other[layer], field, value)
    assert [each.name for each in between(FRAME / b"data", other)] == [layer.field(field).label]


def test_a_layer_of_another_protocol_is_named_as_a_whole() -> None:
    (found,) = between(Ethernet() / ARP(), Ethernet() / IPv4())
    assert (found.name, found.before, found.after) == ("arp", "ARP of 28 bytes", "IPv4 of 20 bytes")
    assert [each.name for each in found.consequences] == ["eth.type"]


def test_a_layer_between_others_is_one_difference() -> None:
    tagged = Ethernet(src="02:00:00:00:00:02") / VLAN(id=3) / FRAME.payload  # type: ignore[operator]
    bare = Ethernet(src="02:00:00:00:00:02") / FRAME.payload  # type: ignore[operator]
    assert named(between(tagged, bare)) == [("vlan", ["eth.type"])]
    assert named(between(bare, tagged)) == [("vlan", ["eth.type"])]


def test_forms_of_a_message_are_compared_field_by_field() -> None:
    request, reply = (Ethernet() / IPv4() / form(id=1, seq=2) / b"data" for form in (EchoRequest, EchoReply))
    assert named(between(request, reply)) == [("icmp.type", ["icmp.checksum"])]


def test_bytes_are_shown_from_the_first_that_differs() -> None:
    (found,) = between(FRAME / b"same and good", FRAME / b"same and wood")
    assert str(found).startswith("data.data 67 6f 6f 64 -> 77 6f 6f 64 at byte 51")
    assert found.octets
    request = Ethernet() / ARP()
    (found,) = between(request.replace(trailer=bytes(18)), request.replace(trailer=bytes(9) + b"a" * 9))
    assert str(found) == "eth.trailer 00 00 00 00 00 00 00 00 ... -> 61 61 61 61 61 61 61 61 ... at byte 51"


@given(any_bytes, any_bytes)
def test_equal_bytes_have_no_difference_and_all_others_one_within_the_frames(before: bytes, after: bytes) -> None:
    assert frame_differences(before, before) == []
    found = frame_differences(before, after)
    assert bool(found) is (before != after)
    for each in found:
        assert all(0 <= (one.offset or 0) <= max(len(before), len(after)) for one in each.with_consequences())
        assert each.before != each.after


@given(any_bytes, st.data())
def test_damage_to_a_frame_is_found(before: bytes, draw: st.DataObject) -> None:
    changed = bytearray(before + draw.draw(st.binary(max_size=3)))
    if changed:
        changed[draw.draw(st.integers(0, len(changed) - 1))] ^= draw.draw(st.integers(0, 255))
    after = bytes(changed[: draw.draw(st.integers(0, len(changed)))])
    assert bool(frame_differences(before, after)) is (before != after)
