"""What is opened: files where they lie, compressed ones, other formats, damaged ones, and those that grow."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dissect import read
from dissect.errors import CaptureError
from dissect.terminal.engine import Engine, Job
from dissect.terminal.opened import OpenCapture
from tests.captures.others import FRAMES, snoop
from tests.conftest import SAMPLES

WEB = SAMPLES / "web_request.pcap"
Opened = Callable[..., OpenCapture]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Open a capture and find all its records."""
    captures: list[OpenCapture] = []

    def call(path: Path, *, follow: bool = False) -> OpenCapture:
        capture = OpenCapture(str(path), follow=follow)
        captures.append(capture)
        job = Job(Engine(), "records", 4)
        capture.unpack(job)
        if not follow:
            capture.find_records(job, lambda: None)
        return capture

    yield call
    for capture in captures:
        capture.close()


def test_any_packet_by_its_number(opened: Opened) -> None:
    capture = opened(WEB)
    packets = list(read(WEB))
    assert [packet.data for packet in capture.packets(1, 14)] == [packet.data for packet in packets]
    assert [packet.number for packet in capture.packets(13, 99)] == [13, 14]
    assert capture.packets(0, 3) == capture.packets(4, 3) == []
    assert capture.packet(15) is None
    assert [capture.time_ns(number) for number in range(1, 15)] == [packet.time_ns for packet in packets]


def test_times_of_the_column(opened: Opened) -> None:
    capture = opened(WEB)
    first, second = (packet.time_ns or 0 for packet in list(read(WEB))[:2])
    since = f"{(second - first) / 1e9:.6f}"
    assert [capture.time_text(number) for number in (1, 2)] == ["0.000000", since]
    # Since the packet before, and since the one that is shown before.
    assert (capture.time_text(2, "d"), capture.time_text(2, "dd", 2)) == (since, "0.000000")
    assert capture.time_text(2, "e") == f"{second // 10**9}.{second % 10**9 // 1000:06}"


def test_compressed_captures_are_unpacked_where_nobody_finds_them(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "web.pcap.gz"
    path.write_bytes(gzip.compress(WEB.read_bytes()))
    capture = opened(path)
    assert len(capture.index) == 14
    assert capture.note == "unpacked into a temporary file of 0.0 MB, which goes with the program"
    assert [each.name for each in tmp_path.iterdir()] == ["web.pcap.gz"]
    assert not capture.is_growing


def test_other_formats(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "old.snoop"
    path.write_bytes(snoop(FRAMES))
    capture = opened(path)
    assert [capture.index.captured[place] for place in range(3)] == [len(frame.data) for frame in FRAMES]


def test_damage_in_the_middle_of_what_is_unpacked_is_told(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "cut.snoop"
    path.write_bytes(snoop(FRAMES)[:-3])
    capture = opened(path)
    assert "cut.snoop" in capture.damage
    assert len(capture.index) == len(FRAMES) - 1


def test_what_stands_in_front_of_damage_is_there(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(WEB.read_bytes()[:-10])
    assert [packet.data for packet in opened(path).packets(1, 14)] == [packet.data for packet in read(WEB)][:13]


def test_what_is_no_capture_is_refused_and_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no capture at all, but text of some length")
    with pytest.raises(CaptureError, match="is no capture"):
        OpenCapture(str(path))
    with pytest.raises(FileNotFoundError):
        OpenCapture(str(tmp_path / "nowhere"))


def test_a_file_that_grows_is_read_on_until_it_does_not(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "growing.pcap"
    whole = WEB.read_bytes()
    path.write_bytes(whole[:1000])
    capture = opened(path, follow=True)
    told: list[int] = []

    def grow() -> None:
        """Write the rest when the first records are found, and say that this is all."""
        told.append(len(capture.index))
        if len(told) == 1:
            with path.open("ab") as file:
                file.write(whole[1000:])
            capture.finish()

    capture.find_records(Job(Engine(), "records", 4), grow)
    assert 0 < told[0] < told[-1] == 14
