from __future__ import annotations

import pytest

from dissect.wireshark.field_types import UINT16, UINT24, FieldType
from dissect.wireshark.names import truth_names
from dissect.wireshark.types import field_type


@pytest.mark.parametrize(("name", "type"), [("extpfx.rotuetype", UINT16), ("preference", UINT24)])
def test_some_numbers_have_wider_types_than_bytes(name: str, type: FieldType) -> None:
    assert field_type(f"ospf.tlv.{name}") is type


@pytest.mark.parametrize("name", ["extpfx.flags.a", "extpfx.flags.n", "pfxsid.flags.np", "pfxsid.flags.l"])
def test_flags_are_set_or_not(name: str) -> None:
    assert truth_names(f"ospf.tlv.{name}") == ("Set", "Not set")
