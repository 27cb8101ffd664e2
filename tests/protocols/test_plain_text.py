from __future__ import annotations

import pytest

from dissect.protocols.plain_text import is_plain_text


@pytest.mark.parametrize(
    ("data", "is_text"),
    [(b"QUIT\r\n", True), (b"QUIT", False), (b"ab\r\nc", False), (b"\x17\x03\x03\x00\x05", False), (b"    \x00", True)],
)
def test_four_characters_that_can_be_printed_and_more(data: bytes, is_text: bool) -> None:
    assert is_plain_text(data) == is_text
