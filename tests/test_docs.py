"""The pages under docs: every line that they show is run, and prints what stands below it."""

from __future__ import annotations

import doctest
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from dissect.commands.main import main

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
CHECK = doctest.OutputChecker()
FLAGS = doctest.IGNORE_EXCEPTION_DETAIL | doctest.ELLIPSIS

HABITS = {
    "scapy": 20,
    "tshark": 20,
    **dict.fromkeys("dpkt pyshark editcap mergecap capinfos text2pcap tcpreplay tcprewrite".split(), 10),
}
"""By tool, how many of its habits the page has at least."""

JOBS = set(
    """
    browse build_and_send capture_and_ask compare edit_and_repair follow_and_analyse golden_tests lab_and_scenarios
    open_filter_list own_protocols spark tables_and_sql time_lines
    """.split()
)
"""What people want to do, each with a page of its own."""


class Line(NamedTuple):
    """A line of a shell as a page shows it: where it stands, what is typed, and what is printed."""

    number: int
    typed: str
    printed: str


def blocks(page: Path, language: str) -> Iterator[tuple[int, str]]:
    """The code of a page in a language, each block with the number of its first line."""
    lines: list[str] = []
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if inside and line == "```":
            yield number - len(lines), "".join(lines)
            inside, lines = False, []
        elif inside:
            lines.append(line + "\n")
        elif line == f"```{language}":
            inside = True


def shell_lines(page: Path) -> Iterator[Line]:
    """What a page types at a shell; a line that begins with # is a remark."""
    for first, block in blocks(page, "console"):
        found: list[tuple[int, str, list[str]]] = []
        for number, text in enumerate(block.splitlines(), first):
            if text.startswith("$ "):
                found.append((number, text.removeprefix("$ "), []))
            elif not text.startswith("# "):
                found[-1][2].append(text + "\n")
        yield from (Line(number, typed, "".join(printed)) for number, typed, printed in found)


def printed_by(typed: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a pipeline prints, the complaints of its programs included; `dissect` runs in this process."""
    data, said = b"", ""
    for stage in typed.split(" | "):
        command = shlex.split(stage)
        if command[0] != "dissect":
            done = subprocess.run(command, input=data, capture_output=True, cwd=folder, timeout=60, check=False)
            data, said = done.stdout, said + done.stderr.decode()
            continue
        output, errors = io.BytesIO(), io.StringIO()
        with monkeypatch.context() as context:
            context.chdir(folder)
            context.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
            context.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="utf-8"))
            context.setattr(sys, "stderr", errors)
            main(command[1:])
            sys.stdout.flush()
            data = output.getvalue()
        said += errors.getvalue()
    return data.decode() + said


def name_of(page: Path) -> str:
    """What a page is called in the names of tests: its place, for there are several of a name."""
    return page.relative_to(ROOT).with_suffix("").as_posix().removeprefix("docs/")


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def test_there_is_a_page_for_each_job() -> None:
    assert {page.stem for page in (DOCS / "how_to").glob("*.md")} == JOBS


@every_page
def test_what_is_typed_in_python_shows_what_stands_below_it(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = "\n".join(block for _, block in blocks(page, "python") if not block.startswith("# "))
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS, checker=CHECK).run(test, out=said.append)
    assert outcome.failed == 0, "".join(said)


@every_page
def test_code_of_the_repository_is_shown_as_it_is(page: Path) -> None:
    for _, block in blocks(page, "python"):
        if block.startswith("# "):
            file, _, code = block.removeprefix("# ").partition("\n")
            assert code in (ROOT / file).read_text(encoding="utf-8")


@every_page
def test_what_is_typed_at_a_shell_prints_what_stands_below_it(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("capture_samples", "tests", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    differing = []
    for line in shell_lines(page):
        found = printed_by(line.typed, tmp_path, monkeypatch)
        if not CHECK.check_output(line.printed, found, FLAGS):
            differing.append(f"{page.name}:{line.number}: {line.typed}\nexpected:\n{line.printed}printed:\n{found}")
    assert differing == []


@pytest.mark.parametrize("tool", HABITS)
def test_each_tools_habits_are_there(tool: str) -> None:
    section = (DOCS / "coming_from.md").read_text(encoding="utf-8").partition(f"\n## {tool}\n")[2].partition("\n## ")[0]
    shown = [line for line in section.splitlines() if line.startswith(("# ", ">>> # "))]
    typed = [line for line in section.splitlines() if line.startswith(("$ dissect ", ">>> ")) and line not in shown]
    assert len(typed) >= len(shown) >= HABITS[tool]


@pytest.mark.parametrize(
    "page",
    [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))],
    ids=name_of,
)
def test_links_lead_somewhere(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert missing == []
