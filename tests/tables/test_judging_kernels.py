"""Directions of streams begin with nothing known."""

from __future__ import annotations

import numpy as np

from dissect.flows.tcp_analysis import Analysis
from dissect.tables.flow_facts import ANALYSIS, WAY
from dissect.tables.flow_objects import numbers_of_analysis, numbers_of_direction
from dissect.tables.judging_kernels import begin_ways


def test_a_stream_begins_as_objects_do() -> None:
    ways, analysis = np.full((2, len(WAY)), 7, np.int64), np.full(len(ANALYSIS), 7, np.int64)
    begin_ways(ways, analysis)
    known = Analysis(measures=False)
    told = [numbers_of_direction(each) for each in known.ways]
    # What does not wait stands nowhere.
    assert [each[: WAY.index("head")] for each in ways.tolist()] == [each[: WAY.index("head")] for each in told]
    assert analysis.tolist() == numbers_of_analysis(known)
