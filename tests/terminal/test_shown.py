"""Places and numbers of the packets that are shown."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest

from dissect.terminal.shown import Shown


def test_all_of_them() -> None:
    shown = Shown(lambda: 3)
    assert (len(shown), shown.numbers(-1, 9), shown.place(2), shown.has(4)) == (3, [1, 2, 3], 1, False)
    assert (shown.has(3), shown.has(0), shown.before(1), shown.before(3)) == (True, False, None, 2)
    assert shown.numbers(2, 2) == shown.numbers(5, 9) == []
    with pytest.raises(IndexError):
        shown.number(3)


def test_those_that_passed_while_more_are_found() -> None:
    shown, passed = Shown(lambda: 100), array("I")
    shown.show(passed, "tcp")
    assert (len(shown), shown.place(7), shown.is_complete) == (0, 0, False)
    passed.extend([3, 8, 20])
    assert (shown.number(1), shown.place(8), shown.place(9), shown.place(90)) == (8, 1, 2, 2)
    assert (shown.has(8), shown.has(9)) == (True, False)
    assert (shown.before(8), shown.before(9), shown.before(3)) == (3, 8, None)
    listed = shown.in_capture_order()
    passed.append(30)
    assert list(listed) == [3, 8, 20]
    shown.show_all()
    assert (len(shown), shown.filter) == (100, "")


def test_sorted() -> None:
    shown = Shown(lambda: 3)
    generation = shown.generation
    shown.sort([3, 1, 2], "info")
    assert (shown.numbers(0, 3), shown.place(1), shown.sorted_by) == ([3, 1, 2], 1, ("info", False))
    assert list(shown.in_capture_order()) == [1, 2, 3]
    assert shown.generation > generation
    assert (shown.before(1), shown.before(3), shown.has(2), shown.has(4)) == (3, None, True, False)
    shown.sort(None)
    assert shown.number(0) == 1


def test_each_answer_is_of_one_moment() -> None:
    changes: list[Callable[[Shown], None]] = [
        lambda shown: shown.show(array("I", [5]), "tcp"),
        lambda shown: shown.show_all(),
        lambda shown: shown.sort([9, 1], "info"),
        lambda shown: shown.show(array("I"), "arp"),
    ]

    class Changing(Shown):
        """Another thread shows others whenever a place has been found."""

        made = 0

        def _place(self, number: int, passed: array[int] | None, ordered: array[int] | None) -> int:
            place = super()._place(number, passed, ordered)
            self.made += 1
            changes[self.made % len(changes)](self)
            return place

    shown = Changing(lambda: 9)
    for number in [*range(1, 10)] * 4:
        before = shown.before(number)
        assert before is None or 1 <= before <= 9
        # Neither raises, whatever is shown by then.
        shown.has(number)
