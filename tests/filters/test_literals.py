"""Literals, converted to the type of the field on the other side."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.filters.literals import Prefix, convert, to_bytes
from dissect.filters.nodes import Character, MistakeError, Name, Place, Text
from dissect.wireshark.types import field_type

HERE = Place(3, 7)
BILLION = 1_000_000_000


def word(text: str, field: str) -> object:
    kind = field_type(field)
    assert kind is not None
    return convert(Name(HERE, text), kind, field)


def quoted(text: str, field: str) -> object:
    kind = field_type(field)
    assert kind is not None
    return convert(Text(HERE, text.encode(), text), kind, field)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("64", "ip.ttl", 64),
        ("0x40", "ip.ttl", 64),
        ("0100", "ip.ttl", 64),
        ("0b1000000", "ip.ttl", 64),
        ("tcp", "ip.proto", 6),
        ("True", "ip.flags.df", 1),
        ("set", "ip.flags.df", 1),
        ("7", "ip.flags.df", 1),
        ("false", "arp.isgratuitous", 0),
        ("10.0.0.1", "ip.src", b"\x0a\0\0\1"),
        ("10.0.0.1/8", "ip.src", Prefix(b"\x0a\0\0\1", b"\xff\0\0\0")),
        ("0200.0000.0001", "eth.src", b"\2\0\0\0\0\1"),
        ("02:00", "tcp.payload", b"\2\0"),
        ("0.5", "frame.time_delta", BILLION // 2),
        ("3", "frame.time_epoch", 3 * BILLION),
        ("1e-3", "icmp.resptime", 0.001),
        ("eth", "frame.protocols", b"eth"),
        ("2026-01-01", "frame.time", 1767225600 * BILLION),
    ],
)
@pytest.mark.usefixtures("universal_time")
def test_words(text: str, field: str, value: object) -> None:
    assert word(text, field) == value


@pytest.fixture
def universal_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2026-11-21T10:00:00Z", 0),
        ("2026-11-21 10:00:00.000000001 UTC", 1),
        ("2026-11-21T11:30:00+0130", 0),
        ("2026-11-21T09:00:00-01:00", 0),
        ("Nov 21, 2026 10:00:00.5 UTC", BILLION // 2),
    ],
)
def test_times_with_a_zone(text: str, nanoseconds: int) -> None:
    assert quoted(text, "frame.time") == 1795255200 * BILLION + nanoseconds


@pytest.mark.parametrize("text", ["", "2026", "2026-13-01", "2026-11-21 25:00", "Nov 21, 2026", "Foo 1, 2026 10:00:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(MistakeError, match="expected a time like"):
        quoted(text, "frame.time")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", b"\2"),
        ("020", b"\2\0"),
        ("0x0a", b"\x0a"),
        (":02", b"\2"),
        ("8.6", b"\x08\6"),
        ("0800-4500", b"\x08\0E\0"),
    ],
)
def test_odd_byte_strings(text: str, found: bytes) -> None:
    assert to_bytes(text, HERE) == found


@pytest.mark.parametrize("text", ["", "0x002", "2:0", "02:00-00", "xx", "020.00", "02::00"])
def test_what_is_no_byte_string(text: str) -> None:
    with pytest.raises(MistakeError, match="is no byte string") as caught:
        to_bytes(text, HERE)
    assert caught.value.place == HERE


@given(st.binary(min_size=1), st.sampled_from(":-."))
def test_byte_strings_are_read_back(data: bytes, separator: str) -> None:
    assert to_bytes(data.hex(separator), HERE) == data == to_bytes(data.hex(), HERE)


def test_characters() -> None:
    kinds = {name: field_type(name) for name in ("ip.ttl", "tcp.flags.syn", "tcp.payload", "frame.protocols")}
    found = {name: convert(Character(HERE, 65), kind, name) for name, kind in kinds.items() if kind is not None}
    assert found == {"ip.ttl": 65, "tcp.flags.syn": 1, "tcp.payload": b"A", "frame.protocols": b"A"}
