"""The tested side: whoever is one has all that a time line asks for, under the same names."""

from __future__ import annotations

import inspect

import pytest

from dissect.lab.drill import tested
from dissect.lab.drill.kernel import KernelSide
from dissect.lab.drill.simulated import SimulatedSide
from dissect.lab.drill.tested import Answer, Side

PROMISED = [name for name, member in vars(tested.Tested).items() if not name.startswith("_") and callable(member)]


@pytest.mark.parametrize("made", [SimulatedSide, KernelSide])
def test_both_sides_are_called_alike(made: type[tested.Tested]) -> None:
    assert set(PROMISED) == {"configure", "wait", "inject", "call", "information", "close"}
    for name in PROMISED:
        # What may be left out is left out of both: mypy compares types alone.
        assert (
            inspect.signature(getattr(made, name)).parameters
            == inspect.signature(getattr(tested.Tested, name)).parameters
        )


def test_answers_do_not_share_what_they_filled() -> None:
    first, second = Answer(0), Answer(0)
    assert first.filled == second.filled == {}
    assert first.filled is not second.filled


def test_the_script_sits_outside_the_network_of_the_tested_side() -> None:
    # RFC 5737: 192.0.2.0/24 is for examples, and reaches nobody.
    side = Side()
    assert side.script.startswith("192.0.2.")
    assert side.tested.split(".")[:2] != side.script.split(".")[:2]
