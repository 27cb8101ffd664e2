"""Pages about real wires: what they type is run between two hosts of this machine's kernel, and prints what they show.

This host has 10.0.0.1 on eth0, its neighbour 10.0.0.2; their MAC addresses end with the same numbers.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from tests.test_docs import CHECK, FLAGS, ROOT, blocks, name_of

PAGES = [
    ROOT / "docs" / "how_to" / "capture_and_ask.md",
    # Of the same commands, so that these are run with the long tests alone.
    *(
        pytest.param(ROOT / "docs" / "commands" / f"{name}.md", marks=pytest.mark.long)
        for name in ("arping", "capture", "host", "interfaces", "ping", "read", "scan", "trace")
    ),
]
_PATIENCE = 60
_START = """\
cd "$1"
awaited() {
    for i in $(seq 100); do
        case $1 in
        --tap) ip -o -4 address show dev "$2" 2>/dev/null | grep -q inet && return ;;
        -w) ls "${2%.*}"* >/dev/null 2>&1 && return ;;
        esac
        sleep 0.1
    done
}
"""
"""What the shell has beside its programs: a wait for what runs beside, for its device's address or for its file."""
_END = "kill $(jobs -p) 2>/dev/null; wait\n"
_PROGRAMS = {"sudo": 'exec "$@"', "dissect": f'exec {shlex.quote(sys.executable)} -m dissect "$@"'}
_SESSION = """
import doctest, sys
text = sys.stdin.read()
test = doctest.DocTestParser().get_doctest(text, {}, sys.argv[1], sys.argv[1], 0)
runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
sys.exit(runner.run(test).failed > 0)
"""


@pytest.fixture
def here(laboratory: Laboratory, tun: None) -> Host:
    """This host of the pages, cabled to its neighbour."""
    here, there = laboratory.host("here"), laboratory.host("there")
    laboratory.cable(here, there)
    for number, host in enumerate((here, there), 1):
        host.ip("link", "set", "eth0", "address", f"02:00:00:00:00:0{number}")
        host.ip("address", "add", f"10.0.0.{number}/24", "dev", "eth0")
    return here


def typed_and_printed(block: str) -> list[tuple[str, str]]:
    """The lines that a block types, each with what it prints."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), ""))
        else:
            typed, printed = found[-1]
            found[-1] = typed, f"{printed}{line}\n"
    return found


def plain(typed: str) -> str:
    """A line without the remark behind it."""
    return typed.partition("  #")[0]


def with_programs(folder: Path) -> Path:
    """The folder with the programs that a page types beside those of the system."""
    folder.mkdir()
    for name, script in _PROGRAMS.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_typed_at_a_shell_prints_what_stands_below_it(page: Path, here: Host, tmp_path: Path) -> None:
    (tmp_path / "capture_samples").symlink_to(ROOT / "capture_samples")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONUNBUFFERED": "1"}
    environment["PATH"] = f"{with_programs(tmp_path / 'bin')}{os.pathsep}{environment['PATH']}"
    for number, block in blocks(page, "sh"):
        lines = typed_and_printed(block)
        script = _START
        for place, (typed, _) in enumerate(lines):
            beside = re.search(r"(--tap \w+|-w \S+).*&$", typed)
            # What runs beside the others says nothing here, and is ended with the shell.
            alone = f"{{ {plain(typed)}\n}} 2>&1\n"
            script += f"{typed[:-1]} >/dev/null 2>&1 &\nawaited {beside[1]}\n" if beside else alone
            script += f"echo ---{place}\n"
        done = subprocess.run(
            ["ip", "netns", "exec", here.namespace, "bash", "-c", script + _END, "bash", str(tmp_path)],
            capture_output=True, text=True, env=environment, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        rest = done.stdout
        for place, (typed, printed) in enumerate(lines):
            found, _, rest = rest.partition(f"---{place}\n")
            assert CHECK.check_output(printed, found, FLAGS), f"{page.name}:{number}: {typed}\n{found}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_typed_in_python_shows_what_stands_below_it(page: Path, here: Host) -> None:
    text = "\n".join(block for _, block in blocks(page, "py"))
    assert not text or len(doctest.DocTestParser().get_examples(text)) > 3
    done = subprocess.run(
        ["ip", "netns", "exec", here.namespace, sys.executable, "-c", _SESSION, page.name],
        input=text, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT,
        timeout=_PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
