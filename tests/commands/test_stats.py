"""dissect stats: what is counted, in which shape, in which order."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest

from tests.commands.conftest import Outcome
from tests.conftest import SAMPLES

Run = Callable[..., Outcome]
WEB = SAMPLES / "web_request.pcap"


def test_a_table(run: Run) -> None:
    status, output, _ = run("stats", WEB, "conv", "udp")
    lines = [line.split() for line in output.splitlines() if line.strip()]
    assert status == 0
    assert lines[0] == ["conv", "udp"]
    assert lines[-1][:7] == ["10.0.0.1", "40000", "10.0.0.254", "53", "0", "2", "168"]


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["conv"], {"source": "10.0.0.1", "frames": 10}),
        (["endpoints", "tcp"], {"address": "10.0.0.1", "port": 40000}),
        (["hierarchy", "-Y", "arp"], {"path": "eth", "frames": 2}),
        (["io", "--interval", "0"], {"start": 0.0, "frames": 14}),
        (["io", "--interval", "0", "-Y", "arp"], {"frames": 2, "bytes": 84}),
        (["lengths"], {"path": "Packet Lengths", "frames": 14}),
    ],
)
def test_json_of_everything(run: Run, arguments: list[str], first: dict[str, object]) -> None:
    rows = json.loads(run("stats", WEB, *arguments, "--json").output)
    assert {name: rows[0][name] for name in first} == first


def test_csv_sorted_and_limited(run: Run) -> None:
    rows = list(
        csv.DictReader(
            run("stats", WEB, "endpoints", "--csv", "--sort", "bytes", "--reverse", "--limit", "2").output.splitlines()
        )
    )
    assert [row["bytes"] for row in rows] == ["168", "932"]


def test_nothing_to_count(run: Run) -> None:
    assert run("stats", WEB, "conv", "ipv6", "--json").output == "[]\n"
    assert run("stats", WEB, "conv", "ipv6", "--csv").status == 0
    assert run("stats", WEB, "conv", "ipv6").status == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["hierarchy", "tcp"], "leave tcp out"),
        (["conv", "--sort", "size"], "names no column; there are source"),
        (["conv", "-Y", "ip.tttl"], "ip.tttl"),
    ],
)
def test_what_is_wrong(run: Run, arguments: list[str], sentence: str) -> None:
    status, output, errors = run("stats", WEB, *arguments)
    assert (status, output) == (2, "")
    assert sentence in errors


def test_times_have_nine_decimals(run: Run) -> None:
    """What sums of fractions have behind them is left out, of CSV as of JSON."""
    rows = json.loads(run("stats", "capture_samples/tcp_chat.pcap", "conv", "--json").output)
    assert [row["duration"] for row in rows] == [0.202725, 0.202439, 0.202047]
    lines = list(csv.DictReader(run("stats", "capture_samples/tcp_chat.pcap", "conv", "--csv").output.splitlines()))
    assert [float(line["duration"]) for line in lines] == [row["duration"] for row in rows]


def test_what_a_tree_leaves_out_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "have no row" not in run("stats", WEB, "tree", "ip_hosts").errors
    monkeypatch.setattr("dissect.statistics.trees.MOST_NODES", 3)
    status, output, errors = run("stats", WEB, "tree", "ip_hosts", "--json")
    assert status == 0
    assert json.loads(output)[0]["frames"] == 12
    assert errors == "10 counts have no row: there are too many different names\n"


@pytest.mark.parametrize("interval", ["-1", "1e-9", "nan", "inf", "soon"])
def test_an_interval_that_is_none(run: Run, interval: str) -> None:
    status, _, errors = run("stats", WEB, "io", "--interval", interval)
    assert status == 2
    assert f"{interval!r} is no interval" in errors
