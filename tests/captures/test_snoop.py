"""Files of snoop and Surveyor: every number of a record, link types, damage, and tshark's reading of the same."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import Packet
from dissect.captures import read, write
from dissect.captures.pcap import PcapReader
from dissect.captures.records import UNLISTED
from dissect.captures.snoop import SnoopHeader, SnoopReader
from dissect.errors import CaptureError
from tests.captures.others import FRAMES, Frame, snoop, snoop_record
from tests.captures.test_pcap import Trickle


def taken(source: bytes | io.RawIOBase) -> tuple[list[Packet], CaptureError | None]:
    """The packets of a file up to its end or its damage, and the damage."""
    packets: list[Packet] = []
    try:
        packets.extend(read(io.BytesIO(source) if isinstance(source, bytes) else source))
    except CaptureError as error:
        return packets, error
    return packets, None


def is_exact(error: CaptureError | None, packets: list[Packet], size: int) -> bool:
    """Whether an error is there and right, or not there: about the record that follows, at a byte of the file."""
    if error is None:
        return True
    return error.record in (0, len(packets) + 1) and error.offset is not None and error.offset <= size


def seen(packets: list[Packet]) -> list[tuple[object, ...]]:
    return [(each.number, each.time_ns, each.data, each.original_length, each.link) for each in packets]


def told(frames: tuple[Frame, ...], link: int = 1) -> list[tuple[object, ...]]:
    return [(number, each.time_ns, each.data, each.length, link) for number, each in enumerate(frames, 1)]


def test_everything_that_a_file_holds() -> None:
    reader = read(io.BytesIO(snoop(FRAMES)))
    assert isinstance(reader, SnoopReader)
    assert (reader.format, reader.byte_order, reader.link, reader.digits) == ("snoop", "big", 1, 6)
    assert reader.header == SnoopHeader(2, 4)
    assert not reader.is_surveyor
    assert seen(list(reader)) == told(FRAMES)


def test_a_file_without_packets() -> None:
    assert taken(snoop(())) == ([], None)


@pytest.mark.parametrize(
    ("data_link", "link"),
    [(0, 1), (2, 6), (4, 1), (8, 10), (9, 0), (14, 0), (16, 122), (18, 123), (26, 242), (0x80000005, 226)],
)
def test_link_types(data_link: int, link: int) -> None:
    assert read(io.BytesIO(snoop(FRAMES, data_link))).link == link


@pytest.mark.parametrize("data_link", [1, 5, 27, 0x80000001, 0xFFFFFFFF])
def test_what_has_no_link_type_is_read_as_data(data_link: int) -> None:
    packets, error = taken(snoop(FRAMES, data_link))
    assert error is None
    assert seen(packets) == told(FRAMES, UNLISTED)
    assert bytes(packets[0].frame) == FRAMES[0].data


@pytest.mark.parametrize("padding", [0, 6, 15])
def test_padding_of_any_length_is_passed_over(padding: int) -> None:
    reader = read(io.BytesIO(snoop(FRAMES, padding=bytes(padding))))
    assert isinstance(reader, SnoopReader)
    assert not reader.is_surveyor
    assert seen(list(reader)) == told(FRAMES)


def test_surveyor_is_told_by_what_stands_behind_each_frame() -> None:
    for data_link, link in ((12, 1), (19, 1), (13, 6), (9, UNLISTED)):
        reader = read(io.BytesIO(snoop(FRAMES, data_link, version=4, padding=bytes(16))))
        assert isinstance(reader, SnoopReader)
        assert reader.is_surveyor
        assert seen(list(reader)) == told(FRAMES, link)


def test_the_padding_of_the_last_record_may_be_missing() -> None:
    content = snoop(FRAMES[:2], padding=bytes(3))
    assert taken(content[:-3]) == taken(content)


@pytest.mark.parametrize(
    ("content", "record", "offset", "words"),
    [
        (snoop(())[:12], 0, 12, "cut short in its file header: 16 bytes expected, 12 found"),
        (snoop((), version=1), 0, 8, "version 1 at byte 8"),
        (snoop(FRAMES)[: 16 + 10], 1, 16, "its header takes 24 bytes, and the file ends after 10"),
        (snoop(FRAMES)[: 16 + 24 + 9], 1, 16, "60 captured bytes follow its header, and the file ends after 9"),
        (snoop(FRAMES[:1]) + b"\xff" * 24, 2, 100, "claims 4294967295 captured bytes, and 262144 are the most"),
        (
            snoop(FRAMES[:1]) + snoop_record(FRAMES[1])[:11] + b"\x09" + snoop_record(FRAMES[1])[12:],
            2,
            100,
            "states its length as 9 bytes, and its header and 17 captured bytes are 41",
        ),
    ],
)
def test_damage_is_told_after_the_last_whole_packet(content: bytes, record: int, offset: int, words: str) -> None:
    packets, error = taken(content)
    assert error is not None
    assert len(packets) == max(record, 1) - 1
    assert (error.record, error.offset) == (record, offset)
    assert words in str(error)


@given(st.integers(0, 200), st.integers(0, 255), st.lists(st.integers(1, 40), max_size=8))
def test_damaged_files_give_what_comes_before_and_a_place_that_is_there(
    place: int, value: int, sizes: list[int]
) -> None:
    content = bytearray(snoop(FRAMES))
    content[16 + place % (len(content) - 16)] = value
    packets, error = taken(bytes(content))
    assert is_exact(error, packets, len(content))
    pieces, start = [], 0
    for size in sizes:
        pieces.append(bytes(content[start : start + size]))
        start += size
    again, other = taken(Trickle([piece for piece in (*pieces, bytes(content[start:])) if piece]))
    assert (seen(again), str(other)) == (seen(packets), str(error))


def test_chosen_records_are_counted_all_the_same() -> None:
    reader = read(io.BytesIO(snoop(FRAMES)))
    reader.choose(lambda link: lambda buffer, start, end: end - start == 17)
    assert [packet.number for packet in reader] == [2]


def test_compressed_and_cut_it_tells_of_the_record() -> None:
    packed = gzip.compress(snoop(FRAMES))
    assert seen(taken(packed)[0]) == told(FRAMES)
    packets, error = taken(packed[:-12])
    assert error is not None
    assert "gzip data are cut short" in str(error)
    assert error.record == len(packets) + 1


def test_it_is_written_as_a_pcap_in_microseconds(tmp_path: Path) -> None:
    target = tmp_path / "again.pcap"
    write(target, read(io.BytesIO(snoop(FRAMES))))
    again = read(target)
    assert isinstance(again, PcapReader)
    assert not again.header.nanosecond
    assert seen(list(again)) == told(FRAMES)


def test_frames_of_surveyor_have_their_check_sequence() -> None:
    data = FRAMES[0].data
    right = zlib.crc32(data).to_bytes(4, "little")
    frames = (Frame(data + right), Frame(data + b"none"))
    packets, error = taken(snoop(frames, data_link=12, version=4, padding=bytes(16)))
    assert error is None
    assert [packet.get("eth.fcs") for packet in packets] == [[int.from_bytes(right, "big")], [0x6E6F6E65]]
    assert [len(packet.problems()) for packet in packets] == [0, 1]
    assert [bytes(packet) for packet in packets] == [frame.data for frame in frames]
    assert taken(snoop(frames, padding=bytes(4)))[0][0].get("eth.fcs") == []
