"""Every program can be described in a file, with all its options."""

from __future__ import annotations

import inspect

import pytest

from dissect.lab.scenario_programs import EXAMPLES, PROGRAM, PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_of_a_program_has_its_key(name: str) -> None:
    made, keys, needed = PROGRAMS[name]
    assert {known.option or key for key, known in keys.items()} == set(inspect.signature(made).parameters)
    assert set(needed) <= set(keys)
    assert set(needed) <= set(EXAMPLES)
    assert not set(keys) & set(PROGRAM)
