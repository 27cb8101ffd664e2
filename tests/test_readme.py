from __future__ import annotations

import doctest
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_the_readme_shows_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("```", "")
    test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
    outcome = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL | doctest.ELLIPSIS).run(test)
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_the_readme_warns_of_the_other_dissect() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "namespace package" in text
    assert "dissect-workbench" in text
