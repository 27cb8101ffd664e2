"""QUIC as Wireshark sees it: what the last column says of packets, and lists of versions on the other side's ports."""

from __future__ import annotations

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.wireshark.fields import texts

RETRY = "f0 00000001 01 07 01 08 746f6b656e" + "00" * 16
"""A token and a tag (RFC 9000, section 17.2.5)."""
LONG = "c0 00000001 08 0102030405060708 00 00 4014" + "ab" * 20
"""An Initial with 20 bytes that are protected (section 17.2.2)."""


def packet(payload: str, sport: int = 50000, dport: int = 443) -> Packet:
    around = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2")
    return Packet(bytes(around / UDP(sport=sport, dport=dport, payload=bytes.fromhex(payload))))


def test_a_retry_says_who_talks_to_whom() -> None:
    """Tshark 4.0 was asked for it."""
    found = packet(RETRY, 443, 50000)
    assert (found.get("_ws.col.Protocol"), found.get("_ws.col.Info")) == (["QUIC"], ["Retry, DCID=07, SCID=08"])
    assert found.get("quic.packet_length") == [30]
    assert found.get("quic.fixed_bit") == []


def test_packets_of_a_datagram_are_one_layer() -> None:
    found = packet(LONG + LONG)
    assert len(found.get("quic.packet_length")) == 2
    assert texts(found, "quic") == ["quic", "quic"]
    assert found.get("frame.protocols") == ["eth:ethertype:ip:udp:quic"]


def test_padding_of_a_datagram_is_a_layer_without_words() -> None:
    """As in tshark: bytes behind a packet that are for nobody."""
    found = packet(LONG + "00" * 30)
    assert texts(found, "quic") == ["quic", "quic"]
    assert found.get("quic.coalesced_padding_data") == [1]
    assert found.get("quic.packet_length") == [38]
    assert found.get("frame.protocols") == ["eth:ethertype:ip:udp:quic"]
    assert found.get("_ws.col.Info") == ["Initial, DCID=0102030405060708"]


def test_lengths_have_64_bits() -> None:
    found = packet(LONG)
    assert (found.get("quic.length"), found.get("quic.token_length")) == ([20], [0])


def test_a_short_head_shows_the_bits_that_are_not_protected() -> None:
    """As tshark 4.0 does in captures of many implementations."""
    for first, spin in (("40", 0), ("60", 1)):
        found = packet(LONG + f"{first} 0102030405060708" + "ab" * 20)
        assert (found.get("quic.header_form"), found.get("quic.fixed_bit")) == ([1, 0], [1, 1])
        assert found.get("quic.spin_bit") == [spin]
