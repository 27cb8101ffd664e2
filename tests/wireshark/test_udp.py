"""UDP in the eyes of Wireshark: how far it reads, and what it says of lengths and checksums that are wrong."""

from __future__ import annotations

import pytest

import dissect
from dissect import UDP, Ethernet, IPv4, IPv6, Packet, with_context
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values
from dissect.wireshark.sight import seen_layers
from tests.wireshark.carried import in_ipv4

DATAGRAM = bytes.fromhex("9c40 0035 000c 1bd5")


@pytest.mark.parametrize(
    ("there", "names"),
    [
        (3, set()),
        (4, {"udp.srcport", "udp.dstport"}),
        (5, {"udp.srcport", "udp.dstport"}),
        (6, {"udp.srcport", "udp.dstport", "udp.length", "udp.length.bad"}),
    ],
)
def test_ports_are_read_together(there: int, names: set[str]) -> None:
    frame = in_ipv4("udp", DATAGRAM[:there])
    known = ("udp.srcport", "udp.dstport", "udp.length", "udp.length.bad", "udp.checksum", "udp.payload")
    assert {name for name in known if values(frame, name)} == names
    assert summarize(frame).protocol == ("UDP" if there >= 4 else "IPv4")
    assert summarize(frame).info.endswith("[Malformed Packet]")


def test_nothing_is_read_behind_a_length_that_is_too_short() -> None:
    frame = in_ipv4("udp", bytes(UDP(sport=1, dport=2, length=7, checksum=9) / b"data"))
    assert values(frame, "udp.length") == [7]
    assert values(frame, "udp.checksum") == values(frame, "udp.checksum.status") == []
    assert summarize(frame).info == "1 → 2 [BAD UDP LENGTH 7 < 8]"


@pytest.mark.parametrize(
    ("frame", "info"),
    [
        (IPv4() / UDP(length=13, checksum=0) / b"data", "0 → 0 [BAD UDP LENGTH 13 > IP PAYLOAD LENGTH] Len=5"),
        (IPv6() / UDP(checksum=0) / b"data", "0 → 0 Len=4 [ILLEGAL CHECKSUM (0)]"),
        (IPv4() / UDP(checksum=1) / b"data", "0 → 0 Len=4 [UDP CHECKSUM INCORRECT]"),
        (IPv6() / UDP(length=0) / b"data", "0 → 0 Len=4 [Jumbogram]"),
    ],
)
def test_words(frame: IPv4 | IPv6, info: str) -> None:
    assert summarize(frame).info == info


def test_the_data_of_a_jumbogram_are_read() -> None:
    frame = IPv6() / UDP(length=0) / b"data"
    assert [layer.name for layer in seen_layers(dissect.parse(bytes(frame), link="raw"))] == ["ipv6", "udp", "data"]


def test_streams_are_counted_from_0() -> None:
    frames = [Ethernet() / IPv4() / UDP(sport=port) for port in (1, 2, 1)]
    packets = with_context(dissect.Packet(bytes(frame), number=number) for number, frame in enumerate(frames, 1))
    assert [packet.get("udp.stream") for packet in packets] == [[0], [1], [0]]


@pytest.mark.parametrize(("length", "is_bad"), [(11, False), (12, True), (100, True)])
@pytest.mark.parametrize("cut", [0, 1, 2, 4])
def test_a_length_behind_the_datagram_is_bad_in_a_frame_that_is_cut(length: int, is_bad: bool, cut: int) -> None:
    """What the capture left out behind the end of the datagram is none of it."""
    data = bytes(Ethernet() / IPv4() / UDP(sport=1, dport=2, length=length, payload=b"abc"))
    for left_out in (0, 50):
        packet = Packet(data[: len(data) - cut], original_length=len(data) + left_out)
        assert values(packet, "udp.length.bad") == [1] * is_bad
