"""Classes of service: code points of the RFCs, which both versions of IP have in the same six bits."""

from __future__ import annotations

import pytest

from dissect import IPv4, IPv6
from dissect.protocols.service_class import ServiceClass


def test_selectors_and_assured_forwarding_are_where_their_rules_put_them() -> None:
    # RFC 2474, section 4.2.2.2: class selectors have zeros in the lower three bits.
    assert {f"CS{number}": number << 3 for number in range(8)}.items() <= {
        member.name: int(member) for member in ServiceClass
    }.items()
    # RFC 2597, section 6: class 1 to 4 in three bits, drop precedence 1 to 3 in two, and a zero.
    assert all(
        ServiceClass[f"AF{number}{drop}"] == number << 3 | drop << 1 for number in range(1, 5) for drop in range(1, 4)
    )


@pytest.mark.parametrize(("name", "bits"), [("ef", 0b101110), ("va", 0b101100), ("le", 0b000001), ("af41", 0b100010)])
def test_names_are_taken_in_both_versions(name: str, bits: int) -> None:
    """RFC 3246, section 2.5; RFC 5865, section 4; RFC 8622, section 1.1; RFC 2597."""
    assert bytes(IPv4(dscp=name))[1] >> 2 == bits
    assert int.from_bytes(bytes(IPv6(dscp=name))[:2], "big") >> 6 & 0x3F == bits
