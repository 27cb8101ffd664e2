"""Node information queries: what a node is asked about itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, ICMPv6, IPv6
from dissect.declaration.header import Header
from dissect.protocols.icmpv6_node_information import NodeInformationQuery, NodeInformationReply
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

QUERY = bytes.fromhex("8b 01 0000 0003 0022 0102030405060708")


def test_construct_and_deconstruct() -> None:
    query = NodeInformationQuery(
        code="name", query_type=3, global_addresses=True, all_addresses=True, nonce=0x0102030405060708
    )
    assert bytes(query) == QUERY
    parsed = dissect.parse(bytes(framed(query)))[NodeInformationQuery]
    assert (parsed.query_type.title, parsed.flags, parsed.truncated) == ("Node Addresses", 0x22, False)
    assert dissect.parse(bytes(framed(query))).problems() == []


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (NodeInformationQuery(code=2), "Node Information Query (Query subject = IPv4 addresses)"),
        (NodeInformationQuery(code=3), "Node Information Query (Unknown (3))"),
        (NodeInformationReply(code=1), "Node Information Reply (Refused)"),
    ],
)
def test_the_line_names_the_code(message: ICMPv6, words: str) -> None:
    assert message.info() == words


@pytest.mark.parametrize("length", range(1, 16))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(IPv6(next_header=58) / QUERY[:length]), "raw")
    assert frame[NodeInformationQuery].is_cut


def framed(message: Header) -> Header:
    return Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / message


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    for number in (139, 140):
        keeps_promises(bytes(IPv6(next_header=58) / (bytes([number]) + data)), "raw")


NAMES = """
    frame.protocols icmpv6.type icmpv6.code icmpv6.checksum icmpv6.ni.qtype icmpv6.ni.flag icmpv6.ni.flag.g
    icmpv6.ni.flag.s
    icmpv6.ni.flag.l icmpv6.ni.flag.c icmpv6.ni.flag.a icmpv6.ni.flag.t icmpv6.ni.flag.rsv icmpv6.ni.nonce
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "messages.pcap"
    messages = [
        *(NodeInformationQuery(code=code, query_type=0, nonce=7, all_addresses=True) for code in range(4)),
        *(NodeInformationReply(code=code, query_type=0, truncated=True, reserved=1) for code in range(4)),
    ]
    dissect.write(capture, [framed(each) for each in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)
