from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest

from dissect.protocols.http_coding import decompressed

TEXT = b"one two three " * 30
RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), "x-gzip"),
        (zlib.compress(TEXT), "deflate"),
        (RAW.compress(TEXT) + RAW.flush(), "deflate"),
    ],
)
def test_what_was_compressed_is_made_again(data: bytes, coding: str) -> None:
    assert decompressed(data, coding) == TEXT
    made = decompressed(data[:-5], coding)
    assert made is not None
    assert TEXT.startswith(made[:20])


def test_a_wrong_check_sum_takes_nothing_away() -> None:
    packed = gzip.compress(TEXT, mtime=0)
    assert decompressed(packed[:-8] + bytes(8), "gzip") == TEXT
    flags = (0x20, b""), (0x3F, b"\2\0ab" + b"name\0" + b"comment\0" + b"\0\0")
    for bits, more in flags:
        assert decompressed(packed[:3] + bytes([bits]) + packed[4:10] + more + packed[10:], "gzip") == TEXT
    assert decompressed(packed[:3] + b"\x28" + packed[4:10] + b"name", "gzip") is None
    assert decompressed(packed[:10] + b"\xff" * 20, "gzip") is None


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "compress", ""])
def test_what_is_not_compressed(coding: str) -> None:
    assert decompressed(b"plain text", coding) is None


def test_a_bomb_is_cut() -> None:
    assert len(decompressed(gzip.compress(bytes(1 << 27), 1), "gzip") or b"") == 1 << 26
    assert len(decompressed(brotli.compress(bytes(1 << 27), quality=1), "br") or b"") == 1 << 26


def test_what_brotli_packed_is_made_again_as_far_as_it_is_there() -> None:
    packed = brotli.compress(TEXT * 100)
    assert decompressed(packed, "br") == TEXT * 100
    assert (TEXT * 100).startswith(decompressed(packed[:-3], "br") or b"none")
    assert decompressed(b"", "br") is None


def test_without_its_package_brotli_stays_as_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    assert decompressed(brotli.compress(TEXT), "br") is None
