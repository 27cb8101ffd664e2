"""Rows that wait in memory, and of very many in a file."""

from __future__ import annotations

import tracemalloc

import pytest

from dissect.statistics.kept_rows import KeptRows


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 12])
def test_rows_come_again_in_their_order(count: int) -> None:
    rows = KeptRows(most=700)
    expected = [(number, f"ä\udc80{number}", 1 << 70) for number in range(count)]
    for row in expected:
        rows.append(row)
    assert len(rows) == count
    assert [list(rows), list(rows)] == [expected, expected]


def test_two_may_go_through_them_at_once() -> None:
    rows = KeptRows(most=300)
    for number in range(7):
        rows.append((number,))
    assert [(one, other) for (one,), (other,) in zip(rows, rows, strict=True)] == [(n, n) for n in range(7)]


def test_rows_may_come_while_somebody_goes_through_them() -> None:
    rows = KeptRows(most=300)
    for number in range(5):
        rows.append((number,))
    seen = iter(rows)
    assert next(seen) == (0,)
    rows.append((5,))
    assert [number for (number,) in rows] == list(range(6))


def test_memory_does_not_grow_with_the_rows() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        rows = KeptRows(most=30_000)
        for number in range(count):
            rows.append((number, "x" * 100 + str(number)))
        assert sum(1 for _ in rows) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(300)
    assert peak(6_000) < 1.5 * peak(300)
