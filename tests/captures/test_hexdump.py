"""Hex text out: the rows of tshark, bare digits, and the notes' layout."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.hexdump import hex_dump, hex_stream, layered
from dissect.captures.hextext import parse_hex_text, read_hex_text

GOLDENS = Path(__file__).parent / "hextext"

# Text beside the bytes is hardest to tell from them where the bytes are digits, letters and spaces.
TRICKY = st.lists(st.sampled_from(list(b"0123456789abcdefABCDEF  .|<>*:#x\"'{}\x00\xff")), min_size=1, max_size=70).map(
    bytes
)
FRAMES = st.one_of(
    st.binary(min_size=1, max_size=70), TRICKY, st.binary(min_size=1, max_size=20).map(lambda part: part * 9)
)

NOTES_REPLY = """\
Ethernet header (14 bytes)
0000: 00 05 5d 61 58 a8 00 05 5d a1 b8 40 08 06
ARP (28 bytes)
0000: 00 01
0010: 08 00 06 04 00 02 00 05 5d a1 b8 40 c0 a8 00 02
0020: 00 05 5d 61 58 a8 c0 a8 00 37
Padding (18 bytes)
0020: 00 77 31 d2 50 10
0030: fd 78 41 d3 00 00 00 00 00 00 00 00"""


@given(st.lists(FRAMES, min_size=1, max_size=4))
def test_dumps_are_read_again(frames: list[bytes]) -> None:
    assert parse_hex_text("\n".join(hex_dump(frame) for frame in frames)) == frames
    assert parse_hex_text("\r\n\r\n".join(hex_dump(frame).replace("\n", "\r\n") for frame in frames)) == frames
    stripped = "\n".join(line.rstrip() for frame in frames for line in hex_dump(frame).split("\n"))
    assert parse_hex_text(stripped) == frames, "an editor takes spaces away at the ends of lines"


@given(st.lists(FRAMES, min_size=1, max_size=4))
def test_streams_are_read_again(frames: list[bytes]) -> None:
    assert parse_hex_text("\n".join(hex_stream(frame) for frame in frames)) == frames


@st.composite
def frames_in_parts(draw: st.DrawFn) -> tuple[bytes, list[tuple[str, int, int]]]:
    data = draw(FRAMES)
    cuts = sorted(draw(st.sets(st.integers(1, len(data)), max_size=5)) | {0, len(data)})
    headings = st.sampled_from(["Ethernet header", "ARP", "Padding", "Data", "cafe", "Dead beef", "802.1Q (1 of 2)"])
    return data, [(draw(headings), start, end) for start, end in pairwise(cuts)]


@given(st.lists(frames_in_parts(), min_size=1, max_size=4))
def test_layers_are_read_again(frames: list[tuple[bytes, list[tuple[str, int, int]]]]) -> None:
    text = "\n\n".join(layered(data, parts) for data, parts in frames)
    assert parse_hex_text(text) == [data for data, _ in frames]


def test_the_layout_of_the_notes() -> None:
    data = bytes.fromhex(
        "00055d6158a800055da1b8400806000108000604000200055da1b840c0a8000200055d6158a8c0a80037"
        "007731d25010fd7841d30000000000000000"
    )
    parts = [("Ethernet header", 0, 14), ("ARP", 14, 42), ("Padding", 42, 60)]
    assert layered(data, parts) == NOTES_REPLY
    (frame,) = read_hex_text("Reply:\n" + NOTES_REPLY)
    assert frame.data == data
    assert frame.caption == "Reply: Ethernet header (14 bytes)"


def test_frames_of_the_notes_that_follow_at_once() -> None:
    once = parse_hex_text(NOTES_REPLY)
    assert parse_hex_text(NOTES_REPLY + "\n" + NOTES_REPLY) == once * 2
    assert parse_hex_text(NOTES_REPLY + "\nReply again:\n" + NOTES_REPLY) == once * 2


def test_short_frames_of_the_notes_that_follow_at_once() -> None:
    header = "Ethernet header (14 bytes)\n0000: 00 05 5d 61 58 a8 00 05 5d a1 b8 40 08 06\n"
    assert [len(data) for data in parse_hex_text(header + header)] == [14, 14]
    assert [len(data) for data in parse_hex_text(header + "Data (2 bytes)\n0000: 00 01\n" + header)] == [16, 14]
    assert [len(data) for data in parse_hex_text(header + "\nData (2 bytes)\n0000: 00 01\n")] == [14, 2]
    assert [len(data) for data in parse_hex_text(header + "Next:\nData (2 bytes)\n0000: 00 01\n")] == [14, 2]


def test_the_dump_is_tsharks() -> None:
    expected = (GOLDENS / "tshark_x.txt").read_text().split("\n", 1)[1].rstrip("\n").split("\n\n")
    for dump in expected:
        (data,) = parse_hex_text(dump)
        assert hex_dump(data) == dump


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100, 1023, 1024, 1025, 1040, 2048, 3000, 65535, 65536, 70000])
def test_each_row_has_its_bytes(size: int) -> None:
    data = bytes(number * 7 & 0xFF for number in range(size))
    width = 5 if size > 0x10000 else 4
    rows = []
    for start in range(0, size, 16):
        part = data[start : start + 16]
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        rows.append(f"{start:0{width}x}  {part.hex(' '):<47}   {characters}")
    assert hex_dump(data) == "\n".join(rows)


def test_long_frames_have_wider_offsets() -> None:
    assert hex_dump(bytes(0x10000)).splitlines()[-1].startswith("fff0  00")
    rows = hex_dump(bytes(0x10001)).splitlines()
    assert (rows[0][:7], rows[-1][:7]) == ("00000  ", "10000  ")
    assert layered(bytes(0x10001), [("All", 0, 0x10001)]).splitlines()[1].startswith("00000: 00")


def test_empty_frames_and_parts() -> None:
    assert hex_dump(b"") == hex_stream(b"") == layered(b"", []) == ""
    assert layered(b"a", [("None", 0, 0), ("One", 0, 1)]) == "None (0 bytes)\nOne (1 byte)\n0000: 61"


@pytest.mark.parametrize("part", [("a", -1, 1), ("a", 2, 1), ("a", 0, 4), ("a\nb", 0, 1)])
def test_parts_that_make_no_sense(part: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match=r"the part|the heading"):
        layered(b"abc", [part])


def test_text_and_bytes_are_not_taken_for_each_other() -> None:
    given: list[Any] = [5, None, ["ff"]]
    for what in (*given, "ff"):
        with pytest.raises(TypeError, match="a dump is made of bytes, not of"):
            hex_dump(what)
    for what in (*given, b"ff"):
        with pytest.raises(TypeError, match="hex digits are text, not"):
            parse_hex_text(what)
