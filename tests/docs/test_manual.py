"""Manual pages: one for each command, in roff that groff takes without a word."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dissect.commands.main import build_parser, sub_commands
from docs.site.manual import manual_pages, write_manual


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return manual_pages("1.2.3")


def test_there_is_one_for_each_command(pages: dict[str, str]) -> None:
    assert list(pages) == ["dissect.1", *(f"dissect-{name}.1" for name in sub_commands())]


def test_the_help_names_them() -> None:
    assert "man dissect-read" in " ".join(build_parser().format_help().split())


def test_each_has_its_sections(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        headings = re.findall(r'^\.SH "?([A-Z ]+)"?$', text, re.MULTILINE)
        assert headings[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"]
        assert headings[-2:] == ["EXIT STATUS", "SEE ALSO"]
        assert ("EXAMPLES" in headings) == (name != "dissect.1")
        assert "dissect 1.2.3" in text.splitlines()[0]
        # A line that begins with a dot is a request: those that are used here, and no others.
        requests = {line.split()[0] for line in text.splitlines() if line.startswith((".", "'"))}
        assert requests <= set(".TH .SH .TP .PP .nf .fi .RS .RE .BR .nh .ad .sp".split())


def test_options_and_examples_are_there(pages: dict[str, str]) -> None:
    text = pages["dissect-read.1"]
    assert ".TP\n\\fB\\-O NAMES\\fR\n" in text
    assert "$ dissect read capture_samples/first_ping.pcap" in text.replace("\\-", "-")
    assert "save" in pages["dissect-filter.1"]


def test_they_are_written(pages: dict[str, str], tmp_path: Path) -> None:
    written = write_manual(tmp_path / "man", "1.2.3")
    assert {path.name for path in written} == set(pages)
    assert (tmp_path / "man" / "dissect.1").read_text(encoding="utf-8") == pages["dissect.1"]


def test_groff_has_nothing_to_say(tmp_path: Path) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed, so that nobody judges the manual pages: 'apt-get install groff'.")
    paths = [str(path) for path in write_manual(tmp_path, "1.2.3")]
    done = subprocess.run(
        ["groff", "-ww", "-man", "-Kutf8", "-Tutf8", "-z", *paths], capture_output=True, text=True, check=False
    )
    warnings = [line for line in done.stderr.splitlines() if "adjust" not in line and "can't break" not in line]
    assert (done.returncode, warnings) == (0, [])
