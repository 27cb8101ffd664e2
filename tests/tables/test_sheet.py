"""Rows that are filled by arrays and by single values, kept by a mask, and made a batch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dissect.tables.columns import column
from dissect.tables.program import Occurrence
from dissect.tables.sheet import Sheet


def filled(occurrence: Occurrence, rows: int = 4) -> Sheet:
    """A sheet whose rows have 1, nothing, 3 and 4; the second and last also from an object."""
    sheet = Sheet([column("ip.ttl")], ["udp"], 10, occurrence)
    values, there = sheet.arrays("ip.ttl")
    values[:rows], there[:rows] = [1, 2, 3, 4][:rows], [True, False, True, True][:rows]
    sheet.put(1, [[9, 8]])
    sheet.put(3, [[]])
    sheet.count = rows
    return sheet


@pytest.mark.parametrize(("occurrence", "expected"), [("first", [1, 9, 3, None]), ("all", [[1], [9, 8], [3], []])])
def test_rows_of_arrays_and_of_objects(occurrence: Occurrence, expected: list[object]) -> None:
    sheet = filled(occurrence)
    assert [each.to_pylist() for each in sheet.finish()] == [expected]
    assert [each.to_pylist() for each in sheet.finish()] == [[]]


@pytest.mark.parametrize(("occurrence", "expected"), [("first", [1, 9, None]), ("all", [[1], [9, 8], []])])
def test_rows_that_do_not_pass_are_left_out(occurrence: Occurrence, expected: list[object]) -> None:
    sheet = filled(occurrence)
    sheet.keep(1, 4, np.array([True, False, True]))
    assert sheet.count == 3
    values, there = sheet.arrays("ip.ttl")
    assert not there[3:].any()
    assert not values[3:].any()
    assert [each.to_pylist() for each in sheet.finish()] == [expected]


def test_a_batch_keeps_its_values_while_the_next_one_is_filled() -> None:
    sheet = filled("first")
    (before,) = sheet.finish()
    values, there = sheet.arrays("ip.ttl")
    values[:4], there[:4] = 7, True
    assert before.to_pylist() == [1, 9, 3, None]


def test_columns_do_not_share_a_byte() -> None:
    names = ["eth.src", "ip.ttl", "ipv6.src", "tcp.flags", "ip.src", "frame.number"]
    sheet = Sheet([column(name) for name in names], [], 100, "first")
    spans = []
    for name in names:
        spot = sheet.spot(name)
        begin = spot.first * spot.size
        spans.append((begin, begin + 100 * spot.size * spot.stride))
        values, _ = sheet.arrays(name)
        assert values.nbytes == spans[-1][1] - begin
    spans.sort()
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))
    assert spans[-1][1] <= len(sheet.octets)
