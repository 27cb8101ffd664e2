"""Packets of TFTP, built and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    TFTP,
    UDP,
    Data,
    Ethernet,
    IPv4,
    TFTPAcknowledgment,
    TFTPData,
    TFTPError,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)
from tests.protocols.agreement import keeps_promises

AROUND = Ethernet() / IPv4() / UDP(sport=2000)
OPTIONS = [TFTPOption("blksize", "1428"), TFTPOption("TSIZE", "0")]


@pytest.mark.parametrize(
    ("packet", "octets", "info"),
    [
        (
            TFTPReadRequest("a", options=OPTIONS),
            b"\0\x01a\0octet\0blksize\x001428\0TSIZE\x000\0",
            "Read Request, File: a",
        ),
        (TFTPWriteRequest("a", mode="netascii"), b"\0\x02a\0netascii\0", "Write Request, File: a"),
        (TFTPData(block=7) / b"xyz", b"\0\x03\0\x07xyz", "Data Packet, Block: 7"),
        (TFTPAcknowledgment(block=7), b"\0\x04\0\x07", "Acknowledgement, Block: 7"),
        (
            TFTPError(code="file not found", message="no"),
            b"\0\x05\0\x01no\0",
            "Error Code, Code: File not found, Message: no",
        ),
        (
            TFTPOptionAcknowledgment(options=OPTIONS[:1]),
            b"\0\x06blksize\x001428\0",
            "Option Acknowledgement, blksize=1428",
        ),
        (TFTP(operation=9), b"\0\x09", "Unknown"),
    ],
)
def test_a_packet_of_each_kind(packet: TFTP, octets: bytes, info: str) -> None:
    assert bytes(packet) == octets
    assert packet.info().startswith(info)
    frame = AROUND / packet
    assert frame[UDP].dport == 69
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert not parsed.problems()
    keeps_promises(bytes(frame), "ethernet")


def test_a_block_is_carried() -> None:
    assert dissect.parse(bytes(AROUND / TFTPData() / b"xyz"))[Data].data == b"xyz"


def test_words_that_do_not_end() -> None:
    for octets in (b"\0\x01a", b"\0\x01a\0octet", b"\0", b"\0\x05\0", b"\0\x05\0\x01no", b"\0\x06blksize"):
        data = bytes(AROUND / octets)
        frame = keeps_promises(data[:36] + b"\0\x45" + data[38:], "ethernet")
        assert TFTP in frame


@given(st.binary(max_size=40))
def test_bytes_of_any_kind(data: bytes) -> None:
    frame = bytes(AROUND / TFTPAcknowledgment())[:42] + data
    keeps_promises(frame, "ethernet")
