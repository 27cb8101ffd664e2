from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    TCP,
    UDP,
    VLAN,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Ethernet,
    Header,
    IPv4,
    IPv6,
    Packet,
    fragment,
    parse,
    quotation,
)
from dissect.replay.dialogue import Expectations, conversation
from dissect.replay.plan import Step

SAMPLES = Path(__file__).parents[2] / "capture_samples"
THERE, BACK = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
ASKED = THERE / UDP(sport=4000, dport=53)
UNREACHABLE = DestinationUnreachable(code=3, payload=quotation(ASKED))

TOGETHER: dict[str, tuple[Header, Header]] = {
    "UDP": (Ethernet() / ASKED, Ethernet() / BACK / UDP(sport=53, dport=4000)),
    "TCP": (
        Ethernet() / THERE / TCP(sport=1, dport=2, flags="S"),
        Ethernet() / BACK / TCP(sport=2, dport=1, flags="R"),
    ),
    "echo": (Ethernet() / THERE / EchoRequest(id=1, seq=2), Ethernet() / BACK / EchoReply(id=1, seq=2)),
    "a tag": (Ethernet() / ASKED, Ethernet() / VLAN(id=3) / BACK / UDP(sport=53, dport=4000)),
    "an error": (Ethernet() / ASKED, Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / UNREACHABLE),
    "ARP requests": (
        Ethernet() / ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2"),
        Ethernet() / ARP(sender_ip="10.0.0.2", target_ip="10.0.0.1"),
    ),
    "other types": (Ethernet(src="02:00:00:00:00:01", type=0x88CC), Ethernet(dst="02:00:00:00:00:01", type=0x88CC)),
}
APART: dict[str, tuple[Header, Header]] = {
    "ports": (Ethernet() / ASKED, Ethernet() / BACK / UDP(sport=53, dport=4001)),
    "protocols": (Ethernet() / ASKED, Ethernet() / BACK / TCP(sport=53, dport=4000)),
    "hosts": (Ethernet() / ASKED, Ethernet() / IPv4(src="10.0.0.3", dst="10.0.0.1") / UDP(sport=53, dport=4000)),
    "echoes": (Ethernet() / THERE / EchoRequest(id=1, seq=2), Ethernet() / BACK / EchoReply(id=1, seq=3)),
    "question and answer of ARP": (
        Ethernet() / ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2"),
        Ethernet() / ARP(opcode=2, sender_ip="10.0.0.2", target_ip="10.0.0.1"),
    ),
    "IP versions": (Ethernet() / ASKED, Ethernet() / IPv6() / UDP(sport=53, dport=4000)),
    "other types": (Ethernet(type=0x88CC), Ethernet(type=0x88CD)),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other"), TOGETHER.values(), ids=TOGETHER)
def test_both_directions_are_one_conversation(one: Header, other: Header) -> None:
    assert conversation(parse(bytes(one))) == conversation(parse(bytes(other)))


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART)
def test_conversations_are_told_apart(one: Header, other: Header) -> None:
    assert conversation(parse(bytes(one))) != conversation(parse(bytes(other)))


def test_fragments_are_told_by_their_place() -> None:
    pieces = fragment(Ethernet() / THERE / UDP(sport=4000, dport=53) / bytes(4000), 1500)
    others = fragment(Ethernet() / THERE.replace(id=9) / UDP(sport=4000, dport=53) / bytes(4000), 1500)
    found = [conversation(parse(bytes(piece))) for piece in pieces]
    assert len(set(found)) == len(pieces) == 3
    assert found == [conversation(parse(bytes(piece))) for piece in others]


@given(st.binary(max_size=80))
def test_every_frame_is_in_some_conversation(data: bytes) -> None:
    for frame in (data, bytes(12) + b"\x08\x00" + data, bytes(12) + b"\x08\x06" + data):
        assert hash(conversation(parse(frame))) == hash(conversation(parse(frame)))


def step(data: bytes, number: int = 1) -> Step:
    return Step(Packet(data, number=number), data, 0, False, 1)


class Told:
    """What is told of expectations, by the numbers of the frames."""

    def __init__(self) -> None:
        self.pairs: list[tuple[int | None, int | None]] = []

    def __call__(self, expected: Step | None, came: Packet | None) -> None:
        self.pairs.append((None if expected is None else expected.packet.number, None if came is None else came.number))


def reply(seq: int) -> bytes:
    return bytes(Ethernet() / BACK / EchoReply(id=1, seq=seq))


@given(st.integers(0, 30))
def test_every_frame_of_a_sample_is_itself_again_early_or_late(ahead: int) -> None:
    packets = list(dissect.read(SAMPLES / "tcp_chat.pcap"))
    told = Told()
    expectations = Expectations(told)
    for packet in packets[:ahead]:
        expectations.receive(packet)
    for packet in packets:
        expectations.expect(step(packet.data, packet.number))
    for packet in packets[ahead:]:
        expectations.receive(packet)
    assert len(expectations) == expectations.awaited == 0
    expectations.finish()
    assert sorted(told.pairs) == [(packet.number, packet.number) for packet in packets]


def test_what_is_not_expected_and_what_does_not_come_is_told_in_the_end() -> None:
    told = Told()
    expectations = Expectations(told)
    expectations.expect(step(reply(1), 1))
    expectations.receive(Packet(reply(2), number=2))
    assert told.pairs == []
    expectations.finish()
    assert told.pairs == [(1, None), (None, 2)]
    assert len(expectations) == expectations.awaited == 0


def test_what_was_abandoned_may_come_late() -> None:
    expectations = Expectations()
    expectations.expect(step(reply(1)))
    assert expectations.abandon() == 1
    expectations.expect(step(reply(2)))
    assert (len(expectations), expectations.awaited) == (2, 1)
    expectations.receive(Packet(reply(1)))
    assert (len(expectations), expectations.awaited) == (1, 1)
    expectations.receive(Packet(reply(2)))
    assert (len(expectations), expectations.awaited) == (0, 0)


def test_the_oldest_is_told_of_for_more_than_the_limit() -> None:
    told = Told()
    expectations = Expectations(told, limit=3)
    for number in range(5):
        expectations.expect(step(reply(number), number))
    assert told.pairs == [(0, None), (1, None)]
    assert (len(expectations), expectations.awaited) == (3, 3)
    for number in range(10, 15):
        expectations.receive(Packet(reply(number), number=number))
    assert told.pairs[2:] == [(None, 10), (None, 11)]
