from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import PPP, UDP, VLAN, CompressedPPP, Ethernet, IPv4, IPv6, PPPoESession
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)


def test_construct() -> None:
    frame = Ethernet() / PPPoESession(session_id=0x1234) / PPP() / DATAGRAM
    assert bytes(frame)[12:22] == bytes.fromhex("8864 11 00 1234 001e 0021")


def test_deconstruct() -> None:
    frame = dissect.parse(bytes(Ethernet() / VLAN(id=7) / PPPoESession(session_id=3) / PPP() / DATAGRAM))
    assert [type(header) for header in frame.layers()] == [Ethernet, VLAN, PPPoESession, PPP, IPv4, UDP]
    assert (frame[PPPoESession].session_id, frame[PPPoESession].payload_length, frame.problems()) == (3, 30, [])


def test_a_protocol_number_of_one_byte() -> None:
    frame = dissect.parse(bytes(Ethernet() / PPPoESession() / CompressedPPP() / DATAGRAM))
    assert [type(header) for header in frame.layers()][2:4] == [CompressedPPP, IPv4]


@pytest.mark.parametrize("length", range(6))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(12) + bytes.fromhex("8864110000010000")[: 2 + length], "ethernet")
    messages = [problem.message for problem in frame.problems()]
    assert messages.count("is cut short") == (1 if length else 0)


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(12) + bytes.fromhex("8864") + data, "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols pppoe.version pppoe.type pppoe.code pppoe.session_id pppoe.payload_length ppp.protocol
        ip.src udp.dstport data.data eth.padding eth.trailer _ws.col.Protocol _ws.col.Info
    """.split()
    session = PPPoESession(session_id=9)
    frames = [
        Ethernet() / session / PPP() / DATAGRAM / b"data",
        Ethernet() / VLAN(id=5) / session / PPP() / IPv6() / UDP(),
        Ethernet() / session / CompressedPPP() / DATAGRAM,
        Ethernet() / session / PPP(protocol=0xC021) / bytes.fromhex("01010004"),
        Ethernet() / session / PPP(protocol=0x8021) / bytes.fromhex("01010004"),
        Ethernet() / PPPoESession(version=2, code=0x65, payload_length=200) / PPP() / DATAGRAM,
    ]
    capture = tmp_path / "pppoe.pcap"
    padded = bytes(frames[0]) + bytes(9)
    dissect.write(capture, [*frames, dissect.Packet(padded), dissect.Packet(bytes(frames[3]).ljust(60, b"\0"))])
    assert agree(tshark, capture, names) == len(names) * (len(frames) + 2)
