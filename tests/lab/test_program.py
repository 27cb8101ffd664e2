"""What every program has, and when a host calls it."""

from __future__ import annotations

import pytest

from dissect import Host, Interface
from dissect.lab.program import LINES_KEPT, Program
from dissect.protocols.icmp_errors import TimeExceeded
from dissect.protocols.ipv4 import IPv4


class Diary(Program):
    """Notes when it is called."""

    def begin(self, now_ns: int) -> None:
        self.print(f"begin {now_ns}")
        self.deadline = now_ns + 10

    def advance(self, now_ns: int) -> None:
        self.print(f"advance {now_ns}")
        self.finish()

    def receive(self, datagram: IPv4, now_ns: int) -> None:
        self.print(f"receive {now_ns}")


def host() -> Host:
    return Host("b", Interface("eth0", "02:00:00:00:00:02", "10.0.0.2/24"))


def test_a_program_is_called_at_its_times_until_it_is_finished() -> None:
    made, diary = host(), Diary()
    made.run(diary, 5)
    assert (made.deadline, made.programs) == (5, [diary])
    for now in (4, 5, 14):
        made.advance(now)
    assert made.deadline == 15
    made.show(IPv4() / TimeExceeded())
    made.advance(15)
    made.show(IPv4() / TimeExceeded())
    assert diary.lines == ["begin 5", "receive 14", "advance 15"]
    assert diary.finished
    assert diary.deadline is None


def test_programs_begin_in_the_order_of_their_times_then_of_their_coming() -> None:
    made = host()
    diaries = [Diary(), Diary(), Diary()]
    for diary, at in zip(diaries, (7, 3, 3), strict=True):
        made.run(diary, at)
    made.advance(3)
    assert [bool(diary.lines) for diary in diaries] == [False, True, True]


@pytest.mark.parametrize("more", [1, 2, 5000, 2 * LINES_KEPT])
def test_output_is_bounded_and_says_what_it_left_out(more: int) -> None:
    diary = Diary()
    for number in range(LINES_KEPT):
        diary.print(str(number))
    assert diary.lines == [str(number) for number in range(LINES_KEPT)]
    for number in range(LINES_KEPT, LINES_KEPT + more):
        diary.print(str(number))
    half = LINES_KEPT // 2
    assert len(diary.lines) == LINES_KEPT
    assert diary.lines[:half] == [str(number) for number in range(half)]
    assert diary.lines[half] == f"... {more + 1} lines left out ..."
    assert diary.lines[half + 1 :] == [str(number) for number in range(half + more + 1, LINES_KEPT + more)]


def test_a_program_has_to_begin_somehow() -> None:
    with pytest.raises(NotImplementedError):
        Program().begin(0)


class Sleeper(Program):
    """Waits for a time that never comes, and puts it off again and again."""

    def begin(self, now_ns: int) -> None:
        self.deadline = 1 << 60

    def receive(self, datagram: IPv4, now_ns: int) -> None:
        self.deadline = (1 << 60) + now_ns


def test_programs_that_wait_are_not_looked_at_and_what_they_put_off_is_bounded() -> None:
    made = host()
    sleepers = [Sleeper() for _ in range(100)]
    for sleeper in sleepers:
        made.run(sleeper)
    made.advance(0)
    for now in range(1, 100):
        made.advance(now)
        made.show(IPv4() / TimeExceeded())
    assert made.deadline == (1 << 60) + 99
    assert len(made._programs._heap) <= 2 * len(sleepers) + 64


class Caller(Program):
    """Wakes another program, and asks for the same time again."""

    def __init__(self, other: Program | None, log: list[str], name: str) -> None:
        super().__init__()
        self.other, self.log, self.name = other, log, name

    def begin(self, now_ns: int) -> None:
        self.deadline = 5

    def advance(self, now_ns: int) -> None:
        self.log.append(self.name)
        self.deadline = now_ns
        if self.other is not None:
            self.other.deadline = now_ns
        if self.log.count(self.name) == 2:
            self.finish()


def test_each_is_called_once_in_the_order_in_which_they_began() -> None:
    log: list[str] = []
    made, last = host(), Caller(None, [], "c")
    last.log = log
    first = Caller(last, log, "a")
    for program in (first, Caller(first, log, "b"), last):
        made.run(program)
    made.advance(0)
    made.advance(5)
    assert log == ["a", "b", "c"]
    assert made.deadline == 5
    made.advance(5)
    assert log == ["a", "b", "c"] * 2
    assert made.deadline is None
