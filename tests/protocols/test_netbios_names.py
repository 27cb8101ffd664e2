from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.protocols.netbios_names import NetBIOSName

NAME = NetBIOSName()
LOWER = b"\x20egfcefeecacacacacacacacacacacaca\0"
_ILLEGAL = "Illegal NetBIOS name "


@given(st.binary(min_size=32, max_size=32).map(lambda each: bytes(65 + (byte & 15) for byte in each)))
def test_every_name_has_a_text_of_its_own(letters: bytes) -> None:
    raw = b"\x20" + letters + b"\0"
    text = NAME.load(raw)
    # Blanks at the end are not told from those that fill a name up.
    assert NAME.load(NAME.store(text, 0)) == text
    assert NAME.store(text, 0) == raw


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (LOWER, _ILLEGAL + "(1st character not between A and Z in first-level encoding)"),
        (b"\x1fEGFCEFEECACACACACACACACACACACAC\0", "Illegal NetBIOS name (odd number of bytes)"),
        (b"\x1eEGFCEFEECACACACACACACACACACACA\0", "Illegal NetBIOS name (15 bytes long)"),
    ],
)  # fmt: skip
def test_what_is_no_such_name_is_a_name_of_labels(labels: bytes, shown: str) -> None:
    assert NAME.text(labels, 10, 0) == shown
    assert NAME.store(NAME.load(labels), 0) == labels


def test_a_label_that_looks_like_such_a_name_is_none() -> None:
    assert NAME.load(b"\5a<20>\0") == "a\\06020>"
    assert NAME.store("a\\06020>", 0) == b"\5a<20>\0"


@pytest.mark.parametrize("text", ["SIXTEEN_LETTERS_<20>", "\u0101<20>", "one two"])
def test_names_that_do_not_fit(text: str) -> None:
    with pytest.raises(ValueError, match=r"name|labels"):
        NAME.store(text, 0)
