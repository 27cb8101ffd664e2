from __future__ import annotations

from dissect.wireshark.text import escaped, up_to_zero


def test_escaped() -> None:
    assert escaped(b"a\r\n\x1b\xff\xc3\xa9") == "a\\r\\n\\033\ufffdé"


def test_up_to_zero() -> None:
    assert up_to_zero(b"ab\0cd") == "ab"
    assert up_to_zero(b"\xc3\xa9") == "\ufffd\ufffd"


def test_characters_that_are_not_seen() -> None:
    # As GLib, which prints spaces of any kind and private ones, and no format characters.
    assert escaped("\u202e\u00a0\ue000\U000e0001".encode()) == "\\u202E\u00a0\ue000\\U000E0001"
