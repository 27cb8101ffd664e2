"""The numbers of TLS's extensions: lists that can be read, without the numbers that mean nothing on purpose."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_extension_numbers import EXTENSION_TYPES, GROUPS, SIGNATURE_SCHEMES
from dissect.protocols.tls_numbers import is_grease
from tests.protocols.number_list import numbers_of


@pytest.mark.parametrize("lines", [EXTENSION_TYPES, GROUPS, SIGNATURE_SCHEMES], ids=["types", "groups", "schemes"])
def test_each_line_is_a_number_and_a_name_and_numbers_rise(lines: str) -> None:
    # RFC 8701: its numbers stand in no list.
    assert not any(map(is_grease, numbers_of(lines, 4)))
