"""Text for Mermaid; test_mermaid_library has the real library draw it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, Ethernet, IPv4
from dissect.declaration.record import Record
from dissect.views.mermaid import plain, to_mermaid
from tests.declared import RECORDS, any_bytes, of_each

_LINE = re.compile(r'(\d+)(?:-(\d+))?: "([^"]*)"')


def _check(text: str) -> None:
    first, title, *lines = text.split("\n")
    assert first == "packet-beta"
    assert title.startswith("title ")
    reached = 0
    for line in lines:
        match = _LINE.fullmatch(line)
        assert match is not None, line
        assert int(match[1]) == reached, "the library wants every bit, in order"
        assert match[2] is None or int(match[2]) > reached
        reached = int(match[2] or match[1]) + 1


@of_each(RECORDS)
def test_every_layout_counts_its_bits(cls: type[Record]) -> None:
    _check(to_mermaid(cls))


@given(any_bytes)
def test_any_frame_counts_its_bits(data: bytes) -> None:
    _check(to_mermaid(dissect.parse(data)))


@given(st.text())
def test_plain_text_has_nothing_of_mermaid_in_it(text: str) -> None:
    assert not set(plain(text)) & set('"<>&;#`\\{}%\n\r')
    assert plain(text).isprintable()


def test_layers_begin_rows_and_are_named() -> None:
    lines = to_mermaid(Ethernet() / IPv4() / UDP(dport=53)).split("\n")
    assert '112-127: " "' in lines
    assert '128-131: "Internet Protocol Version 4 | Version: 4"' in lines
    assert '304-319: "Destination Port: 53"' in lines


def test_notebooks_draw_it() -> None:
    bundle = to_mermaid(TCP)._repr_mimebundle_()
    assert bundle["text/vnd.mermaid"] == TCP.to_mermaid()
    assert bundle["text/plain"] == "A Mermaid diagram of Transmission Control Protocol"
    assert dissect.MSS.to_mermaid().startswith("packet-beta\n")
