"""Options of segments are plain where each tells its length, and directions begin with nothing known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dissect.flows.learners.tcp import _options
from dissect.flows.tcp_analysis import Analysis
from dissect.tables.flow_facts import ANALYSIS, WAY
from dissect.tables.flow_objects import numbers_of_analysis, numbers_of_direction
from dissect.tables.judging_kernels import _has_plain_options, begin_ways


@pytest.mark.parametrize(
    "told",
    [
        "", "0101", "020405b4", "020405b40402080a0000000000000000010303 07", "0303ff01", "050a0000000100000002",
        "0304070 1", "02", "0201", "020a05b4", "1e0c00", "2202", "080a000000", "ff02",
    ],
)  # fmt: skip
def test_plain_options_are_those_that_need_no_object(told: str) -> None:
    raw = bytes.fromhex(told.replace(" ", ""))
    data, kernel = bytes(8) + raw + b"\2\4", _has_plain_options
    is_plain: Any = kernel(np.frombuffer(data, np.uint8), 8, 8 + len(raw))
    assert is_plain == (_options(data, 8, 8 + len(raw)) is not None)


def test_a_stream_begins_as_objects_do() -> None:
    ways, analysis = np.full((2, len(WAY)), 7, np.int64), np.full(len(ANALYSIS), 7, np.int64)
    begin_ways(ways, analysis)
    known = Analysis(measures=False)
    told = [numbers_of_direction(each) for each in known.ways]
    # What does not wait stands nowhere.
    assert [each[: WAY.index("head")] for each in ways.tolist()] == [each[: WAY.index("head")] for each in told]
    assert analysis.tolist() == numbers_of_analysis(known)
