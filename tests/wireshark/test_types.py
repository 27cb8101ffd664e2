"""Types of fields, held against tshark's own."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.declare import Header, ipv4
from dissect.wireshark.fields import names
from dissect.wireshark.types import field_names, field_type, protocols
from tests.oracle.tshark import TEXTS, Tshark


def test_a_name_that_does_not_exist_has_no_type() -> None:
    assert field_type("ip.tll") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ip", "FT_PROTOCOL"),
        ("ip.ttl", "FT_UINT8"),
        ("ip.src", "FT_IPv4"),
        ("eth.addr", "FT_ETHER"),
        ("tcp.flags", "FT_UINT16"),
        ("tcp.flags.syn", "FT_BOOLEAN"),
        ("tcp.options", "FT_BYTES"),
        ("frame.time", "FT_ABSOLUTE_TIME"),
        ("tcp.stream", "FT_UINT32"),
        ("ip.checksum.status", "FT_UINT8"),
        ("udp.checksum.bad", "FT_NONE"),
        ("rip.unknown_address_family", "FT_NONE"),
    ],
)
def test_type(name: str, expected: str) -> None:
    found = field_type(name)
    assert found is not None
    assert found.name == expected


def test_a_declaration_that_was_refused_is_no_protocol() -> None:
    with pytest.raises(TypeError) as refused:

        class Refused(Header, name="refused_here"):
            number: Any = ipv4("x", kept=True)

    assert "Refused" in str(refused.value)
    assert "refused_here" not in field_names()


def test_every_name_that_has_values_can_be_filtered() -> None:
    columns = {name for name in names() if name.startswith("_ws.col.")}
    assert set(names()) - columns <= field_names()


def test_types_are_those_of_tshark(tshark: Tshark) -> None:
    known = {name: TEXTS.get(kind, kind) for name, kind in tshark.types.items()}
    shared = field_names() - protocols()
    differing = {
        name: (found.name, known[name])
        for name in sorted(shared)
        if name in known and (found := field_type(name)) is not None and found.name != known[name]
    }
    assert differing == {}
