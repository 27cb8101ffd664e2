"""Places in a script's text."""

from __future__ import annotations

import pytest

from dissect.errors import ScenarioError
from dissect.lab.drill.scanner import Scanner


def test_blanks_and_comments_are_passed() -> None:
    scanner = Scanner("a", " // one\n /* two\n */ word 0x1F 12")
    assert scanner.take(r"\w+") == "word"
    assert (scanner.number("a number"), scanner.number("a number")) == (31, 12)
    assert scanner.is_over


def test_what_does_not_match_is_not_taken() -> None:
    scanner = Scanner("a", "close(3)")
    assert scanner.take(r"\d+") is None
    assert scanner.sees("close")
    assert scanner.expect(r"(\w+)\(", "a call") == "close"


def test_an_error_says_where() -> None:
    scanner = Scanner("a.pkt", "one\n\ntwo")
    scanner.take("one")
    with pytest.raises(ScenarioError, match=r"a.pkt:3: expected a number at 'two'"):
        scanner.number("a number")
    assert str(Scanner("a.pkt", "").wrong("nothing")) == "a.pkt:1: nothing at the end of the script"
