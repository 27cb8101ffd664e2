"""Rows that have the same key, added up by compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.arrays import Numbers
from dissect.tables.compiling import compiled

__all__ = ["FIRST", "LEAST", "MOST", "ROWS", "TOTAL", "WIDTH", "add_up"]

FIRST, ROWS, TOTAL, LEAST, MOST, WIDTH = range(6)
"""What is known of a group: its first row, how many there are, what their sizes add up to, and the least and the most
of their times."""


@compiled
def add_up(keys: Any, sizes: Numbers, times: Numbers, table: Numbers, groups: Numbers) -> int:
    """Fill in the groups, in the order of their first rows, and return how many there are.

    A key has one word or more, `keys[row, word]`. The `table` has -1 everywhere, and as many places as a power of two
    that is more than the rows.
    """
    count = 0
    mask = np.uint64(table.size - 1)
    for row in range(keys.shape[0]):
        mixed = np.uint64(0)
        for word in range(keys.shape[1]):
            mixed = (mixed ^ mixed >> np.uint64(29) ^ keys[row, word]) * np.uint64(0xBF58476D1CE4E5B9)
        place = (mixed ^ mixed >> np.uint64(32)) & mask
        group = np.int64(-1)
        while group < 0:
            found = table[place]
            if found < 0:
                table[place] = count
                group = np.int64(count)
                groups[count, FIRST], groups[count, ROWS], groups[count, TOTAL] = row, 0, 0
                groups[count, LEAST] = groups[count, MOST] = times[row]
                count += 1
            else:
                group = found
                for word in range(keys.shape[1]):
                    if keys[row, word] != keys[groups[found, FIRST], word]:
                        group = np.int64(-1)
                place = (place + np.uint64(1)) & mask
        here = groups[group]
        here[ROWS] += 1
        here[TOTAL] += sizes[row]
        here[LEAST], here[MOST] = min(here[LEAST], times[row]), max(here[MOST], times[row])
    return count
