"""Numbers are written by compiled code as Python writes them, into as much room as is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.tables.text_kernels import CELL, DECIMAL, DOTTED, HEX, PAIRS, SECONDS, TEXT, WIDTHS, compose, place_of

NUMBERS = st.integers(0, (1 << 64) - 1)
MOST = 16


def written(form: int, digits: int, numbers: list[int], keys: Any = None, texts: Any = None) -> tuple[Any, bytes]:
    """What `compose` returns for a column of numbers, and what it has written; no byte behind its room is touched."""
    longs = np.array(numbers, np.uint64)
    octets = longs.view(np.uint8)
    arrays = octets, longs.view(np.uint16), longs.view(np.uint32), longs
    cells = np.array([form, digits, 0, 0, 8, 1], np.int64)
    assert len(cells) == CELL
    room = len(numbers) * (WIDTHS.get(form, MOST) + 1)
    out = np.full(room + 8, 0xEE, np.uint8)
    keys = np.zeros((4, 3), np.uint64) if keys is None else keys
    texts = np.zeros((4, MOST + 1), np.uint8) if texts is None else texts
    valid, kept = np.ones(len(numbers), np.uint8), np.ones(len(numbers), np.bool_)
    told = compose(0, len(numbers), kept, cells, 9, *arrays, valid, keys, texts, out)
    assert (out[room:] == 0xEE).all()
    return told, out[: told[2]].tobytes()


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_decimal(numbers: list[int]) -> None:
    told, text = written(DECIMAL, 0, numbers)
    assert told[:2] == (len(numbers), -1)
    assert text.decode() == "".join(f"{each}\n" for each in numbers)


@given(NUMBERS, st.integers(1, 16))
def test_hexadecimal(number: int, digits: int) -> None:
    assert written(HEX, digits, [number])[1].decode() == f"0x{number:0{digits}x}\n"


@given(st.integers(-(1 << 63) + 1, (1 << 63) - 1))
def test_seconds(number: int) -> None:
    sign, size = "-" if number < 0 else "", abs(number)
    expected = f"{sign}{size // 10**9}.{size % 10**9:09d}\n"
    assert written(SECONDS, 0, [number & (1 << 64) - 1])[1].decode() == expected


@given(st.binary(min_size=6, max_size=6))
def test_addresses(raw: bytes) -> None:
    assert written(DOTTED, 4, [int.from_bytes(raw[:4], "big")])[1].decode() == ".".join(map(str, raw[:4])) + "\n"
    assert written(PAIRS, 6, [int.from_bytes(raw, "big")])[1].decode() == raw.hex(":") + "\n"


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_cells_that_are_not_there_are_empty_and_rows_may_be_left_out(size: int) -> None:
    longs = np.zeros(8, np.uint64)
    sizes: dict[int, Any] = {1: longs.view(np.uint8), 2: longs.view(np.uint16), 4: longs.view(np.uint32), 8: longs}
    sizes[size][:4] = [7, 8, 9, 10]
    cells = np.array([DECIMAL, 0, 0, 0, size, 1, DECIMAL, 0, 4, 0, size, 1], np.int64)
    valid, out = np.array([1, 0, 1, 1, 0, 1, 1, 1], np.uint8), np.zeros(99, np.uint8)
    kept = np.array([True, True, False, True])
    table = np.zeros((4, 3), np.uint64), np.zeros((4, MOST + 1), np.uint8)
    octets, pairs, words = (sizes[each] for each in (1, 2, 4))
    _, _, place = compose(0, 4, kept, cells, ord(","), octets, pairs, words, longs, valid, *table, out)
    assert out[:place].tobytes() == b"7,\n,8\n10,10\n"


def test_a_text_that_is_not_known_yet_is_asked_for() -> None:
    keys, texts = np.zeros((4, 3), np.uint64), np.zeros((4, MOST + 1), np.uint8)
    numbers = [5, 6, 5]
    assert written(TEXT, 0, numbers, keys, texts)[0] == (0, 0, 0)
    for number, text, known in ((5, b"five", (1, 0, 5)), (6, b"six", (3, -1, 14))):
        place = place_of(keys, 0, np.uint64(0), np.uint64(number))
        assert keys[place, 0] == 0
        keys[place] = 1, 0, number
        texts[place, 0], texts[place, 1 : 1 + len(text)] = len(text), list(text)
        assert written(TEXT, 0, numbers, keys, texts)[0] == known
    assert written(TEXT, 0, numbers, keys, texts)[1] == b"five\nsix\nfive\n"
