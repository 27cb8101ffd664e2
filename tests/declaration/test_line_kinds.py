from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.line_kinds import Digits, RestOfLine, Word

WORDS = [Word(), Word("="), Word(":", needed=True, blanks=True), Word("&", of="[^&]", apart=False), Digits()]
WORDS += [Word("", of="[^ \\r\\n]")]
LINES = [RestOfLine(), RestOfLine(apart=True)]
any_line = st.text(" ab:=&1\r\n\xe9", max_size=12).map(str.encode)


@pytest.mark.parametrize("kind", [*WORDS, *LINES])
def test_what_is_read_is_written_again(kind: Word | RestOfLine) -> None:
    @given(any_line)
    def check(data: bytes) -> None:
        size = kind.extent(data, 0, len(data))
        if size >= 0:
            raw = data[:size]
            assert kind.store(raw, 0) == raw
            assert kind.store(eval(kind.source(raw, 10)), 0) == raw

    check()


@pytest.mark.parametrize("kind", [*WORDS, *LINES])
def test_text_that_is_given_is_read_again(kind: Word | RestOfLine) -> None:
    @given(st.text(" ab:=&1\r\n", max_size=6))
    def check(text: str) -> None:
        try:
            raw = kind.store(text, 0)
        except ValueError:
            return
        assert kind.extent(raw + b"rest", 0, len(raw)) == len(raw)
        assert kind.load(raw) == (int(text) if isinstance(kind, Digits) else text)

    check()


def test_words_of_a_line() -> None:
    assert Word().extent(b"GET  /", 0, 6) == 5
    assert Word().extent(b"GET\r\nA", 0, 6) == 3
    assert Word("=", apart=False).extent(b"a==b", 0, 4) == 2
    assert Word(":", needed=True).extent(b"no colon\r\n", 0, 10) == -1
    assert Word(":", needed=True, blanks=True).load(b"Host: \t") == "Host"


def test_lines_end_in_three_ways_and_at_the_end() -> None:
    assert [RestOfLine().extent(data, 0, len(data)) for data in (b"a\r\nb", b"a\nb", b"a\rb", b"ab")] == [3, 2, 2, 2]
    assert RestOfLine().load(b"value \t\r\n") == "value"
    assert RestOfLine().source(b"value\n", 10) == repr(b"value\n")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Word(), "two words"),
        (Word(valid="[a-z]+"), "A"),
        (RestOfLine(), "two\nlines"),
        (RestOfLine(), "blank at the end "),
        (Digits(most=999), 1000),
        (Digits(), True),
        (Word(), 5),
    ],
)
def test_what_does_not_fit_is_refused(kind: Word | RestOfLine, value: object) -> None:
    with pytest.raises(ValueError, match=r"text|0 to"):
        kind.store(value, 0)


def test_what_ends_a_value_is_told() -> None:
    assert [kind.ending(raw) for kind, raw in ((Word(), b"GET  "), (Digits(), b"200 "), (RestOfLine(), b"OK\r\n"))] == [
        2,
        1,
        2,
    ]
    assert Word().ending(b"GET") == 0


def test_what_parts_a_line_from_what_stands_in_front_belongs_to_it() -> None:
    rest = RestOfLine(apart=True)
    assert [rest.store(text, 0) for text in ("a b", "")] == [b" a b\r\n", b"\r\n"]
    assert [rest.load(raw) for raw in (b"  a b\r\n", b" \r\n", b"\r\n")] == ["a b", "", ""]
    assert [rest.beginning(raw) for raw in (b"  a b\r\n", b"\r\n")] == [2, 0]
    assert rest.ending(b"  a b\r\n") == 2
    assert rest.source(b"  a\r\n", 10) == repr(b"  a\r\n")
    assert Word("", of="[^ ]").extent(b"GET  /", 0, 6) == 3
