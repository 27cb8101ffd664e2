"""Captures made to take time and memory: their cost grows with their size alone, and stays in its limits."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

CLIENT, SERVER = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
SYN, ACK, SYN_ACK = 0x02, 0x10, 0x12
MEGABYTES = 300
FIELDS = ["-T", "fields", "-e", "tcp.analysis.flags", "-e", "tcp.completeness", "-e", "tcp.analysis.bytes_in_flight"]
COMMANDS = {
    "list": ["read"],
    "fields": ["read", *FIELDS],
    "flows": ["flows", "-o", "{folder}/flows.csv"],
    "alarms": ["alarms"],
    "conversations": ["stats", "{capture}", "conv", "tcp"],
    "follow": ["follow", "{capture}", "tcp", "0"],
}
OVERLAY = """
from dissect.declare import Header, LengthField, LengthOf, octets, u32
from dissect import TCP

class Boast(Header, name="boast", title="Boast", source="none", over={TCP: 9999}, framing=LengthField(4, added=4)):
    size: int = u32("size", factory=LengthOf(), title="Size")
    body: bytes = octets("body", length="size", title="Body")
"""


def ipv4(source: bytes, destination: bytes, protocol: int, body: bytes, number: int = 0, part: int = 0) -> bytes:
    """Return a datagram of IPv4, or the part of one that `part` tells in the form of the header."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), number, part, 64, protocol, 0, source, destination)
    total = sum(struct.unpack(">10H", head)) % 0xFFFF
    return head[:10] + struct.pack(">H", 0xFFFF - total) + head[12:] + body


def tcp(sport: int, dport: int, seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    """Return a segment."""
    return struct.pack(">HHIIBBHHH", sport, dport, seq % 2**32, ack, 80, flags, 1000, 0, 0) + data


def opened(port: int = 5000) -> Iterator[bytes]:
    """Yield a handshake: the client's next number is 100, the server's 500."""
    yield ipv4(CLIENT, SERVER, 6, tcp(1000, port, 99, 0, SYN))
    yield ipv4(SERVER, CLIENT, 6, tcp(port, 1000, 499, 100, SYN_ACK))
    yield ipv4(CLIENT, SERVER, 6, tcp(1000, port, 100, 500, ACK))


def flood(count: int) -> Iterator[bytes]:
    """Yield SYNs from random sources."""
    random = Random(1)
    for _ in range(count):
        source = struct.pack(">I", random.randrange(1 << 24, 0xE0000000))
        yield ipv4(source, SERVER, 6, tcp(random.randrange(1, 65536), 80, random.randrange(1 << 32), 0, SYN))


def reversed_bytes(count: int) -> Iterator[bytes]:
    """Yield segments of a byte, the last one first."""
    yield from opened()
    for number in range(count, 0, -1):
        yield ipv4(CLIENT, SERVER, 6, tcp(1000, 5000, 99 + number, 500, ACK, b"x"))


def overlaps(count: int) -> Iterator[bytes]:
    """Yield segments behind a hole that never agree on their bytes."""
    random = Random(2)
    yield from opened()
    for number in range(count):
        data = bytes((number & 255,)) * random.randrange(1, 200)
        yield ipv4(CLIENT, SERVER, 6, tcp(1000, 5000, 101 + random.randrange(20000), 500, ACK, data))


def fragments(count: int) -> Iterator[bytes]:
    """Yield fragments of datagrams that never become whole."""
    random = Random(3)
    for number in range(count):
        part = 0x2000 | random.randrange(8000)
        yield ipv4(CLIENT, SERVER, 17, bytes(64), number=number % (16 if number % 2 else 1 << 16), part=part)


def boast(count: int) -> Iterator[bytes]:
    """Yield the segments of a message that claims 4 GiB."""
    yield from opened(9999)
    place = 100
    for number in range(count):
        data = (b"" if number else b"\xff\xff\xff\xff") + bytes(1400)
        yield ipv4(CLIENT, SERVER, 6, tcp(1000, 9999, place, 500, ACK, data))
        place += len(data)


KINDS: dict[str, Callable[[int], Iterator[bytes]]] = {
    "flood": flood,
    "reversed": reversed_bytes,
    "overlaps": overlaps,
    "fragments": fragments,
    "boast": boast,
}


def write(path: Path, datagrams: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number, datagram in enumerate(datagrams):
            seconds, rest = divmod(10 * number, 1_000_000)
            file.write(struct.pack("<IIII", seconds, rest, len(datagram), len(datagram)) + datagram)


def cost(folder: Path, kind: str, command: str, count: int, *details: str) -> tuple[float, int]:
    """Return the seconds of processor time and the megabytes that a command takes for so many datagrams."""
    capture, overlay = folder / f"{kind}{count}.pcap", folder / "boast.py"
    if not capture.exists():
        write(capture, KINDS[kind](count))
        overlay.write_text(OVERLAY)
    wanted = [part.format(capture=capture, folder=folder) for part in COMMANDS[command]]
    if str(capture) not in wanted:
        wanted.insert(1, str(capture))
    program = (
        "import re, resource, sys; from dissect.commands.main import main; main(sys.argv[1:]);"
        "used = resource.getrusage(resource.RUSAGE_SELF);"
        # What a process takes is its own in /proc alone: ru_maxrss counts that of the tests, which started it, as well.
        "most = re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read()).group(1);"
        "print(used.ru_utime + used.ru_stime, most, file=sys.stderr)"
    )
    arguments = [*wanted, "--protocols", str(overlay), *details]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True
    )
    seconds, kilobytes = done.stderr.split()[-2:]
    return float(seconds), int(kilobytes) // 1024


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_one_is_analysed(tmp_path: Path, kind: str) -> None:
    seconds, megabytes = cost(tmp_path, kind, "flows", 2000)
    assert seconds > 0
    assert megabytes < MEGABYTES


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_size_alone(tmp_path: Path, kind: str, command: str) -> None:
    (first, _), (second, _), (third, megabytes) = (
        cost(tmp_path, kind, command, count) for count in (1000, 50_000, 100_000)
    )
    assert megabytes < MEGABYTES
    # Of both, what the start takes is left out; four times as long for twice as much would be quadratic.
    assert third - first < 3 * (second - first) + 1


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_details_of_each(tmp_path: Path, kind: str) -> None:
    (first, _), (second, megabytes) = (cost(tmp_path, kind, "list", count, "-V") for count in (2000, 4000))
    assert megabytes < MEGABYTES
    assert second < 3 * first


@pytest.mark.long
@pytest.mark.parametrize("command", ["fields", "flows", "alarms", "conversations"])
def test_a_million_connections(tmp_path: Path, command: str) -> None:
    _, megabytes = cost(tmp_path, "flood", command, 1_000_000)
    assert megabytes < MEGABYTES
