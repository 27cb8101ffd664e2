from __future__ import annotations

import pytest

from dissect import (
    EndOfIPv4Options,
    InternetTimestamp,
    IPv4,
    IPv4NoOperation,
    LooseSourceRoute,
    MalformedIPv4Option,
    Option,
    RecordRoute,
    RouterAlert,
    StrictSourceRoute,
    UnknownIPv4Option,
)
from dissect.errors import FieldError

CASES: list[tuple[str, Option]] = [
    ("00", EndOfIPv4Options()),
    ("00 000000", EndOfIPv4Options(padding=bytes(3))),
    ("01", IPv4NoOperation()),
    ("07 03 04", RecordRoute()),
    ("07 0b 08 0a000001 00000000", RecordRoute(pointer=8, route=["10.0.0.1", "0.0.0.0"])),
    ("83 07 04 0a000001", LooseSourceRoute(route=["10.0.0.1"])),
    ("89 07 04 0a000001", StrictSourceRoute(route=["10.0.0.1"])),
    ("44 04 05 00", InternetTimestamp()),
    ("44 08 09 30 00000007", InternetTimestamp(pointer=9, overflow=3, words=[7])),
    ("44 0c 05 01 0a000001 00000007", InternetTimestamp(form=1, words=[0x0A000001, 7])),
    ("94 04 0000", RouterAlert()),
    ("94 04 0001", RouterAlert(value=1)),
    ("82 0b 0000000000 00000000", UnknownIPv4Option(type=0x82, data=bytes(9))),
]


@pytest.mark.parametrize(("raw", "option"), CASES)
def test_construct_and_deconstruct(raw: str, option: Option) -> None:
    data = bytes.fromhex(raw)
    assert bytes(option) == data
    assert IPv4(options=data).options[0] == option or option == EndOfIPv4Options()
    assert list(option.problems()) == []


@pytest.mark.parametrize("raw", ["07", "07 02", "07 05 04 0000", "07 04 04 00", "83 06 04 000000", "44 03 05"])
def test_impossible_length(raw: str) -> None:
    data = bytes.fromhex(raw)
    header = IPv4(options=data)
    (option, *_) = header.options
    assert type(option) in (UnknownIPv4Option, MalformedIPv4Option)
    assert header.problems()
    assert bytes(header)[20 : 20 + len(data)] == data


def test_type_bits() -> None:
    """RFC 791, section 3.1: copied flag, class and number."""
    option = LooseSourceRoute()
    assert (option.copy_flag, option.option_class, option.option_number) == (True, 0, 3)
    stamp = InternetTimestamp()
    assert (stamp.copy_flag, stamp.option_class, stamp.option_number) == (False, 2, 4)


def test_problems_of_a_route() -> None:
    (before,) = RecordRoute(pointer=3).problems()
    assert before.message == "has the pointer 3, which is less than 4"
    assert before.name == "ip.opt.ptr.before_address"
    (between,) = RecordRoute(pointer=5, route=["10.0.0.1"]).problems()
    assert "into the middle of an address" in between.message
    assert between.name == "ip.opt.ptr.middle_address"


def test_problems_of_a_timestamp() -> None:
    assert list(InternetTimestamp(pointer=4).problems()) == ["has the pointer 4, which is less than 5"]
    assert list(InternetTimestamp(form=2).problems()) == ["has the form 2, expected 0, 1 or 3"]


def test_three_forms_of_a_timestamp() -> None:
    assert InternetTimestamp(words=[1, 2]).entries == [(None, 1), (None, 2)]
    for form in (1, 3):
        stamp = InternetTimestamp(form=form, words=[0x0A000001, 5, 0x0A000002])
        assert stamp.entries == [("10.0.0.1", 5), ("10.0.0.2", None)]


@pytest.mark.parametrize(
    ("cls", "name", "value", "expected"),
    [
        (RecordRoute, "pointer", 256, "0 to 255"),
        (RecordRoute, "route", ["10.0.0.256"], "addresses like"),
        (RecordRoute, "route", 5, "addresses like"),
        (InternetTimestamp, "overflow", 16, "0 to 15"),
        (InternetTimestamp, "words", [1 << 32], "numbers below 2"),
        (RouterAlert, "value", 65536, "0 to 65535"),
    ],
)
def test_errors_name_field_value_and_range(cls: type[Option], name: str, value: object, expected: str) -> None:
    with pytest.raises(FieldError) as caught:
        cls(**{name: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{cls.__name__}.{name} is {value!r}, expected ")
    assert expected in sentence


def test_options_are_problems_of_their_header() -> None:
    (problem,) = [
        problem for problem in IPv4(options=[RecordRoute(pointer=3)]).problems() if problem.field == "options"
    ]
    assert problem.message == "RecordRoute has the pointer 3, which is less than 4"
