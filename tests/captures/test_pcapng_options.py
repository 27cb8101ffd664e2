"""Options of pcapng blocks: any bytes, both byte orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.pcapng_options import ByteOrder, Option, OptionError, decode_options, encode_options

ORDERS = st.sampled_from(["little", "big"])
BLOCKS = st.sampled_from([0x0A0D0D0A, 1, 2, 4, 5, 6])


@given(st.binary(max_size=60), BLOCKS, ORDERS)
def test_any_bytes_give_options_or_say_where_they_go_wrong(data: bytes, block: int, order: ByteOrder) -> None:
    wrong: OptionError | None = None
    try:
        options = decode_options(data, block, order)
    except OptionError as error:
        wrong = error
    if wrong is not None:
        assert 0 <= wrong.offset < len(data)
        return
    assert decode_options(encode_options(options, order), block, order) == options
    for option in options:
        assert isinstance(option.value, (int, str, bytes))
        assert option.name


@given(st.binary(max_size=60), BLOCKS)
def test_options_do_not_depend_on_the_byte_order_that_they_are_written_in(data: bytes, block: int) -> None:
    try:
        options = decode_options(data, block, "little")
    except OptionError:
        return
    assert decode_options(encode_options(options, "big"), block, "big") == options


@pytest.mark.parametrize(
    ("block", "code", "data", "name", "value"),
    [
        (6, 1, b"a comment\x00rest", "comment", "a comment"),
        (6, 2, bytes([0, 0, 1, 2]), "flags", 258),
        (6, 4, bytes(7) + b"\x09", "drop_count", 9),
        (6, 7, b"\x00abc", "verdict", b"\x00abc"),
        (6, 99, b"abc", "option 99", b"abc"),
        (1, 4, bytes([10, 0, 0, 1, 255, 255, 0, 0]), "ipv4_address", "10.0.0.1/16"),
        (1, 4, bytes([10, 0, 0, 1, 255, 0, 255, 0]), "ipv4_address", "10.0.0.1/255.0.255.0"),
        (1, 5, bytes(15) + b"\x01\x80", "ipv6_address", "::1/128"),
        (1, 4, b"abc", "ipv4_address", b"abc"),
        (1, 6, bytes(range(6)), "mac_address", "00:01:02:03:04:05"),
        (1, 8, b"abc", "speed", b"abc"),
        (1, 9, b"\x8a", "time_resolution", 0x8A),
        (1, 11, b"\x00tcp", "filter", "tcp"),
        (1, 11, b"\x01abc", "filter", b"\x01abc"),
        (1, 14, b"\xff" * 8, "time_offset", -1),
        (4, 3, bytes([10, 0, 0, 1]), "dns_ipv4_address", "10.0.0.1"),
        (5, 2, bytes([0, 0, 0, 1, 0, 0, 0, 2]), "start_time", (1 << 32) + 2),
        (5, 2988, bytes(4) + b"text", "custom_text", bytes(4) + b"text"),
    ],
)
def test_names_and_values(block: int, code: int, data: bytes, name: str, value: object) -> None:
    option = Option(block, code, data)
    assert (option.name, option.value) == (name, value)


def test_numbers_are_turned_around_and_nothing_else_is() -> None:
    little = bytes([2, 0, 4, 0, 4, 3, 2, 1, 0xAC, 0x0B, 5, 0, 4, 3, 2, 1, 9, 0, 0, 0])
    assert decode_options(little, 6, "little") == (
        Option(6, 2, bytes([1, 2, 3, 4])),
        Option(6, 2988, bytes([1, 2, 3, 4, 9])),
    )
    # The halves of a time stay in their order, the bytes in each do not.
    time = bytes([2, 0, 8, 0, 4, 3, 2, 1, 8, 7, 6, 5])
    assert decode_options(time, 5, "little") == (Option(5, 2, bytes([1, 2, 3, 4, 5, 6, 7, 8])),)


def test_a_value_that_no_option_holds_is_refused() -> None:
    with pytest.raises(OptionError, match="comment has 65536 bytes"):
        encode_options([Option(6, 1, bytes(65_536))], "little")
