"""Captures in several files: what is in each, what they are called, and what stays where something goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.captures import open_writer, read
from dissect.captures.splitting import SplitWriter
from dissect.captures.writer import CaptureWriter
from dissect.errors import FieldError
from dissect.packets.packet import Packet

BILLION = 10**9


def packets(*times: float | None) -> list[Packet]:
    return [Packet(bytes(60), time_ns=None if time is None else int(time * BILLION)) for time in times]


def open_one(path: str) -> CaptureWriter:
    return open_writer(path)


def times_in(folder: Path) -> list[list[float]]:
    return [[(packet.time_ns or 0) / BILLION for packet in read(path)] for path in sorted(folder.iterdir())]


@pytest.mark.parametrize(
    ("every", "span", "expected"),
    [
        (2, None, [[0, 1], [2.5, 2.75], [9]]),
        (5, None, [[0, 1, 2.5, 2.75, 9]]),
        (None, 1, [[0], [1], [2.5, 2.75], [9]]),
        (None, 100, [[0, 1, 2.5, 2.75, 9]]),
    ],
)
def test_files_are_full_by_packets_or_by_time(
    tmp_path: Path, every: int | None, span: int | None, expected: list[list[float]]
) -> None:
    span_ns = None if span is None else span * BILLION
    with SplitWriter(str(tmp_path / "out.pcap.gz"), open_one, every=every, span_ns=span_ns) as writer:
        for packet in packets(0, 1, 2.5, 2.75, 9):
            writer.write(packet)
    assert times_in(tmp_path) == expected
    assert (writer.count, writer.files) == (5, len(expected))


def test_names_have_a_number_and_the_time_of_the_first_packet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.localtime", __import__("time").gmtime)
    with SplitWriter(str(tmp_path / "a.b.pcapng.gz"), open_one, every=1) as writer:
        for packet in packets(1_700_000_000.5, None):
            writer.write(packet)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.b_00000_20231114221320.pcapng.gz",
        "a.b_00001_19700101000000.pcapng.gz",
    ]


def test_without_packets_there_is_no_file(tmp_path: Path) -> None:
    with SplitWriter(str(tmp_path / "out.pcap"), open_one, every=1):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_was_full_stays_and_what_was_begun_goes(tmp_path: Path) -> None:
    with pytest.raises(KeyError), SplitWriter(str(tmp_path / "out.pcap"), open_one, every=2) as writer:  # noqa: PT012
        for packet in packets(0, 1, 2):
            writer.write(packet)
        raise KeyError
    assert times_in(tmp_path) == [[0, 1]]


def test_a_stream_is_not_split() -> None:
    with pytest.raises(FieldError, match="cannot be split"):
        SplitWriter("-", open_one, every=1)
