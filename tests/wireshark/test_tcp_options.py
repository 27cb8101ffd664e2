"""Options of TCP in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import TCP, Ethernet, IPv4
from dissect.wireshark.fields import texts


def cells(options: str, *names: str) -> list[list[str]]:
    frame = Ethernet() / IPv4() / TCP(options=bytes.fromhex(options))
    return [texts(frame, name) for name in names]


def test_zeros_behind_the_end_are_further_ends() -> None:
    assert cells("01 00 00 00", "tcp.option_kind") == [["1", "0", "0", "0"]]
    assert cells("01 00 00 05", "tcp.option_kind", "tcp.non_zero_bytes_after_eol") == [["1", "0", "0"], ["1"]]


@pytest.mark.parametrize("options", ["02 03 05 00", "02 09 05 00", "08 04 00 00"])
def test_a_wrong_length_is_marked(options: str) -> None:
    assert cells(options, "tcp.option.len.invalid") == [["1"]]


def test_of_an_option_past_the_end_nothing_is_seen_but_that() -> None:
    assert cells("02 09 05 00", "tcp.option_kind", "tcp.option_len") == [[], []]


def test_a_shift_may_be_too_far() -> None:
    assert cells("03 03 0e 00", "tcp.options.wscale.shift.invalid") == [[]]
    assert cells("03 03 0f 00", "tcp.options.wscale.shift.invalid") == [["1"]]
