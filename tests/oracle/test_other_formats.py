"""Captures in the formats of other programs beside tshark and capinfos: the samples as editcap writes them."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect.captures import read
from dissect.packets.clock import Clock
from dissect.views.listing import list_line
from dissect.views.rows import compile_row
from tests.captures.others import FRAMES, erf, netmon, snoop
from tests.captures.test_facts import capinfos_tells_the_same
from tests.conftest import SAMPLES
from tests.oracle.joined import join
from tests.oracle.tshark import Tshark

FIELDS = (
    "frame.number frame.time_epoch frame.time_delta frame.len frame.cap_len eth.src arp.opcode ip.src ip.id".split()
)
WRITTEN = ["first_ping", "tcp_chat", "ping_4000", "vlan_ping", "ping_snap_length"]


@pytest.fixture(autouse=True)
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Network Monitor keeps local times, and tshark is asked in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def reads_the_same(tshark: Tshark, capture: Path) -> None:
    clock, rows, lines = Clock(), [], []
    row = compile_row(FIELDS, clock=clock)
    with read(capture) as packets:
        for packet in packets:
            clock.advance(packet)
            rows.append(row(packet).split("\t"))
            lines.append(list_line(packet, clock, digits=packets.digits).split(" → ")[0])
    assert rows == tshark.fields(capture, FIELDS)
    assert lines == [line.split(" → ")[0] for line in tshark.summary(capture)]
    capinfos_tells_the_same(capture)


@pytest.mark.parametrize("format", ["snoop", "netmon1", "netmon2"])
def test_samples_written_by_editcap(tshark: Tshark, tmp_path: Path, format: str) -> None:
    editcap = shutil.which("editcap")
    assert editcap is not None, "it comes with tshark"
    made = tmp_path / "made.cap"
    joined = join([SAMPLES / f"{name}.pcap" for name in WRITTEN], tmp_path / "joined.pcap")
    subprocess.run([editcap, "-F", format, joined.path, made], check=True, capture_output=True)
    reads_the_same(tshark, made)


@pytest.mark.parametrize(
    "content",
    [
        snoop(FRAMES, padding=bytes(7)),
        snoop(FRAMES, data_link=12, version=4, padding=bytes(16)),
        netmon(FRAMES, (2, 1), media=(1, 0xFFFD, 0xE001)),
        netmon(FRAMES, (2, 2), gap=bytes(5), order=(2, 1, 0)),
        netmon(FRAMES, (2, 3), media=(0, 1, 1)),
    ],
    ids=["snoop", "surveyor", "netmon 2.1", "netmon 2.2", "netmon 2.3"],
)
def test_what_editcap_does_not_write(tshark: Tshark, tmp_path: Path, content: bytes) -> None:
    made = tmp_path / "made.cap"
    made.write_bytes(content)
    reads_the_same(tshark, made)


def test_records_of_endaces_cards(tshark: Tshark, tmp_path: Path) -> None:
    made = tmp_path / "made.erf"
    made.write_bytes(erf(FRAMES[:2]))
    capinfos_tells_the_same(made)
    rows = []
    for packet in read(made):
        assert packet.time_ns is not None
        seconds, fraction = divmod(packet.time_ns, 10**9)
        lengths = (packet.original_length, packet.captured_length)
        rows.append([str(packet.number), f"{seconds}.{fraction:09d}", *map(str, lengths)])
    assert rows == tshark.fields(made, ["frame.number", "frame.time_epoch", "frame.len", "frame.cap_len"])
