from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from dissect import Ethernet, IPv4, Packet, with_context
from dissect.flows.learner import Glance, Place
from dissect.flows.learners import sctp
from dissect.flows.learners.sctp import SCTPLearner
from dissect.protocols.sctp import SCTP, SCTPCookieAck, SCTPData, SCTPHeartbeat, SCTPIData, SCTPSack


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


TWO: list[dict[str, Any]] = [{"sport": 5, "dport": 6, "tag": 1}, {"sport": 6, "dport": 5, "tag": 2}]
chunks = st.one_of(
    st.builds(
        SCTPData,
        tsn=st.integers(7, 12),
        stream=st.integers(0, 1),
        begins=st.booleans(),
        ends=st.booleans(),
        unordered=st.booleans(),
        data=st.binary(max_size=5),
    ),
    st.builds(
        SCTPIData, tsn=st.integers(7, 12), message_id=st.integers(0, 1), begins=st.booleans(), ends=st.booleans()
    ),
    st.builds(SCTPSack, tsn=st.integers(6, 12), duplicates=st.lists(st.integers(6, 9), max_size=2)),
    st.builds(SCTPCookieAck),
    st.builds(SCTPHeartbeat),
)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    packet = SCTP(**draw(st.sampled_from(TWO)), chunks=draw(st.lists(chunks, max_size=3)))
    data = bytearray(bytes(packet))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(11, len(data) - 1))
        data[place] = draw(st.sampled_from([0, 1, 3, 4, 12, 16, 17, 64, 255]))
    return bytes(data[: max(12, draw(st.sampled_from([len(data), len(data), len(data) - 1])))])


@given(st.lists(packets(), min_size=1, max_size=8))
def test_numbers_tell_the_same_as_headers(sent: list[bytes]) -> None:
    observing, glancing = SCTPLearner(), SCTPLearner()
    glances = 0
    for number, data in enumerate(sent, 1):
        whole = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=132, payload=data))
        header = Packet(whole, number=number).frame[SCTP]
        observing.observe(header, Place(number, 0))
        start = header.own_start
        ends = (b"\x0a\0\0\1" + data[:2], b"\x0a\0\0\2" + data[2:4])
        seen = Glance(whole, start, start + len(data), len(whole), number, 0, *ends, (header.tag,))
        facts = glancing.glance(seen)
        if facts is None:
            again = Packet(whole, number=number).frame[SCTP]
            glancing.observe(again, Place(number, 0))
            facts = again.facts
        else:
            glances += 1
        assert facts == header.facts
    assert glancing.held() == observing.held()
    event(f"glances: {bool(glances)}")


def test_chunks_of_numbers_are_taken_in_without_a_header() -> None:
    packet = SCTP(**TWO[0], chunks=[SCTPSack(tsn=3), SCTPData(tsn=7, begins=True, ends=True, data=b"abcde")])
    data = bytes(packet)
    seen = Glance(data, 0, len(data), len(data), 1, 0, b"1234\0\5", b"5678\0\6", (1,))
    assert SCTPLearner().glance(seen) == {"data": ((0, False, ()),), "acknowledged": (None,)}
    assert SCTPLearner().glance(seen._replace(stop=len(data) - 1)) is None
