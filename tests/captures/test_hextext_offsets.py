"""What stands in front of the offsets of a dump, and offsets that are decimal or octal."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.hexdump import layered
from dissect.captures.hextext import parse_hex_text
from dissect.captures.hextext_offsets import with_hexadecimal_offsets, with_offsets_in_front
from dissect.errors import HexTextError

FRAME = bytes(range(0x30, 0x56))
ROWS = [FRAME[start : start + 16].hex(" ") for start in range(0, len(FRAME), 16)]


@pytest.mark.parametrize(
    "layout",
    [
        "> {:04x}  {}",
        "> > {:04x}  {}",
        "[  123.456789] {:08x}: {}",
        "[  123.456789] skb linear:   {:08x}: {}",
        "[Mon Nov 30 12:00:00 2026] eth0: {:08x}: {}",
        "Nov 30 12:00:00 host kernel: [  123.456789] {:08x}: {}",
        "[{:04x}] {}",
        "frame | {:04x}  {}",
    ],
)
def test_what_stands_in_front_of_offsets_is_left_out(layout: str) -> None:
    text = "\n".join(layout.format(16 * number, row) for number, row in enumerate(ROWS))
    assert parse_hex_text(f"{text}\n\n{text}") == [FRAME, FRAME]


@pytest.mark.parametrize("text", ["Nov 30 2026 00 11 22", "1234 5678", "00 > 0000", "x = b'0000 00 01'"])
def test_what_is_no_dump_stays_as_it_is(text: str) -> None:
    assert with_offsets_in_front([text]) == [text]


@pytest.mark.parametrize(("radix", "start"), [("d", 0), ("o", 0), ("d", 14), ("o", 14), ("x", 14)])
def test_offsets_of_any_radix(radix: str, start: int) -> None:
    rows = [f"{start + 16 * number:07{radix}} {row}" for number, row in enumerate(ROWS)]
    assert parse_hex_text("\n".join([*rows, f"{start + len(FRAME):07{radix}}"])) == [FRAME]


def test_a_repeated_row_between_octal_offsets() -> None:
    row = bytes(16).hex(" ")
    text = f"0000000 {ROWS[0]}\n0000020 {row}\n*\n0000120 {ROWS[2]}\n0000126\n"
    assert parse_hex_text(text) == [FRAME[:16] + bytes(64) + FRAME[32:]]


def test_a_dump_with_a_gap_keeps_its_radix() -> None:
    with pytest.raises(HexTextError, match="the offset is 0x20, and 0x10 was expected"):
        parse_hex_text(f"0000000 {ROWS[0]}\n0000040 {ROWS[1]}\n0000060 {ROWS[1]}\n0000100 {ROWS[1]}")


@given(st.binary(min_size=1, max_size=80), st.sampled_from([8, 16]))
def test_hexadecimal_offsets_are_taken_for_nothing_else(data: bytes, size: int) -> None:
    rows = [f"{start:04x}  {data[start : start + size].hex(' ')}" for start in range(0, len(data), size)]
    assert with_hexadecimal_offsets(rows) == rows
    assert with_offsets_in_front(rows) == rows


@pytest.mark.parametrize("options", ["-tx1", "-Ad -tx1", "-Ao -tx1 -j 5", "-Ad -tx1 -j 5", "-Ax -tx1 -j 5", "-tx1 -w8"])
def test_od(options: str, tmp_path: Path) -> None:
    path = tmp_path / "frame"
    path.write_bytes(FRAME)
    done = subprocess.run(["od", *options.split(), str(path)], capture_output=True, text=True, check=True)
    assert parse_hex_text(done.stdout) == [FRAME[5:] if "-j" in options else FRAME]


@pytest.mark.parametrize("heading", ["the rest", "cafe", "1234"])
def test_a_row_that_goes_on_behind_a_heading_counts_as_a_whole(heading: str) -> None:
    parts = [("Ethernet header", 0, 6), (heading, 6, 17)]
    assert parse_hex_text(layered(bytes(17), parts)) == [bytes(17)]
