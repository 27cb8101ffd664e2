"""Check sequences are taken off where a file says that they are there, and files without them say so."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from dissect import UDP, Ethernet, IPv4
from dissect.captures import open_writer, read
from dissect.captures.check_sequences import strip_check_sequence
from dissect.captures.pcap import PcapHeader
from dissect.packets.packet import Packet
from tests.captures.blocks import enhanced, interface, option, section

FRAME = bytes(Ethernet(src="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5) / bytes(30))
WITH = FRAME + zlib.crc32(FRAME).to_bytes(4, "little")
_STATED = 1 | 0x2400_0000


def without(source: Path, target: Path) -> None:
    with read(source) as reader, open_writer(target, source=reader, check_sequences=False) as writer:
        for packet in reader:
            strip_check_sequence(reader, packet)
            writer.write(packet)


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
@pytest.mark.parametrize("kept", [len(WITH), len(WITH) - 1, len(FRAME), len(FRAME) - 3])
def test_frames_of_a_pcap(tmp_path: Path, suffix: str, kept: int) -> None:
    source, target = tmp_path / "in.pcap", tmp_path / f"out{suffix}"
    with open_writer(source, header=PcapHeader(link_field=_STATED)) as writer:
        writer.write(Packet(WITH[:kept], time_ns=1000, original_length=len(WITH)))
    without(source, target)
    [packet] = read(target)
    assert packet.data == FRAME[:kept]
    assert packet.original_length == len(FRAME)
    assert packet.get("eth.fcs") == []


def test_frames_of_a_pcapng(tmp_path: Path) -> None:
    source, target = tmp_path / "in.pcapng", tmp_path / "out.pcapng"
    stated = interface(options=option("little", 13, b"\x04"))
    flagged = enhanced(data=WITH, number=1, options=option("little", 2, (0x81).to_bytes(4, "little")))
    source.write_bytes(section() + stated + interface() + enhanced(data=WITH) + flagged + enhanced(data=WITH, number=1))
    assert [packet.get("eth.fcs") != [] for packet in read(source)] == [True, True, False]
    without(source, target)
    found = list(read(target))
    assert [packet.data for packet in found] == [FRAME, FRAME, WITH]
    assert [packet.get("eth.fcs") for packet in found] == [[], [], []]
    assert found[1].option("flags") == 1


def test_a_file_that_says_nothing_keeps_its_bytes(tmp_path: Path) -> None:
    source, target = tmp_path / "in.pcap", tmp_path / "out.pcap"
    with open_writer(source) as writer:
        writer.write(Packet(WITH, time_ns=1))
    without(source, target)
    assert target.read_bytes() == source.read_bytes()
