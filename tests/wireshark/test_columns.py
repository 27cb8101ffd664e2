"""The columns of a list: who says what they are, layer by layer."""

from __future__ import annotations

import pytest

import dissect
from dissect import ARP, TCP, UDP, VLAN, Ethernet, IPv4, Packet
from dissect.packets.clock import Clock
from dissect.wireshark.columns import summarize
from tests.talk import infos, talk

LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
IP = IPv4(src="10.0.0.1", dst="10.0.0.2")


@pytest.mark.parametrize(
    ("frame", "source", "protocol"),
    [
        (LINK / ARP(), "02:00:00:00:00:01", "ARP"),
        (LINK / ARP(opcode="reverse_request"), "02:00:00:00:00:01", "RARP"),
        (LINK / ARP(opcode="inverse_reply"), "02:00:00:00:00:01", "Inverse ARP"),
        (LINK / IP / TCP() / b"x", "10.0.0.1", "TCP"),
        (LINK / VLAN() / IP / UDP(), "10.0.0.1", "UDP"),
        (LINK / IP.replace(fragment_offset=3) / b"x", "10.0.0.1", "IPv4"),
        (LINK.replace(type=0x88B6) / b"x", "02:00:00:00:00:01", "0x88b6"),
        (LINK / VLAN(type=0x88B5) / b"x", "02:00:00:00:00:01", "0x88b5"),
        (LINK.replace(type=1520) / b"x", "02:00:00:00:00:01", "Ethernet"),
        (LINK / IP / dissect.EchoRequest(), "10.0.0.1", "ICMP"),
    ],
)
def test_source_and_protocol(frame: dissect.Header, source: str, protocol: str) -> None:
    columns = summarize(Packet(bytes(frame)))
    assert (columns.source, columns.protocol) == (source, protocol)


def test_what_an_error_quotes_says_nothing() -> None:
    quoted = IPv4(src="10.0.0.1", dst="10.0.0.9") / UDP()
    error = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / dissect.DestinationUnreachable(code=3) / quoted
    columns = summarize(Packet(bytes(error)))
    assert (columns.source, columns.destination, columns.protocol) == ("10.0.0.2", "10.0.0.1", "ICMP")


def test_addresses_that_a_cut_header_lacks_stay_empty_or_those_of_the_link() -> None:
    frame = bytes(LINK / IP)
    assert summarize(Packet(frame[:8])).source == ""
    assert summarize(Packet(frame[:20])).source == "02:00:00:00:00:01"


def test_number_time_and_length_are_the_packets() -> None:
    clock = Clock()
    clock.advance(Packet(b"", time_ns=10**9))
    packet = Packet(b"", number=2, time_ns=2 * 10**9, original_length=70)
    clock.advance(packet)
    columns = summarize(packet, clock)
    assert (columns.number, columns.time, columns.length) == ("2", "1.000000000", "70")
    assert summarize(packet.frame).number == ""


def test_each_address_takes_its_column_when_it_is_read() -> None:
    link = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    whole = bytes(link / IPv4(src="10.0.0.1", dst="10.0.0.2") / b"data")
    found = [summarize(Packet(whole[:size]))[2:4] for size in (5, 6, 12, 29, 30, 34)]
    macs = ("02:00:00:00:00:01", "02:00:00:00:00:02")
    assert found == [("", ""), ("", macs[1]), macs, macs, ("10.0.0.1", macs[1]), ("10.0.0.1", "10.0.0.2")]
    assert summarize(link / IPv4(version=5, src="10.0.0.1", dst="10.0.0.2") / b"data")[2:4] == macs


def test_the_last_column_has_room_for_4095_bytes() -> None:
    """As in tshark; what is cut within a character has none of it."""
    for text, left in (("a" * 5000, 4086), ("é" * 3000, 2043)):
        assert infos(talk(21, (0, f"{text}\r\n".encode()))) == [f"Request: {text[:left]}"]
