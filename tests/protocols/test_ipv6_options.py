from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    DestinationOptions,
    HomeAddress,
    HopByHopOptions,
    IPv6,
    IPv6Option,
    IPv6Pad1,
    IPv6PadN,
    IPv6RouterAlert,
    JumboPayload,
    MalformedIPv6Option,
    Option,
    TunnelEncapsulationLimit,
    UnknownIPv6Option,
)
from dissect.errors import FieldError
from dissect.wireshark.fields import compile_field, values
from tests.declared import again


def options_in(data: bytes) -> tuple[Option, ...]:
    """The options of a header around these bytes, which are a multiple of 8 bytes with its own two."""
    return DestinationOptions(options=data).options


@pytest.mark.parametrize(
    ("option", "data"),
    [
        (IPv6Pad1(), "00"),
        (IPv6PadN(), "0100"),
        (IPv6PadN(padding=bytes(3)), "0103000000"),
        (TunnelEncapsulationLimit(limit=3), "040103"),
        (IPv6RouterAlert(value=1), "05020001"),
        (JumboPayload(payload_length=0x12345), "c20400012345"),
        (HomeAddress(address="2001:db8::5"), "c91020010db8000000000000000000000005"),
        (UnknownIPv6Option(type=0x3E, data=b"abc"), "3e03616263"),
    ],
)
def test_construct_and_deconstruct(option: IPv6Option, data: str) -> None:
    raw = bytes.fromhex(data)
    assert bytes(option) == raw
    read = options_in(raw)[0]
    assert read == option
    assert type(read) is type(option)
    assert again(read) == option
    assert option.can_be_left_out(type(option).field("type")) or isinstance(option, UnknownIPv6Option)


def test_the_type_tells_what_to_do_with_an_unknown_option() -> None:
    option = UnknownIPv6Option(type=0xFE)
    assert (option.action, option.may_change, option.low_bits) == (3, True, 30)


@pytest.mark.parametrize("length", [0, 1, 3, 255])
def test_impossible_lengths(length: int) -> None:
    data = bytes((5, length)) + bytes(4)
    first = options_in(data)[0]
    expected = MalformedIPv6Option if length == 255 else UnknownIPv6Option
    assert type(first) is expected
    assert list(first.problems())
    assert b"".join(map(bytes, options_in(data))) == data


@given(st.integers(0, 3).flatmap(lambda units: st.binary(min_size=8 * units + 6, max_size=8 * units + 6)))
def test_every_byte_belongs_to_an_option(data: bytes) -> None:
    options = options_in(data)
    assert b"".join(map(bytes, options)) == data
    assert all(again(option) == option for option in options)


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"IPv6RouterAlert.value is 65536, expected 0 to 65535"):
        IPv6RouterAlert(value=1 << 16)
    with pytest.raises(FieldError, match=r"HomeAddress.address is '192.0.2.1', expected text like"):
        HomeAddress(address="192.0.2.1")


def test_suspicious_values() -> None:
    assert list(IPv6PadN(padding=b"\1").problems()) == ["holds bytes other than zero"]
    assert list(JumboPayload(payload_length=65535).problems()) == ["says 65535 bytes, expected at least 65536"]
    assert list(JumboPayload(payload_length=65536).problems()) == []


def test_display_filters_find_padding_of_no_bytes() -> None:
    packet = IPv6() / HopByHopOptions(options=[IPv6PadN(), IPv6PadN(padding=b"\0\0")])
    assert compile_field("ipv6.opt.padn")(packet) == ["<none>", "0000"]
    assert values(packet, "ipv6.opt.padn") == [b"", b"\0\0"]
