"""Where the headers of conversations stand in frames, out of the columns of a walk, side by side: as compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import at, compiled
from dissect.tables.flow_facts import NOT_KNOWN

__all__ = ["DATAGRAMS", "HEADS", "LINKS", "MISSING", "NETWORKS", "SEGMENTS", "fill_heads"]

SEGMENTS, DATAGRAMS, NETWORKS, LINKS, HEADS = 0, 2, 4, 6, 9
"""The first lines of what is told of frames, and how many lines there are.

They are where a segment begins and where its datagram ends, the same of a datagram, where the network header begins and
where addresses stand in it, and what the link tells.
"""
MISSING = np.array([-1] * LINKS + [NOT_KNOWN] * (HEADS - LINKS), np.int64)
"""What stands in each line where a frame has no such header."""
_PAIR = 2


@compiled
def fill_heads(
    count: int,
    columns: Numbers,
    missing: Numbers,
    pairs: Any,
    longs: Any,
    valid: Bytes,
    heads: Numbers,
    odd: Any,
) -> None:
    """Fill the lines of so many frames, and mark those as odd that have a network header and none of both others.

    A column has the line that it goes to, how many bytes its numbers have (2 or 8), where they and what says that they
    are there begin, and what goes to the next line with it, 0 for nothing.
    """
    for line in range(heads.shape[0]):
        for frame in range(count):
            heads[line, frame] = missing[line]
    for column in range(columns.shape[0]):
        line, size, first = columns[column, 0], columns[column, 1], columns[column, 2]
        there, beside = columns[column, 3], columns[column, 4]
        for frame in range(count):
            if at(valid, there + frame):
                told = np.int64(at(pairs, first + frame)) if size == _PAIR else np.int64(at(longs, first + frame))
                heads[line, frame] = told
                if beside:
                    heads[line + 1, frame] = beside
    for frame in range(count):
        if heads[NETWORKS, frame] >= 0 and heads[SEGMENTS, frame] < 0 and heads[DATAGRAMS, frame] < 0:
            odd[frame] = True
