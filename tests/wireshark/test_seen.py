"""Which fields are seen: asked once for each name, and told the same for all headers of which it is returned."""

from __future__ import annotations

from dissect import TCP, UDP, Header
from dissect.declaration.fields import Field
from dissect.wireshark.seen import Needs, Seen, Stop, is_settled, shows_all
from dissect.wireshark.sight import sight_of


def test_a_name_is_asked_for_once_and_hidden_ones_never() -> None:
    asked: list[tuple[str, int, int]] = []

    def reaches(name: str, end: int, size: int) -> bool:
        asked.append((name, end, size))
        return name == "sport"

    seen = Seen(reaches, 1, 8, ("length",))
    fields = [UDP.field(name) for name in ("sport", "dport", "length", "sport")]
    assert [seen(field) for field in fields] == [True, False, False, True]
    assert asked == [("sport", 1, 8), ("dport", 1, 8)]


def test_only_what_is_the_same_for_others_is_settled() -> None:
    def this_header_alone(field: Field) -> bool:
        return True

    assert is_settled(shows_all)
    assert is_settled(Seen(lambda name, end, size: True, 0, 0, ()))
    assert not is_settled(this_header_alone)
    assert is_settled(sight_of(TCP()).look(TCP()))


def test_reading_ends_where_bytes_are_missing_or_the_header_says_so() -> None:
    header: Header = UDP.decode(bytes(8), 0, 5, 0)
    assert Needs(6).when(header)
    assert not Needs(5).when(header)
    assert Stop(lambda each: each.own_size == 5).when(header)
