"""What is said of options whose length is wrong."""

from __future__ import annotations

import pytest

from dissect.wireshark.option_names import IPV4_OPTIONS, TCP_OPTIONS, faulty_length, name_of_option


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("02", "Maximum segment size (length byte past end of options)"),
        ("0200", "Maximum segment size (with too-short option length = 0 bytes)"),
        ("9901", "Unknown (0x99) (with too-short option length = 1 byte)"),
        ("080a00", "Timestamps (option length = 10 bytes says option goes past end of options)"),
    ],
)
def test_the_rest_of_a_list(rest: str, words: str) -> None:
    assert faulty_length(TCP_OPTIONS, bytes.fromhex(rest)) == words


def test_names() -> None:
    assert name_of_option(IPV4_OPTIONS, 7) == "Record Route"
    assert name_of_option(IPV4_OPTIONS, 0xDE) == "Unknown (0xde)"
