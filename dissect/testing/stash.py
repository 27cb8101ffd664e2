"""Under which keys the plugin keeps what it knows: in pytest's own stash, and in what a worker tells."""

from __future__ import annotations

from typing import Any

import pytest

__all__ = ["CAPTURES", "DESELECTED", "WORKER"]

CAPTURES = pytest.StashKey[Any]()
"""The `Captures` of the session, once a test has asked for a golden."""
DESELECTED = pytest.StashKey[set[Any]]()
"""The files of which not all tests run."""
WORKER = "dissect_captures"
"""What a worker of pytest-xdist tells the controller stands under this name."""
