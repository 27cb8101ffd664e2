"""Columns of a walk become lines side by side, with what says that a frame has none of a header."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.tables.flow_facts import NOT_KNOWN
from dissect.tables.head_kernels import DATAGRAMS, HEADS, LINKS, MISSING, NETWORKS, SEGMENTS, fill_heads


def test_lines_have_what_columns_tell() -> None:
    longs = np.array([34, 99, 99, 54, 14, 14, 14, 99], np.uint64)
    pairs = np.array([7, 99, 99, 9], np.uint16)
    valid = np.array([1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0], np.uint8)
    columns = [(SEGMENTS, 8, 0, 0, 0), (NETWORKS, 8, 4, 4, 3076), (LINKS + 2, 2, 0, 8, 0)]
    heads, odd = np.zeros((HEADS, 4), np.int64), np.zeros(4, np.bool_)
    fill: Any = fill_heads
    fill(4, np.array(columns, np.int64), MISSING, pairs, longs, valid, heads, odd)
    assert heads[SEGMENTS].tolist() == [34, -1, -1, 54]
    assert heads[SEGMENTS + 1].tolist() == heads[DATAGRAMS].tolist() == [-1] * 4
    assert heads[NETWORKS].tolist() == [14, 14, 14, -1]
    assert heads[NETWORKS + 1].tolist() == [3076, 3076, 3076, -1]
    assert heads[LINKS].tolist() == [NOT_KNOWN] * 4
    assert heads[LINKS + 2].tolist() == [7, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]
    # A network header that neither a segment nor a datagram follows is somebody else's.
    assert odd.tolist() == [False, True, True, False]
