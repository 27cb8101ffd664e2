"""Traffic for benchmarks: frames of the kinds and sizes that downloads and datagrams leave on a link."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import dissect

ETHERNET = 1  # LINKTYPE_ETHERNET
SERVER = (b"\x00\x05\x5d\xa1\xb8\x40", b"\x0a\x00\x00\x02")
CLIENT = (b"\x00\x05\x5d\x61\x58\xa8", b"\x0a\x00\x00\x01")


def frames(count: int, seed: int = 1) -> Iterator[bytes]:
    """Make Ethernet frames, the same ones for the same seed: about 850 bytes in the mean.

    Of twenty frames, ten carry TCP segments of 1448 bytes, eight only acknowledge, two are datagrams of
    1 to 1400 bytes; a connection opens now and then. TCP has the timestamp option, as Linux sends it.
    Lengths and checksums are right.
    """
    chance = random.Random(seed)
    data = chance.randbytes(1448)
    for number in range(count):
        kind = chance.randrange(20)
        port = 32768 + number // 100 % 28000
        sequence, acknowledged = chance.getrandbits(32), chance.getrandbits(32)
        if number % 100 == 0:
            options = b"\x02\x04\x05\xb4\x04\x02\x08\x0a" + struct.pack("!II", number, 0) + b"\x01\x03\x03\x07"
            yield _frame(CLIENT, SERVER, 6, _tcp(port, 9000, sequence, 0, 0x02, options), number)
        elif kind < 10:
            yield _frame(
                SERVER, CLIENT, 6, _tcp(9000, port, sequence, acknowledged, 0x18, _times(number)) + data, number
            )
        elif kind < 18:
            yield _frame(CLIENT, SERVER, 6, _tcp(port, 9000, sequence, acknowledged, 0x10, _times(number)), number)
        else:
            size = chance.randint(1, 1400)
            yield _frame(CLIENT, SERVER, 17, struct.pack("!HHHH", port, 9001, 8 + size, 0) + data[:size], number)


def write(path: Path, packets: Iterable[bytes]) -> None:
    """Write frames as a classic little-endian pcap, 10,007 microseconds apart."""
    with path.open("wb") as stream:
        stream.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET))
        for number, data in enumerate(packets):
            seconds, microseconds = divmod(number * 10_007, 1_000_000)
            stream.write(struct.pack("<IIII", 1_700_000_000 + seconds, microseconds, len(data), len(data)) + data)


def copy(source: Path, target: Path, count: int) -> list[bytes]:
    """Copy the first records of a classic pcap of Ethernet frames, and return the frames."""
    kept: list[bytes] = []
    with source.open("rb") as stream, target.open("wb") as copied:
        header = stream.read(24)
        order = "<" if header[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        if len(header) < 24 or struct.unpack(order + "I", header[20:])[0] & 0xFFFF != ETHERNET:
            raise ValueError(f"{source} is no classic pcap of Ethernet frames.")
        copied.write(header)
        while len(kept) < count and len(record := stream.read(16)) == 16:
            data = stream.read(struct.unpack(order + "I", record[8:12])[0])
            copied.write(record + data)
            kept.append(data)
    return kept


def join(target: Path, captures: Iterable[Path], least: int, *, moves: bool) -> None:
    """Write the Ethernet frames of captures again and again, until there are so many.

    Where the frames move, IPv4 addresses that stand behind Ethernet or VLAN tags are others in each repetition, and
    the checksums that sum them stay right: what is added to one address is taken from the other.
    """
    frames = [packet.data for path in captures for packet in dissect.read(path) if packet.link == ETHERNET]
    rounds = range(-(-least // len(frames)))
    write(target, (_moved(data, round_) if moves else data for round_ in rounds for data in frames))


def _moved(data: bytes, by: int) -> bytes:
    place = 12
    while data[place : place + 2] in (b"\x81\x00", b"\x88\xa8"):
        place += 4
    source, destination = data[place + 14 : place + 18], data[place + 18 : place + 22]
    is_moved = data[place : place + 2] == b"\x08\x00" and len(destination) == 4 and source[0] and destination[0] < 224
    if not is_moved:
        return data
    change = by if source < destination else -by
    ends = source[:2] + _added(source[2:], change) + destination[:2] + _added(destination[2:], -change)
    return data[: place + 14] + ends + data[place + 22 :]


def _added(word: bytes, number: int) -> bytes:
    """Return a word and a number, added as checksums are."""
    return struct.pack("!H", (int.from_bytes(word) + number) % 0xFFFF or 0xFFFF)


def _times(number: int) -> bytes:
    return b"\x01\x01\x08\x0a" + struct.pack("!II", number, number)


def _tcp(source: int, destination: int, sequence: int, acknowledged: int, flags: int, options: bytes) -> bytes:
    offset = (20 + len(options)) // 4 << 4
    return struct.pack("!HHIIBBHHH", source, destination, sequence, acknowledged, offset, flags, 502, 0, 0) + options


def _frame(
    source: tuple[bytes, bytes], destination: tuple[bytes, bytes], protocol: int, segment: bytes, number: int
) -> bytes:
    addresses = source[1] + destination[1]
    pseudo_header = addresses + struct.pack("!HH", protocol, len(segment))
    at = 16 if protocol == 6 else 6
    checksum = _checksum(pseudo_header + segment) or (0xFFFF if protocol == 17 else 0)
    segment = segment[:at] + struct.pack("!H", checksum) + segment[at + 2 :]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), number & 0xFFFF, 0x4000, 64, protocol, 0) + addresses
    header = header[:10] + struct.pack("!H", _checksum(header)) + header[12:]
    return destination[0] + source[0] + b"\x08\x00" + header + segment


def _checksum(data: bytes) -> int:
    """The Internet checksum, RFC 1071."""
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
