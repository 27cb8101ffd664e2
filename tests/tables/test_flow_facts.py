"""What arrays of flows keep is named once each."""

from __future__ import annotations

import pytest

from dissect.tables.flow_facts import ANALYSIS, CONNECTION, END, OF_ROW, SENT, SPREAD, WAITING, WAY, places


@pytest.mark.parametrize("names", [ANALYSIS, CONNECTION, END, OF_ROW, SENT, SPREAD, WAITING, WAY])
def test_names_are_told_apart(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)
    assert places(names, names[-1], names[0]) == (len(names) - 1, 0)


def test_a_row_begins_with_what_is_known_of_its_connection() -> None:
    assert OF_ROW[: len(CONNECTION) + len(ANALYSIS)] == CONNECTION + ANALYSIS
