"""What is told of a frame that was found in a text."""

from __future__ import annotations

from dissect.captures.hexframe import HexFrame, shortened


def test_a_frame_without_caption_and_link() -> None:
    assert HexFrame(b"a", 3) == (b"a", 3, "", None)


def test_long_pieces_of_text_are_shortened_in_messages() -> None:
    assert shortened("abc") == "'abc'"
    assert shortened("a" * 40) == repr("a" * 40)
    assert shortened("a" * 41) == repr("a" * 37 + "...")
    assert shortened("a\nb") == "'a\\nb'"
