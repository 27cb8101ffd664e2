"""The names of hosts that a file states, and what is said of wrong arguments."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from dissect import DissectError, Packet, write
from dissect.captures.pcapng_blocks import framed
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named


def test_lines() -> None:
    lines = ["# TShark hosts output", "#", "# Host data gathered from a.pcap", ""]
    assert list(tap_named("hosts,ipv4", Setting("a.pcap", Clock())).lines()) == lines


def test_names_that_a_file_states(tmp_path: Path) -> None:
    path = tmp_path / "names.pcapng"
    write(path, [Packet(bytes(60))])
    four, six = bytes((192, 0, 2, 1)), bytes.fromhex("20010db8") + bytes(11) + b"\1"
    records = b""
    for kind, record in ((1, four + b"a.example\0"), (2, six + b"b.example\0"), (1, four + b"c.example\0")):
        records += struct.pack("<HH", kind, len(record)) + record + bytes(-len(record) % 4)
    path.write_bytes(path.read_bytes() + framed(4, records + bytes(4), "little"))
    for suffix, names in (("", "cb"), (",ipv4", "c"), (",ipv6", "b"), (",ip", "cb")):
        rows = list(tap_named(f"hosts{suffix}", Setting(str(path), Clock())).lines())[4:]
        assert "".join(row.split("\t")[1][0] for row in rows) == names
    assert rows == ["192.0.2.1\tc.example", "2001:db8::1\tb.example"]


def test_a_wrong_kind() -> None:
    with pytest.raises(DissectError, match="'x' is no kind of addresses"):
        tap_named("hosts,x", Setting("", Clock()))
