"""Under which keys the plugin keeps what it knows: in pytest's own stash, and in what a worker tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

__all__ = ["CAPTURES", "DESELECTED", "RUNNING", "WORKER"]

CAPTURES = pytest.StashKey[Any]()
"""The `Captures` of the session, once a test has asked for a golden."""
DESELECTED = pytest.StashKey[set[Any]]()
"""The files of which not all tests run."""
WORKER = "dissect_captures"
"""What a worker of pytest-xdist tells the controller stands under this name."""
RUNNING: list[Path] = []
"""The directory of the test that runs, last; tests that run pytest themselves nest."""
