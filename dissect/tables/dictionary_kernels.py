"""Values as places in a dictionary of those that there are, in the order in which they come: as compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.arrays import Bytes
from dissect.tables.compiling import at, compiled

__all__ = ["encode"]


@compiled
def encode(words: Any, wide: bool, there: Bytes, places: Any, known: Any, keys: Any) -> int:
    """Fill `places` with where in `known` the value of each row stands, 0 where none is; return how many it has.

    A value is a word, or two where it is `wide`, and there are as many in `known`, which has room for one per row.
    `keys` is a table of places, each one more than it is and 0 where it is free, of which some are always: its size is
    a power of two, more than there are rows.
    """
    count = 0
    last = np.uint64(keys.size - 1)
    for row in range(places.size):
        if not at(there, row):
            places[row] = 0
            continue
        high, low = np.uint64(0), np.uint64(0)
        if wide:
            high, low = at(words, 2 * row), at(words, 2 * row + 1)
        else:
            low = at(words, row)
        mixed = (low ^ high * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
        slot = (mixed ^ mixed >> np.uint64(31)) & last
        found = at(keys, slot) - 1
        while found >= 0:
            if wide:
                if at(known, 2 * found) == high and at(known, 2 * found + 1) == low:
                    break
            elif at(known, found) == low:
                break
            slot = (slot + np.uint64(1)) & last
            found = at(keys, slot) - 1
        if found < 0:
            found = np.int64(count)
            keys[slot] = count + 1
            if wide:
                known[2 * count], known[2 * count + 1] = high, low
            else:
                known[count] = low
            count += 1
        places[row] = found
    return count
