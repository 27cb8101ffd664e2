"""Names written as pointers: what a message says stays, it only gets shorter."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dissect import Header
from dissect.declaration.compression import compressed
from dissect.declaration.domain_names import domain_name
from dissect.declaration.entry import Entry
from dissect.declaration.specifiers import octets, records, u8

names = st.lists(st.sampled_from(["a", "bc", "def"]), max_size=4).map(lambda labels: ".".join(labels) or ".")


class Line(Entry, name="lines"):
    owner: str = domain_name("owner", kw_only=False)
    size: int = u8("size", default=0)
    note: bytes = octets("note", default=b"", length="size")
    target: str = domain_name("target", compress=False)


class Lines(Header, name="lines", title="Lines"):
    zone: str = domain_name("zone")
    count: int = u8("count", default=0)
    lines: Any = records("line", of=Line, count="count")


def described(message: Lines) -> list[Any]:
    return [message.zone, *((line.owner, line.note, line.target) for line in message.lines)]


@given(names, st.lists(st.tuples(names, st.binary(max_size=3), names), max_size=4))
def test_what_a_message_says_stays(zone: str, lines: list[tuple[str, bytes, str]]) -> None:
    message = Lines(zone=zone, lines=[Line(owner, note=note, target=target) for owner, note, target in lines])
    short = compressed(message)
    assert described(short) == described(message) == [zone, *lines]
    assert len(short) <= len(message)
    assert compressed(short) == short == compressed(message)
    assert not short.problems()


def test_the_longest_ending_that_is_there_is_pointed_to() -> None:
    message = Lines(zone="a.org", lines=[Line("www.a.org", target="a.org"), Line("www.a.org", target=".")])
    assert repr(compressed(message)) == ("Lines(zone='a.org', lines=[Line('www.@0', target='a.org'), Line('@8')])")
