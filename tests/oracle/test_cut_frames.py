"""Frames cut at every byte behind the network header, by the snap length and on the wire: tshark beside them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import dissect
from dissect.flows.reading import with_context
from dissect.wireshark.fields import compile_field
from tests.oracle.tshark import Tshark

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
