"""A repr is the constructor call that gives the same bytes: no argument too many, and none that is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, UDP, VLAN, Data, EchoRequest, Ethernet, Header, IPv4, IPv6, parse
from tests.declared import PUBLIC_NAMES

ENDS = IPv4(src="10.0.0.1", dst="10.0.0.2")


def again(frame: Header) -> Header:
    found = eval(repr(frame), dict(PUBLIC_NAMES))
    assert isinstance(found, Header)
    return found


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (Ethernet(), "Ethernet()"),
        (ENDS / UDP(sport=5, dport=7), "IPv4(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=7)"),
        (
            ENDS / UDP(sport=5, dport=7, length=9),
            "IPv4(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=5, dport=7, length=9)",
        ),
        (UDP(checksum=7), "UDP(checksum=0x7)"),
        (VLAN(id=3), "VLAN(id=3)"),
    ],
)
def test_what_is_computed_is_left_out_and_what_was_given_is_said(frame: Header, text: str) -> None:
    assert repr(frame) == text
    assert again(frame) == frame


def test_of_bytes_what_a_constructor_would_compute_is_left_out() -> None:
    frame = Ethernet() / ENDS / TCP(sport=1, dport=5555, flags="S") / b"data"
    read = parse(bytes(frame))
    assert repr(read) == repr(frame)
    for name in ("checksum", "total_length", "protocol", "type", "offset"):
        assert f"{name}=" not in repr(read)


@pytest.mark.parametrize(
    ("layer", "field", "value"),
    [
        (IPv4, "total_length", 60),
        (IPv4, "checksum", 1),
        (IPv4, "protocol", 7),
        (UDP, "checksum", 1),
        (UDP, "length", 99),
    ],
)
def test_of_bytes_what_is_wrong_is_said(layer: type[Header], field: str, value: int) -> None:
    frame = Ethernet() / ENDS / UDP(sport=1, dport=2) / b"data"
    setattr(frame[layer], field, value)
    read = parse(bytes(frame))
    assert f"{field}=" in repr(read)
    assert bytes(again(read)) == bytes(read)


def test_a_cut_header_is_its_bytes() -> None:
    data = bytes(Ethernet() / ENDS / UDP(sport=1, dport=2))
    read = parse(data[: 14 + 20 + 3])
    assert "UDP.cut('00 01 00')" in repr(read)
    assert bytes(again(read)) == bytes(read)


def test_what_fills_a_frame_up_stands_in_the_header_that_it_belongs_to() -> None:
    read = parse(bytes(Ethernet() / ENDS / EchoRequest()).ljust(60, b"\0"))
    assert f"trailer={bytes(60 - 42)!r}" in repr(read).partition(" / ")[0]
    assert again(read) == read


def test_own_repr_is_that_of_one_header() -> None:
    frame = Ethernet() / IPv6() / Data(b"x")
    assert " / " not in frame.own_repr()
    assert repr(frame) == " / ".join(header.own_repr() for header in frame.layers())


@given(st.binary(max_size=120), st.sampled_from([0x0800, 0x86DD, 0x8100, 0x0806, 0x88CC]))
def test_any_bytes_come_again(data: bytes, number: int) -> None:
    read = parse(bytes(12) + number.to_bytes(2, "big") + data)
    assert bytes(again(read)) == bytes(read)
    assert again(read) == read
