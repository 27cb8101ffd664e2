"""The simulated host and router answer as Linux does; `make beside` tries many more probes."""

from __future__ import annotations

import pytest

from capture_samples.recorder.laboratory import Laboratory
from tests.lab.beside_kernel import KINDS, compare

PROBES = 40


@pytest.mark.usefixtures("tun")
def test_the_simulation_answers_as_the_kernel(laboratory: Laboratory) -> None:
    outcome = compare(laboratory, list(KINDS), PROBES, seed=1)
    assert list(map(str, outcome.differences)) == []
    assert outcome.tried == dict.fromkeys(KINDS, PROBES)
    assert sum(outcome.argued.values()) < 0.15 * sum(outcome.tried.values())
