"""Frames cut at every byte behind the network header, by the snap length and on the wire: tshark beside them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import dissect
from dissect import TCP, Ethernet, IPv4, Packet
from dissect.flows.reading import with_context
from dissect.wireshark.fields import compile_field
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

NAMES = [
    *("frame.protocols", "ip.src", "ip.dst", "ip.proto", "ip.len", "ip.bogus_ip_length", "data.data"),
    *("icmp.type", "icmp.code", "icmp.checksum", "icmp.checksum.status", "icmp.ident", "icmp.seq"),
    *("tcp.srcport", "tcp.stream", "tcp.seq_raw", "tcp.hdr_len", "tcp.len", "tcp.checksum.status", "tcp.payload"),
    *("tcp.checksum_bad.expert", "tcp.option_len", "tcp.options.mss_val", "tcp.options.timestamp.tsval"),
    *("udp.srcport", "udp.length", "udp.length.bad", "udp.stream", "udp.checksum.status", "udp.payload"),
    *("_ws.col.Protocol", "_ws.col.Info"),
]
LEAST = 34
"""The bytes of the headers of Ethernet and of IPv4 without options."""
GUESSED = ("frame.protocols", "data.data", "_ws.col.Info")
"""Cells that differ where tshark takes the data of a datagram for DNS before it has read what would tell."""
GUESSED_FROM = range(1, 4)
"""So many bytes of data are there then, of more on the wire: here they are data, for they tell nothing."""


def cut_everywhere(frames: list[bytes]) -> bytes:
    """A capture of each frame at every length, first by the snap length and then on the wire."""
    records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    number = 0
    for frame in frames:
        for length in range(LEAST, len(frame) + 1):
            for original in {len(frame), length}:
                records.append(struct.pack("<IIII", number, 0, length, original) + frame[:length])
                number += 1
    return b"".join(records)


@pytest.mark.parametrize("name", ["first_ping", "udp_echo", "tcp_echo", "port_unreachable"])
def test_every_cell_is_tsharks(tshark: Tshark, sample_captures: list[Path], tmp_path: Path, name: str) -> None:
    sample = next(each for each in sample_captures if each.name == f"{name}.pcap")
    frames = [packet.data for packet in dissect.read(sample) if packet.data[12:14] == b"\x08\0"]
    capture = tmp_path / "cut.pcap"
    capture.write_bytes(cut_everywhere(sorted(frames, key=len)[:2]))
    extract = [compile_field(each) for each in NAMES]
    rows = tshark.fields(capture, NAMES)
    differing = []
    for packet, row in zip(with_context(dissect.read(capture)), rows, strict=True):
        is_guessed = row[0].endswith(":udp:dns") and packet.captured_length - LEAST - 8 in GUESSED_FROM
        for field, take, cell in zip(NAMES, extract, row, strict=True):
            ours, theirs = ",".join(take(packet)), cell
            if ours != theirs and not (is_guessed and field in GUESSED):
                size = f"{packet.captured_length} of {packet.original_length} bytes"
                differing.append(f"{size}: {field} is {ours!r}, tshark's {theirs!r}")
    assert differing == []
    assert len(rows) >= 30


APPLICATIONS = [
    *("frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "ftp.request", "ftp.request.command", "ftp.response.arg"),
    *(
        "ssh.protocol",
        "ssh.packet_length",
        "ssh.padding_length",
        "ssh.message_code",
        "tls.record",
        "tls.handshake.type",
    ),
    *("tls.record.content_type", "tls.record.version", "tls.record.length", "tls.app_data", "sctp.chunk_type"),
    *("sctp.init_credit", "sctp.data_tsn_raw", "sctp.sack_cumulative_tsn_ack", "sctp.verification_tag"),
    *("ospf.msg", "ospf.msg.dbdesc", "ospf.db.interface_mtu", "ospf.dbd", "ospf.lsa", "ospf.ls.number_of_lsas"),
]


def at_work() -> list[bytes]:
    """Frames of protocols above the transport, and beside it, whose rest a capture may leave out."""
    outer = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    around = outer / IPv4(src="10.0.0.1", dst="10.0.0.2")
    sctp, ospf = (outer / IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=number) for number in (132, 89))
    record = bytes.fromhex("16030300300100002c0303") + bytes(range(42))
    segments = [
        (21, b"USER anonymous\r\n"),
        (22, b"SSH-2.0-x\r\n"),
        (443, record),
        (443, b"\x17\3\3\0\x10" + bytes(16)),
    ]
    init = bytes.fromhex("0100001400000001000080000001000100000001")
    chunks = (
        bytes.fromhex("03000010000000090000ffff00000000") + bytes.fromhex("00030014000000010000000000000000") + b"abcd"
    )
    description = bytes.fromhex("0202002001010101000000000000000000000000 00000000 05dc520700001234")
    return [
        *(bytes(around / TCP(sport=40000 + place, dport=port, seq=9, ack=1, flags="PA", payload=data))
          for place, (port, data) in enumerate(segments)),
        bytes(sctp / (bytes.fromhex("0b580b58000000000000000a") + init)),
        bytes(sctp / (bytes.fromhex("0b590b580000000b0000000a") + chunks)),
        bytes(ospf / description),
    ]  # fmt: skip


def test_what_the_capture_left_of_messages_is_tsharks(tshark: Tshark, tmp_path: Path) -> None:
    frames = at_work()
    packets = [
        Packet(frame[:length], time_ns=1, original_length=len(frame))
        for frame in frames
        for length in (len(frame) - 3, len(frame) - 9, len(frame))
    ]
    capture = tmp_path / "snapped.pcap"
    dissect.write(capture, packets)
    assert agree(tshark, capture, APPLICATIONS) == len(APPLICATIONS) * len(packets)
