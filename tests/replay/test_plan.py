from __future__ import annotations

from collections.abc import Iterator

import pytest

from dissect import VLAN, Ethernet, IPv4, Packet, parse
from dissect.replay.pace import AtOnce, CapturedTiming, FrameRate
from dissect.replay.plan import Plan
from dissect.replay.rewriting import Rewriting
from dissect.replay.sides import Side


def packets() -> Iterator[Packet]:
    for number, src in enumerate(["10.0.0.1", "10.0.0.2", "10.0.0.1"], 1):
        yield Packet(bytes(Ethernet() / IPv4(src=src)), number=number, time_ns=number * 1000)


def test_all_frames_are_sent_at_their_times() -> None:
    steps = list(Plan(packets, CapturedTiming()))
    assert [(step.packet.number, step.due_ns, step.is_sent, step.loop) for step in steps] == [
        (1, 0, True, 1), (2, 1000, True, 1), (3, 2000, True, 1),
    ]  # fmt: skip
    assert [step.data for step in steps] == [packet.data for packet in packets()]


def test_one_side_is_sent_and_the_other_is_there_to_be_expected() -> None:
    steps = list(Plan(packets, FrameRate(10), side=Side(["10.0.0.1"])))
    assert [(step.is_sent, step.due_ns) for step in steps] == [(True, 0), (False, 10**8), (True, 10**8)]


def test_both_sides_are_rewritten() -> None:
    plan = Plan(packets, AtOnce(), rewriting=Rewriting(addresses={"10.0.0.0/24": "10.1.0.0/24"}))
    assert [parse(step.data)[IPv4].src for step in plan] == ["10.1.0.1", "10.1.0.2", "10.1.0.1"]


def test_loops_go_on_from_each_other() -> None:
    steps = list(Plan(packets, CapturedTiming(2), loops=3, loop_gap_ns=10))
    assert [step.due_ns for step in steps] == [0, 500, 1000, 1010, 1510, 2010, 2020, 2520, 3020]
    assert [step.loop for step in steps] == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_loops_without_an_end_end_only_where_there_is_nothing() -> None:
    endless = iter(Plan(packets, AtOnce(), loops=None))
    assert [next(endless).loop for _ in range(301)][-1] == 101
    assert list(Plan(lambda: iter(()), AtOnce(), loops=None)) == []


@pytest.mark.parametrize("loops", [1, 2])
def test_what_cannot_be_sent_is_left_out_and_counted_once(loops: int) -> None:
    def mixed() -> Iterator[Packet]:
        yield from packets()
        yield Packet(b"E" * 20, link=101)
        yield Packet(b"x" * 60, original_length=100)

    plan = Plan(mixed, AtOnce(), loops=loops)
    assert len(list(plan)) == 3 * loops
    assert (plan.cut, plan.other_links) == (1, 1)


def test_frames_without_a_whole_link_header_are_left_out_unless_they_are_the_other_sides() -> None:
    packets = [Packet(bytes(size)) for size in (0, 13, 14, 60)]
    plan = Plan(lambda: packets, AtOnce(), shortest=14, loops=2)
    assert [len(step.data) for step in plan] == [14, 60] * 2
    assert plan.too_short == 2


def test_frames_that_are_too_long_are_left_out_and_tags_do_not_count() -> None:
    fits, too_long = Ethernet() / IPv4() / bytes(66), Ethernet() / IPv4() / bytes(67)
    tagged = Ethernet() / VLAN(id=3) / fits[IPv4]
    plan = Plan(lambda: [Packet(bytes(frame)) for frame in (fits, too_long, tagged)], AtOnce(), longest=100, loops=2)
    assert [len(step.data) for step in plan] == [100, 104] * 2
    assert plan.too_long == 1


def test_frames_are_rewritten_once_however_often_they_are_played() -> None:
    class Counting(Rewriting):
        count = 0

        def _rewritten(self, data: bytes, link: str | int) -> bytes:
            self.count += 1
            return super()._rewritten(data, link)

    rewriting = Counting(addresses={"10.0.0.0/24": "10.1.0.0/24"})
    plan = Plan(packets, AtOnce(), rewriting=rewriting, loops=4)
    plan.prepare()
    assert rewriting.count == 2, "the first and the third frame are equal"
    assert len(list(plan)) == 12
    assert rewriting.count == 2
