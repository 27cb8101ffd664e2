"""Bytes of records in order, and the sentences about damaged ones."""

from __future__ import annotations

import io

import pytest

from dissect.captures.records import Cursor, cut_short, damaged, too_long
from dissect.captures.source import CHUNK, ByteSource
from dissect.errors import CaptureError


def test_a_cursor_knows_where_it_is() -> None:
    content = bytes(range(256)) * (CHUNK // 64)
    cursor = Cursor(ByteSource(io.BytesIO(content)), 0)
    assert cursor.take(5) == content[:5]
    assert cursor.skip(2 * CHUNK) == 2 * CHUNK
    assert cursor.offset == 5 + 2 * CHUNK
    assert cursor.take(3) == content[cursor.offset - 3 : cursor.offset]
    left = len(content) - cursor.offset
    assert cursor.skip(left + 10) == left
    assert (cursor.take(1), cursor.offset) == (b"", len(content))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            cut_short("a", 3, 90, "9 bytes follow", 4),
            "record 3 at byte 90 is cut short: 9 bytes follow, and the file",
        ),
        (
            damaged("a", 3, 90, "states nothing"),
            "record 3 at byte 90 states nothing: the file is damaged",
        ),
        (too_long("a", 3, 90, 9, 8, 1), "claims 9 captured bytes, and 8 are the most for link type ethernet"),
    ],
)
def test_each_error_is_a_sentence_with_its_place(error: CaptureError, words: str) -> None:
    assert words in str(error)
    assert "the 2 before it are whole" in str(error)
    assert (error.path, error.record, error.offset) == ("a", 3, 90)
