"""Rows of the same key are added up, also where keys share their places in the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.group_kernels import FIRST, ROWS, TOTAL, WIDTH, add_up


def test_a_table_that_is_nearly_full() -> None:
    """All keys differ, and come a second time in the other order."""
    keys: Any = np.arange(127, dtype=np.uint64).reshape(-1, 1) << np.uint64(40)
    every = np.concatenate([keys, keys[::-1]])
    groups, table = np.zeros((254, WIDTH), np.int64), np.full(128, -1, np.int64)
    sizes = np.arange(254)
    assert add_up(every, sizes, sizes, table, groups) == 127
    assert groups[:127, FIRST].tolist() == list(range(127))
    assert set(groups[:127, ROWS].tolist()) == {2}
    assert set(groups[:127, TOTAL].tolist()) == {253}
