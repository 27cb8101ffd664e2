"""Writers as context managers: the file is whole, or the old one is still there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect.captures import PcapWriter, read, write
from dissect.captures.writer import captured_bytes
from dissect.packets.packet import Packet


def test_the_block_finishes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    with PcapWriter(path) as writer:
        assert writer.path == str(path)
        writer.write(b"one")
        writer.flush()
        assert not path.exists()
        assert writer.count == 1
    assert [packet.data for packet in read(path)] == [b"one"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_an_exception_leaves_the_old_file_and_no_other(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"old")

    def interrupted() -> Iterator[bytes]:
        yield b"one"
        raise error

    with pytest.raises(error):
        write(path, interrupted())
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.pcap"]


def test_without_a_packet_there_is_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    with PcapWriter(path, link="linux_sll"):
        pass
    reader = read(path)
    assert reader.link == 113
    assert list(reader) == []


@pytest.mark.parametrize("packet", [5, "text", [1, 2], None])
def test_what_bytes_would_misread_is_refused(packet: object) -> None:
    with pytest.raises(TypeError, match="packets, headers and bytes"):
        captured_bytes(packet)  # type: ignore[arg-type]


def test_a_refused_packet_does_not_begin_the_file(tmp_path: Path) -> None:
    from dissect.errors import CaptureError

    with PcapWriter(tmp_path / "a.pcap") as writer:
        with pytest.raises(CaptureError):
            writer.write(Packet(b"", link=101, time_ns=-1))
        writer.write(Packet(b"", link=113))
    assert read(tmp_path / "a.pcap").link == 113
