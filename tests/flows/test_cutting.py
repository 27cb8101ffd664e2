"""Messages cut out of bytes that come in any pieces: with their frames, behind gaps, and in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.framing import UNTIL_END, Blank, Dialogue, Framing, LengthField, Line, split
from dissect.flows.cutting import Cutter, Message, cutters, messages
from dissect.flows.stream import Chunk, Gap, Part

PREFIX = LengthField(2, added=2)


def chunk(start: int, data: bytes, number: int) -> Chunk:
    return Chunk(start, data, 10 * number, (Part(number, len(data)),))


def of_the_client(told: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    return ((0, each) for each in told)


def test_a_message_names_the_frames_that_carried_it_and_the_time_of_the_last() -> None:
    told = [chunk(0, b"\0", 1), chunk(1, b"\2a", 2), chunk(3, b"b\0\1c\0\0\0\5", 3)]
    assert list(messages(of_the_client(told), PREFIX)) == [
        Message(b"\0\2ab", 0, (1, 2, 3), 30),
        Message(b"\0\1c", 4, (3,), 30),
        Message(b"\0\0", 7, (3,), 30),
    ]


def test_behind_a_gap_a_message_begins() -> None:
    told = [chunk(0, b"\0\5ab", 1), Gap(4, 9, 2), chunk(13, b"\0\1x", 2)]
    assert [(each.start, each.data) for each in messages(of_the_client(told), PREFIX)] == [(13, b"\0\1x")]


def test_what_is_no_message_ends_them_up_to_the_next_gap() -> None:
    told = [chunk(0, b"ab\r\nlong, longer", 1), chunk(16, b"\r\nc\r\n", 2), Gap(21, 1, 3), chunk(22, b"d\r\n", 3)]
    assert [each.data for each in messages(of_the_client(told), Line(most=5))] == [b"ab\r\n", b"d\r\n"]


def test_datagrams_stand_alone() -> None:
    told = [chunk(0, b"\0\5ab", 1), chunk(4, b"\0\1x", 2)]
    assert [each.numbers for each in messages(of_the_client(told), PREFIX, each_alone=True)] == [(2,)]


@pytest.mark.parametrize("rule", [PREFIX, Line(), Blank()])
@given(data=st.data())
def test_any_cutting_gives_what_the_whole_gives(rule: Framing, data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.binary(max_size=5) | st.sampled_from([b"\r\n", b"Content-Length: 3\r\n\r\n"])))
    stream = b"".join(texts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=6)) | {0, len(stream)})
    told = [chunk(start, stream[start:end], number) for number, (start, end) in enumerate(pairwise(cuts))]
    expected, _ = split(rule, stream)
    found = list(messages(of_the_client(told), rule))
    assert [each.data for each in found] == expected
    assert all(stream[each.start :].startswith(each.data) for each in found)


def test_single_bytes_of_a_message_without_an_end_take_linear_time() -> None:
    """A quadratic way copies gigabytes."""
    cutter = Cutter(Blank())
    for place in range(200_000):
        assert list(cutter.take(b"a", [Part(place, 1)])) == []


def test_a_message_that_claims_four_gigabytes_waits_for_them() -> None:
    cutter = Cutter(LengthField(4, most=1 << 33))
    assert list(cutter.take(b"\xff\xff\xff\xff" + bytes(1000), [Part(1, 1004)])) == []
    assert not cutter.is_lost
    refused = Cutter(LengthField(4))
    assert list(refused.take(b"\xff\xff\xff\xff", [Part(1, 4)])) == []
    assert refused.is_lost


def test_what_is_longer_than_the_limit_is_no_message() -> None:
    cutter = Cutter(PREFIX, most=10)
    assert [each.data for each in cutter.take(b"\0\1a\0\x09", [Part(1, 5)])] == [b"\0\1a"]
    assert (cutter.is_lost, cutter.place, len(cutter)) == (True, 3, 0)
    line = Cutter(Line(most=1 << 20), most=10)
    assert list(line.take(b"0123456789", [Part(1, 10)])) == []
    assert (line.is_lost, len(line)) == (False, 10)
    assert list(line.take(b"a", [Part(2, 1)])) == []
    assert line.is_lost
    line.restart(20)
    assert [each.start for each in line.take(b"b\r\n", [Part(3, 3)])] == [20]


class Mail(Dialogue):
    """Lines, and behind the client's DATA what goes up to a dot; behind the server's 221 all that is still said."""

    def __init__(self) -> None:
        self.is_data = False

    def size(self, way: int, data: bytes) -> int | None:
        if way and data.startswith(b"221"):
            return UNTIL_END
        return Line(b"\r\n.\r\n" if self.is_data and not way else b"\r\n")(data)

    def took(self, way: int, data: bytes) -> None:
        self.is_data = bool(way) and data.startswith(b"354")


SAID = [
    (0, chunk(0, b"DATA\r\n", 1)),
    (1, chunk(0, b"354 go\r\n", 2)),
    (0, chunk(6, b"a\r\nb\r\n", 3)),
    (0, chunk(12, b".\r\nQUIT\r\n", 4)),
    (1, chunk(8, b"250 ok\r\n221 bye\r\n", 5)),
    (1, chunk(25, b"and\r\nmore", 6)),
]


def test_what_is_a_message_may_depend_on_what_the_other_end_has_said() -> None:
    assert [each.data for each in messages(SAID, Mail)] == [b"DATA\r\n", b"a\r\nb\r\n.\r\n", b"QUIT\r\n"]
    assert [(each.data, each.numbers) for each in messages(SAID, Mail, 1)] == [
        (b"354 go\r\n", (2,)),
        (b"250 ok\r\n", (5,)),
        (b"221 bye\r\nand\r\nmore", (5, 6)),
    ]


def test_a_message_up_to_the_end_has_a_limit_too() -> None:
    _, cutter = cutters(Mail, most=20)
    assert list(cutter.take(b"221 " + bytes(10), (Part(1, 14),))) == []
    assert not cutter.is_lost
    assert list(cutter.take(bytes(10), (Part(2, 10),))) == []
    assert cutter.is_lost
    assert list(cutter.finish()) == []
