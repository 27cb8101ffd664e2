"""Options of Multipath TCP in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import TCP, Ethernet, IPv4
from dissect.wireshark.fields import texts

MAPPING = "00000007 00000001 0064"


@pytest.mark.parametrize(
    ("option", "checksum"),
    [
        ("1e 0e 20 04" + MAPPING, []),
        ("1e 10 20 04" + MAPPING + "beef", []),
        ("1e 12 20 04" + MAPPING + "beef cafe", ["0xbeef"]),
        ("1e 08 20 00 beef cafe", []),
    ],
)
def test_a_checksum_is_seen_where_two_bytes_follow_it(option: str, checksum: list[str]) -> None:
    frame = Ethernet() / IPv4() / TCP(options=bytes.fromhex(option))
    assert texts(frame, "tcp.options.mptcp.checksum") == checksum


def test_what_is_there_of_another_length_is_seen() -> None:
    frame = Ethernet() / IPv4() / TCP(options=bytes.fromhex("1e 05 01 81 05"))
    assert texts(frame, "tcp.options.mptcp.flags") == ["0x81"]
    assert texts(frame, "tcp.options.mptcp.sendkey") == []
