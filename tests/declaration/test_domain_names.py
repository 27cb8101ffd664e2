"""Names of labels with pointers: every encoding has a text of its own, and nothing that bytes say makes one endless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import Data, FieldError, Header, compile_filter
from dissect.declaration.domain_names import DomainName, domain_name
from dissect.declaration.entry import Entry
from dissect.declaration.specifiers import records, u8
from dissect.views.tree import layer_nodes
from dissect.wireshark.fields import texts, values

KIND = DomainName()
labels = st.binary(min_size=1, max_size=63).map(lambda label: bytes([len(label)]) + label)
ends = st.just(b"\0") | st.integers(0, 0x3FFF).map(lambda place: (0xC000 | place).to_bytes(2, "big"))
names = st.tuples(st.lists(labels, max_size=3), ends).map(lambda parts: b"".join(parts[0]) + parts[1])


@given(names, st.binary(max_size=4))
def test_every_encoding_has_a_text_of_its_own(raw: bytes, behind: bytes) -> None:
    assert KIND.extent(b".." + raw + behind, 2, 2 + len(raw) + len(behind)) == len(raw)
    text = KIND.load(raw)
    assert text.isascii()
    assert text.isprintable()
    assert KIND.store(text, 0) == raw
    assert eval(KIND.source(raw, 10)) == text


@given(st.binary(max_size=40), st.binary(max_size=300))
def test_any_bytes_are_read_to_an_end(raw: bytes, message: bytes) -> None:
    size = KIND.extent(raw, 0, len(raw))
    assert -1 <= size <= len(raw)
    assert KIND.load(KIND.store(KIND.load(raw), 0)) == KIND.load(raw)
    if size == len(raw):
        assert len(KIND.whole(raw, message)) <= max(256, len(raw))
        assert KIND.whole(KIND.whole(raw, b""), b"") == raw


@pytest.mark.parametrize(
    "value",
    ["a..b", "a b", "@x", "x@4.b", r"\999", "é", "a" * 64, ".".join(["a" * 60] * 5), 5, b"\x05ab", b"\0\0", "@99999"],
)
def test_what_is_no_name_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"name|label|visible"):
        KIND.store(value, 0)


MESSAGE = b"\x03org\x00" + b"\x04mail\xc0\x00" + b"\xc0\x0c" + b"\xc0\x0e" + b"\xc0\x12" + b"\xc0\x05"


@pytest.mark.parametrize(
    ("text", "full", "fault"),
    [
        ("www.@5", "www.mail.org", ""),
        ("@12", "@12", "points around in a circle"),
        ("@14", "@14", "points around in a circle"),
        ("@16", "mail.org", "points forwards"),
        ("a.@400", "a.@400", "points to what is no name"),
        (".", ".", ""),
    ],
)
def test_pointers_are_followed_as_long_as_they_lead_somewhere_else(text: str, full: str, fault: str) -> None:
    raw = KIND.store(text, 0)
    assert KIND.load(KIND.whole(raw, MESSAGE)) == full
    assert "".join(KIND.faults(raw, MESSAGE, 30)) == fault


def test_a_pointer_to_what_stands_behind_it_is_told() -> None:
    assert list(KIND.faults(b"\xc0\x05", MESSAGE, 2)) == ["points forwards"]


def test_names_end_after_255_bytes_and_so_many_pointers() -> None:
    long = b"\x3f" + bytes(63)
    message = b"." * 2 + long * 3 + b"\x01a\x00"
    assert list(KIND.faults(b"\xc0\x02", message, 900)) == []
    assert list(KIND.faults(long + b"\xc0\x02", message, 900)) == ["is longer than 255 bytes"]
    assert KIND.whole(long + b"\xc0\x02", message) == long + b"\xc0\x02"
    chain = b"\x00" + b"".join((0xC000 | max(2 * each - 1, 0)).to_bytes(2, "big") for each in range(200))
    assert KIND.load(KIND.whole(b"\xc0\x7d", chain)) == "."
    assert list(KIND.faults(b"\xc1\x7d", chain, 900)) == ["has too many pointers in a row"]


def test_a_name_that_is_too_long_stands_as_bytes_in_repr() -> None:
    raw = (b"\x3f" + b"a" * 63) * 5 + b"\x00"
    header = Owners.decode(raw + b"\x00", 0, len(raw) + 1, 0)
    assert not header.is_cut
    assert header.zone == ".".join(["a" * 63] * 5)
    assert [problem.message for problem in header.own_problems()] == ["is longer than 255 bytes"]
    assert eval(repr(header)) == header


class Owner(Entry, name="owners"):
    title_given: str = domain_name("given", kw_only=False)
    ttl: int = u8("ttl", default=9)


class Group(Entry, name="owners"):
    size: int = u8("size", default=0)
    owners: Any = records("owners", default=(), of=Owner, count="size")


class Owners(Header, name="owners", title="Owners"):
    zone: str = domain_name("zone")
    count: int = u8("count", default=0)
    groups: Any = records("groups", default=(), of=Group, count="count")


BUILT = Owners(zone="example.org", groups=[Group(owners=[Owner("www.@0"), Owner("other.net", ttl=1)])])
RAW = b"\x07example\x03org\x00" + b"\x01" + b"\x02" + b"\x03www\xc0\x00\x09" + b"\x05other\x03net\x00\x01"


def test_records_within_records_see_the_message() -> None:
    assert bytes(BUILT) == RAW
    for header in (BUILT, Owners.decode(b".." + RAW, 2, 2 + len(RAW), 0)):
        assert header.zone == "example.org"
        owners = header.groups[0].owners
        assert [owner.title_given for owner in owners] == ["www.example.org", "other.net"]
        assert repr(owners[0]) == "Owner('www.@0')"
        assert owners[0].replace(ttl=8) == Owner("www.@0", ttl=8)
        assert values(header, "owners.given") == texts(header, "owners.given") == ["www.example.org", "other.net"]
        assert compile_filter('owners.given == "www.example.org"')(header)
        assert eval(repr(header)) == header
        assert not list(header.own_problems())
        assert "Title given: www.example.org" in str(layer_nodes(header))
    assert Owner("www.@0").title_given == "www.@0", "alone, it is part of no message"


def test_a_pointer_that_leads_nowhere_is_a_problem_of_its_record() -> None:
    header = Owners(zone="org", groups=[Group(owners=[Owner("a.@7")])])
    assert header.groups[0].owners[0].title_given == "a.@7"
    assert [found.message for found in header.problems()] == [
        "Group holds Owner, which has a title_given that points around in a circle"
    ]


@given(st.lists(names | st.binary(max_size=12), max_size=6), st.integers(0, 3))
def test_any_message_is_kept_and_made_again(parts: list[bytes], count: int) -> None:
    raw = b"".join([*parts[:1], bytes([count]), b"\x02", *(part + b"\x09" for part in parts[1:])])
    header = Owners.decode(raw, 0, len(raw), 0)
    assert bytes(header) + raw[len(header) :] == raw
    for name in ("owners.zone", "owners.given"):
        values(header, name)
    list(header.problems())
    if not header.is_cut:
        assert eval(repr(header), globals() | {"Data": Data}) == header


def test_a_name_that_does_not_end_leaves_the_header_cut() -> None:
    cut = Owners.decode(b"\x07exam", 0, 5, 0)
    assert cut.is_cut
    assert bytes(cut) == b"\x07exam"
    with pytest.raises(FieldError):
        Owners(zone="a..b")
