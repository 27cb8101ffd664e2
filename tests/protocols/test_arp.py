from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, ARPOperation, Ethernet, EtherType, HardwareType
from dissect.errors import FieldAbsentError, FieldError
from dissect.wireshark.columns import summarize

REQUEST = "0001 0800 06 04 0001 00055d6158a8 c0a80037 000000000000 c0a80002"
REPLY = "0001 0800 06 04 0002 00055da1b840 c0a80002 00055d6158a8 c0a80037"


def parsed(packet: str | bytes) -> ARP:
    data = bytes.fromhex(packet) if isinstance(packet, str) else packet
    return dissect.parse(bytes(Ethernet(type="arp")) + data)[ARP]


def test_deconstruct() -> None:
    packet = parsed(REQUEST)
    assert packet.hardware_type == HardwareType.ETHERNET
    assert packet.protocol_type == EtherType.IPV4
    assert (packet.hardware_length, packet.protocol_length) == (6, 4)
    assert packet.opcode == ARPOperation.REQUEST
    assert (packet.sender_mac, packet.sender_ip) == ("00:05:5d:61:58:a8", "192.168.0.55")
    assert (packet.target_mac, packet.target_ip) == ("00:00:00:00:00:00", "192.168.0.2")
    assert packet.problems() == []


def test_construct() -> None:
    request = ARP(sender_mac="00:05:5d:61:58:a8", sender_ip="192.168.0.55", target_ip="192.168.0.2")
    assert bytes(request) == bytes.fromhex(REQUEST)
    reply = ARP(
        opcode="reply",
        sender_mac="00:05:5d:a1:b8:40",
        sender_ip="192.168.0.2",
        target_mac="00:05:5d:61:58:a8",
        target_ip="192.168.0.55",
    )
    assert bytes(reply) == bytes.fromhex(REPLY)


@pytest.mark.parametrize("length", range(28))
def test_impossible_length(length: int) -> None:
    frame = dissect.parse(bytes(Ethernet(type="arp")) + bytes.fromhex(REQUEST)[:length])
    assert [problem.message for problem in frame.problems()] == (["is cut short"] if length else [])
    if length:
        packet = frame[ARP]
        with pytest.raises(FieldAbsentError):
            _ = packet.target_ip
        assert summarize(packet).info == "[Malformed Packet]"


@given(st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20))
def test_addresses_of_any_length(one: bytes, two: bytes, three: bytes, four: bytes) -> None:
    if len(one) != len(two) or len(three) != len(four):
        with pytest.raises(FieldError, match="expected one length for both"):
            ARP(sender_mac=one, target_mac=two, sender_ip=three, target_ip=four)
        two, four = one, three
    packet = ARP(sender_mac=one, target_mac=two, sender_ip=three, target_ip=four)
    assert (packet.hardware_length, packet.protocol_length) == (len(one), len(three))
    again = parsed(bytes(packet))
    assert again == packet
    assert again.sender_mac == one.hex(":")


def test_what_follows_is_no_part_of_it() -> None:
    frame = dissect.parse(bytes(Ethernet(type="arp")) + bytes.fromhex(REQUEST) + b"padding")
    assert frame.trailer == b"padding"
    assert len(frame[ARP]) == 28


PROBE = ARP(sender_ip="0.0.0.0", target_ip="10.0.0.1")
ANNOUNCEMENT = ARP(sender_ip="10.0.0.1", target_ip="10.0.0.1")
GRATUITOUS_REPLY = ARP(opcode="reply", sender_ip="10.0.0.1", target_ip="10.0.0.1")
USUAL = ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2")


@pytest.mark.parametrize(
    ("packet", "probe", "announcement", "gratuitous"),
    [
        (PROBE, True, False, False),
        (ANNOUNCEMENT, False, True, True),
        (GRATUITOUS_REPLY, False, False, True),
        (USUAL, False, False, False),
        (ARP(), False, False, False),
        (ARP(opcode=8, sender_ip="10.0.0.1", target_ip="10.0.0.1"), False, False, False),
        (ARP(protocol_type=0x86DD, sender_ip=bytes(16), target_ip=bytes(16)), False, False, False),
        (ARP.cut(bytes(5)), False, False, False),
    ],
)
def test_kinds_of_requests(packet: ARP, probe: bool, announcement: bool, gratuitous: bool) -> None:
    """RFC 5227 names the probe and the announcement, RFC 5944 the gratuitous request and reply."""
    assert (packet.is_probe, packet.is_announcement, packet.is_gratuitous) == (probe, announcement, gratuitous)


def test_info() -> None:
    assert USUAL.info() == "Who has 10.0.0.2? Tell 10.0.0.1"
    assert USUAL.replace(opcode="reply").info() == "10.0.0.1 is at 00:00:00:00:00:00"
    assert ARP(opcode=8).info() == "inverse request"
    assert ARP.cut(b"").info() == ARP.title


@pytest.mark.parametrize("number", [EtherType.ARP, EtherType.RARP])
def test_rarp_has_the_same_header(number: EtherType) -> None:
    frame = Ethernet(type=number) / ARP(opcode="reverse request")
    assert dissect.parse(bytes(frame)) == frame
    assert (Ethernet() / ARP()).type == EtherType.ARP


def test_errors() -> None:
    with pytest.raises(FieldError, match=r"ARP\.opcode is 'ask', expected a number or one of request, reply"):
        ARP(opcode="ask")
    with pytest.raises(FieldError, match=r"ARP\.opcode is 65536, expected 0 to 65535"):
        ARP(opcode=65536)
    with pytest.raises(FieldError, match=r"ARP\.sender_ip is '10\.0\.0\.256', expected 4 numbers of at most 255"):
        ARP(sender_ip="10.0.0.256")
    with pytest.raises(FieldError, match=r"ARP\.sender_mac is '00:0', expected text like"):
        ARP(sender_mac="00:0")
