"""`read` and `write`: formats by content, files as a whole."""

from __future__ import annotations

import bz2
import gzip
import io
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from dissect import Ethernet, IPv4
from dissect.captures import read, write
from dissect.errors import CaptureError
from dissect.packets.packet import Packet


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xd4\xc3", "holds 2 bytes"),
        (bytes.fromhex("d4c3b2a102000400"), "cut short in its file header: 24 bytes expected, 8 found"),
        (bytes.fromhex("a1b2c3d40002"), "cut short in its file header"),
        (gzip.compress(bytes(30), mtime=0), "zero bytes"),
        (bz2.compress(bytes(30)), "compressed by bzip2: uncompress it first with 'bunzip2'"),
        (b"0000  ff ff ff ff\n", "hex dump"),
        (b"\xd4\xc3\xb2\xa0" + bytes(20), "starts with d4 c3 b2 a0"),
    ],
)
def test_what_is_no_capture_is_named(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(content)
    for source in (path, io.BytesIO(content)):
        with pytest.raises(CaptureError, match=reason) as caught:
            read(source)
        assert caught.value.record == 0
        assert "\n" not in str(caught.value)
    with pytest.raises(CaptureError) as caught:
        read(path)
    assert caught.value.path == str(path)
    assert str(path) in str(caught.value)


def test_the_version_1_file_of_libpcaps_tests_is_refused() -> None:
    content = bytes.fromhex("d4c3b2a1010004000000000000000000ffff000001000000")
    with pytest.raises(CaptureError, match=r"version 1\.4"):
        read(io.BytesIO(content))


def test_a_capture_is_copied_onto_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    write(path, [Packet(bytes([number]), time_ns=number) for number in range(200)], byte_order="big")
    before = path.read_bytes()
    assert write(path, read(path)) == 200
    assert path.read_bytes() == before


def test_damage_in_the_source_leaves_the_old_target(tmp_path: Path) -> None:
    source, target = tmp_path / "source.pcap", tmp_path / "target.pcap"
    write(source, [b"one", b"two"])
    source.write_bytes(source.read_bytes()[:-1])
    target.write_bytes(b"old")
    with pytest.raises(CaptureError, match="record 2"):
        write(target, read(source))
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source.pcap", "target.pcap"]


@pytest.mark.parametrize("single", [b"abc", Packet(b"abc"), bytearray(b"abc"), Ethernet() / IPv4()])
def test_a_single_packet_is_not_taken_for_many(single: object, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="put it in a list"):
        write(tmp_path / "a.pcap", single)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_not_taken_for_its_packets(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"packets are those of read\('in\.pcap'\), not its name"):
        write(tmp_path / "a.pcap", "in.pcap")  # type: ignore[arg-type]
    for given in (5, None):
        with pytest.raises(TypeError, match="packets is a list or other iterable of packets, not"):
            write(tmp_path / "a.pcap", given)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_closed_pipe_is_told_as_such() -> None:
    program = "import itertools, dissect.captures as c; c.write('-', itertools.repeat(bytes(1000)))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert b"BrokenPipeError" in process.stderr.read()


@pytest.mark.parametrize("name", ["a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.zst", "a.txt", "a.lz4"])
@pytest.mark.parametrize("format", ["pcap", "pcapng"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_name_that_lies_changes_nothing(
    name: str, format: Literal["pcap", "pcapng"], packed: bool, tmp_path: Path
) -> None:
    content = io.BytesIO()
    write(content, [Packet(b"abc", time_ns=1000)], format=format)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content.getvalue()) if packed else content.getvalue())
    with read(path) as reader:
        assert (reader.format, reader.compression) == (format, "gzip" if packed else None)
        assert [(packet.data, packet.time_ns) for packet in reader] == [(b"abc", 1000)]
