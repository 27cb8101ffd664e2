"""The index of records, held against who reads the file from its beginning; and stretches of it."""

from __future__ import annotations

import os
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from dissect.captures import read, write
from dissect.captures.index import NO_TIME, RecordIndex, can_be_indexed
from dissect.errors import CaptureError
from dissect.packets.packet import Packet
from tests.captures.blocks import enhanced, interface, option, section
from tests.conftest import SAMPLES, captures_under, corpus


def indexed(path: Path, most: int = 1 << 16) -> RecordIndex:
    """The whole index of a file, whose descriptor stays open until the process ends."""
    index = RecordIndex(os.open(path, os.O_RDONLY), str(path))
    while not index.extend(most):
        pass
    return index


def told(index: RecordIndex) -> list[tuple[int | None, int, int]]:
    times = (None if time_ns == NO_TIME else time_ns for time_ns in index.times)
    return list(zip(times, index.captured, index.original, strict=True))


def read_whole(path: Path) -> list[Packet]:
    """The packets in front of any damage."""
    found: list[Packet] = []
    try:
        with read(path) as reader:
            found.extend(reader)
    except CaptureError:
        pass
    return found


def check(path: Path, most: int = 1 << 16) -> None:
    """Hold index and stretches against the packets that are read one after the other."""
    packets = read_whole(path)
    index = indexed(path, most)
    assert told(index) == [(each.time_ns, len(each.data), each.original_length) for each in packets]
    choice = random.Random(len(packets))
    for _ in range(min(len(packets), 4)):
        first = choice.randint(1, len(packets))
        last = choice.randint(first, min(first + 20, len(packets)))
        with read(index.excerpt(first, last)) as reader:
            reader.count_from(first)
            found = list(reader)
        assert found == packets[first - 1 : last]
        assert [each.number for each in found] == list(range(first, last + 1))
        assert [each.section_number for each in found] == [each.section_number for each in packets[first - 1 : last]]
        assert [each.comments for each in found] == [each.comments for each in packets[first - 1 : last]]
    os.close(index.file)


def can_be_read(path: Path) -> bool:
    if not can_be_indexed(path.read_bytes()[:4]):
        return False
    try:
        RecordIndex(os.open(path, os.O_RDONLY))
    except CaptureError as error:
        told = str(error).partition("<stream>")[2]
        # Who reads the file is told the same.
        with pytest.raises(CaptureError, match=re.escape(told)):
            read(path)
        return False
    return True


def test_every_sample() -> None:
    paths = [path for path in captures_under(SAMPLES) if can_be_read(path)]
    assert len(paths) > 50
    for path in paths:
        check(path, most=7)


def test_every_capture_of_the_corpus() -> None:
    folder = corpus()
    if folder is None:
        pytest.skip("The corpus is not here: DISSECT_CORPUS may name a directory of captures.")
    # Those of few bytes: what is unusual about a file shows in its first records.
    for path in captures_under(folder):
        if path.stat().st_size < 20_000 and can_be_read(path):
            check(path)


@pytest.mark.parametrize("order", ["little", "big"])
def test_sections_have_interfaces_of_their_own(tmp_path: Path, order: str) -> None:
    path = tmp_path / "sections.pcapng"
    seconds = option("big", 9, bytes([0]))
    path.write_bytes(
        section()
        + interface()
        + enhanced(ticks=7)
        + section(order)  # type: ignore[arg-type]  # it is one of two
        + interface(order)  # type: ignore[arg-type]
        + interface(order, link=101, options=seconds)  # type: ignore[arg-type]
        + enhanced(order, 1, 7, b"raw")  # type: ignore[arg-type]
        + enhanced(order, 0, 7)  # type: ignore[arg-type]
    )
    check(path)


def test_a_file_that_grows(tmp_path: Path) -> None:
    path = tmp_path / "growing.pcap"
    write(path, [b"one", b"two", b"three"])
    whole = path.read_bytes()
    path.write_bytes(whole[:-2])
    index = RecordIndex(os.open(path, os.O_RDONLY))
    assert index.extend()
    assert len(index) == 2
    with path.open("ab") as file:
        file.write(whole[-2:])
    assert index.extend()
    assert [index.captured[place] for place in range(3)] == [3, 3, 5]
    os.close(index.file)


def test_a_record_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.pcapng"
    write(path, [bytes(100), Packet(bytes(3 << 20), link=231), bytes(100)])
    assert list(indexed(path).captured) == [100, 3 << 20, 100]


@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw[:-3], lambda raw: raw[:40] + struct.pack("<I", 1 << 30) + raw[44:]],
    ids=["cut short", "too long"],
)
def test_damage_ends_the_index(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "damaged.pcap"
    write(path, [b"one", b"two", b"three"])
    path.write_bytes(damage(path.read_bytes()))
    assert len(indexed(path)) == len(read_whole(path))


def test_what_is_no_pcap_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"no capture at all")
    with path.open("rb") as file, pytest.raises(CaptureError, match="is no pcap or pcapng"):
        RecordIndex(file.fileno(), "text")
