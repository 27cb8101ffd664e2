from __future__ import annotations

import doctest
import pathlib

import pytest

from tests import pictures

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_the_readme_shows_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("```", "")
    test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
    outcome = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL | doctest.ELLIPSIS).run(test)
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_the_pictures_are_what_is_printed_now() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in pictures.PICTURES:
        assert f"<!-- picture: {name} -->" in text
    assert pictures.refreshed(text) == text, "make pictures"


def test_the_screenshots_are_there_and_described() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("light", "dark"):
        path = ROOT / ".pictures" / f"frame_{name}.png"
        assert f".pictures/{path.name}" in text
        assert path.read_bytes().startswith(b"\x89PNG")
    assert ' alt="' in text


def test_the_readme_warns_of_the_other_dissect() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "namespace package" in text
    assert "dissect-workbench" in text
