from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.replacements import with_replacements


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        # As tshark 4.0 prints labels of these bytes.
        (b"o\xe6M\xed\xbfdnA", "o�M�dnA"),
        (b"W\xf7\xbf\xdev", "W��v"),
        (b"\xfb\xbdQp\xf8\xf28", "�Qp��8"),
        (b"\xed\xa0\x80", "�"),
        (b"\x80\x81", "��"),
    ],
)
def test_a_sign_stands_for_what_a_first_byte_announces(raw: bytes, text: str) -> None:
    assert with_replacements(raw) == text


@given(st.text())
def test_what_is_text_stays(text: str) -> None:
    raw = text.encode("utf-8", "replace")
    assert with_replacements(raw) == raw.decode()


@given(st.binary())
def test_all_bytes_are_text(raw: bytes) -> None:
    assert len(with_replacements(raw)) <= len(raw)
