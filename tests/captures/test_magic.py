"""What a file is that is no capture, told from its first bytes."""

from __future__ import annotations

import bz2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.magic import LOOKED_AT, what_it_is


@pytest.mark.parametrize(
    ("start", "name", "remedy"),
    [
        (bz2.compress(b"abc"), "bzip2", "bunzip2"),
        (b"PK\x03\x04", "zip", "unpack"),
        (b"btsnoop\x00\x00\x00\x00\x01", "btsnoop", "editcap"),
        (bytes(20), "zero bytes", "again"),
        (b"0000: ff ff ff ff ff ff  ......\n", "hex dump", "dissect hex"),
        (b"00000000  d4 c3 b2 a1 02 00 04 00  00 00 00 00 00 00 00 00  |......", "hex dump", "dissect hex"),
        (b"d4c3b2a1\n", "hex dump", "dissect hex"),
        (b"Hello, world\n", "text", "capture file"),
        (b"<?xml version='1.0'?>", "XML", "capture"),
        (b"\xde\xad\xbe\xef\x01", "de ad be ef", "pcap"),
    ],
)
def test_known_starts(start: bytes, name: str, remedy: str) -> None:
    said, advice = what_it_is(start[:LOOKED_AT])
    assert name in said
    assert remedy in advice


@given(st.binary(max_size=LOOKED_AT))
def test_every_start_is_answered_in_one_line(start: bytes) -> None:
    said, advice = what_it_is(start)
    assert said
    assert advice
    assert "\n" not in said + advice
