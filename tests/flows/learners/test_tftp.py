"""Which file a block belongs to, and how it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dissect
from dissect import (
    TFTP,
    UDP,
    Ethernet,
    Header,
    IPv4,
    Packet,
    TFTPAcknowledgment,
    TFTPData,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)
from dissect.flows.learners.tftp import Transfer
from dissect.flows.reading import ReadingPass, with_context
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

CLIENT, SERVER, OTHER = "10.0.0.1", "10.0.0.2", "10.0.0.3"
NAMES = [
    *("udp.stream", "frame.protocols", "tftp.source_file", "tftp.destination_file", "tftp.request_frame"),
    *("tftp.block", "tftp.block.full", "tftp.opcode", "_ws.col.Protocol", "_ws.col.Info"),
]


def sent(src: str, sport: int, dst: str, dport: int, message: Header) -> bytes:
    """Return a frame with a packet of TFTP."""
    return bytes(Ethernet() / IPv4(src=src, dst=dst) / UDP(sport=sport, dport=dport) / message)


def block(number: int, size: int = 512) -> Header:
    return TFTPData(block=number) / bytes(size)


def transfers() -> Iterator[bytes]:
    """Yield frames of transfers: answers from several ports, requests again, numbers that begin again, sizes."""
    client, server = (CLIENT, 1000), (SERVER, 2000)
    yield sent(*client, SERVER, 69, TFTPReadRequest("one"))
    yield sent(*server, *client, block(1))
    yield sent(*client, *server, TFTPAcknowledgment(block=1))
    yield sent(SERVER, 2001, *client, block(2, 3))
    yield sent(OTHER, 2000, *client, block(1))
    yield sent(*client, SERVER, 69, TFTPReadRequest("two", options=[TFTPOption("blksize", "1024")]))
    yield sent(*client, SERVER, 69, TFTPReadRequest("two", options=[TFTPOption("blksize", "1024")]))
    yield sent(*server, *client, TFTPOptionAcknowledgment(options=[TFTPOption("BlkSize", "1024")]))
    yield sent(*server, *client, block(1, 512))
    yield sent(*client, SERVER, 69, TFTPWriteRequest("three"))
    yield sent(SERVER, 69, *client, TFTPAcknowledgment(block=0))
    for number in (60000, 10, 60001, 20, 30000, 60000, 20, 0, 1):
        yield sent(*client, *server, block(number))
        yield sent(*server, *client, TFTPAcknowledgment(block=number))
    yield sent(CLIENT, 1300, SERVER, 69, TFTPAcknowledgment(block=5))
    yield sent(SERVER, 69, CLIENT, 1300, block(5))
    yield sent(SERVER, 2300, CLIENT, 1300, block(6))
    yield sent(CLIENT, 500, SERVER, 600, TFTPAcknowledgment(block=9))
    yield sent(CLIENT, 500, SERVER, 69, TFTPReadRequest("four"))
    yield sent(SERVER, 600, CLIENT, 500, block(1))
    yield sent(SERVER, 601, CLIENT, 500, block(1))


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "tftp.pcap"
    dissect.write(capture, list(map(Packet, transfers())))
    assert agree(tshark, capture, NAMES) > 300


def test_what_is_printed_without_a_look_at_each_packet_is_the_same(tmp_path: Path) -> None:
    capture = tmp_path / "tftp.pcap"
    dissect.write(capture, list(map(Packet, transfers())))
    looked_at = [packet.get("tftp.block.full") for packet in with_context(dissect.read(capture))]
    reading, found = ReadingPass(), []
    for packet in dissect.read(capture):
        # Every third one is passed over.
        if packet.number % 3:
            reading.observe(packet)
            found.append((packet.number, packet.get("tftp.block.full")))
        else:
            reading.pass_over(packet)
    assert found == [(number, value) for number, value in enumerate(looked_at, 1) if number % 3]


def test_a_second_reading_says_the_same() -> None:
    packets = [Packet(data, number=number) for number, data in enumerate(transfers(), 1)]
    once = [packet.get("udp.stream") + packet.get("tftp.request_frame") for packet in with_context(packets)]
    packets = [Packet(data, number=number) for number, data in enumerate(transfers(), 1)]
    before = [Packet(data, number=number) for number, data in enumerate(transfers(), 1)]
    twice = [
        packet.get("udp.stream") + packet.get("tftp.request_frame") for packet in with_context(packets, before=before)
    ]
    assert once == twice


def test_a_filter_finds_what_goes_between_other_ports(tmp_path: Path) -> None:
    capture = tmp_path / "tftp.pcap"
    dissect.write(capture, list(map(Packet, transfers())))
    found = [packet.number for packet in dissect.read(capture, "tftp.opcode == 3")]
    assert found[:3] == [2, 4, 9]
    assert TFTP not in dissect.parse(list(transfers())[1])


def test_numbers_are_counted_on() -> None:
    transfer = Transfer()
    counted = []
    for number in (32767, 32768, 0, 32769, 65535, 1):
        counted.append(transfer.counted_on(number))
        transfer.next_block = max(transfer.next_block, counted[-1] + 1)
    assert counted == [32767, 32768, 65536, 98305, 131071, 131073]
