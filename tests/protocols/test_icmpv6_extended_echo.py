"""Extended echo of ICMPv6: which interface is asked for, and how it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, ICMPExtensions, ICMPv6, InterfaceByName, IPv6, NeighborState
from dissect.declaration.header import Header
from dissect.protocols.icmpv6_extended_echo import ICMPv6ExtendedEchoReply, ICMPv6ExtendedEchoRequest
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

REPLY = bytes.fromhex("a1 00 0000 0007 02 46")


def test_construct_and_deconstruct() -> None:
    assert bytes(ICMPv6ExtendedEchoRequest(id=7, seq=2, local=True)) == bytes.fromhex("a0 00 0000 0007 02 01")
    reply = ICMPv6ExtendedEchoReply(id=7, seq=2, state="reachable", active=True, ipv4_runs=True)
    assert bytes(reply) == REPLY
    parsed = dissect.parse(bytes(framed(reply)))[ICMPv6ExtendedEchoReply]
    assert (parsed.state, parsed.active, parsed.ipv4_runs, parsed.ipv6_runs) == (
        NeighborState.REACHABLE, True, True, False,
    )  # fmt: skip
    assert dissect.parse(bytes(framed(reply))).problems() == []


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (ICMPv6ExtendedEchoRequest(), "Extended Echo request (No error)"),
        (ICMPv6ExtendedEchoRequest(code=1), "Extended Echo request (Unknown (1))"),
        (ICMPv6ExtendedEchoReply(code=3), "Extended Echo reply (No Such Table Entry)"),
        (ICMPv6ExtendedEchoReply(code=5), "Extended Echo reply (Unknown (5))"),
    ],
)
def test_the_line_names_the_code(message: ICMPv6, words: str) -> None:
    assert message.info() == words


@pytest.mark.parametrize("length", range(1, 8))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(IPv6(next_header=58) / REPLY[:length]), "raw")
    assert frame[ICMPv6ExtendedEchoReply].is_cut


def framed(message: Header) -> Header:
    return Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / message


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    for number in (160, 161):
        keeps_promises(bytes(IPv6(next_header=58) / (bytes([number]) + data)), "raw")


NAMES = """
    frame.protocols icmpv6.type icmpv6.code icmpv6.checksum icmpv6.echo.identifier
    icmpv6.ext.echo.seq icmpv6.ext.echo.req.res
    icmpv6.ext.echo.req.local icmpv6.ext.echo.rsp.state icmpv6.ext.echo.rsp.res icmpv6.ext.echo.rsp.active
    icmpv6.ext.echo.rsp.ipv4 icmpv6.ext.echo.rsp.ipv6
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "messages.pcap"
    messages = [
        *(ICMPv6ExtendedEchoRequest(code=code, id=7, seq=2, local=True) for code in range(3)),
        *(ICMPv6ExtendedEchoReply(code=code, id=7, seq=2, state=code, active=True) for code in range(7)),
        ICMPv6ExtendedEchoReply(reserved=3, ipv4_runs=True, ipv6_runs=True),
    ]
    dissect.write(capture, [framed(each) for each in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)


def test_extensions_name_the_interface() -> None:
    structure = bytes(ICMPExtensions([InterfaceByName("eth0")]))
    request = IPv6() / ICMPv6ExtendedEchoRequest(id=1, seq=2, local=True, payload=structure)
    parsed = dissect.parse(bytes(request), link="ipv6")[ICMPv6ExtendedEchoRequest]
    assert parsed.extensions is not None
    assert parsed.extensions.objects == (InterfaceByName("eth0"),)
    assert ICMPv6ExtendedEchoRequest().extensions is None
