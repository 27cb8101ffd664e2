from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from dissect.wireshark.base64 import decoded


@given(st.binary(max_size=40))
def test_what_others_wrote(data: bytes) -> None:
    assert decoded(b64encode(data).decode()) == data


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    assert len(decoded(text)) <= len(text) * 3 // 4
