"""The services of a network's description: what their keys say of a value that is left out is so."""

from __future__ import annotations

import inspect
import re
import tomllib

import pytest

from dissect.lab.quantities import nanoseconds
from dissect.lab.scenario_applications import APPLICATION_EXAMPLES, APPLICATIONS
from dissect.lab.scenario_values import read_number, read_truth

TOLD = [
    (name, key, match[1])
    for name, (_, keys, _) in APPLICATIONS.items()
    for key, known in keys.items()
    if (match := re.search(r"\(([^()]+)\)$", known.meaning)) and known.read in (read_number, nanoseconds, read_truth)
]


@pytest.mark.parametrize(("name", "key", "told"), TOLD)
def test_values_that_are_left_out_are_those_that_the_key_tells(name: str, key: str, told: str) -> None:
    made, keys, _ = APPLICATIONS[name]
    known = keys[key]
    value = nanoseconds(told) if known.read is nanoseconds else known.read(tomllib.loads(f"value = {told}")["value"])
    assert inspect.signature(made).parameters[known.option or key].default == value


def test_most_keys_tell_one() -> None:
    assert len(TOLD) > 15


@pytest.mark.parametrize("name", APPLICATIONS)
def test_keys_that_have_to_be_there_are_those_without_a_default(name: str) -> None:
    made, keys, needed = APPLICATIONS[name]
    parameters = inspect.signature(made).parameters
    without = {key for key, known in keys.items() if parameters[known.option or key].default is inspect.Parameter.empty}
    assert set(needed) == without


@pytest.mark.parametrize("key", APPLICATION_EXAMPLES)
def test_examples_are_read_by_every_application_that_has_the_key(key: str) -> None:
    value = tomllib.loads(APPLICATION_EXAMPLES[key])[key]
    readers = [keys[key].read for _, keys, needed in APPLICATIONS.values() if key in needed]
    assert readers
    for read in readers:
        assert read(value)
