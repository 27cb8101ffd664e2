"""How many packets of SSH there were before each, and which version is spoken."""

from __future__ import annotations

from dissect import Packet
from tests.talk import seen, talk

VERSION = b"SSH-2.0-x\r\n"
KEXINIT = bytes.fromhex("00000044 05 14") + bytes(16) + bytes(40) + bytes(5) + bytes(5)
"""A cookie, ten empty lists, a flag and a reserved number, and padding (RFC 4253, section 7.1)."""


def numbers(packets: list[Packet]) -> list[object]:
    return [packet.get("ssh.seq_num") for packet in seen(packets)[3:]]


def test_each_side_counts_its_own_packets() -> None:
    said = [(0, VERSION), (1, VERSION), (0, KEXINIT), (0, KEXINIT), (1, KEXINIT)]
    assert numbers(talk(22, *said)) == [[], [], [0], [1], [0]]


def test_connections_count_apart() -> None:
    first = talk(22, (0, VERSION), (1, VERSION), (0, KEXINIT))
    other = talk(22, (0, VERSION), (1, VERSION), (0, KEXINIT), sport=50001)
    assert numbers([*first, *other])[-1] == [0]


def test_packets_of_a_key_exchange_that_nobody_agreed_on_are_not_counted() -> None:
    said = [(0, VERSION), (0, KEXINIT), (0, b"\0\0\0\x0c\x0a\x22" + bytes(10)), (0, b"\0\0\0\x0c\x0a\x15" + bytes(10))]
    assert numbers(talk(22, *said)) == [[], [0], [0], [1]]


def test_a_version_may_hold_any_bytes() -> None:
    packets = seen(talk(22, (0, b"SSH-1.5-\xff\xfe\r\n"), (1, VERSION)))
    assert packets[4].get("_ws.col.Protocol") == ["SSHv1"]
