"""Compressed captures: every format, in members and pieces, cut and damaged, written and judged by their own tools."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import shutil
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect.captures import read, write
from dissect.captures.compression import COMPRESSIONS, UncompressedSource, compression_of
from dissect.captures.source import ByteSource, DamagedSourceError
from dissect.errors import CaptureError, MissingExtraError
from dissect.packets.packet import Packet
from tests.captures.blocks import enhanced, interface, section
from tests.captures.test_pcap import Trickle


def _compressor(name: str) -> Callable[[bytes], bytes]:
    """What this package compresses with, whole."""
    (compression,) = (each for each in COMPRESSIONS if each.name == name)

    def compress(data: bytes) -> bytes:
        made = compression.compressor()
        return made.compress(data) + made.flush()

    return compress


NAMES = ["gzip", "xz", "zstd", "lz4"]
PACKAGES = {"zstd": "zstandard", "lz4": "lz4"}
SUFFIXES = {"gzip": ".gz", "xz": ".xz", "zstd": ".zst", "lz4": ".lz4"}
TOOLS = {"gzip": "gzip", "xz": "xz", "zstd": "zstd", "lz4": "lz4"}


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    needed = PACKAGES.get(request.param)
    if needed is not None and not (needed == "zstandard" and sys.version_info >= (3, 14)):
        pytest.importorskip(needed, reason=f"{needed} is not installed: 'make test' installs it.")
    return str(request.param)


def capture(count: int = 300) -> bytes:
    target = io.BytesIO()
    chance = Random(0)
    packets = [Packet(chance.randbytes(30) + bytes(30), time_ns=number * 1000, link=1) for number in range(count)]
    write(target, packets)
    return target.getvalue()


CAPTURE = capture()
PCAPNG = section() + interface() + b"".join(enhanced(data=bytes([number]) * 61) for number in range(200))


def packets_and_error(content: bytes) -> tuple[list[bytes], CaptureError | None]:
    packets: list[bytes] = []
    try:
        for packet in read(io.BytesIO(content)):
            packets.append(packet.data)
    except CaptureError as error:
        return packets, error
    return packets, None


@pytest.mark.parametrize("content", [CAPTURE, PCAPNG], ids=["pcap", "pcapng"])
def test_a_compressed_file_reads_as_the_same(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "no_ending"
    path.write_bytes(_compressor(name)(content))
    reader = read(path)
    assert reader.compression == name
    target = io.BytesIO()
    write(target, reader)
    assert target.getvalue() == content
    assert read(io.BytesIO(content)).compression is None


def test_a_compressed_file_in_pieces_and_through_a_pipe(name: str) -> None:
    content = _compressor(name)(CAPTURE)
    pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
    assert len(list(read(Trickle(pieces)))) == 300
    reading, writing = os.pipe()

    def fill() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(content)

    thread = threading.Thread(target=fill)
    thread.start()
    with os.fdopen(reading, "rb") as file:
        assert len(list(read(file))) == 300
    thread.join()


def test_members_one_after_the_other(name: str) -> None:
    compress = _compressor(name)
    content = b"".join(compress(CAPTURE[start : start + 500]) for start in range(0, len(CAPTURE), 500))
    packets, error = packets_and_error(content)
    assert (len(packets), error) == (300, None)


def test_padding_behind_gzip_and_xz() -> None:
    for padded in (gzip.compress(CAPTURE, mtime=0) + bytes(700), lzma.compress(CAPTURE) + bytes(8)):
        packets, error = packets_and_error(padded)
        assert (len(packets), error) == (300, None)


def test_a_file_cut_anywhere_gives_what_can_be_uncompressed_and_then_an_error(name: str) -> None:
    content, whole = _compressor(name)(CAPTURE), packets_and_error(CAPTURE)[0]
    counts = []
    cuts = {*range(8, 200), *range(200, len(content), 97), *range(len(content) - 12, len(content))}
    for cut in sorted(cuts):
        try:
            packets, error = packets_and_error(content[:cut])
        except CaptureError as at_once:
            packets, error = [], at_once
        assert packets == whole[: len(packets)]
        assert error is not None
        assert "cut short" in str(error)
        assert "\n" not in str(error)
        if packets:
            assert error.record == len(packets) + 1
            assert str(error).endswith(f"the {len(packets)} before it are whole")
        counts.append(len(packets))
    assert counts == sorted(counts)
    assert counts[-1] == 300, "only the checksum behind the data is missing"


@pytest.mark.parametrize("which", NAMES)
@settings(max_examples=60)
@given(data=st.data())
def test_damage_raises_nothing_but_capture_errors(which: str, data: st.DataObject) -> None:
    needed = PACKAGES.get(which)
    if needed is not None and not (needed == "zstandard" and sys.version_info >= (3, 14)):
        pytest.importorskip(needed, reason=f"{needed} is not installed: 'make test' installs it.")
    content = bytearray(_compressor(which)(CAPTURE))
    place = data.draw(st.integers(8, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    packets, error = packets_and_error(bytes(content))
    if error is not None:
        assert "\n" not in str(error)
        assert len(packets) <= 300


def test_what_stands_before_damage_is_delivered() -> None:
    # Two members, the second damaged at its beginning: all of the first is there.
    half = 24 + 150 * 76
    content = bytearray(gzip.compress(CAPTURE[:half], mtime=0))
    first = len(content)
    content += gzip.compress(CAPTURE[half:], mtime=0)
    content[first + 10] = 0xFF
    packets, error = packets_and_error(bytes(content))
    assert len(packets) == 150
    assert error is not None
    assert (error.record, error.offset) == (151, half)
    assert "its gzip data are damaged (invalid block type)" in str(error)


def test_damage_of_gzip_takes_nothing_of_what_stands_before() -> None:
    stored = gzip.compress(CAPTURE, compresslevel=0, mtime=0)
    # A wrong checksum at the very end: every byte of the capture is whole.
    packets, error = packets_and_error(stored[:-8] + bytes([stored[-8] ^ 1]) + stored[-7:])
    assert len(packets) == 300
    assert error is not None
    assert "incorrect data check" in str(error)


def test_something_else_behind_the_end() -> None:
    packets, error = packets_and_error(gzip.compress(CAPTURE, mtime=0) + b"garbage")
    assert len(packets) == 300
    assert error is not None
    assert error.record == 301


def test_a_damaged_header_of_the_capture_is_an_error_of_the_capture() -> None:
    with pytest.raises(CaptureError, match="its gzip data are cut short"):
        read(io.BytesIO(gzip.compress(CAPTURE[:10], mtime=0)[:-9]))
    with pytest.raises(CaptureError, match="no capture but text"):
        read(io.BytesIO(gzip.compress(b"hello, world", mtime=0)))
    with pytest.raises(CaptureError, match="is empty"):
        read(io.BytesIO(gzip.compress(b"", mtime=0)))


@pytest.mark.parametrize("format", ["pcap", "pcapng"])
def test_a_name_says_how_to_compress(name: str, format: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format}{SUFFIXES[name]}"
    source = [Packet(b"abc", time_ns=1000), Packet(b"defg", time_ns=2000)]
    write(path, source)
    reader = read(path)
    assert (reader.format, reader.compression) == (format, name)
    assert [(packet.data, packet.time_ns) for packet in reader] == [(b"abc", 1000), (b"defg", 2000)]
    before = path.read_bytes()
    write(path, source)
    assert path.read_bytes() == before, "there is no time of the day in it"
    tool = shutil.which(TOOLS[name])
    if tool is None:
        pytest.skip(f"{TOOLS[name]} is not installed, and cannot judge.")
    judged = subprocess.run([tool, "-dc"], input=before, capture_output=True, check=True).stdout
    plain = tmp_path / f"b.{format}"
    write(plain, source)
    assert judged == plain.read_bytes()


def test_what_the_tools_write_is_read(name: str) -> None:
    tool = shutil.which(TOOLS[name])
    if tool is None:
        pytest.skip(f"{TOOLS[name]} is not installed, and cannot judge.")
    made = subprocess.run([tool, "-c"], input=CAPTURE, capture_output=True, check=True).stdout
    packets, error = packets_and_error(made)
    assert (len(packets), error) == (300, None)


def test_an_unfinished_file_leaves_the_old_one(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.pcap{SUFFIXES[name]}"
    path.write_bytes(b"old")

    def endless() -> Iterator[bytes]:
        yield b"abc"
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write(path, endless())
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("package", "content"), [("zstandard", b"\x28\xb5\x2f\xfd"), ("lz4", b"\x04\x22\x4d\x18")])
def test_a_missing_package_is_named(
    package: str, content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if package == "zstandard" and sys.version_info >= (3, 14):
        pytest.skip("Python 3.14 and newer have zstd themselves.")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install dissect-workbench\[compression\]"):
        read(io.BytesIO(content + bytes(30)))
    path = tmp_path / ("a.pcap.zst" if package == "zstandard" else "a.pcap.lz4")
    with pytest.raises(MissingExtraError, match=f"needs the package {package}"):
        write(path, [b"abc"])
    assert not list(tmp_path.iterdir())


def test_what_is_no_compression() -> None:
    assert compression_of(b"") is None
    assert compression_of(b"\x1f") is None
    assert compression_of(b"\x50\x2a\x4d\x18") is not None, "a skippable frame"
    assert compression_of(CAPTURE[:6]) is None


@given(st.binary(max_size=100), st.sampled_from(COMPRESSIONS[:2]))
def test_any_bytes_behind_the_magic_end_in_an_error(content: bytes, compression: object) -> None:
    (chosen,) = (each for each in COMPRESSIONS if each is compression)
    source = UncompressedSource(ByteSource(io.BytesIO(chosen.magic + content)), chosen)
    try:
        while source.read():
            pass
    except DamagedSourceError as error:
        assert chosen.name in str(error)  # noqa: PT017 - either way will do


def test_a_bomb_takes_no_memory(name: str) -> None:
    count, size = 1000, 60_000
    record = (1).to_bytes(4, "little") * 2 + size.to_bytes(4, "little") * 2 + bytes(size)
    plain = CAPTURE[:24] + record * count
    content = _compressor(name)(plain)
    assert len(content) < len(plain) / 100
    del plain
    tracemalloc.start()
    try:
        found = sum(1 for _ in read(io.BytesIO(content)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == count
    # The blocks of lz4 have 4 MiB each, and 64 KiB of the file may be that many megabytes of zeros.
    assert peak < (3_000_000 if name == "gzip" else 12_000_000)
