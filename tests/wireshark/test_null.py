"""The headers of loopback interfaces in the eyes of Wireshark."""

from __future__ import annotations

from dissect.protocols.null import Loop, Null
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values


def test_a_family_or_an_ethertype() -> None:
    assert values(Loop(family=2), "null.family") == [2]
    assert values(Loop(family=2), "null.type") == []
    assert values(Loop(family=0x800), "null.family") == []
    assert values(Loop(family=0x800), "null.type") == [0x800]


def test_columns() -> None:
    assert (summarize(Null(family=99)).protocol, summarize(Null(family=99)).info) == ("N/A", "Null/Loopback")
    assert summarize(Null.cut(b"")).info == "[Malformed Packet]"
