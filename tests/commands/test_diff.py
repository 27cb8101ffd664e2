"""`dissect diff`: what it prints, in text, JSON and HTML, and how it ends."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import dissect
from dissect import IPv4, Packet
from tests.commands.conftest import Outcome, packets

Run = Callable[..., Outcome]


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The three packets with another TTL and other data in the second."""
    path = tmp_path / "changed.pcap"
    three = packets()
    frame = three[1].frame.copy()
    frame[IPv4].ttl = 63
    frame[dissect.UDP].payload = b"ha"
    dissect.write(path, [three[0], Packet(bytes(frame.fixed()), time_ns=three[1].time_ns), three[2]])
    return path


def test_equal_captures_print_nothing(capture: Path, run: Run) -> None:
    assert run("diff", capture, capture) == Outcome(0, "", "")


def test_differences_are_named(capture: Path, changed: Path, run: Run) -> None:
    outcome = run("diff", capture, changed)
    assert outcome.status == 1
    assert outcome.errors == ""
    lines = outcome.output.splitlines()
    assert lines[0] == "#2 ip.ttl 64 -> 63 at byte 22"
    assert lines[1].startswith("     so ip.checksum 0x")
    assert lines[2] == "#2 data.data 69 -> 61 at byte 43"
    assert lines[4].split() == ["-", "0020", *"00 02 00 05 00 06 00 0a".split(), *lines[4].split()[10:]]
    # The marks stand below the bytes that differ.
    assert lines[5].index("^^") == lines[4].index("68 69") + 3
    assert lines[7].index("^^") == lines[6].index("68 61") + 3
    assert lines[-1] == "1 frame differs: 1 changed"


def test_what_is_ignored_or_filtered_out_does_not_count(capture: Path, changed: Path, run: Run) -> None:
    assert run("diff", capture, changed, "--ignore", "ip.ttl, data.data").status == 0
    assert run("diff", capture, changed, "--ignore", "ip.ttl", "--ignore", "data.*").status == 0
    assert run("diff", capture, changed, "--ignore", "ip.ttl").status == 1
    assert run("diff", capture, changed, "-Y", "udp.srcport != 5").status == 0


def test_times_alone_have_a_remedy(capture: Path, tmp_path: Path, run: Run) -> None:
    later = tmp_path / "later.pcap"
    assert run("write", capture, later, "-t", "3600").status == 0
    outcome = run("diff", capture, later)
    assert outcome.status == 1
    assert outcome.output.splitlines()[0] == "#1 frame.time_epoch 1700000000.000000000 -> 1700003600.000000000"
    assert "--canonical times" in outcome.output.splitlines()[-1]
    assert run("diff", capture, later, "--canonical", "times").status == 0


def test_json_holds_all_of_it(capture: Path, changed: Path, run: Run) -> None:
    outcome = run("diff", capture, changed, "-T", "json")
    assert outcome.status == 1
    document = json.loads(outcome.output)
    assert (document["before"], document["after"]) == (str(capture), str(changed))
    (difference,) = document["differences"]
    assert (difference["kind"], difference["before"], difference["after"]) == ("changed", 2, 2)
    ttl = difference["fields"][0]
    assert (ttl["name"], ttl["offset"], ttl["before"], ttl["after"]) == ("ip.ttl", 22, "64", "63")
    assert [each["name"] for each in ttl["consequences"]] == ["ip.checksum"]
    assert json.loads(run("diff", capture, capture, "-T", "json").output)["differences"] == []


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_a_page_in_which_nothing_from_outside_is_markup(changed: Path, tmp_path: Path, run: Run) -> None:
    named = tmp_path / "<script>alert(1)</script>.pcap".replace("/", "")
    named.write_bytes(changed.read_bytes())
    script = tmp_path / "script.pcap"
    frame = packets()[1].frame.copy()
    frame[dissect.UDP].payload = b"<script>alert(2)<script>"
    dissect.write(script, [packets()[0], Packet(bytes(frame.fixed()), time_ns=packets()[1].time_ns)])
    outcome = run("diff", named, script, "-T", "html")
    assert outcome.status == 1
    page = Page()
    page.feed(outcome.output)
    assert page.opened == []
    assert "script" not in page.tags
    assert {"table", "mark", "style"} <= page.tags
    assert "<script>alert(2)" not in outcome.output
    assert "&lt;script&gt;" in outcome.output
    assert "ip.ttl" in page.text


def test_colour_is_for_those_who_ask(capture: Path, changed: Path, run: Run) -> None:
    assert "\x1b" not in run("diff", capture, changed).output
    coloured = run("diff", capture, changed, "--color").output
    assert "\x1b[" in coloured


def test_what_cannot_be_compared_ends_with_a_sentence(
    capture: Path, damaged: Path, changed: Path, run: Run, tmp_path: Path
) -> None:
    assert run("diff", capture, tmp_path / "none.pcap").status == 2
    outcome = run("diff", capture, damaged)
    assert outcome.status == 2
    assert "record 3" in outcome.errors
    outcome = run("diff", capture, changed, "--ignore", "ip.tttl")
    assert (outcome.status, outcome.output) == (2, "")
    assert "did you mean 'ip.ttl'?" in outcome.errors
    assert "did you mean 'times'?" in run("diff", capture, changed, "--canonical", "time").errors
    assert run("diff", capture, changed, "-Y", "ip.ttl ==").status == 2
    assert "both captures are standard input" in run("diff", "-", "-").errors


def test_a_pipe_is_compared(
    capture: Path, changed: Path, program: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    assert program("diff", "-", capture, stdin=capture.read_bytes()).returncode == 0
    done = program("diff", "-", changed, stdin=capture.read_bytes())
    assert done.returncode == 1
    assert done.stdout.startswith(b"#2 ip.ttl 64 -> 63 at byte 22\n")
