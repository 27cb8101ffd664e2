"""What kernels keep of streams has the names that it has in objects."""

from __future__ import annotations

import pytest

from dissect.flows.learner import learner_of
from dissect.flows.tcp_analysis import Direction
from dissect.protocols.tcp import TCP
from dissect.tables.stream_facts import FACTS, OF_SIDE


def test_a_side_is_a_direction() -> None:
    assert set(OF_SIDE) <= set(Direction.__slots__)


@pytest.mark.parametrize("names", [FACTS, OF_SIDE])
def test_names_are_told_apart(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)


def test_no_fact_is_costly() -> None:
    learner = learner_of(TCP)
    assert learner is not None
    assert learner.costly.isdisjoint(FACTS)
