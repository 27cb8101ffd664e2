"""Sights: what they say of headers, how they are found, and what holds of headers without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dissect
from dissect import UDP, DestinationUnreachable, Ethernet, IPv4, parse
from dissect.declaration.header import Header
from dissect.declaration.specifiers import u8, u16
from dissect.wireshark.columns import summarize
from dissect.wireshark.field_types import UINT8
from dissect.wireshark.fields import texts, values
from dissect.wireshark.loading import load_all
from dissect.wireshark.seen import Needs, Stop
from dissect.wireshark.sight import Sight, derived_of, said_layers, sight_of, sight_of_class
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.types import field_type
from tests.declared import HEADERS, OPTIONS, real_frames


class Plain(Header, name="sightless", title="A Header of Somebody Else", source="nobody's"):
    """A header that has no sight."""

    kind: int = u8("kind", default=1, title="Kind")
    size: int = u16("size", default=2, title="Size")


class Read(Header, name="sighted", title="A Header That Is Looked At", source="nobody's"):
    """A header with a sight."""

    kind: int = u8("kind", default=1, title="Kind")
    size: int = u16("size", default=2, title="Size")
    rest: int = u8("rest", default=3, title="Rest")
    last: int = u8("last", default=4, title="Last")

    def info(self) -> str:
        return f"last {self.last}"


class ReadSight(Sight, of=Read):
    """Kind and size at once, no further where the size is 0; the rest only where all of it is there."""

    reads = (("kind", "size"), Stop(lambda header: header.size == 0), Needs(5))
    hides = {"rest": lambda header: header.kind == 7}

    @computed("double", UINT8, title="Double")
    def doubled(self, header: Read) -> int:
        """Twice the kind."""
        return 2 * header.kind

    def words(self, header: Read) -> Iterator[str]:
        yield f"kind {header.kind}"
        yield f"rest {header.rest}"


class Inherited(Read, source="nobody's"):
    """A header that is seen as the one that it inherits."""


def seen(header: Header) -> set[str]:
    known = {field.label for field in (*header.fields, *derived_of(type(header)))}
    return {name.partition(".")[2] for name in known if values(header, name)}


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (Read(), {"kind", "size", "rest", "last", "double"}),
        (Read(kind=7), {"kind", "size", "last", "double"}),
        (Read(size=0), {"kind", "size"}),
        (Read.cut("01 0000"), {"kind", "size"}),
        (Read.cut("01 00"), set()),
        (Read.cut("01 0001 02"), {"kind", "size"}),
    ],
)
def test_reading_goes_from_front_to_back(header: Read, names: set[str]) -> None:
    assert seen(header) == names


def test_the_last_column_ends_with_what_is_missing() -> None:
    assert sight_of(Read()).info(Read()) == "kind 1 rest 3"
    assert summarize(Read.cut("01 0000")).info == "kind 1[Malformed Packet]"
    assert summarize(Read.cut("")).info == "[Malformed Packet]"


def test_a_header_without_a_sight_shows_all_its_fields_and_its_name() -> None:
    assert seen(Plain()) == {"kind", "size"}
    assert summarize(Plain()).info == "A Header of Somebody Else"
    assert summarize(Plain()).protocol == "Plain"
    assert texts(Plain(), "sightless") == ["sightless"]


def test_a_class_has_the_sight_of_the_one_that_it_inherits() -> None:
    assert sight_of_class(Inherited) is sight_of_class(Read)
    assert values(Inherited(kind=4), "sighted.double") == [8]


def test_computed_fields_have_a_name_and_a_type_and_are_no_attributes() -> None:
    assert [field.label for field in derived_of(Read)] == ["sighted.double"]
    assert field_type("sighted.double") == UINT8
    assert "double" not in vars(Read)


def test_sights_are_found_by_the_file_of_the_protocol() -> None:
    assert type(sight_of(UDP())).__module__ == "dissect.wireshark.udp"
    load_all()
    for cls in (*HEADERS, *OPTIONS):
        sight = sight_of_class(cls)
        if cls.__module__.startswith("dissect.protocols.") and type(sight) is not Sight:
            of = type(sight).of
            assert issubclass(cls, of)
            assert type(sight).__module__ == of.__module__.replace(".protocols.", ".wireshark."), cls


def test_names_that_sights_give_are_those_of_fields() -> None:
    """A misspelt field in a sight would just never be looked at; a form may have it, of those that the sight is for."""
    for cls in (*HEADERS, *OPTIONS):
        sight = type(sight_of_class(cls))
        if sight.of is not cls:
            continue
        forms = [each for each in (*HEADERS, *OPTIONS) if issubclass(each, cls)]
        known = {field.name for form in forms for field in (*form.fields, *derived_of(form))}
        # What it inherits is for other forms, too.
        said = vars(sight)
        named = {name for step in said.get("reads", ()) if isinstance(step, tuple) for name in step}
        assert named | set(said.get("hides", ())) <= known, cls


def test_looking_at_a_frame_changes_nothing() -> None:
    frame = Ethernet() / IPv4() / UDP() / b"data"
    before = bytes(frame)
    summarize(frame)
    assert bytes(frame) == before
    assert dissect.parse(before) == frame


@given(
    data=st.sampled_from(real_frames()), place=st.integers(0, 200), octet=st.integers(0, 255), end=st.integers(1, 200)
)
@settings(max_examples=60)
def test_what_a_look_at_a_header_tells_is_what_is_seen(data: bytes, place: int, octet: int, end: int) -> None:
    changed = bytearray(data)
    changed[place % len(data)] = octet
    for header in parse(bytes(changed[:end])).layers():
        sight = sight_of(header)
        shows, passed = sight.look(header), sight.end(header)
        for field in (*header.fields, *header.derived):
            assert shows(field) == (not sight.limits() or sight.sees(header, field.name, passed)), field


def test_headers_of_a_class_that_are_read_as_far_are_seen_alike() -> None:
    sight = sight_of_class(UDP)
    cut, short, whole = (parse(bytes(Ethernet() / IPv4() / UDP(length=length)))[UDP] for length in (3, 4, 8))
    assert sight.look(cut) is sight.look(short)
    assert [sight.look(cut)(field) for field in UDP.fields] == [sight.shows(cut, field) for field in UDP.fields]
    assert all(map(sight.look(whole), UDP.fields))
    hidden = sight_of_class(Ethernet).look(parse(bytes(Ethernet(type=40))))
    assert not hidden(Ethernet.field("type"))
    assert hidden(Ethernet.field("src"))


def test_nobody_says_what_an_error_quotes() -> None:
    frame = Ethernet() / IPv4() / DestinationUnreachable(payload=IPv4() / UDP())
    assert [type(header) for header in said_layers(frame)] == [Ethernet, IPv4, DestinationUnreachable]
