"""Messages of RPL: their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, ICMPv6, IPv6
from dissect.declaration.header import Header
from dissect.protocols.icmpv6_rpl import RPLCode, RPLControl
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises


def test_construct_and_deconstruct() -> None:
    message = RPLControl(code="advertisement", payload=b"body")
    assert bytes(message) == bytes.fromhex("9b 02 0000") + b"body"
    parsed = dissect.parse(bytes(framed(message)))[RPLControl]
    assert (parsed.code, bytes(parsed)[4:]) == (RPLCode.ADVERTISEMENT, b"body")
    assert dissect.parse(bytes(framed(message))).problems() == []


@pytest.mark.parametrize(
    ("code", "words"), [(0, "DODAG Information Solicitation"), (0x8A, "Consistency Check"), (6, "Unknown (6)")]
)
def test_the_line_names_the_code(code: int, words: str) -> None:
    message: ICMPv6 = RPLControl(code=code)
    assert message.info() == f"RPL Control ({words})"


@pytest.mark.parametrize("length", range(1, 4))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes(IPv6(next_header=58) / bytes(RPLControl())[:length]), "raw")
    assert frame[RPLControl].is_cut


def framed(message: Header) -> Header:
    return Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / message


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(IPv6(next_header=58) / (bytes([155]) + data)), "raw")


NAMES = """
    frame.protocols icmpv6.type icmpv6.code icmpv6.checksum
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "messages.pcap"
    messages = [RPLControl(code=code, payload=bytes(8)) for code in (6, 7, 8)]
    dissect.write(capture, [framed(each) for each in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)
