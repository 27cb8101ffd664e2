"""A capture made without any of the programs under test: what the judges say of it is known."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

# An ARP request with 18 bytes of padding, and a datagram to port 5001 whose UDP checksum is wrong.
ARP_REQUEST = bytes.fromhex(
    "ffffffffffff 00055d6158a8 0806"
    "0001 0800 06 04 0001 00055d6158a8 c0a80037 000000000000 c0a80002"
    "007731d25010fd7841d30000000000000000"
)
DATAGRAM = bytes.fromhex(
    "00055da1b840 00055d6158a8 080045 00 001e 0001 0000 40 11 f944 c0a80037 c0a800029c40 1389 000a dead 6869"
)


def pcap(*frames: bytes) -> bytes:
    """A classic little-endian capture of Ethernet frames, one second apart."""
    records = [struct.pack("<IIII", second, 0, len(data), len(data)) + data for second, data in enumerate(frames)]
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(records)


@pytest.fixture
def two_frames(tmp_path: Path) -> Path:
    """The ARP request and the datagram."""
    path = tmp_path / "two.pcap"
    path.write_bytes(pcap(ARP_REQUEST, DATAGRAM))
    return path


@pytest.fixture
def cut_short(tmp_path: Path) -> Path:
    """The same capture without its last 5 bytes."""
    path = tmp_path / "cut.pcap"
    path.write_bytes(pcap(ARP_REQUEST, DATAGRAM)[:-5])
    return path
