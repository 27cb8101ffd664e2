"""Wireshark's types of fields: their ranges, and what can be compared with what."""

from __future__ import annotations

import pytest

from dissect.wireshark import field_types as types
from dissect.wireshark.field_types import FieldType

ALL = [each for each in vars(types).values() if isinstance(each, FieldType)]


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        (types.UINT8, 0, 255),
        (types.UINT24, 0, 0xFFFFFF),
        (types.UINT64, 0, (1 << 64) - 1),
        (types.INT16, -32768, 32767),
        (types.INT32, -(1 << 31), (1 << 31) - 1),
        (types.BOOLEAN, 0, (1 << 32) - 1),
        (types.FRAMENUM, 0, (1 << 32) - 1),
    ],
)
def test_ranges(kind: FieldType, least: int, most: int) -> None:
    assert kind.range == (least, most)
    assert kind.is_number
    assert not kind.is_bytes


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        (types.UINT8, types.UINT32, True),
        (types.UINT8, types.INT32, True),
        # Numbers of up to 32 bits are kept apart from longer ones.
        (types.UINT32, types.UINT64, False),
        (types.BOOLEAN, types.BOOLEAN, True),
        (types.BOOLEAN, types.UINT8, False),
        (types.BYTES, types.ETHER, True),
        (types.EUI64, types.BYTES, True),
        (types.IPV4, types.IPV6, False),
        (types.IPV4, types.BYTES, False),
        (types.STRING, types.BYTES, False),
        (types.DOUBLE, types.UINT8, False),
        (types.RELATIVE_TIME, types.ABSOLUTE_TIME, False),
    ],
)
def test_what_compares_with_what(left: FieldType, right: FieldType, both: bool) -> None:
    assert left.compares_with(right) is both


def test_the_others_are_bytes_or_stand_for_themselves() -> None:
    assert {kind.name for kind in ALL if kind.is_bytes} == {
        *("FT_STRING", "FT_BYTES", "FT_ETHER", "FT_EUI64", "FT_OID", "FT_IPv4", "FT_IPv6", "FT_PROTOCOL"),
    }
    assert {kind.name for kind in ALL if not kind.is_bytes and not kind.is_number} == {
        *("FT_DOUBLE", "FT_NONE", "FT_ABSOLUTE_TIME", "FT_RELATIVE_TIME"),
    }
    assert len({kind.name for kind in ALL}) == len(ALL)
