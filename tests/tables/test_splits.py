"""Parts of a file: each record is in one of them, wherever somebody asks for a begin."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

import dissect
from dissect import TCP, Ethernet, FieldError, IPv4, Packet, write
from dissect.captures.pcap import PcapHeader
from dissect.tables.columns import column
from dissect.tables.scanning import batches
from dissect.tables.splits import WINDOW, begins, splits


def packets(count: int) -> Iterator[Packet]:
    """Frames of many sizes, some of which carry a capture themselves."""
    chance = Random(7)
    inner = io.BytesIO()
    write(
        inner,
        [Packet(chance.randbytes(chance.randrange(60, 200)), time_ns=place) for place in range(12)],
        format="pcap",
    )
    nested = inner.getvalue()[24:]
    for place in range(count):
        body = nested[chance.randrange(40) :][:1400] if place % 5 == 0 else bytes(chance.randrange(1400))
        frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=place % 65536) / TCP(dport=9) / body
        yield Packet(bytes(frame), time_ns=1_700_000_000_000_000_000 + place * 1000)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("splits") / "large.pcap"
    write(path, packets(1500))
    return path


def record_starts(path: Path) -> tuple[PcapHeader, list[int]]:
    data = path.read_bytes()
    header = PcapHeader.decode(data[:24])
    starts = [24]
    while starts[-1] < len(data):
        starts.append(starts[-1] + 16 + header.record_layout.unpack_from(data, starts[-1])[2])
    return header, starts


@pytest.mark.parametrize("window", [4096, 65536])
def test_a_begin_is_that_of_a_record(window: int, large: Path) -> None:
    header, starts = record_starts(large)
    size = large.stat().st_size
    found = 0
    with large.open("rb") as file:
        for place in range(4096, size, 8192):
            begin = begins(file, header, place, size, window)
            assert begin is None or begin in starts, place
            found += begin is not None
    assert found > 0.9 * (size / 8192 - 1)


def test_begins_in_captures_of_the_corpus(corpus_captures: list[Path]) -> None:
    tried = sum(tried_begins(path, 8192) for path in corpus_captures if 20_000 < path.stat().st_size < 200_000)
    assert tried > 50


@pytest.mark.long
def test_a_begin_at_every_4096th_byte_of_every_capture(corpus_captures: list[Path]) -> None:
    """With a window as long as the longest record, each is that of a record, or there is none."""
    assert sum(tried_begins(path, WINDOW) for path in corpus_captures) > 100


@pytest.mark.long
def test_parts_of_every_capture_have_each_record_once(corpus_captures: list[Path]) -> None:
    tried = 0
    for path in corpus_captures:
        try:
            whole = [packet.data for packet in dissect.read(path)]
            parts = splits(path, 4096)
        except dissect.DissectError:
            continue
        if len(parts) > 1:
            found = [packet.data for part in parts for packet in dissect.read(part.open())]
            assert found == whole, path
            tried += 1
    assert tried


def tried_begins(path: Path, window: int) -> int:
    """Ask for a begin at every 4096th byte of a pcap whose records are whole, and return how often that was."""
    try:
        header, starts = record_starts(path)
    except (dissect.DissectError, struct.error):
        return 0
    size = path.stat().st_size
    if starts[-1] != size or header.record_layout.size != 16 or header.version != (2, 4):
        return 0
    known = set(starts)
    places = range(4096, size, 4096)
    with path.open("rb") as file:
        for place in places:
            begin = begins(file, header, place, size, window)
            assert begin is None or begin in known, (path, place)
    return len(places)


@pytest.mark.parametrize("ending", ["pcap", "pcapng"])
def test_parts_have_each_frame_once(ending: str, large: Path, tmp_path: Path) -> None:
    path = large
    if ending == "pcapng":
        path = tmp_path / "large.pcapng"
        write(path, dissect.read(large), format="pcapng")
    parts = splits(path, 300_000)
    assert len(parts) > 2
    assert all(before.stop == after.start for before, after in pairwise(parts))
    found = [
        number
        for part in parts
        for batch in batches(part, [column("ip.id"), column("frame.time_epoch")])
        for number in batch.column(0).to_pylist()
    ]
    assert found == list(range(1500))


def test_interfaces_are_handed_on(tmp_path: Path) -> None:
    """An interface that is described in the middle is known in the parts behind it alone."""
    path = tmp_path / "two.pcapng"
    some = list(packets(400))
    for place, packet in enumerate(some):
        packet.link = 1 if place < 200 else 101
        packet.data = packet.data if place < 200 else packet.data[14:]
        packet.original_length = len(packet.data)
    write(path, some, format="pcapng")
    found = [
        row
        for part in splits(path, 50_000)
        for batch in batches(part, [column("ip.id")])
        for row in batch.column(0).to_pylist()
    ]
    assert found == list(range(400))


def test_what_depends_on_earlier_frames_is_refused(large: Path) -> None:
    first, *_ = splits(large, 300_000)
    for name in ("frame.number", "tcp.stream", "frame.time_delta"):
        with pytest.raises(FieldError, match="in front of a part of a file"):
            next(batches(first, [column(name)]))
    (whole,) = splits(large)
    assert next(batches(whole, [column("frame.number")])).column(0)[0].as_py() == 1
