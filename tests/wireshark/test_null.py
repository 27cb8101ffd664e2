"""The headers of loopback interfaces in the eyes of Wireshark."""

from __future__ import annotations

from dissect.packets.packet import Packet
from dissect.protocols.null import Loop, Null, NullType, ShortNull, SwappedNullType, SwappedShortNull
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values


def test_a_family_or_an_ethertype() -> None:
    for family in (Null(family=2), Loop(family=2), ShortNull(family=2), SwappedShortNull(family=2)):
        assert (values(family, "null.family"), values(family, "null.type")) == ([2], [])
    for ethertype in (NullType(type=0x800), SwappedNullType(type=0x800)):
        assert (values(ethertype, "null.family"), values(ethertype, "null.type")) == ([], [0x800])


def test_ppp_stands_in_a_loopback_header() -> None:
    assert texts(Packet(bytes.fromhex("ff030021"), link=0), "frame.protocols") == ["null:ppp:ip"]


def test_columns() -> None:
    assert (summarize(Null(family=99)).protocol, summarize(Null(family=99)).info) == ("N/A", "Null/Loopback")
    assert summarize(Null.cut(b"")).info == "[Malformed Packet]"
