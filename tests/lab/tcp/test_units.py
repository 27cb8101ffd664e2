"""Pieces that are sent at a time."""

from __future__ import annotations

from dissect.lab.tcp.units import Units


def test_small_writes_fill_a_piece() -> None:
    units = Units()
    units.written(501, 500, 1, 2000)
    units.written(2501, 2000, 1, 2000)
    assert units.end_of(1, 2501) == 2001
    units.written(3001, 500, 2501, 2000)
    assert units.end_of(2001, 3001) == 2501, "what has gone is not filled any more"
