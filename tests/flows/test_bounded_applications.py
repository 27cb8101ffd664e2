"""What tells of more than there is, or of itself: problems and limits, no exception, and no quadratic time.

Each takes well under a second; a way that grows with the square of its input takes minutes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest

from dissect import DHCP, UDP, Ethernet, IPv4, MessageType, Packet
from dissect.wireshark.columns import summarize
from tests.talk import seen, talk

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
RECORD = b"\0\0\x01\0\x01\0\0\0\x01\0\x04abcd"
BOOTP = bytes(DHCP(operation=2, options=[MessageType("ack")]))[:240]


def names(*counts: int) -> bytes:
    return struct.pack(">HHHHHH", 1, 0x8180, *counts)


def nested(head: bytes, kind: int, least: int) -> bytes:
    """Messages in messages, each of which claims to hold all that follows."""
    step = len(head) + 4
    return b"".join(head + struct.pack(">HH", kind, max(60_000 - step * (n + 1), 0)) for n in range(60_000 // least))


DATAGRAMS = {
    "a name that points to itself": (53, names(1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1"),
    "names that point at each other": (53, names(1, 0, 0, 0) + b"\1a\xc0\x10\1b\xc0\x0c\0\1\0\1"),
    "a chain of pointers": (
        53, names(1, 0, 0, 0) + b"\0\0\1\0\1" + b"".join(struct.pack(">H", 0xC000 | 12 + 2 * n) for n in range(8000)),
    ),
    "long names in every record": (
        53, names(0, 400, 0, 0) + (b"\1a" * 60 + b"\xc0\x0c" + b"\0\1\0\1\0\0\0\1\0\4abcd") * 400,
    ),
    "many answers": (53, names(0, 1500, 0, 0) + RECORD * 1500),
    "more records than there are": (53, names(65535, 65535, 65535, 65535) + RECORD * 1000),
    "many options": (67, BOOTP + b"\x0c\1a" * 4000),
    "options that hold all the others": (67, BOOTP + b"\x52\xff" * 200 + b"\x52" * 2000),
    "relays in relays": (547, nested(b"\x0c\0" + bytes(32), 9, 38)),
    "options in options": (547, b"\1abc" + nested(b"", 3, 16)),
}  # fmt: skip


SOUND = frozenset({"many answers", "many options", "relays in relays", "options in options"})


def shown(packets: Iterable[Packet]) -> list[Packet]:
    """The packets after a reading pass, each looked at as a list does and with its problems."""
    found = seen(packets)
    for packet in found:
        summarize(packet)
        assert b"".join(bytes(layer.own_bytes) for layer in packet.frame.layers())[:14] == packet.data[:14]
    return found


@pytest.mark.parametrize("name", DATAGRAMS)
def test_datagrams(name: str) -> None:
    port, data = DATAGRAMS[name]
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=port, dport=port) / data[:65_000]
    (packet,) = shown([Packet(bytes(frame))])
    # Many are no problem, and what nests deeper than a limit is left as bytes.
    assert bool(list(packet.frame.problems())) == (name not in SOUND)
    assert bytes(packet.frame) == packet.data


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"A: b\r\n" * 300_000,
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * (17 << 20),
        CHUNKED + b"FFFFFFFF\r\n" + b"x" * 200_000,
        CHUNKED + b"3e000000\r\n" + b"x" * 200_000,
        OK + b"Content-Length: 99999999999999999\r\n\r\n" + b"x" * 200_000,
        CHUNKED + b"1\r\nx\r\n" * 40_000,
    ],
    ids=["lines without an end", "a line without an end", "4 GiB", "almost 1 GiB", "a length", "chunks without an end"],
)
def test_messages_that_never_end_show_no_body(answer: bytes) -> None:
    pieces = [(1, answer[place : place + 60_000]) for place in range(0, len(answer), 60_000)]
    packets = shown(talk(80, (0, b"GET / HTTP/1.1\r\n\r\n"), *pieces))
    assert not any(packet.get("http.file_data") for packet in packets[-1:])
