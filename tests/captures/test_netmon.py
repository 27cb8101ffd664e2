"""Files of Network Monitor: each version's times and link types, the table of records, damage."""

from __future__ import annotations

import gzip
import io
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import read, write
from dissect.captures.netmon import NetmonReader
from dissect.captures.records import UNLISTED
from dissect.errors import CaptureError
from tests.captures.others import FRAMES, Frame, netmon
from tests.captures.test_snoop import is_exact, seen, taken

SINCE = (
    Frame(FRAMES[0].data, 1_000_000),
    Frame(FRAMES[1].data, 251_000_000, 1500),
    Frame(b"", 2_000_000_000, 60),
)


@pytest.fixture(autouse=True)
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of the header are local ones; these tests are in UTC but for the one that says so."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def told(frames: tuple[Frame, ...], start_ns: int, links: tuple[int, ...] = (1, 1, 1)) -> list[tuple[object, ...]]:
    return [
        (number, start_ns + each.time_ns, each.data, each.length, link)
        for number, (each, link) in enumerate(zip(frames, links, strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("version", "digits", "link"),
    [((1, 1), 3, 1), ((2, 0), 9, 1), ((2, 1), 9, None), ((2, 2), 9, None)],
)
def test_everything_that_a_file_holds(version: tuple[int, int], digits: int, link: int | None) -> None:
    reader = read(io.BytesIO(netmon(SINCE, version)))
    assert isinstance(reader, NetmonReader)
    assert (reader.format, reader.byte_order, reader.link) == (f"netmon{version[0]}", "little", link)
    assert (reader.digits, reader.header.version) == (digits, version)
    # Thursday, 2 (the day of the week is not looked at): 2023-11-14 22:13:20.5
    assert reader.header.start_ns == 1_700_000_000_500_000_000
    assert seen(list(reader)) == told(SINCE, 1_700_000_000_500_000_000)


def test_version_2_3_has_the_time_of_each_frame_in_utc() -> None:
    assert seen(taken(netmon(FRAMES, (2, 3)))[0]) == told(FRAMES, 0)


def test_the_start_is_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1")
    time.tzset()
    packets, _ = taken(netmon(SINCE))
    assert packets[0].time_ns == 1_700_000_000_501_000_000 - 3600 * 10**9


def test_a_start_that_no_calendar_has_leaves_the_times_between_records() -> None:
    packets, error = taken(netmon(SINCE, start=(0, 0, 0, 0, 0, 0, 0, 0)))
    assert error is None
    assert [packet.time_ns - packets[0].time_ns for packet in packets] == [0, 250_000_000, 1_999_000_000]  # type: ignore[operator]


def test_a_frame_may_come_before_the_start() -> None:
    packets, _ = taken(netmon((Frame(b"early", -7_000),)))
    assert packets[0].time_ns == 1_700_000_000_499_993_000


@pytest.mark.parametrize(
    ("medium", "link"),
    [
        *((0, 1), (1, 1), (2, 6), (3, 10), (7, 101), (8, 101), (9, 101), (0xE071, 113), (0xE080, 105)),
        *((number, UNLISTED) for number in (4, 6, 11, 0xE083, 0xFFE0, 0xFFFB, 0x7777)),
    ],
)
def test_link_types(medium: int, link: int) -> None:
    packets, error = taken(netmon(FRAMES, (2, 3), media=(medium, 1, 1)))
    assert error is None
    assert [packet.link for packet in packets] == [link, 1, 1]
    if medium < 12:
        assert read(io.BytesIO(netmon(SINCE, medium=medium))).link == link


@pytest.mark.parametrize("medium", [0xFFFC, 0xFFFD, 0xFFFE])
def test_records_that_hold_no_frame_are_not_counted(medium: int) -> None:
    packets, error = taken(netmon(FRAMES, (2, 3), media=(medium, 1, medium)))
    assert error is None
    assert [(packet.number, packet.data) for packet in packets] == [(1, FRAMES[1].data)]


def test_records_come_in_the_order_of_the_table_whatever_lies_between_them() -> None:
    packets, error = taken(netmon(FRAMES, (2, 3), gap=b"\xff" * 9, order=(2, 0, 1)))
    assert error is None
    assert [(each.number, each.data) for each in packets] == [
        (1, FRAMES[2].data),
        (2, FRAMES[0].data),
        (3, FRAMES[1].data),
    ]


def test_a_table_of_more_entries_than_are_held_at_once() -> None:
    frames = [Frame(number.to_bytes(3, "big"), number * 1_000_000) for number in range(20_000)]
    packets, error = taken(netmon(frames, (1, 1)))
    assert error is None
    assert [int.from_bytes(packet.data, "big") for packet in packets] == list(range(20_000))


def test_a_path_a_pipe_and_compressed_data_give_the_same(tmp_path: Path) -> None:
    content = netmon(SINCE, (2, 1), gap=b"....")
    path = tmp_path / "capture.cap"
    path.write_bytes(content)
    packed = tmp_path / "capture.cap.gz"
    packed.write_bytes(gzip.compress(content))
    expected = seen(taken(content)[0])
    assert len(expected) == 3
    for place in (path, packed):
        with read(place) as reader:
            assert seen(list(reader)) == expected


def test_a_file_that_lost_its_table_is_read_from_record_to_record() -> None:
    content = netmon(SINCE)
    table = len(content) - 12
    packets, error = taken(content[: table + 5])
    assert seen(packets) == seen(taken(content)[0])
    assert error is not None
    assert (error.record, error.offset) == (4, table + 5)
    assert f"12 bytes at byte {table} say where its records are" in str(error)
    packets, error = taken(content[: table - 30])
    assert error is not None
    assert (len(packets), error.record, error.offset) == (1, 2, 128 + 16 + 60)
    assert "is cut short" in str(error)


def test_compressed_and_cut_it_gives_the_records_before_the_damage() -> None:
    frames = [Frame(bytes((number * 31 + place) % 251 for place in range(200)), number) for number in range(50)]
    content = netmon(frames)
    packed = gzip.compress(content)
    packets, error = taken(packed[: len(packed) // 2])
    assert error is not None
    assert "gzip data are cut short" in str(error)
    assert error.record == len(packets) + 1
    assert seen(packets) == seen(taken(content)[0])[: len(packets)]
    assert packets


def changed(content: bytes, place: int, value: bytes) -> bytes:
    return content[:place] + value + content[place + len(value) :]


WHOLE = netmon(SINCE)
TABLE = len(WHOLE) - 12


@pytest.mark.parametrize(
    ("content", "record", "offset", "words"),
    [
        (WHOLE[:127], 0, 127, "cut short in its file header: 128 bytes expected, 127 found"),
        (changed(WHOLE, 5, b"\x03"), 0, 4, "version 3.0 at byte 4"),
        (changed(WHOLE, 28, b"\x0b"), 0, 28, "a table of 11 bytes"),
        (changed(WHOLE, TABLE + 4, b"\xff\xff\xff\xff"), 2, TABLE + 4, "begins at byte 4294967295"),
        (changed(WHOLE, TABLE + 4, struct.pack("<I", len(WHOLE) - 3)), 2, len(WHOLE) - 3, "its header takes 16 bytes"),
        (changed(WHOLE, 128 + 12, b"\xff\xff\xff\x7f"), 1, 128, "claims 2147483647 captured bytes"),
        (changed(WHOLE, 128 + 12, b"\xff\xff\x00\x00"), 1, 128, "65535 captured bytes follow its header"),
        (changed(netmon(FRAMES[:1], (2, 3)), 128 + 12, bytes([70])), 1, 128, "15 bytes follow its frame"),
    ],
)
def test_damage_is_told_after_the_last_whole_packet(content: bytes, record: int, offset: int, words: str) -> None:
    packets, error = taken(content)
    assert error is not None
    assert words in str(error)
    assert (error.record, error.offset) == (record, offset)
    assert len(packets) == max(record, 1) - 1


def test_a_table_that_names_one_record_over_and_over_ends() -> None:
    frame = Frame(bytes(1000))
    packets, error = taken(netmon((frame,), order=[0] * 10_000))
    assert error is not None
    assert "overlaps" in str(error)
    assert len(packets) < 50


@given(st.sampled_from([(1, 1), (2, 0), (2, 1), (2, 3)]), st.integers(0, 400), st.integers(0, 255))
def test_damaged_files_give_what_comes_before_and_a_place_that_is_there(
    version: tuple[int, int], place: int, value: int
) -> None:
    content = bytearray(netmon(SINCE, version))
    content[4 + place % (len(content) - 4)] = value
    packets, error = taken(bytes(content))
    assert is_exact(error, packets, len(content))


def test_it_is_written_as_what_holds_its_link_types(tmp_path: Path) -> None:
    for version, suffix in (((2, 0), "pcap"), ((2, 1), "pcapng")):
        target = tmp_path / "again"
        write(target, read(io.BytesIO(netmon(SINCE, version))))
        again = read(target)
        assert (again.format, again.digits) == (suffix, 9)
        assert seen(list(again)) == seen(taken(netmon(SINCE, version))[0])


def test_an_error_while_opening_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.cap"
    path.write_bytes(WHOLE[:50])
    with pytest.raises(CaptureError):
        read(path)
