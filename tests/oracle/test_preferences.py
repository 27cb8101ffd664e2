"""Preferences beside tshark 4.0: the same cells under the same `-o`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import dissect
from dissect import UDP, Ethernet, IPv4, Packet
from tests.commands.conftest import Outcome
from tests.commands.conftest import run as run
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark

Run = Callable[..., Outcome]
NUMBERS = ["tcp.seq", "tcp.ack", "tcp.nxtseq", "tcp.window_size", "tcp.options.sack_le"]


@pytest.mark.parametrize(
    ("name", "preference", "fields"),
    [
        ("tcp_echo", "tcp.relative_sequence_numbers:FALSE", [*NUMBERS, "_ws.col.Info"]),
        ("tcp_echo", "tcp.analyze_sequence_numbers:FALSE", NUMBERS),
        ("ping_4000", "ip.defragment:FALSE", ["frame.protocols", "_ws.col.Info", "data.len", "ip.reassembled_in"]),
        ("first_ping", "eth.fcs:Always", ["frame.protocols", "_ws.col.Info", "eth.fcs", "data.len", "eth.fcs.status"]),
        ("check_sequences", "eth.check_fcs:TRUE", ["eth.fcs", "eth.fcs.status"]),
        ("evil", "ip.security_flag:TRUE", ["ip.flags.rb", "ip.flags.sf", "ip.evil_packet", "_ws.expert.message"]),
    ],
)
def test_cells(tshark: Tshark, run: Run, tmp_path: Path, name: str, preference: str, fields: list[str]) -> None:
    capture = SAMPLES / f"{name}.pcap"
    if name == "evil":
        capture = tmp_path / "evil.pcap"
        frame = Ethernet(src="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2", flags="EVIL") / UDP()
        dissect.write(capture, [Packet(bytes(frame), time_ns=0)])
    options = ["-o", preference, "-T", "fields", *(part for field in fields for part in ("-e", field))]
    assert run("read", capture, *options).output == tshark.ask(capture, *options).output


@pytest.mark.parametrize("name", ["tcp_echo", "first_ping", "port_unreachable"])
def test_colouring_rules_are_fields_where_colour_is_asked_for(tshark: Tshark, run: Run, name: str) -> None:
    options = [
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "frame.coloring_rule.name",
        "-e",
        "frame.coloring_rule.string",
    ]
    capture = SAMPLES / f"{name}.pcap"
    for more in ([], ["--color"], ["--color", "-Y", 'frame.coloring_rule.name contains "ICMP"']):
        assert run("read", capture, *more, *options).output == tshark.ask(capture, *more, *options).output
