"""The README: what it shows is what happens, and it is short."""

from __future__ import annotations

import doctest
import re

import pytest

from tests import pictures

TEXT = (pictures.REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_what_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pictures.REPOSITORY)
    test = doctest.DocTestParser().get_doctest(TEXT.replace("```", ""), {}, "README.md", "README.md", 0)
    outcome = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL | doctest.ELLIPSIS).run(test)
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_the_readme_is_read_in_a_minute() -> None:
    assert len(TEXT.splitlines()) < 200


def test_six_pictures_are_there_and_described() -> None:
    shown = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', TEXT)
    assert [path.rpartition("/")[2].partition(".")[0].removesuffix("_light") for path, _ in shown] == [
        "list", "browse", "frame", "diagram", "ladder", "differences",
    ]  # fmt: skip
    assert {name for path, _ in shown for name in pictures.SCREENSHOTS if name in path} == set(pictures.SCREENSHOTS)
    for path in {*re.findall(r"\.pictures/[\w.]+", TEXT)}:
        begin = (pictures.REPOSITORY / path).read_bytes()[:8]
        assert begin.startswith((b"\x89PNG", b"<svg")), path


@pytest.mark.parametrize("name", pictures.DRAWINGS)
def test_the_drawings_are_what_is_drawn_now(name: str) -> None:
    drawn = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == pictures.DRAWINGS[name](), "make pictures"


def test_the_pictures_that_are_text_are_what_is_printed_now() -> None:
    text = pictures.PAGE.read_text(encoding="utf-8")
    for name in pictures.PICTURES:
        assert f"<!-- picture: {name} -->" in text
    assert pictures.refreshed(text) == text, "make pictures"


def test_the_readme_names_every_sub_command() -> None:
    from dissect.commands.main import sub_commands

    named = TEXT.partition("`dissect --help` names what there is:")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", named)) == sub_commands()


def test_the_readme_warns_of_the_other_dissect() -> None:
    assert "namespace package" in TEXT
    assert "dissect-workbench" in TEXT
