"""pcapng files: every block in either byte order, cut and damaged, judged by tshark."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect.captures import CaptureReader, read, write
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import Block, Interface, PcapngPacket
from dissect.captures.records import RecordLoop, Records
from dissect.declaration.generated import written
from dissect.errors import CaptureError
from tests.captures.blocks import (
    Expected,
    File,
    Order,
    block,
    enhanced,
    files,
    interface,
    obsolete,
    option,
    section,
    simple,
)
from tests.captures.test_pcap import Trickle


def seen(packet: PcapngPacket) -> Expected:
    assert packet.interface is not None
    return Expected(
        packet.number,
        packet.time_ns,
        packet.data,
        packet.original_length,
        packet.link,
        packet.interface,
        packet.comments,
    )


def open_pcapng(content: bytes) -> PcapngReader:
    reader = read(io.BytesIO(content))
    assert isinstance(reader, PcapngReader)
    return reader


def packets_of(reader: CaptureReader) -> Iterator[PcapngPacket]:
    for packet in reader:
        assert isinstance(packet, PcapngPacket)
        yield packet


def packets_and_error(content: bytes) -> tuple[list[PcapngPacket], CaptureError | None]:
    packets: list[PcapngPacket] = []
    try:
        for packet in read(io.BytesIO(content)):
            assert isinstance(packet, PcapngPacket)
            packets.append(packet)
    except CaptureError as error:
        return packets, error
    return packets, None


class Taking:
    """Takes frames of an even length, one by one or in a loop, and leaves the others to become packets."""

    def __init__(self) -> None:
        self.taken: dict[int, tuple[int | None, bytes, int]] = {}
        self.rounds = 0

    def __call__(self, data: bytes, start: int, stop: int, number: int, time_ns: int, original: int) -> bool:
        if (stop - start) % 2:
            return False
        assert number not in self.taken
        self.taken[number] = time_ns, data[start:stop], original
        return True

    def loop(self, records: Records) -> RecordLoop:
        lines = [
            "def loop(data, position, limit, number):",
            " told()",
            *(f" {line}" for line in records.begin),
            " while True:",
            *(f"  {line}" for line in records.lines),
            "  if not take(data, base, stop, number + 1, time_ns, original): break",
            "  position, number = after, number + 1",
            " return position, number",
        ]
        found: RecordLoop = written(lines, {**records.names, "take": self, "told": self.told}, "loop", "a test")
        return found

    def told(self) -> None:
        self.rounds += 1


def taken_and_read(content: bytes) -> tuple[Taking, dict[int, tuple[int | None, bytes, int]]]:
    take = Taking()
    with read(io.BytesIO(content)) as reader:
        reader.hand_over(lambda pattern: take)
        packets = {each.number: (each.time_ns, each.data, each.original_length) for each in reader}
    assert not packets.keys() & take.taken.keys()
    return take, packets | take.taken


@given(files())
def test_records_that_are_taken_in_a_loop_are_those_that_are_read(file: File) -> None:
    expected, error = packets_and_error(file.content)
    if error is None:
        _, found = taken_and_read(file.content)
        assert found == {each.number: (each.time_ns, each.data, each.original_length) for each in expected}


@pytest.mark.parametrize("order", ["little", "big"])
def test_packets_of_an_interface_in_a_row_are_taken_in_one_loop(order: Order) -> None:
    row = b"".join(enhanced(order, data=bytes(2 * size), number=1) for size in range(1, 9))
    content = section(order) + 2 * interface(order) + row + enhanced(order, data=b"odd", number=1) + row
    take, found = taken_and_read(content)
    assert len(found) == 17
    assert len(take.taken) == 16
    assert take.rounds <= 4
    turns = b"".join(enhanced(order, data=bytes(2), number=each % 2) for each in range(10))
    take, found = taken_and_read(section(order) + 2 * interface(order) + turns)
    assert (len(take.taken), take.rounds) == (10, 0)


@given(files())
def test_every_block_is_read(file: File) -> None:
    reader = open_pcapng(file.content)
    assert (reader.format, reader.link) == ("pcapng", None)
    packets = []
    for packet in packets_of(reader):
        packets.append(seen(packet))
        assert packet.interface is not None
        assert reader.interfaces[packet.interface] is packet.capture_interface
        assert packet.capture_interface.link == packet.link
        assert (packet.ticks is None) == (packet.time_ns is None)
    assert packets == list(file.packets.values())


@given(files())
def test_rewriting_unchanged_gives_the_same_bytes(file: File) -> None:
    target = io.BytesIO()
    write(target, read(io.BytesIO(file.content)))
    # The lengths that sections state here are right by chance alone: what is not is taken back.
    expected = bytearray(file.content)
    position = 0
    starts = [number for number, each in enumerate(file.blocks) if each.startswith(b"\n\r\r\n")]
    for number, each in enumerate(file.blocks):
        if number in starts:
            end = next((later for later in starts if later > number), len(file.blocks))
            order = "little" if each[8:12] == b"\x4d\x3c\x2b\x1a" else "big"
            if int.from_bytes(each[16:24], order) != sum(map(len, file.blocks[number + 1 : end])):  # type: ignore[arg-type]
                expected[position + 16 : position + 24] = b"\xff" * 8
        position += len(each)
    assert target.getvalue() == expected


@settings(max_examples=30)
@given(files(sections=2, blocks=4))
def test_a_file_cut_anywhere_gives_the_whole_packets_and_then_an_error(file: File) -> None:
    content, ends, position = file.content, [], 0
    for each in file.blocks:
        position += len(each)
        ends.append(position)
    for cut in range(1, len(content)):
        packets, error = packets_and_error(content[:cut])
        whole = sum(1 for end in ends if end <= cut)
        assert [seen(packet) for packet in packets] == [
            packet for index, packet in file.packets.items() if index < whole
        ]
        if cut in ends:
            assert error is None
        else:
            assert error is not None
            if cut >= 4:
                assert error.record == whole + 1
                assert error.offset == ([0, *ends])[whole]
            assert "\n" not in str(error)


@given(files(), st.data())
def test_a_damaged_file_raises_nothing_but_capture_errors(file: File, data: st.DataObject) -> None:
    content = bytearray(file.content)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    packets, error = packets_and_error(bytes(content))
    assert len(packets) <= len(content) // 16
    if error is None and bytes(content).startswith(b"\n\r\r\n"):
        target = io.BytesIO()
        write(target, read(io.BytesIO(bytes(content))))
        again = packets_of(read(io.BytesIO(target.getvalue())))
        assert [seen(packet) for packet in again] == [seen(packet) for packet in packets]


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_section_raise_nothing_but_capture_errors(content: bytes) -> None:
    packets_and_error(b"\n\r\r\n" + content)
    packets_and_error(section() + interface() + content)


@given(files(), st.lists(st.integers(1, 40), min_size=1))
def test_it_does_not_matter_in_what_pieces_a_stream_arrives(file: File, sizes: list[int]) -> None:
    content, pieces, turn = file.content, [], 0
    while content:
        size = sizes[turn % len(sizes)]
        pieces.append(content[:size])
        content, turn = content[size:], turn + 1
    assert [seen(packet) for packet in packets_of(read(Trickle(pieces)))] == list(file.packets.values())


def test_a_packet_is_delivered_as_soon_as_it_is_there() -> None:
    stream = Trickle([section(), interface()])
    reader = read(stream)
    for number in range(3):
        piece = enhanced(data=bytes([number]) * 61)
        stream.pieces += [piece[:7], piece[7:]]
        assert next(reader).data == bytes([number]) * 61
        assert not stream.pieces, "the piece was taken, and the end of the stream not yet asked for"
    with pytest.raises(StopIteration):
        next(reader)


@pytest.mark.parametrize("size", [65_000, 65_536, 70_000, 262_144])
def test_packets_longer_than_a_chunk(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    content = section() + interface() + enhanced() + enhanced(data=data) + enhanced()
    assert [len(packet.data) for packet in read(io.BytesIO(content))] == [60, size, 60]


START = section() + interface() + enhanced()
AFTER = enhanced()


def other(kind: int, body: bytes, first: int | None = None, last: int | None = None) -> bytes:
    return block("little", kind, body, first, last)


def pair(code: int, size: int) -> bytes:
    return struct.pack("<HH", code, size)


def in_packet(*options: bytes) -> bytes:
    return enhanced(options=b"".join(options))


def opt(code: int, data: bytes) -> bytes:
    return option("little", code, data)


STATISTICS = struct.pack("<III", 0, 0, 0)

# What stands as the fourth block of a file, behind one packet; the words of the error, at which byte of the block.
DAMAGE: dict[str, tuple[bytes, str, int]] = {
    "lengths differ": (enhanced(last=64), "claims 92 bytes in front and 64 at its end", 88),
    "lengths of a description differ": (other(1, bytes([1, 0, 0, 0] + [0] * 4), last=64), "in front and 64", 16),
    "no length at the end": (enhanced(last=0), "and 0 at its end", 88),
    "shorter than a block": (struct.pack("<II", 0x77, 8), "claims 8 bytes, and at least 12 were expected", 4),
    "length 0": (struct.pack("<II", 6, 0), "claims 0 bytes", 4),
    "zeros": (bytes(32), "claims 0 bytes", 4),
    "shorter than an enhanced packet": (other(6, bytes(16)), "at least 32 were expected .enhanced packet.", 4),
    "shorter than an obsolete packet": (other(2, bytes(16)), "at least 32", 4),
    "shorter than a simple packet": (other(3, b""), "at least 16", 4),
    "shorter than a description": (other(1, bytes(4)), "at least 20", 4),
    "shorter than a name resolution": (other(4, b""), "at least 16", 4),
    "shorter than statistics": (other(5, bytes(8)), "at least 24", 4),
    "shorter than secrets": (other(10, bytes(4)), "at least 20", 4),
    "shorter than a custom block": (other(0xBAD, b""), "at least 16", 4),
    "shorter than a journal": (other(9, b""), "at least 35", 4),
    "absurd length": (enhanced(first=0x7FFFFFFF), "no block has more than 134348832", 4),
    "absurd length of an unknown block": (other(0x77, bytes(4), first=0x10000000), "no block has more", 4),
    "past the end": (enhanced(first=400), "of 400 bytes expected, and the file ends after 184", 0),
    "more captured than there is": (enhanced(captured=100), "claims 100 captured bytes, and holds 60", 20),
    "more captured than any frame": (enhanced(data=bytes(262_145)), "262144 are the most for link type ethernet", 20),
    "interface that is not described": (enhanced(number=1), "is a packet of interface 1, .* has described 1", 8),
    "interface of an obsolete packet": (obsolete(number=3), "interface 3", 8),
    "simple packet longer than its block": (simple("little", bytes(40), 60), "60 captured.*40", 8),
    "simple packet shorter than its block": (simple("little", bytes(40), 20), "20 captured bytes, and holds 40", 8),
    "option past the end": (in_packet(pair(1, 100), b"abcd"), "comment claims 100 bytes where 4 are left", 88),
    "end of options with a length": (in_packet(pair(0, 400), b"abcd"), "claims 400 bytes where 4 are left", 88),
    "flags of 3 bytes": (in_packet(opt(2, b"abc")), "flags has 3 bytes where 4", 88),
    "drop count of 4 bytes": (in_packet(opt(4, b"abcd")), "drop_count has 4 bytes where 8", 88),
    "packet identifier of 4 bytes": (in_packet(opt(5, b"abcd")), "packet_id has 4 bytes where 8", 88),
    "queue of 8 bytes": (in_packet(opt(6, bytes(8))), "queue has 8 bytes where 4", 88),
    "verdict of nothing": (in_packet(opt(7, b"")), "verdict has 0 bytes where at least 1", 88),
    "verdict of tc": (in_packet(opt(7, b"\x01abc")), "verdict of kind 1 has 4 bytes where 9", 88),
    "custom option without number": (in_packet(opt(2988, b"abc")), "custom_text has 3 bytes", 88),
    "flags of an obsolete packet": (obsolete(options=opt(2, b"abc")), "flags has 3 bytes where 4", 88),
    "option of a description": (interface(options=pair(2, 100) + b"abcd"), "name claims 100 bytes where 4", 16),
    "filter of nothing": (interface(options=opt(11, b"")), "filter has 0 bytes", 16),
    "option of statistics": (other(5, STATISTICS + pair(4, 99)), "received claims 99 bytes where 0", 20),
    "secrets past the end": (other(10, struct.pack("<II", 1, 40) + b"abcd"), "40 bytes of secrets where 4", 12),
    "name record past the end": (other(4, pair(1, 100) + bytes(8)), "claims 100 bytes where 8", 8),
    "name record too short": (other(4, opt(1, b"abc") + bytes(4)), "too few for an address of 4 bytes", 8),
    "name record of IPv6 too short": (other(4, opt(2, bytes(7)) + bytes(4)), "an address of 16 bytes", 8),
    "name without an end": (other(4, opt(1, b"\x01\x02\x03\x04abc") + bytes(4)), "last name has no end", 18),
    "option of a name resolution": (other(4, bytes(4) + pair(2, 100)), "claims 100 bytes where 0", 12),
    "byte order of a section": (
        struct.pack("<III", 0x0A0D0D0A, 28, 0x12345678) + bytes(16),
        "byte order is 78 56 34 12",
        8,
    ),
    "version of a section": (section(version=(2, 0)), "section of version 2.0, where 1.0 was expected", 12),
    "section without interfaces": (section("big") + enhanced("big"), "interface 0, .* has described 0", 8 + 28),
}

# Odd, and accepted; how many packets the block holds.
ACCEPTED: dict[str, tuple[bytes, int]] = {
    "padding not counted": (enhanced(data=bytes(59), first=91, last=91), 1),
    "padding not counted in front": (enhanced(data=bytes(59), first=91), 1),
    "padding not counted in an unknown block": (other(0x77, bytes(4), 15, 15), 0),
    "padding that is not zero": (enhanced(data=bytes(59), padding=7), 1),
    "padding that counts as captured": (enhanced(data=bytes(58), captured=60), 1),
    "options without an end": (in_packet(opt(1, b"hi")), 1),
    "something behind the options": (in_packet(opt(0, b""), b"junkjunk"), 1),
    "end of options with bytes": (in_packet(pair(0, 4), b"abcd"), 1),
    "hash of nothing": (in_packet(opt(3, b"")), 1),
    "unknown option": (in_packet(opt(99, b"abcde")), 1),
    "flags twice": (in_packet(opt(2, b"abcd"), opt(2, b"efgh")), 1),
    "comment that is no UTF-8": (in_packet(opt(1, b"\xff\xfe")), 1),
    "resolution of 2 bytes": (interface(options=opt(9, b"\x06\x07")), 0),
    "speed of 4 bytes": (interface(options=opt(8, b"abcd")), 0),
    "address of 3 bytes": (interface(options=opt(4, b"abc")), 0),
    "filter of an unknown kind": (interface(options=opt(11, b"\x07abc")), 0),
    "statistics of no interface": (other(5, struct.pack("<III", 7, 0, 0)), 0),
    "statistics of odd sizes": (other(5, STATISTICS + opt(4, b"abcd")), 0),
    "names without an end": (other(4, opt(1, b"\x01\x02\x03\x04ab\x00")), 0),
    "address without a name": (other(4, opt(1, b"\x01\x02\x03\x04") + bytes(4)), 0),
    "unknown name record": (other(4, opt(9, b"xx") + bytes(4)), 0),
    "unknown secrets": (other(10, struct.pack("<II", 1, 3) + b"abc\x00"), 0),
    "section of version 1.2": (section(version=(1, 2)) + interface(), 0),
    "section of the other byte order": (
        section("big") + interface("big") + enhanced("big") + section() + interface(),
        1,
    ),
    "unknown block": (other(0x77, b"abcd"), 0),
    "block of local use": (other(0x80000001, b"abcd"), 0),
}


def judged(path: Path) -> tuple[int, bool] | None:
    """How many packets Wireshark's library reads of a file, and whether it reads all; capinfos starts soon."""
    capinfos = shutil.which("capinfos")
    if capinfos is None:
        return None
    done = subprocess.run([capinfos, "-M", "-c", str(path)], capture_output=True, text=True, check=False)
    counted = re.search(r"Number of packets: +(\d+)|reading (\d+) packets", done.stdout + done.stderr)
    assert counted is not None, done.stderr
    return int(counted[1] or counted[2]), done.returncode == 0


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_where_it_is(name: str, tmp_path: Path) -> None:
    damaged, words, offset = DAMAGE[name]
    content = START + damaged + AFTER
    packets, error = packets_and_error(content)
    assert len(packets) == 1
    assert error is not None
    assert error.record == (5 if name == "section without interfaces" else 4)
    assert error.offset == len(START) + offset
    assert str(error).startswith(f"<stream>: block {error.record} at byte ")
    assert str(error).endswith("; the packet before it is whole")
    with pytest.raises(CaptureError, match=words):
        raise error
    path = tmp_path / "damaged.pcapng"
    path.write_bytes(content)
    assert judged(path) in (None, (1, False))


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_odd_is_accepted_as_wireshark_does(name: str, tmp_path: Path) -> None:
    odd, held = ACCEPTED[name]
    content = START + odd + AFTER
    packets, error = packets_and_error(content)
    assert error is None
    assert len(packets) == 2 + held
    path = tmp_path / "odd.pcapng"
    path.write_bytes(content)
    assert judged(path) in (None, (2 + held, True))
    target = io.BytesIO()
    write(target, read(path))
    assert target.getvalue() == content


@pytest.mark.parametrize(
    ("content", "words", "offset"),
    [
        (section(version=(1, 1)), "version 1.1, where 1.0 was expected", 12),
        (section(version=(2, 0)), "version 2.0", 12),
        (section()[:20], "is cut short: section header of 28 bytes expected, and the file ends after 20", 0),
        (section()[:6], "is cut short", 0),
        (b"\n\r\r\n" + bytes(20), "byte order is 00 00 00 00", 8),
        (block("little", 0x0A0D0D0A, b"\x4d\x3c\x2b\x1a" + bytes(8)), "claims 24 bytes", 4),
        (section(options=pair(2, 100) + b"abcd"), "hardware claims 100 bytes", 24),
        (section()[:-4] + bytes(4), "28 bytes in front and 0 at its end", 24),
    ],
)
def test_a_first_section_that_cannot_be_read_is_refused_at_once(content: bytes, words: str, offset: int) -> None:
    with pytest.raises(CaptureError, match=words) as caught:
        read(io.BytesIO(content))
    assert (caught.value.record, caught.value.offset) == (1, offset)


@pytest.mark.parametrize(
    ("resolution", "offset", "ticks", "time_ns", "digits"),
    [
        (None, 0, 1_000_001, 1_000_001_000, 6),
        (0, 0, 1025, 1025 * 10**9, 0),
        (3, 0, 1025, 1_025_000_000, 3),
        (4, 0, 1, 100_000, 3),
        (7, 0, 1, 100, 6),
        (9, 0, 2**64 - 1, 2**64 - 1, 9),
        (9, -100, 1, 1 - 100 * 10**9, 9),
        (6, 2**62, 5, 2**62 * 10**9 + 5000, 6),
        (12, 0, 10**12 + 1999, 1_000_000_001, 9),
        (15, 0, 1_999_999_999_999_999, 1_999_999_999, 9),
        (20, 0, 5 * 10**18, 50_000_000, 9),
        (127, 0, 2**64 - 1, 0, 9),
        (0x80, 0, 7, 7 * 10**9, 0),
        (0x8A, 0, 1025, 1_000_976_562, 3),
        (0x89, 0, 513, 1_001_953_125, 2),
        (0xC0, 0, 2**63, 500_000_000, 9),
    ],
)
def test_times_are_exact(resolution: int | None, offset: int, ticks: int, time_ns: int, digits: int) -> None:
    options = b"" if resolution is None else opt(9, bytes([resolution]))
    if offset:
        options += opt(14, struct.pack("<q", offset))
    (packet,) = packets_of(read(io.BytesIO(section() + interface(options=options) + enhanced(ticks=ticks))))
    assert packet.time_ns == time_ns
    assert packet.ticks == ticks
    assert packet.capture_interface.digits == digits


def test_a_simple_packet_has_no_time_and_the_snap_length_of_its_interface() -> None:
    content = section() + interface(snap_length=40) + simple("little", bytes(40), 60)
    (packet,) = packets_of(read(io.BytesIO(content)))
    assert (packet.time_ns, packet.ticks) == (None, None)
    assert (packet.captured_length, packet.original_length, packet.interface) == (40, 60, 0)
    with pytest.raises(CaptureError, match="has no interface yet"):
        list(read(io.BytesIO(section() + simple())))


def test_the_first_of_two_resolutions_counts() -> None:
    content = section() + interface(options=opt(9, b"\x09") + opt(9, b"\x03")) + enhanced(ticks=5)
    assert next(read(io.BytesIO(content))).time_ns == 5


@pytest.mark.parametrize("kind", ["little", "big"])
def test_options_of_interfaces_and_packets(kind: Order) -> None:
    def each(code: int, data: bytes) -> bytes:
        return option(kind, code, data)

    described = b"".join(
        [
            each(1, b"a comment"),
            each(2, b"eth0"),
            each(3, "die äußere".encode()),
            each(4, bytes([10, 1, 2, 3, 255, 255, 255, 0])),
            each(5, bytes.fromhex("20010db8000000000000000000000001") + b"\x40"),
            each(6, bytes.fromhex("00055da1b840")),
            each(8, (10**9).to_bytes(8, kind)),
            each(11, b"\x00tcp port 80"),
            each(12, b"Linux"),
            each(13, b"\x04"),
            each(15, b"a card"),
        ]
    )
    noted = each(1, b"one") + each(2, (0x12).to_bytes(4, kind)) + each(1, b"two") + each(4, (7).to_bytes(8, kind))
    head = section(kind, options=each(2, b"PC") + each(3, b"OS") + each(4, b"program") + each(1, b"why"))
    statistics = each(2, bytes([1, 0, 0, 0, 2, 0, 0, 0]) if kind == "little" else bytes([0, 0, 0, 1, 0, 0, 0, 2]))
    numbers = (0).to_bytes(12, kind)
    content = (
        head
        + interface(kind, snap_length=96, options=described)
        + enhanced(kind, options=noted)
        + block(kind, 5, numbers + statistics)
    )
    reader = open_pcapng(content)
    assert reader.header[:3] == (kind, (1, 0), -1)
    assert (reader.header.hardware, reader.header.os, reader.header.application) == ("PC", "OS", "program")
    assert reader.header.comments == ("why",)
    (packet,) = packets_of(reader)
    assert packet.comments == ("one", "two")
    assert (packet.option("flags"), packet.option("drop_count"), packet.option("hash")) == (0x12, 7, None)
    assert packet.interface_name == "eth0"
    where = packet.capture_interface
    assert (where.name, where.description, where.hardware, where.os) == ("eth0", "die äußere", "a card", "Linux")
    assert (where.filter, where.mac_address, where.speed) == ("tcp port 80", "00:05:5d:a1:b8:40", 10**9)
    assert (where.addresses, where.comments) == (("10.1.2.3/24", "2001:db8::1/64"), ("a comment",))
    assert (where.snap_length, where.fcs_length, where.resolution) == (96, 4, (10, 6))
    assert [(each.name, each.value) for each in where.statistics] == [("start_time", 1 << 32 | 2)]
    assert repr(where) == "<Interface 0: 'eth0', link type 1, 10^-6 s>"


def test_blocks_are_handed_to_a_follower_in_order() -> None:
    reader = open_pcapng(START + other(0x77, b"abcd") + AFTER + section("big") + interface("big"))
    followed: list[tuple[str, bool]] = []

    def follower(each: Block, described: Interface | None) -> None:
        followed.append((each.name, described is not None))

    next(reader)
    reader.follow(follower)
    assert followed == [("section header", False), ("interface description", True)]
    next(reader)
    assert followed[2:] == [("block of type 0x00000077", False)]
    assert list(reader) == []
    assert followed[3:] == [("section header", False), ("interface description", True)]
    assert reader.header.byte_order == "big"


def test_more_interfaces_than_any_file_has() -> None:
    content = section() + interface() * 65_537
    with pytest.raises(CaptureError, match="65536"):
        list(read(io.BytesIO(content)))


def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.RawIOBase):
        given = 0
        rest = section() + interface()

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            piece = enhanced(data=bytes(1000)) + other(0x77, bytes(100)) + in_packet(opt(1, b"comment"))
            self.rest += piece * (size // len(piece) + 1)
            data, self.rest = self.rest[:size], self.rest[size:]
            self.given += len(data)
            return data

    stream = Endless()
    tracemalloc.start()
    try:
        for packet in read(stream):
            if packet.number == 20_000:
                break
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stream.given > 10_000_000
    assert peak < 2_000_000
