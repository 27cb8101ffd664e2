"""The cipher suites of TLS: lists that can be read, without the numbers that mean nothing on purpose."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_cipher_suites import CIPHER_SPECS, CIPHER_SUITES
from dissect.protocols.tls_numbers import is_grease
from tests.protocols.number_list import numbers_of


@pytest.mark.parametrize(("lines", "digits"), [(CIPHER_SUITES, 4), (CIPHER_SPECS, 6)], ids=["suites", "specs"])
def test_each_line_is_a_number_and_a_name_and_numbers_rise(lines: str, digits: int) -> None:
    # RFC 8701: its numbers stand in no list.
    assert not any(map(is_grease, numbers_of(lines, digits)))


def test_specs_are_no_suites() -> None:
    # RFC 5246, appendix E.2: suites stand in specs behind a byte 0, and need no line of their own.
    assert not set(numbers_of(CIPHER_SPECS, 6)) & set(numbers_of(CIPHER_SUITES, 4))
