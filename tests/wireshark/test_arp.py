"""ARP in the eyes of Wireshark: how far it reads, and the words for each operation."""

from __future__ import annotations

import pytest

from dissect import ARP, Ethernet, Packet, parse, with_context
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values

PROBE = ARP(sender_ip="0.0.0.0", target_ip="10.0.0.1")
ANNOUNCEMENT = ARP(sender_ip="10.0.0.1", target_ip="10.0.0.1")
GRATUITOUS_REPLY = ARP(opcode="reply", sender_ip="10.0.0.1", target_ip="10.0.0.1")
USUAL = ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2")
OVER_ATM = "0013 0800 14 14 00 01 04 14 0000"


@pytest.mark.parametrize(
    ("packet", "line"),
    [
        (USUAL, "Who has 10.0.0.2? Tell 10.0.0.1"),
        (PROBE, "Who has 10.0.0.1? (ARP Probe)"),
        (ANNOUNCEMENT, "ARP Announcement for 10.0.0.1"),
        (USUAL.replace(opcode="reply"), "10.0.0.1 is at 00:00:00:00:00:00"),
        (GRATUITOUS_REPLY, "Gratuitous ARP for 10.0.0.1 (Reply)"),
        (ARP(opcode=3, target_mac="02:00:00:00:00:01"), "Who is 02:00:00:00:00:01? Tell 00:00:00:00:00:00"),
        (ARP(opcode=4, target_ip="10.0.0.1"), "00:00:00:00:00:00 is at 10.0.0.1"),
        (ARP(opcode=8), "Who is 00:00:00:00:00:00? Tell 00:00:00:00:00:00"),
        (ARP(opcode=9), "00:00:00:00:00:00 is at 0.0.0.0"),
        (ARP(opcode=77), "Unknown ARP opcode 0x004d"),
    ],
)
def test_words(packet: ARP, line: str) -> None:
    assert summarize(packet).info == line


@pytest.mark.parametrize(
    ("packet", "protocol"),
    [
        (USUAL, "ARP"),
        (ARP(opcode=3), "RARP"),
        (ARP(opcode=5), "DRARP"),
        (ARP(opcode=8), "Inverse ARP"),
        (ARP(opcode=11), "MARS"),
    ],
)
def test_operations_of_others(packet: ARP, protocol: str) -> None:
    assert summarize(packet).protocol == protocol


@pytest.mark.parametrize("there", range(8))
def test_a_header_that_is_cut_is_seen_as_far_as_it_goes(there: int) -> None:
    packet = ARP.cut(bytes(USUAL)[:there])
    names = ("arp.hw.type", "arp.proto.type", "arp.hw.size", "arp.proto.size", "arp.opcode", "arp.src.hw_mac")
    ends = (2, 4, 5, 6, 8, 14)
    assert [bool(values(packet, name)) for name in names] == [there >= end for end in ends]
    assert summarize(packet).info == "[Malformed Packet]"


def test_addresses_go_by_names_of_their_kinds() -> None:
    other = USUAL.replace(protocol_type=0x86DD, hardware_type=32)
    assert values(USUAL, "arp.src.proto_ipv4") == ["10.0.0.1"]
    assert values(USUAL, "arp.src.proto") == values(USUAL, "arp.src.hw") == []
    assert values(other, "arp.src.proto_ipv4") == values(other, "arp.src.hw_mac") == []
    assert values(other, "arp.src.proto") == [bytes((10, 0, 0, 1))]
    assert values(other, "arp.src.hw") == [bytes(6)]


def test_over_atm_the_octets_have_other_names() -> None:
    packet = ARP.cut(OVER_ATM)
    assert values(packet, "arp.src.hlen") == [0x14]
    assert values(packet, "arp.src.htype") == [False]
    assert values(packet, "arp.dst.hlen") == [0x14]
    assert values(packet, "arp.hw.size") == []
    assert values(USUAL, "arp.src.hlen") == []


def test_an_address_that_two_claim() -> None:
    told = [USUAL.replace(sender_mac=f"02:00:00:00:00:0{number}", sender_ip="10.0.0.7") for number in (1, 2)]
    packets = [Packet(bytes(Ethernet() / each), number=number, time_ns=0) for number, each in enumerate(told, 1)]
    first, second = with_context(packets)
    assert first.get("arp.duplicate-address-frame") == []
    assert second.get("arp.duplicate-address-frame") == [1]
    assert summarize(second).info.endswith("(duplicate use of 10.0.0.7 detected!)")


@pytest.mark.parametrize(("size", "shown"), [(36, "61" * 36), (37, "61" * 36 + "…")])
def test_of_a_long_address_the_beginning_is_shown(size: int, shown: str) -> None:
    raw = (
        bytes.fromhex("0001 0800")
        + bytes([size, 4])
        + bytes.fromhex("0002")
        + b"a" * size
        + bytes([10, 0, 0, 1])
        + bytes(size + 4)
    )
    assert parse(bytes(Ethernet(type=0x0806) / raw)).summary().endswith(f"10.0.0.1 is at {shown}")
