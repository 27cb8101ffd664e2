"""The files of hadrielk's pcapng-test-generator, both byte orders: every block, packet, time, interface and option.

They are found in the corpus. What they hold is stated here and in the text beside each, and options
are taken out by a walk over the blocks that shares nothing with the package.
"""

from __future__ import annotations

import gzip
import lzma
import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dissect.captures import read, write
from dissect.captures.compression import COMPRESSIONS
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import Interface, PcapngPacket
from dissect.captures.source import Source
from tests.conftest import corpus
from tests.oracle.tshark import Tshark

DIRECTORY = "hadrielk+pcapng-test-generator"
ABSENT = f"The corpus with {DIRECTORY} is not here: DISSECT_CORPUS may name it."
CONFORMANCE: dict[str, list[tuple[int | None, int, int, int, str]]] = {
    # By file: (time in nanoseconds, captured, original length, link type, interface's name) of each packet.
    "basic-test001": [
        (0, 314, 314, 1, "silly ethernet interface"),
        (0, 342, 342, 1, "silly ethernet interface"),
        (0, 314, 314, 1, "silly ethernet interface"),
        (0, 342, 342, 1, "silly ethernet interface"),
    ],
    "basic-test005": [
        (1340954905298858000, 96, 314, 1, "eth0"),
        (1340954905299858000, 128, 342, 1, "en1"),
        (1340954905300858000, 96, 314, 1, "eth0"),
        (1340954905301858000, 128, 342, 1, "en1"),
    ],
    "basic-test006": [
        (1340954905298858000, 96, 314, 1, "eth0"),
        (1340954905299858000, 168, 168, 0, "en1"),
        (1340954905300858000, 96, 342, 1, "eth0"),
        (1340954905301858000, 96, 314, 1, "eth0"),
        (1340954905302858000, 96, 342, 1, "eth0"),
    ],
    "basic-test010": [(None, size, size, 1, "eth0") for size in (314, 342, 314, 342)],
    "basic-test016": [
        (None, 314, 314, 1, "eth0"),
        (1340954905298858000, 342, 342, 1, "eth0"),
        (None, 314, 314, 1, "eth0"),
        (1340954905300858000, 342, 342, 1, "eth0"),
    ],
    "basic-test008": [
        (1340954905298858, 96, 314, 1, "eth-_0 foo"),
        (1340954905299858, 128, 342, 1, "en1"),
        (1340954905300858, 96, 314, 1, "eth-_0 foo"),
        (1340954905301858, 128, 342, 1, "en1"),
    ],
    "basic-test018": [
        (None, 314, 314, 1, "eth0"),
        (1340954905298858000, 342, 342, 1, "eth0"),
        (None, 314, 314, 1, "eth0"),
        (1340954905300858000, 342, 342, 1, "eth0"),
    ],
    "difficult-test201": [
        (1340954905298858000, 96, 314, 1, "eth0"),
        (1340954905298858000, 128, 342, 1, "silly ethernet interface 2"),
        (None, 128, 314, 1, "silly ethernet interface 2"),
        (1340954905301858000, 168, 168, 0, "null1"),
    ],
    "advanced-test102": [
        (1340954905298858000, 96, 314, 1, "eth0"),
        (1340954905298858000, 342, 342, 1, "silly!\r\nethernet interface 2"),
        (None, 96, 314, 1, "eth0"),
        (1340954905300858000, 96, 342, 1, "eth0"),
        (1340954905301858000, 168, 168, 0, "null1"),
    ],
}
_BLOCKS = {
    "SHB": "section header",
    "IDB": "interface description",
    "SPB": "simple packet",
    "NRB": "name resolution",
    "ISB": "interface statistics",
    "EPB": "enhanced packet",
    "CB": "custom block",
    "DCB": "custom block that may not be copied",
}


NUMBERS = {(1, 8): 8, (1, 9): 1, (1, 13): 1, (1, 14): 8, (6, 2): 4, (6, 4): 8} | {(5, code): 8 for code in range(4, 9)}
"""Bytes of the options that are numbers in the byte order of the section, by block type and code."""


def conformance_files() -> list[Any]:
    directory = corpus()
    found = sorted((directory / DIRECTORY).glob("*.pcapng")) if directory else []
    return [pytest.param(path, id=path.stem) for path in found] or [
        pytest.param(None, id="none", marks=pytest.mark.skip(reason=ABSENT))
    ]


each_file = pytest.mark.parametrize("path", conformance_files())


def packets_of(source: Source) -> Iterator[PcapngPacket]:
    for packet in read(source):
        assert isinstance(packet, PcapngPacket)
        yield packet


def seen(source: Source) -> list[tuple[object, ...]]:
    """All that there is to know of each packet."""
    return [
        (
            packet.number, packet.time_ns, packet.ticks, packet.data, packet.original_length, packet.link,
            packet.interface, packet.options, packet.capture_interface.options, packet.capture_interface.snap_length,
        )
        for packet in packets_of(source)
    ]  # fmt: skip


@each_file
def test_blocks_and_packets_are_those_that_the_generator_states(path: Path) -> None:
    description = path.with_suffix(".txt").read_text()
    sequence = next(line for line in description.splitlines() if line.startswith("Block sequence:"))
    names = [_BLOCKS[name] for name in sequence.partition(":")[2].replace(",", " ").split()]
    reader = read(path)
    assert isinstance(reader, PcapngReader)
    assert reader.byte_order == ("little" if path.name.startswith("le") else "big")
    found: list[str] = []
    reader.follow(lambda each, described: found.append(each.name))
    facts = []
    for packet in reader:
        assert isinstance(packet, PcapngPacket)
        found.append("simple packet" if packet.time_ns is None else "enhanced packet")
        lengths = (packet.captured_length, packet.original_length)
        facts.append((packet.time_ns, *lengths, packet.link, packet.interface_name))
    assert found == names
    assert facts == CONFORMANCE[path.stem[3:]]


def walk(content: bytes) -> Iterator[tuple[int, list[tuple[int, bytes]], bytes]]:
    """Yield the type of every block that has options, these in network byte order, and a packet's data."""
    mark, position = "<", 0
    while position < len(content):
        if content[position : position + 4] == b"\n\r\r\n":
            mark = "<" if content[position + 8] == 0x4D else ">"
        kind, size = struct.unpack_from(mark + "II", content, position)
        body = content[position + 8 : position + size - 4]
        position += size
        start, data = {0x0A0D0D0A: 16, 1: 8, 5: 12, 6: 20}.get(kind), b""
        if kind == 6:
            captured = struct.unpack_from(mark + "I", body, 12)[0]
            data, start = body[20 : 20 + captured], 20 + captured + -captured % 4
        options = []
        while start is not None and start < len(body):
            code, length = struct.unpack_from(mark + "HH", body, start)
            if code == 0:
                break
            value = body[start + 4 : start + 4 + length]
            if mark == "<":
                if (kind, code) in NUMBERS:
                    value = value[::-1]
                elif kind == 5 and code in (2, 3):
                    value = value[3::-1] + value[:3:-1]
            options.append((code, value))
            start += 4 + length + -length % 4
        if kind in (0x0A0D0D0A, 1, 5, 6):
            yield kind, options, data


@each_file
def test_every_option_is_there(path: Path) -> None:
    expected = list(walk(path.read_bytes()))
    found: list[tuple[int, list[tuple[int, bytes]], bytes]] = []
    reader = read(path)
    assert isinstance(reader, PcapngReader)

    def follow(block: Any, described: Interface | None) -> None:
        if block.kind in (0x0A0D0D0A, 1, 5):
            options = reader.header.options if block.kind == 0x0A0D0D0A else block.options
            if described is not None:
                options = described.options
            found.append((block.kind, [(option.code, option.data) for option in options], b""))

    reader.follow(follow)
    for packet in reader:
        assert isinstance(packet, PcapngPacket)
        if packet.time_ns is not None:
            found.append((6, [(option.code, option.data) for option in packet.options], packet.data))
    assert found == expected


@each_file
def test_tshark_says_the_same(path: Path, tshark: Tshark) -> None:
    names = ["frame.cap_len", "frame.len", "frame.interface_name", "frame.interface_description", "frame.comment"]
    rows = tshark.fields(path, [*names, "frame.time_epoch", "frame.encap_type"])
    ours = []
    for packet in packets_of(path):
        where = packet.capture_interface
        time_ns = packet.time_ns
        ours.append(
            [
                str(packet.captured_length),
                str(packet.original_length),
                (where.name or "").replace("\r", "\\r").replace("\n", "\\n"),
                where.description or "",
                ",".join(packet.comments),
                "" if time_ns is None else f"{time_ns // 10**9}.{time_ns % 10**9:09d}",
                {1: "1", 0: "15"}[packet.link],
            ]
        )
    if path.read_bytes().count(b"\n\r\r\n") > 1:
        # tshark 4.0 looks for the name among the interfaces of the first section.
        ours, rows = [[*row[:2], *row[4:]] for row in ours], [[*row[:2], *row[4:]] for row in rows]
    # It has a row for each custom block, whose length is that of no frame.
    lengths = [row[:2] for row in ours]
    assert [row for row in rows if row[:2] in lengths] == ours


@each_file
def test_rewriting_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.pcapng"
    write(again, read(path))
    assert again.read_bytes() == path.read_bytes()


def _piped(content: bytes, size: int) -> list[tuple[object, ...]]:
    """What is seen when the content comes through a pipe, so many bytes at once."""
    reading, writing = os.pipe()

    def fill() -> None:
        with os.fdopen(writing, "wb", buffering=0) as file:
            for start in range(0, len(content), size):
                file.write(content[start : start + size])

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as file:
            return seen(file)
    finally:
        thread.join()


def _compressed(name: str, content: bytes) -> bytes:
    if name == "gzip":
        return gzip.compress(content)
    if name == "xz":
        return lzma.compress(content)
    (compression,) = (each for each in COMPRESSIONS if each.name == name)
    pytest.importorskip(
        "lz4" if name == "lz4" else "zstandard", reason=f"{name} is not installed here: 'make test' installs it."
    )
    made = compression.compressor()
    return made.compress(content) + made.flush()


@each_file
@pytest.mark.parametrize("name", ["plain", "gzip", "xz", "zstd", "lz4"])
def test_compressed_and_through_a_pipe_they_read_the_same(path: Path, name: str, tmp_path: Path) -> None:
    plain = path.read_bytes()
    content = plain if name == "plain" else _compressed(name, plain)
    expected = seen(path)
    file = tmp_path / "capture_of_no_known_ending"
    file.write_bytes(content)
    assert seen(file) == expected
    assert _piped(content, 7) == expected
    assert _piped(content, 1 << 16) == expected
