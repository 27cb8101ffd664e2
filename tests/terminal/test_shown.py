"""Places and numbers of the packets that are shown."""

from __future__ import annotations

from array import array

import pytest

from dissect.terminal.shown import Shown


def test_all_of_them() -> None:
    shown = Shown(lambda: 3)
    assert (len(shown), shown.numbers(-1, 9), shown.place(2), shown.has(4)) == (3, [1, 2, 3], 1, False)
    with pytest.raises(IndexError):
        shown.number(3)


def test_those_that_passed_while_more_are_found() -> None:
    shown, passed = Shown(lambda: 100), array("I")
    shown.show(passed, "tcp")
    assert (len(shown), shown.place(7), shown.is_complete) == (0, 0, False)
    passed.extend([3, 8, 20])
    assert (shown.number(1), shown.place(8), shown.place(9), shown.place(90)) == (8, 1, 2, 2)
    assert (shown.has(8), shown.has(9)) == (True, False)
    shown.show_all()
    assert (len(shown), shown.filter) == (100, "")


def test_sorted() -> None:
    shown = Shown(lambda: 3)
    generation = shown.generation
    shown.sort([3, 1, 2], "info")
    assert (shown.numbers(0, 3), shown.place(1), shown.sorted_by) == ([3, 1, 2], 1, ("info", False))
    assert list(shown.in_capture_order()) == [1, 2, 3]
    assert shown.generation > generation
    shown.sort(None)
    assert shown.number(0) == 1
