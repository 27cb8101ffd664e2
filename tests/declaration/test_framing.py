from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import Header
from dissect.declaration.framing import Blank, ByBeginning, Chunks, FramingError, LengthField, Line, split
from dissect.declaration.specifiers import u8

RULES: list[Any] = [
    LengthField(1),
    LengthField(2, added=2),
    LengthField(2, offset=1, unit=4, little=True),
    Line(),
    Line(b"\0", most=20),
    Chunks(),
    Blank(),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_the_same_whatever_follows(rule: Any) -> None:
    @given(st.binary(max_size=40) | st.text("019af:;\r\n\0 ", max_size=30).map(str.encode), st.binary(max_size=20))
    def check(data: bytes, more: bytes) -> None:
        try:
            size = rule(data)
        except FramingError:
            with pytest.raises(FramingError):
                rule(data + more)
            return
        assert size is None or size >= 1
        if size is not None and size <= len(data):
            assert rule(data + more) == size
            assert rule(data[:size]) == size

    check()


@pytest.mark.parametrize("rule", RULES)
def test_messages_and_what_is_left_are_the_stream(rule: Any) -> None:
    @given(st.binary(max_size=60) | st.text("012\r\n\0a", max_size=60).map(str.encode))
    def check(data: bytes) -> None:
        messages, rest = split(rule, data)
        assert b"".join(messages) + rest == data
        assert all(rule(message) == len(message) for message in messages)

    check()


def test_length_fields() -> None:
    assert LengthField(2, offset=2)(bytes.fromhex("0000000a")) == 10
    assert LengthField(2, offset=2)(bytes.fromhex("000000")) is None
    assert LengthField(4, added=4, little=True)(bytes.fromhex("05000000")) == 9
    with pytest.raises(FramingError, match="a message has 1 bytes, expected 4"):
        LengthField(2, offset=2)(bytes.fromhex("00000001"))
    with pytest.raises(FramingError, match="expected 4 to 16777216"):
        LengthField(4)(b"\xff" * 4)
    with pytest.raises(TypeError):
        LengthField(0)


def test_bodies() -> None:
    rule = Blank()
    head = b"HTTP/1.1 200 OK\r\n"
    assert rule(head + b"content-length: 5\r\n\r\n") == len(head) + 21 + 5
    assert rule(head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") == len(head) + 30 + 13
    assert rule(head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nab") is None
    assert rule(head) is None
    for wrong in (b"5, 5", b"-1", b"x", b""):
        with pytest.raises(FramingError):
            rule(head + b"Content-Length: " + wrong + b"\r\n\r\n")
    with pytest.raises(FramingError):
        rule(head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n")


def test_chunks() -> None:
    assert Chunks()(b"2;name=value\r\nab\r\n0\r\nTrailer: 1\r\n\r\nmore") == 35
    for wrong in (b"\r\n", b"x\r\n", b"1\r\nabc\r\n"):
        with pytest.raises(FramingError):
            Chunks()(wrong)


def test_no_message_leaves_everything() -> None:
    assert split(LengthField(1), b"\2a\0bc") == ([b"\2a"], b"\0bc")
    assert split(lambda data: 2, b"abcde") == ([b"ab", b"cd"], b"e")


def test_the_first_bytes_of_a_direction_choose_its_rule() -> None:
    """Also where what follows would have chosen another one."""
    rule = ByBeginning(lambda data: Line() if data[:1].isalpha() else LengthField(1, added=1))
    chosen = rule.chosen(b"\1a")
    assert [chosen(b"\1a"), chosen(b"ab\r\n")] == [2, 98]
    assert split(rule, b"a\r\n\2bc") == ([b"a\r\n", b"\2bc"], b"")


def test_a_header_declares_its_rule() -> None:
    class Framed(Header, name="test.framed", framing=LengthField(1)):
        size: int = u8("size", default=0)

    rule: Any = Framed.framing
    assert rule(b"\5ab") == 5
    assert Header.framing is None
    with pytest.raises(TypeError, match="expected a rule"):

        class Wrong(Header, name="test.misframed", framing=5):
            size: int = u8("size", default=0)
