"""Messages over TCP beside tshark: those of DNS, cut into segments in many ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect import TCP, Ethernet, IPv4, Packet, read, with_context, write
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark

FIELDS = (
    "tcp.segments",
    "tcp.segment",
    "tcp.segment.count",
    "tcp.reassembled.length",
    "tcp.reassembled.data",
    "tcp.reassembled_in",
    "tcp.segment_data",
    "tcp.pdu.size",
    "dns.length",
    "dns.id",
    "dns.qry.name",
)


def question(number: int, label: bytes) -> bytes:
    message = bytes([0, number, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(label)]) + label + bytes.fromhex("0000010001")
    return len(message).to_bytes(2, "big") + message


def capture(path: Path) -> Path:
    """A connection in which questions are cut everywhere, joined, and lost in part."""
    first, second, third, long = (question(number, bytes([96 + number]) * 3 * number) for number in (1, 2, 3, 9))
    pieces = [
        first[:5], first[5:] + second[:5], second[5:] + third + first[:1], first[1:], first + second, third[:1],
        third[1:2], third[2:] + long[:1], long[1:20], None, long[30:] + first, second, first + second[:9], second[9:],
    ]  # fmt: skip
    frames = [TCP(sport=4000, dport=53, seq=999, flags="S"), TCP(sport=53, dport=4000, seq=499, ack=1000, flags="SA")]
    place = 1000
    for piece in pieces:
        if piece is not None:
            frames.append(TCP(sport=4000, dport=53, seq=place, ack=500, flags="A") / piece)
        place += 10 if piece is None else len(piece)
    networks = [
        IPv4(src="10.0.0.2", dst="10.0.0.1") if frame.sport == 53 else IPv4(src="10.0.0.1", dst="10.0.0.2")
        for frame in frames
    ]
    packets = [Ethernet() / network / frame for network, frame in zip(networks, frames, strict=True)]
    write(path, [Packet(bytes(frame), time_ns=10**18 + n * 10**6) for n, frame in enumerate(packets)])
    return path


@pytest.mark.parametrize("two_pass", [False, True])
def test_segments_of_messages(tshark: Tshark, tmp_path: Path, two_pass: bool) -> None:
    path = capture(tmp_path / "questions.pcap")
    options = [*(["-2"] if two_pass else []), "-T", "fields", "-E", "occurrence=a"]
    answer = tshark.ask(path, *options, *(part for name in FIELDS for part in ("-e", name)))
    theirs = [line.split("\t") for line in answer.output.split("\n")[:-1]]
    packets = list(with_context(read(path), before=read(path) if two_pass else None))
    ours = [[",".join(texts(packet, name)) for name in FIELDS] for packet in packets]
    assert ours == theirs
    assert sum(bool(cell) for row in ours for cell in row) > 40
