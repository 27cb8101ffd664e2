"""dissect filter, and filters in dissect read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import dissect
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def numbers(run: Run, capture: Path, text: str) -> list[str]:
    status, output, errors = run("read", capture, "-Y", text, "-T", "fields", "-e", "frame.number")
    assert (status, errors) == (0, "")
    return output.split()


def test_packets_that_pass_keep_their_numbers(run: Run, capture: Path) -> None:
    assert numbers(run, capture, "udp") == ["2", "3"]
    assert numbers(run, capture, "frame.time_relative > 0.3") == ["3"]
    assert numbers(run, capture, "") == ["1", "2", "3"]


def test_a_wrong_filter_is_shown_before_the_file_is_opened(run: Run) -> None:
    status, output, errors = run("read", "/nonexistent", "-Y", "ip.ttl == 300")
    assert (status, output) == (2, "")
    assert errors == "dissect: 300 does not fit ip.ttl, expected 0 to 255\n  ip.ttl == 300\n            ^~~\n"


def test_what_passes_is_written(run: Run, capture: Path, tmp_path: Path) -> None:
    target = tmp_path / "udp.pcap"
    assert run("read", capture, "-Y", "udp", "-w", target).status == 0
    assert [packet.data for packet in dissect.read(target)] == [packet.data for packet in dissect.read(capture)][1:]


def test_saved_listed_used_and_deleted(run: Run, capture: Path) -> None:
    assert run("filter", "save", "talk", "udp.port == 6") == (0, "", "")
    assert run("filter", "save", "lines", "arp\nor\tip") == (0, "", "")
    assert run("filter", "list") == (0, "lines\tarp or ip\ntalk\tudp.port == 6\n", "")
    assert numbers(run, capture, "@talk") == ["2", "3"]
    assert run("filter", "delete", "talk") == (0, "", "")
    status, _, errors = run("read", capture, "-Y", "@talk")
    assert (status, errors) == (2, "dissect: no filter is saved as 'talk'; there are lines\n")


def test_what_is_no_filter_is_not_saved(run: Run) -> None:
    assert run("filter", "save", "wrong", "tcp and").status == 2
    assert run("filter", "list") == (0, "", "")
    assert run("filter").status == 2
