from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import PPP, UDP, VLAN, CompressedPPP, Ethernet, IPv4, PPPoESession
from tests.protocols.agreement import keeps_promises

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
