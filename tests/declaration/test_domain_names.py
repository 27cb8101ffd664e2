"""Names of labels with pointers: every encoding has a text of its own, and nothing that bytes say makes one endless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import FieldError, Header, compile_filter
from dissect.declaration.domain_names import DomainName, domain_name, resolved
from dissect.declaration.entry import Entry, records
from dissect.declaration.fields import derived, u8
from dissect.declaration.kinds import Text
from dissect.wireshark.fields import values

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


@given(st.binary(max_size=40), st.binary(max_size=60))
def test_any_bytes_are_read_to_an_end(raw: bytes, message: bytes) -> None:
    size = KIND.extent(raw, 0, len(raw))
    assert -1 <= size <= len(raw)
    assert KIND.load(KIND.store(KIND.load(raw), 0)) == KIND.load(raw)
    assert len(resolved(message, KIND.load(raw))) <= 4 * 63 * (300 + 3)


@pytest.mark.parametrize(
    "value",
    ["a..b", "a b", "@x", "x@4.b", r"\999", "é", "a" * 64, ".".join(["a" * 60] * 5), 5, b"\x05ab", b"\0\0", "@99999"],
)
def test_what_is_no_name_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"name|label|visible"):
        KIND.store(value, 0)


def test_pointers_are_followed_as_long_as_they_lead_somewhere_else() -> None:
    message = b"\x03org\x00" + b"\x04mail\xc0\x00" + b"\xc0\x0c" + b"\xc0\x0e"
    assert resolved(message, "www.@5") == "www.mail.org"
    assert resolved(message, "@12") == "@12", "a pointer to itself"
    assert resolved(message, "@14") == "@14", "a pointer to itself"
    assert resolved(message, "a.@400") == "a.@400"
    assert resolved(message, ".") == "."


class Owner(Entry, name="owners"):
    name_given: str = domain_name("given", kw_only=False)

    @derived("full", kind=Text(), title="Name")
    def in_full(self) -> str:
        return resolved(self.message, self.name_given)


class Group(Entry, name="owners"):
    size: int = u8("size", default=0)
    owners: Any = records("owners", of=Owner, count="size")


class Owners(Header, name="owners", title="Owners"):
    zone: str = domain_name("zone")
    count: int = u8("count", default=0)
    groups: Any = records("groups", of=Group, count="count")


BUILT = Owners(zone="example.org", groups=[Group(owners=[Owner("www.@0"), Owner("other.net")])])
RAW = b"\x07example\x03org\x00" + b"\x01" + b"\x02" + b"\x03www\xc0\x00" + b"\x05other\x03net\x00"


def test_records_within_records_know_the_message() -> None:
    assert bytes(BUILT) == RAW
    for header in (BUILT, Owners._decode(b".." + RAW, 2, 2 + len(RAW), 0)):
        assert header.zone == "example.org"
        assert [owner.in_full for owner in header.groups[0].owners] == ["www.example.org", "other.net"]
        assert values(header, "owners.full") == ["www.example.org", "other.net"]
        assert compile_filter('owners.full == "www.example.org" and owners.given == "www.@0"')(header)
    assert Owner("www.@0").in_full == "www.@0", "alone, it is part of no message"


def test_a_name_that_does_not_end_leaves_the_header_cut() -> None:
    cut = Owners._decode(b"\x07exam", 0, 5, 0)
    assert cut.is_cut
    assert bytes(cut) == b"\x07exam"
    with pytest.raises(FieldError):
        Owners(zone="a..b")
