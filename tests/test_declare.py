"""The door to declarations: what it offers is all that the protocols of this repository use."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dissect.declare
from dissect import declare
from tests.test_docs import ROOT

PROTOCOLS = sorted(path for path in (ROOT / "dissect" / "protocols").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_a_protocol_comes_in_by_this_door(path: Path) -> None:
    """So an outside user can write each of them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dissect.declar"):
            assert node.module == "dissect.declare", f"line {node.lineno} imports from {node.module}"
            assert {each.name for each in node.names} <= set(declare.__all__)


def test_everything_that_it_offers_is_explained_where_it_lives() -> None:
    for name in declare.__all__:
        thing = getattr(dissect.declare, name)
        if callable(thing):
            assert (thing.__doc__ or "").strip(), name
