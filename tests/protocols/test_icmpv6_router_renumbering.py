"""Router renumbering: what the header of a command says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, ICMPv6, IPv6
from dissect.declaration.header import Header
from dissect.protocols.icmpv6_router_renumbering import RouterRenumbering
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

COMMAND = bytes.fromhex("8a 00 0000 00000007 01 60 03e8 00000000")


def test_construct_and_deconstruct() -> None:
    command = RouterRenumbering(sequence=7, segment=1, wants_result=True, for_all=True, longest_delay=1000)
    assert bytes(command) == COMMAND
    parsed = dissect.parse(bytes(framed(command)))[RouterRenumbering]
    assert (parsed.sequence, parsed.flags, parsed.is_test, parsed.longest_delay) == (7, 0x60, False, 1000)
    assert dissect.parse(bytes(framed(command))).problems() == []


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "Command"), (1, "Result"), (2, "Unknown (2)"), (255, "Sequence number reset")],
)
def test_the_line_names_the_code(code: int, words: str) -> None:
    message: ICMPv6 = RouterRenumbering(code=code)
    assert message.info() == f"Router Renumbering ({words})"


@pytest.mark.parametrize("length", range(1, 16))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(IPv6(next_header=58) / COMMAND[:length]), "raw")
    assert frame[RouterRenumbering].is_cut


def framed(message: Header) -> Header:
    return Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / message


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(IPv6(next_header=58) / (bytes([138]) + data)), "raw")


NAMES = """
    frame.protocols icmpv6.type icmpv6.code icmpv6.checksum icmpv6.rr.sequence_number icmpv6.rr.segment_number
    icmpv6.rr.flag icmpv6.rr.flag.t icmpv6.rr.flag.r icmpv6.rr.flag.a icmpv6.rr.flag.s icmpv6.rr.flag.p
    icmpv6.rr.flag.rsv icmpv6.rr.maxdelay
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "messages.pcap"
    messages = [
        *(RouterRenumbering(code=code, sequence=7, segment=1, is_test=True) for code in (2, 3, 255)),
        RouterRenumbering(code=255, reserved=7, was_processed=True, site_specific=True, longest_delay=9),
    ]
    dissect.write(capture, [framed(each) for each in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)
