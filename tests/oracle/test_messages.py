"""Messages over TCP beside tshark: those of DNS, cut into segments in many ways."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dissect import TCP, Ethernet, IPv4, Packet, read, with_context, write
from dissect.wireshark.fields import texts
from tests.commands.conftest import Outcome
from tests.commands.conftest import run as run
from tests.oracle.tshark import Tshark
from tests.talk import differences, talk

Run = Callable[..., Outcome]
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


LINES = bytes(97 + place % 26 for place in range(500))
"""A line of HTTP without an end: its parts wait for more."""
LATE = [
    [(0, 100), (100, 100), (50, 20), (200, 100)],
    [(0, 100), (100, 100), (150, 100), (200, 100), (300, 100)],
    [(0, 100), (100, 100), (199, 1), (200, 100)],
    [(0, 100), (200, 100), (100, 100), (50, 20), (300, 100)],
    [(0, 100), (100, 50), (150, 50), (120, 10), (200, 100), (130, 10)],
]
"""Where segments begin that come a millisecond after each other, and how many bytes they have."""
PARTS = (
    b"x",
    LINES[:100],
    b"abc\r\ndef",
    b"GET / HTTP/1.1\r\nHo",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde",
)
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
COLUMNS = ("_ws.col.Protocol", "_ws.col.Info", "_ws.expert.message", "frame.protocols")


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


def test_the_segments_of_a_message_stand_among_the_layers(tshark: Tshark, tmp_path: Path, run: Run) -> None:
    path = capture(tmp_path / "questions.pcap")
    found: list[list[Any]] = []
    for text in (run("read", path, "-T", "json").output, tshark.ask(path, "-T", "json").output):
        layers = [packet["_source"]["layers"] for packet in json.loads(text, object_pairs_hook=Members)]
        found.append([[(key, value if key == "tcp.segments" else "") for key, value in each] for each in layers])
    assert found[0] == found[1]
    assert sum(key == "tcp.segments" for layer in found[0] for key, _ in layer) > 3
    first = re.compile(r'  <proto name="fake-field-wrapper">\n    <field name="tcp.segments" showname="[^"]*"')
    xml = [
        first.findall(text) for text in (run("read", path, "-T", "pdml").output, tshark.ask(path, "-T", "pdml").output)
    ]
    assert xml[0] == xml[1]
    keys = [re.findall(r'"tcp_tcp_segment[^:]*:[^}]*?[]"]', text) for text in (
        run("read", path, "-T", "ek").output, tshark.ask(path, "-T", "ek").output
    )]  # fmt: skip
    assert keys[0] == keys[1] != []


class Members(list[tuple[str, Any]]):
    """The members of an object as they stand there: a key may come again."""

    def __getitem__(self, name: Any) -> Any:
        return next(value for key, value in self if key == name)


def connections(path: Path) -> Path:
    """Connections on HTTP's port: parts that come late, with a wrong checksum, with a FIN, or cut by the capture."""
    packets: list[Packet] = []

    index = first = 0

    def send(way: int, place: int, data: bytes = b"", flags: str = "PA", *, harm: str = "") -> None:
        host = f"10.0.{index}.1"
        src, dst = (host, "10.1.0.1") if way == 0 else ("10.1.0.1", host)
        sport, dport = (4000, 80) if way == 0 else (80, 4000)
        seq, ack = (999 + place, 500) if way == 0 else (499 + place, 1000)
        frame = IPv4(src=src, dst=dst) / TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags) / data
        whole = bytearray(bytes(Ethernet() / frame))
        if harm == "wrong":
            whole[50] ^= 0x55
        size = len(whole) - (3 if harm == "cut" else 0)
        time = 10**18 + index * 10**10 + (len(packets) - first) * (10**6 if len(packets) - first > 2 else 10**7)
        packets.append(Packet(bytes(whole[:size]), time_ns=time, original_length=len(whole)))

    trials: list[list[tuple[int, bytes, str, str]] | list[tuple[int, int]]] = [*LATE]
    for harm, flags in (("wrong", "PA"), ("cut", "PA"), ("", "FPA")):
        # What is left of one byte is none, and of the first line tshark knows more in its second pass.
        for data in [each for each in PARTS if harm != "cut" or each not in (PARTS[0], PARTS[3])]:
            way = int(data.startswith(b"HTTP"))
            trials += [[(way, data, harm, flags)], [(0, REQUEST, "", "PA"), (way, data, harm, flags)]]
    for trial in trials:
        index += 1
        first = len(packets)
        send(0, 0, flags="S")
        send(1, 0, flags="SA")
        send(0, 1, flags="A")
        places = [1, 1]
        for each in trial:
            if len(each) == 2:
                send(0, 1 + each[0], LINES[each[0] : sum(each)])
            else:
                send(each[0], places[each[0]], each[1], each[3], harm=each[2])
                places[each[0]] += len(each[1])
    write(path, packets)
    return path


@pytest.mark.parametrize("two_pass", [False, True])
def test_parts_of_messages(tshark: Tshark, tmp_path: Path, two_pass: bool) -> None:
    path = connections(tmp_path / "parts.pcap")
    names = (*FIELDS[:8], *COLUMNS)
    options = [*(["-2"] if two_pass else []), "-T", "fields", "-E", "occurrence=a"]
    answer = tshark.ask(path, *options, *(part for name in names for part in ("-e", name)))
    theirs = [line.split("\t") for line in answer.output.split("\n")[:-1]]
    packets = list(with_context(read(path), before=read(path) if two_pass else None))
    ours = [[",".join(texts(packet, name)) for name in names] for packet in packets]
    apart = [
        (number, name, cell, other)
        for number, rows in enumerate(zip(ours, theirs, strict=True), 1)
        for name, cell, other in zip(names, *rows, strict=True)
        if cell != other
    ]
    assert apart == []
    errors = sum("Reassembly error" in row[9] for row in ours)
    assert errors >= 3


def _probe(packet: Packet) -> Packet:
    """Return a keep-alive in the place of an acknowledgment: with a byte, and the number of the last one sent."""
    frame, sent = packet.frame, packet.frame[TCP]
    segment = TCP(sport=sent.sport, dport=sent.dport, seq=sent.seq - 1, ack=sent.ack, flags="A")
    probe = Ethernet() / IPv4(src=frame[IPv4].src, dst=frame[IPv4].dst) / segment / b"\0"
    return Packet(bytes(probe), time_ns=packet.time_ns, number=packet.number)


@pytest.mark.parametrize(
    ("port", "asks", "answers"),
    [
        (80, b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"),
        (443, b"\x17\x03\x03\0\x05abcde", b"\x17\x03\x03\0\x05abcde"),
        (25, b"HELO a\r\n", b"250 ok\r\n"),
    ],
)
def test_the_byte_of_a_keep_alive_begins_no_message(
    tshark: Tshark, tmp_path: Path, capsys: Any, port: int, asks: bytes, answers: bytes
) -> None:
    packets = talk(port, (0, asks), (1, answers), (0, b"", "A"), (0, b"", "A"), (1, b"", "A"), (0, asks), (1, answers))
    packets[6] = _probe(packets[6])
    fields = ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "tcp.segment_data", "tcp.segments", "data.data"]
    assert differences(tshark, tmp_path / "probe.pcap", packets, fields, capsys) == []
