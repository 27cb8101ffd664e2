"""Text that prompts show: plain to programs, in colour to people."""

from __future__ import annotations

import io
import re
import sys

import pytest

from dissect.views.text import Picture, Span, Text


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", _Terminal())


def test_it_is_the_plain_text() -> None:
    text = Text("a ", Span("b", 1), "\n<c>")
    assert text == "a b\n<c>" == str(text)
    assert repr(text) == "a b\n<c>"


def test_a_terminal_shows_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    _on_a_terminal(monkeypatch)
    shown = repr(Text("a ", Span("b", 1)))
    assert shown != "a b"
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == "a b"
    assert str(Text("a ", Span("b", 1))) == "a b"


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    _on_a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert repr(Text(Span("b", 1))) == "b"


def test_colour_can_be_demanded_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _on_a_terminal(monkeypatch)
    assert str(Text(Span("b", 1), colour=True)).startswith("\x1b[48;2;")
    refused = Text(Span("b", 1), colour=False)
    assert (str(refused), repr(refused)) == ("b", "b")
    assert refused._repr_mimebundle_() == {"text/plain": "b"}


def test_a_notebook_gets_html_in_which_nothing_is_markup() -> None:
    bundle = Text(Span("<b>&", 0))._repr_mimebundle_()
    assert bundle["text/plain"] == "<b>&"
    assert "&lt;b&gt;&amp;" in bundle["text/html"]
    assert "<b>" not in bundle["text/html"]
    assert Text("<b>")._repr_mimebundle_() == {"text/plain": "<b>"}


def test_ipython_prints_every_line() -> None:
    pretty = pytest.importorskip("IPython.lib.pretty", reason="IPython is not installed: 'make test' installs it.")
    assert pretty.pretty(Text("a\n b")) == "a\n b"


def test_a_picture_says_what_it_shows() -> None:
    picture = Picture("<svg/>", "image/svg+xml", "A header of two fields")
    assert picture == "<svg/>"
    assert repr(picture) == "<svg/>"
    assert picture._repr_mimebundle_() == {"image/svg+xml": "<svg/>", "text/plain": "A header of two fields"}
