"""DHCPv6 beside tshark: messages, options and options in options, relays, and what is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dissect
from dissect import UDP, Ethernet, IPv6, Packet
from dissect.wireshark.fields import names
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

ADDRESS = bytes.fromhex("20010db8000000000000000000000001")


def option(number: int, value: bytes) -> bytes:
    """Return the bytes of an option."""
    return number.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def relayed(number: int, *options: bytes) -> bytes:
    """Return a message that a relay agent passes on."""
    return bytes([number, 1]) + ADDRESS + ADDRESS + b"".join(options)


def messages() -> Iterator[bytes]:
    """Yield messages of all kinds."""
    for number in range(21):
        yield bytes([number]) + (b"\xab\xcd\xef" if number not in (12, 13) else b"\x01" + ADDRESS + ADDRESS)
    name = b"\x03abc\x07example\0"
    for number, value in (
        (1, bytes.fromhex("000300010200000000 01".replace(" ", ""))),
        (1, bytes.fromhex("00010001 29b92700 00005e005320")),
        (1, bytes.fromhex("0002 00000009 616263")),
        (2, bytes.fromhex("0004") + ADDRESS),
        (6, bytes.fromhex("00170018")),
        (7, b"\xff"),
        (8, b"\0\x05"),
        (11, bytes(11) + b"abc"),
        (12, ADDRESS),
        (13, b"\0\x06none left"),
        (14, b""),
        (15, b"\0\x03abc\0\x02de"),
        (16, bytes.fromhex("00000009 0003") + b"abc"),
        (17, bytes.fromhex("00000009 0001 0003") + b"abc"),
        (18, b"eth0"),
        (19, b"\x05"),
        (20, b""),
        (21, name),
        (22, ADDRESS),
        (23, ADDRESS * 2),
        (24, name + name),
        (29, name),
        (32, b"\0\0\x0e\x10"),
        (37, bytes.fromhex("00000009") + b"remote"),
        (38, b"subscriber"),
        (39, b"\x01" + name),
        (41, b"CET"),
        (42, b"Europe/Berlin"),
        (53, bytes.fromhex("00030001020000000001")),
        (56, option(1, ADDRESS) + option(2, ADDRESS) + option(3, name)),
        (64, name),
        (103, b"https://portal.example"),
        (135, b"\x30\x39"),
        (200, b"abc"),
    ):
        yield b"\x01\xab\xcd\xef" + option(number, value)
        yield b"\x07\xab\xcd\xef" + option(number, value)
    lease = option(5, ADDRESS + bytes(8) + option(13, b"\0\x02"))
    prefix = option(26, bytes(8) + b"\x38" + ADDRESS + option(13, b"\0\x06"))
    leases = option(3, bytes(12) + lease + lease) + option(4, bytes(4) + lease) + option(25, bytes(12) + prefix)
    yield b"\x07\xab\xcd\xef" + leases
    inner = b"\x01\xab\xcd\xef" + option(1, bytes.fromhex("00030001020000000001")) + leases
    outer = relayed(12, option(9, relayed(12, option(18, b"a"), option(9, inner))), option(37, bytes(8)))
    yield outer
    for size in (1, 2, 3, 10, 33):
        yield outer[:size]
    yield b"\x01\xab\xcd\xef\0"
    yield b"\x01\xab\xcd\xef\0\x01\0\x09abc"


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith("dhcpv6.")]
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info"]
    assert len(wanted) > 70
    around = Ethernet() / IPv6() / UDP(sport=546, dport=547)
    capture = tmp_path / "dhcpv6.pcap"
    dissect.write(capture, [Packet(bytes(around / message)) for message in messages()])
    assert agree(tshark, capture, wanted) > 8000
