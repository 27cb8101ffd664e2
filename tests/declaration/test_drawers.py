"""What the roof tells the ground floor: everything that it names is where it says."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import dissect  # noqa: F401 - it fills the drawers
from dissect.declaration.drawers import PROTOCOLS, VIEWS


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_stands_in_its_module(name: str) -> None:
    assert callable(getattr(importlib.import_module(VIEWS[name]), name))


def test_packages_of_protocols_hold_modules() -> None:
    assert PROTOCOLS
    for package in PROTOCOLS:
        assert list(pkgutil.iter_modules(importlib.import_module(package).__path__))
