"""EIGRP in the eyes of Wireshark."""

from __future__ import annotations

from dissect.protocols.eigrp import EIGRP
from dissect.wireshark.fields import texts
from dissect.wireshark.names import truth_names


def test_flags_are_set_or_not() -> None:
    for flag in ("init", "condrecv", "restart", "eot"):
        assert truth_names(f"eigrp.flags.{flag}") == ("Set", "Not set")


def test_the_column_of_the_protocol_has_its_title() -> None:
    assert texts(EIGRP(), "eigrp") == ["Cisco EIGRP"]
