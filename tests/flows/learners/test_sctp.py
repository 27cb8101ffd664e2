from __future__ import annotations

from random import Random

from dissect import IPv4, Packet, with_context
from dissect.flows.learner import Place
from dissect.flows.learners import sctp
from dissect.flows.learners.sctp import SCTPLearner
from dissect.protocols.sctp import SCTP, SCTPData


def facts(chunks: list[SCTPData]) -> list[object]:
    packets = [
        Packet(bytes(IPv4() / SCTP(sport=5, dport=6, tag=2, chunks=[chunk])), link=101, number=number)
        for number, chunk in enumerate(chunks, 1)
    ]
    return [packet.frame[SCTP].learnt("data")[0] for packet in with_context(packets)]


def test_a_message_of_many_pieces_in_any_order_is_whole_once() -> None:
    count = 60
    chunks = [
        SCTPData(tsn=number - 30 & 0xFFFFFFFF, begins=number == 0, ends=number == count - 1) for number in range(count)
    ]
    for seed in range(8):
        order = list(range(count))
        Random(seed).shuffle(order)
        pieces = [told[2] for told in facts([chunks[number] for number in order])]  # type: ignore[index]
        assert pieces[:-1] == [None] * (count - 1)
        assert [order[frame - 1] for frame in pieces[-1]] == list(range(count))


def test_what_is_held_is_bounded(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sctp, "MOST_HALVES", 10)
    monkeypatch.setattr(sctp, "MOST_NUMBERS", 10)
    learner = SCTPLearner()
    chance = Random(1)
    for number in range(500):
        tag, tsn = chance.randrange(1, 50), chance.randrange(1000)
        chunk = SCTPData(tsn=tsn, begins=chance.random() < 0.5, ends=chance.random() < 0.5, stream=chance.randrange(30))
        packet = Packet(bytes(IPv4() / SCTP(sport=5, dport=tag, tag=tag, chunks=[chunk])), link=101, number=number)
        header = packet.frame[SCTP]
        learner.observe(header, Place(number, None))
        assert learner.held() <= 10
        assert len(learner.runs) <= 10
        assert all(len(half.numbers) <= 10 for half in learner.halves.values())
