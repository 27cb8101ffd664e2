"""ICMPv6 in the eyes of Wireshark."""

from __future__ import annotations

import dissect
from dissect import ICMPv6, ICMPv6EchoRequest, IPv6
from dissect.declaration.header import Header
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values


def read(message: Header) -> Header:
    return dissect.parse(bytes(IPv6(src="2001:db8::1", dst="2001:db8::2") / message), link="ipv6")


def test_only_some_messages_carry_data() -> None:
    assert values(read(ICMPv6EchoRequest() / b"data"), "data.data") == [b"data"]
    assert values(read(ICMPv6(type=200) / b"data"), "data.data") == []


def test_a_type_without_a_name_is_told_by_number() -> None:
    assert summarize(read(ICMPv6(type=99))).info == "Unknown (99)"


def test_records_that_are_missing_end_a_report() -> None:
    report = bytes.fromhex("8f00 0000 0000 0002 0400 0000") + bytes(15) + b"\x16"
    frame = read(dissect.parse(bytes(IPv6(next_header=58) / report), link="ipv6")[ICMPv6])
    assert summarize(frame).info.endswith("[Malformed Packet]")
    assert texts(frame, "icmpv6.mldr.mar.multicast_address") == ["::16"]
