"""dissect browse: what is refused before a screen is drawn, and how it leaves the terminal."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


def test_it_takes_a_terminal(run: Run, capture: Path) -> None:
    status, output, errors = run("browse", capture)
    assert (status, output) == (2, "")
    assert errors == (
        "dissect: browsing takes a terminal, and standard output is none: dissect read prints a capture\n"
    )


def test_without_textual_it_says_what_to_install(run: Run, capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: Any) -> Any:
        if name.startswith("dissect.terminal.app"):
            raise ImportError("No module named 'textual'", name="textual")
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", absent)
    status, _, errors = run("browse", capture)
    assert status == 2
    assert errors == (
        "dissect: browsing takes Textual, which is not installed: pip install 'dissect-workbench[terminal]'\n"
    )
