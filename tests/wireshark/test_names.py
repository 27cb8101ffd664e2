"""Values by name, held against Wireshark's own."""

from __future__ import annotations

import pytest

from dissect.wireshark.field_types import BOOLEAN
from dissect.wireshark.names import truth_names, value_names
from dissect.wireshark.types import field_names, field_type
from tests.oracle.tshark import Tshark


def test_names_of_values() -> None:
    assert value_names("ip.proto")["TCP"] == 6
    assert value_names("ip.checksum.status")["Bad"] == 0
    assert value_names("ip.dsfield.dscp")["Expedited Forwarding"] == 46
    assert value_names("icmp.type") == value_names("ip.ttl") == {}


@pytest.mark.parametrize(
    ("name", "high", "low"),
    [("tcp.flags.syn", "Set", "Not set"), ("arp.isprobe", "True", "False"), ("ip.opt.type.copy", "Yes", "No")],
)
def test_names_of_truth(name: str, high: str, low: str) -> None:
    assert truth_names(name) == (high, low)


def test_truth_is_called_what_tshark_calls_it(tshark: Tshark) -> None:
    theirs = {row[1]: (row[2], row[3]) for row in tshark.values if row[0] == "T"}
    ours = {name: truth_names(name) for name in field_names() if field_type(name) is BOOLEAN and name in theirs}
    assert len(ours) > 20
    assert {name: (names, theirs[name]) for name, names in ours.items() if names != theirs[name]} == {}
