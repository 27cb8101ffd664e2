"""LLDP in the eyes of Wireshark: lists that do not begin as they have to, or run past the end."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

HEAD = bytes.fromhex("0180c200000e 001122334455 88cc")
CHASSIS, PORT, TIME = (bytes.fromhex(text) for text in ("020704010203040506", "04050565746830", "06020078"))
CONTAINED = "[Malformed Packet: length of contained item exceeds length of containing item]"


def tlv(kind: int, data: bytes, more: int = 0) -> bytes:
    """Return a TLV whose length says `more` than there is."""
    return (kind << 9 | len(data) + more).to_bytes(2, "big") + data


@pytest.mark.parametrize(
    ("tlvs", "words"),
    [
        (CHASSIS + PORT + TIME + bytes(2), "MA/01:02:03:04:05:06 IN/eth0 120 "),
        (PORT + CHASSIS + TIME, "Invalid Chassis ID TLV"),
        (CHASSIS + TIME + PORT, "Invalid Port ID TLV"),
        (CHASSIS + PORT + TIME + PORT, "Duplicate Port ID TLV"),
        (CHASSIS + PORT + bytes(2), "Invalid Time-to-Live TLV"),
        (tlv(9, b"abc", 2), "Invalid Chassis ID TLV"),
        (tlv(9, b"abc", 3), CONTAINED),
        (CHASSIS + PORT + tlv(9, b"abc", 50), "Invalid Time-to-Live TLV"),
        (CHASSIS + PORT + tlv(3, b"\0\x78", 1), f"MA/01:02:03:04:05:06 IN/eth0 120 {CONTAINED}"),
        (CHASSIS + PORT + TIME + tlv(5, b"abc", 1), f"MA/01:02:03:04:05:06 IN/eth0 120 {CONTAINED}"),
        (CHASSIS + PORT + TIME + b"\x0a", "MA/01:02:03:04:05:06 IN/eth0 120 [Malformed Packet]"),
        (CHASSIS, "MA/01:02:03:04:05:06 [Malformed Packet]"),
    ],
)
def test_what_a_list_says(tlvs: bytes, words: str) -> None:
    assert summarize(dissect.Packet(HEAD + tlvs)).info == words


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    starts = [b"", CHASSIS, CHASSIS + PORT, CHASSIS + PORT + TIME]
    lists = [
        start + tlv(kind, b"\5\0\0abcd", more)
        for start in starts
        for kind in (0, 1, 2, 3, 5, 34, 127)
        for more in (1, 2, 3, 50)
    ]
    lists += [start + rest for start in starts for rest in (b"", b"\x02", bytes(2), TIME, PORT)]
    capture = tmp_path / "lldp.pcap"
    dissect.write(capture, [dissect.Packet(HEAD + each) for each in lists])
    names = ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info"]
    assert agree(tshark, capture, names) == len(names) * len(lists)


@pytest.mark.parametrize(
    ("tlvs", "types"),
    [
        (PORT + CHASSIS + TIME, []),
        (CHASSIS + TIME + PORT, [1]),
        (CHASSIS + PORT + tlv(5, b"a") + TIME, [1, 2]),
        (CHASSIS + PORT + TIME + tlv(5, b"a") + PORT + bytes(2), [1, 2, 3, 5, 2]),
        (CHASSIS + PORT + TIME + tlv(5, b"a") + bytes(2), [1, 2, 3, 5, 0]),
    ],
)
def test_nothing_is_seen_behind_what_is_in_another_one_s_place(tlvs: bytes, types: list[int]) -> None:
    """Tshark 4.0 was asked for each of these."""
    assert texts(dissect.parse(HEAD + tlvs), "lldp.tlv.type") == [str(number) for number in types]
