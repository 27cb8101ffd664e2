"""ERF: records of every kind, what is taken for the format and what is not, damage."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures import read, write
from dissect.captures.erf import ErfReader, looks_like_erf
from dissect.captures.source import ByteSource
from tests.captures.others import FRAMES, Frame, erf, erf_record
from tests.captures.test_snoop import is_exact, seen, taken, told

FRAME = FRAMES[0]


def test_everything_that_a_file_holds() -> None:
    reader = read(io.BytesIO(erf(FRAMES)))
    assert isinstance(reader, ErfReader)
    assert (reader.format, reader.byte_order, reader.link, reader.digits) == ("erf", "big", None, 9)
    assert seen(list(reader)) == told(FRAMES)


@pytest.mark.parametrize(
    ("fraction", "nanoseconds"),
    [(0, 0), (1, 0), (3, 1), (0x8000_0000, 500_000_000), (0xFFFF_FFFF, 1_000_000_000), (0x0CCC_CCCD, 50_000_000)],
)
def test_a_time_is_the_nearest_nanosecond(fraction: int, nanoseconds: int) -> None:
    record = (1_700_000_000 << 32 | fraction).to_bytes(8, "little") + erf_record(FRAME)[8:]
    assert taken(record)[0][0].time_ns == 1_700_000_000_000_000_000 + nanoseconds


@pytest.mark.parametrize("kind", [2, 11, 16, 20])
def test_every_type_of_ethernet(kind: int) -> None:
    assert seen(taken(erf_record(FRAME, kind))[0]) == told((FRAME,))


def test_extension_headers_are_passed_over() -> None:
    extensions = (b"\x03" + bytes(7), b"\x04" + bytes(7), b"\x05" + bytes(7))
    assert seen(taken(erf_record(FRAME, extensions=extensions))[0]) == told((FRAME,))


@pytest.mark.parametrize(
    ("kind", "start", "link"),
    [(22, b"\x45", 228), (23, b"\x60", 229), (1, b"\x0f\x00", 104), (10, b"\x8f\x00", 104), (15, b"\xff\x03", 50)],
)
def test_link_types_without_a_header_of_their_own(kind: int, start: bytes, link: int) -> None:
    frame = Frame(start + bytes(30), FRAME.time_ns)
    assert seen(taken(erf_record(frame, kind, b""))[0]) == told((frame,), link)


@pytest.mark.parametrize(("kind", "between"), [(27, b""), (5, bytes(4)), (21, b""), (1, b"")])
def test_what_has_no_other_link_type_is_a_record_of_erf_header_and_all(kind: int, between: bytes) -> None:
    record = erf_record(FRAME, kind, between)
    packets, error = taken(record)
    assert error is None
    assert seen(packets) == [(1, FRAME.time_ns, record, len(record), 197)]


def test_padding_is_no_packet_and_the_rest_of_a_record_is_none_of_the_frame() -> None:
    content = erf_record(Frame(bytes(20)), 48, b"") + erf(FRAMES) + erf_record(Frame(b""), 48, b"") + erf(FRAMES[2:])
    packets, error = taken(content)
    assert error is None
    assert seen(packets) == told((*FRAMES, FRAMES[2]))


def looks(content: bytes) -> bool:
    return looks_like_erf(ByteSource(io.BytesIO(content)))


def test_what_is_taken_for_it_and_what_is_not() -> None:
    whole = erf(FRAMES)
    assert looks(whole)
    assert looks(erf_record(FRAME))
    assert looks(whole + erf_record(FRAME)[:-1])
    assert not looks(b"")
    assert not looks(erf_record(FRAME)[:-1])
    assert not looks(bytes(100))
    assert not looks(erf_record(FRAME, 31))
    assert not looks(erf_record(FRAME) + erf_record(Frame(b"", FRAME.time_ns - 3 * 10**9)))
    assert not looks(erf_record(FRAME) + erf_record(Frame(b"", FRAME.time_ns + 400 * 86_400 * 10**9)))
    assert looks(erf_record(FRAME) + erf_record(Frame(b"", FRAME.time_ns - 10**9)))
    assert not looks(b"The quick brown fox jumps over the lazy dog. " * 50)


def test_no_more_is_waited_for_than_the_first_records() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as target:
        target.write(erf_record(FRAME) * 20)
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(next(read(source)).number))
        thread.start()
        thread.join(60)
        assert found == [1]


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (erf_record(FRAME)[:9], "its header takes 16 bytes, and the file ends after 9"),
        (erf_record(FRAME)[:30], "62 bytes follow its header, and the file ends after 14"),
        (erf_record(FRAME)[:10] + b"\0\x0f" + bytes(4), "states its length as 15 bytes"),
        (bytes(8) + b"\x82\x04\0\x18" + bytes(4) + b"\x83" + bytes(7), "headers that don't end within its 24 bytes"),
    ],
)
def test_damage_is_told_after_the_last_whole_packet(tail: bytes, words: str) -> None:
    whole = b"".join(erf_record(Frame(FRAME.data, FRAME.time_ns + number)) for number in range(25))
    packets, error = taken(whole + tail)
    assert error is not None
    assert words in str(error)
    assert (len(packets), error.record, error.offset) == (25, 26, len(whole))


@given(st.integers(0, 400), st.integers(0, 255))
def test_damaged_files_give_what_comes_before_and_a_place_that_is_there(place: int, value: int) -> None:
    content = bytearray(erf(FRAMES * 8))
    content[place % len(content)] = value
    packets, error = taken(bytes(content))
    assert is_exact(error, packets, len(content)) or "no capture" in str(error)


def test_it_is_written_as_a_pcapng_in_nanoseconds(tmp_path: Path) -> None:
    target = tmp_path / "again"
    write(target, read(io.BytesIO(erf(FRAMES))))
    again = read(target)
    assert (again.format, again.digits) == ("pcapng", 9)
    assert seen(list(again)) == told(FRAMES)
