"""Every block of code on every page is run by a test: by those of all pages, or by the one that is named here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect.commands.main import main
from tests.test_docs import PAGES, ROOT, blocks

EVERY_PAGE = [*PAGES, *sorted(ROOT.glob("*.md")), *sorted((ROOT / "capture_samples").glob("*.md"))]
FENCE = re.compile(r"\s*(?:```|~~~)(.*)")
WIRE = "tests/test_wire_pages.py::test_what_is_typed_at_a_shell_prints_what_stands_below_it"
BROWSER = "tests/terminal/test_page.py::test_what_the_pages_type_opens_a_capture"
MAKE = "tests/test_blocks.py::test_what_is_made_can_be_made"
RUN_BY = {
    ("README.md", "console"): MAKE,
    ("README.md", "python"): "tests/test_readme.py::test_the_readme_shows_what_happens",
    ("CONTRIBUTING.md", "console"): MAKE,
    ("docs/adding_a_protocol.md", "sh"): MAKE,
    ("docs/performance.md", "sh"): MAKE,
    ("docs/scale.md", "py"): "tests/doors/test_spark.py::test_the_pages_show_what_happens",
    ("docs/start.md", "sh"): "tests/test_blocks.py::test_what_is_installed_is_this_project",
    ("docs/how_to/browse.md", "sh"): BROWSER,
    ("docs/how_to/capture_and_ask.md", "py"): (
        "tests/test_wire_pages.py::test_what_is_typed_in_python_shows_what_stands_below_it"
    ),
    ("docs/how_to/capture_and_ask.md", "sh"): WIRE,
    ("docs/how_to/golden_tests.md", "sh"): (
        "tests/examples/test_shouting.py::test_the_newcomers_path_of_the_page_leads_where_it_says"
    ),
    ("docs/how_to/golden_tests.md", "text"): (
        "tests/test_readme.py::test_the_pictures_that_are_text_are_what_is_printed_now"
    ),
    ("docs/how_to/spark.md", "py"): "tests/doors/test_spark.py::test_the_pages_show_what_happens",
    ("docs/how_to/time_lines.md", "py"): "tests/testing/test_timelines.py::test_the_test_of_the_page_runs_a_folder",
    ("docs/how_to/time_lines.md", "text"): (
        "tests/testing/test_timelines.py::test_the_script_of_the_page_is_the_one_that_it_names"
    ),
    ("docs/commands/browse.md", "sh"): BROWSER,
    **{
        (f"docs/commands/{name}.md", "sh"): WIRE
        for name in "arping capture host interfaces ping read scan trace".split()
    },
}
"""Which test runs the blocks of a page in a language; Python and sessions at a shell are run on all pages of docs."""


needs_make = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("make") is None, reason="make, and its shell, are not here"
)


def fenced(page: Path) -> Iterator[tuple[int, str, str]]:
    """All blocks of a page, however they are indented: the number of the first line, the language, and that line."""
    lines = page.read_text(encoding="utf-8").splitlines()
    inside = False
    for number, line in enumerate(lines, 1):
        if found := FENCE.fullmatch(line):
            inside = not inside
            if inside:
                yield number + 1, found[1], lines[number]


def place(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def is_run_on_all_pages(page: Path, language: str, first: str) -> bool:
    """Whether `tests/test_docs.py` runs it: sessions alone, and code that the repository has."""
    if page not in PAGES:
        return False
    begins = {"python": (">>> ", "# "), "console": ("$ ", "# ")}
    return first.startswith(begins.get(language, ()))


@pytest.mark.parametrize("page", EVERY_PAGE, ids=place)
def test_somebody_runs_each_block(page: Path) -> None:
    nobody = [
        f"{place(page)}:{number}: {language} {first!r}"
        for number, language, first in fenced(page)
        if not is_run_on_all_pages(page, language, first) and (place(page), language) not in RUN_BY
    ]
    assert nobody == []


@pytest.mark.parametrize("page", EVERY_PAGE, ids=place)
def test_blocks_stand_where_tests_find_them(page: Path) -> None:
    """One that is indented, or in other signs, would be shown and not run."""
    languages = {language for _, language, _ in fenced(page)}
    found = sorted(number for language in languages for number, _ in blocks(page, language))
    assert found == [number for number, _, _ in fenced(page)]


def test_those_who_run_blocks_are_there() -> None:
    shown = {(place(page), language) for page in EVERY_PAGE for _, language, _ in fenced(page)}
    assert RUN_BY.keys() <= shown
    for test in set(RUN_BY.values()):
        file, _, name = test.partition("::")
        assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8"), test


def typed_by(test: str) -> list[list[str]]:
    """The words of each line that is typed in the blocks of a test, without its remark."""
    found = [
        block for (page, language), run in RUN_BY.items() if run == test for _, block in blocks(ROOT / page, language)
    ]
    return [
        shlex.split(line.removeprefix("$ "), comments=True)
        for block in found
        for line in block.splitlines()
        if not line.startswith("#")
    ]


@needs_make
def test_what_is_made_can_be_made() -> None:
    """Each target is there; what `make run` makes is below, and what `make test` makes is this."""
    for words in typed_by(MAKE):
        if words[:3] == ["python", "-m", "pytest"]:
            assert all((ROOT / file).is_file() for file in words[3:])
            continue
        assert words[0] == "make"
        done = subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), words


@needs_make
def test_what_is_made_first_shows_what_it_says(tmp_path: Path) -> None:
    """`make run` with the interpreter at hand in place of a new environment."""
    program = tmp_path / "dissect"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dissect "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    done = subprocess.run(
        ["make", "--old-file=.venv/installed", f"BIN={tmp_path}", "run"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Who has 10.0.0.2? Tell 10.0.0.1" in done.stdout
    assert done.stdout.endswith("The reply equals frame 2 byte for byte (60 bytes).\n")


def test_what_is_installed_is_this_project(capsys: pytest.CaptureFixture[str]) -> None:
    """The release installs it for itself; here the names are those that it goes by."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install, ask = typed_by("tests/test_blocks.py::test_what_is_installed_is_this_project")
    assert install == ["python", "-m", "venv", "here", "&&", "here/bin/pip", "install", project["name"]]
    assert Path(ask[0]).name in project["scripts"]
    assert main(ask[1:]) == 0
    assert capsys.readouterr().out.startswith("dissect ")
