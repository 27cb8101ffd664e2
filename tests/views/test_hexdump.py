"""Bytes in the colours of their fields, beside a legend."""

from __future__ import annotations

import re

from hypothesis import given

import dissect
from dissect import UDP, IPv4
from dissect.views.hexdump import hexdump
from dissect.views.text import Text
from tests.declared import any_bytes


def _colours(text: Text) -> dict[str, set[int | None]]:
    """Return by the characters of the text the colours that they have, in the dump alone."""
    found: dict[str, set[int | None]] = {}
    for span in text._spans:
        found.setdefault(span.text, set()).add(span.colour)
    return found


@given(any_bytes)
def test_the_rows_are_those_of_a_hex_dump(data: bytes) -> None:
    frame = dissect.parse(data)
    text = hexdump(frame)
    expected = dissect.hex_dump(data)
    assert text.split("\n\n")[0] == expected
    assert re.sub(r"\x1b\[[\d;]*m", "", hexdump(frame, colour=True)) == text


def test_every_byte_has_the_colour_of_its_line_in_the_legend() -> None:
    spans = hexdump(IPv4(src="10.1.2.3", dst="10.4.5.6"))._spans
    colours = {span.text: span.colour for span in spans if span.colour is not None}
    assert colours["0a 01 02 03"] == colours["Source Address"]
    assert len({colours[title] for title in ("Version", "Header Length", "Source Address")}) == 3
    nibbles = [span for span in spans if span.text in ("4", "5")][:2]
    assert [span.colour for span in nibbles] == [colours["Version"], colours["Header Length"]]


def test_the_legend_says_which_bits_a_field_shares_a_byte_for() -> None:
    legend = hexdump(IPv4()).split("\n\n")[1].splitlines()
    assert [line.split()[-1] for line in legend[:1]] == ["Version"]
    assert legend[0].startswith("IPv4  0.0-3")
    assert legend[7].split() == ["6.3-7.7", "Fragment", "Offset"]
    assert legend[4].split() == ["2-3", "Total", "Length"]


def test_an_empty_frame_has_an_empty_dump() -> None:
    assert hexdump(dissect.parse(b"")).strip() == hexdump(UDP.cut(b"")).strip() == ""
