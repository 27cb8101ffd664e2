from __future__ import annotations

import pytest

import dissect
from dissect import IPCP, LCP, PPP, Data, IPCPAddress, IPv4, MagicNumber, MaximumReceiveUnit
from tests.protocols.agreement import keeps_promises


def parsed(packet: LCP) -> LCP:
    return dissect.parse(bytes(PPP() / packet), link="ppp")[LCP]


def test_options_are_agreed_on() -> None:
    packet = LCP(code="configure request", identifier=1, options=[MaximumReceiveUnit(1492), MagicNumber(0x12345678)])
    assert bytes(packet).hex(" ") == "01 01 00 0e 01 04 05 d4 05 06 12 34 56 78"
    assert parsed(packet) == packet


@pytest.mark.parametrize(
    ("packet", "octets"),
    [
        (LCP(code="echo request", magic_number=7, test_data=b"abc"), "0900000b 00000007 616263"),
        (LCP(code="identification", magic_number=7, message="MS"), "0c00000a 00000007 4d53"),
        (LCP(code="time remaining", magic_number=7, seconds=300), "0d00000c 00000007 0000012c"),
    ],
)
def test_magic_numbers(packet: LCP, octets: str) -> None:
    assert bytes(packet) == bytes.fromhex(octets)
    assert parsed(packet) == packet
    assert parsed(packet).problems() == []


def test_a_rejected_packet_is_read_as_what_it_is() -> None:
    rejected = IPCP(options=[IPCPAddress("192.0.2.1")])
    packet = LCP(code="protocol reject", rejected_protocol=0x8021) / rejected
    assert packet.length == 16
    assert [type(layer) for layer in parsed(packet).layers()] == [LCP, IPCP]
    assert parsed(packet)[IPCP] == rejected


def test_what_a_rejected_packet_lacks_is_no_problem_of_its_checksums() -> None:
    cut = bytes(IPv4() / b"datagram")[:-3]
    packet = parsed(LCP(code="protocol reject", rejected_protocol=0x0021) / cut)
    assert packet[IPv4].is_quoted
    unknown = parsed(LCP(code="protocol reject", rejected_protocol=0x80FD) / b"\1\0\0\4")
    assert unknown.payload == Data(b"\1\0\0\4")


def test_another_number_than_the_rejected_packets_is_told() -> None:
    packet = LCP(code="protocol reject", rejected_protocol=0x0021) / IPCP()
    assert packet.problems()
    assert parsed(packet).problems()


def test_a_packet_without_room_for_what_its_code_asks_for() -> None:
    for size in range(12):
        frame = keeps_promises(bytes.fromhex("c021 0d01000c 12345678 00000001")[: 2 + size], "ppp")
        assert bool(frame.problems()) is True or size == 0
