"""Messages over TCP beside tshark: a protocol with the numbers and lengths of DNS, cut into segments in many ways."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from pathlib import Path
from shutil import copytree

import pytest

from dissect import TCP, Ethernet, IPv4, Packet, read, with_context, write
from dissect.declare import Header, LengthField, octets, u16
from tests.declared import Outsiders
from tests.oracle.tshark import Tshark

OUTSIDERS = Outsiders(TCP)

with OUTSIDERS:

    class Questions(
        Header,
        name="questions",
        title="Questions as DNS has them",
        source="RFC 1035, section 4.2.2",
        over={TCP: 53},
        framing=LengthField(2, added=2),
        leaf=True,
    ):
        """A length, a number, and all the rest."""

        length: int = u16("length", default=0, title="Length")
        ident: int = u16("id", default=0, title="Transaction ID")
        rest: bytes = octets("rest", length="rest", default=b"", title="Rest")


FIELDS = {
    "tcp.segments": "tcp.segments",
    "tcp.segment": "tcp.segment",
    "tcp.segment.count": "tcp.segment.count",
    "tcp.reassembled.length": "tcp.reassembled.length",
    "tcp.reassembled.data": "tcp.reassembled.data",
    "tcp.reassembled_in": "tcp.reassembled_in",
    "tcp.segment_data": "tcp.segment_data",
    "tcp.pdu.size": "tcp.pdu.size",
    "dns.length": "questions.length",
}
"""Fields that tshark has, and what they are called here."""


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with OUTSIDERS:
        yield


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


def with_dns(tshark: Tshark, profile: Path) -> Tshark:
    """The same judge, to whom DNS is a protocol as well."""
    copytree(tshark.environment["WIRESHARK_CONFIG_DIR"], profile)
    disabled = profile / "disabled_protos"
    disabled.write_text(disabled.read_text().replace("\ndns\n", "\n"))
    judge = copy(tshark)
    judge.environment = {**tshark.environment, "WIRESHARK_CONFIG_DIR": str(profile)}
    return judge


def cell(value: bytes | int) -> str:
    return value.hex() if isinstance(value, bytes) else str(int(value))


@pytest.mark.parametrize("two_pass", [False, True])
def test_segments_of_messages(tshark: Tshark, tmp_path: Path, two_pass: bool) -> None:
    path = capture(tmp_path / "questions.pcap")
    options = [*(["-2"] if two_pass else []), "-T", "fields", "-E", "occurrence=a"]
    answer = with_dns(tshark, tmp_path / "profile").ask(
        path, *options, *(part for name in FIELDS for part in ("-e", name))
    )
    theirs = [line.split("\t") for line in answer.output.split("\n")[:-1]]
    packets = list(with_context(read(path), before=read(path) if two_pass else None))
    ours = [[",".join(map(cell, packet.get(name))) for name in FIELDS.values()] for packet in packets]
    assert ours == theirs
    assert sum(bool(cell) for row in ours for cell in row) > 40
