"""What is fuzzed: a function of bytes for each reader, for `parse` and for display filters, and where each begins.

A target returns for every byte string; an exception is a finding. None of them needs the fuzzer.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice
from pathlib import Path

import dissect
from dissect import TCP, UDP, Header, Packet
from dissect.captures import CaptureReader, read, write
from dissect.captures.compression import COMPRESSIONS, UncompressedSource
from dissect.captures.hexdump import hex_dump
from dissect.captures.hextext import read_hex_text
from dissect.captures.pcap import MAGICS
from dissect.captures.source import ByteSource, DamagedSourceError
from dissect.declaration.decoder import LINKS
from dissect.errors import CaptureError, FilterError, HexTextError, MissingExtraError
from dissect.filters.compiler import compile_filter
from dissect.flows.reading import ReadingPass, is_fragment, is_independent
from dissect.wireshark.columns import summarize
from tests.captures import others
from tests.captures.blocks import Order, interface, section
from tests.captures.test_pcap import Trickle
from tests.protocols.agreement import keeps_promises

__all__ = ["TARGETS", "seeds"]

SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"
FILTERS = SAMPLES.parent / "tests" / "filters" / "filters.txt"
_PCAP = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
_PCAPNG = section() + interface()
_SNOOP = others.snoop(())
_NETMON = others.netmon(())
_ERF = others.erf_record(others.Frame(b""), 48, b"") * 20
_LARGEST = 1 << 14
"""Bytes of a seed at most: a fuzzer does more with small ones."""
_MOST_OUTPUT = 1 << 22
"""Bytes that are taken out of compressed data before enough was seen: memory is bounded however many come."""


def _taken(reader: CaptureReader) -> tuple[list[Packet], CaptureError | None]:
    packets: list[Packet] = []
    try:
        packets.extend(reader)
    except CaptureError as error:
        _is_exact(error, len(packets))
        return packets, error
    return packets, None


def _is_sentence(error: Exception) -> None:
    assert str(error)
    assert "\n" not in str(error)


def _is_exact(error: CaptureError, packets: int = -1, size: int | None = None) -> None:
    """Hold that an error is one sentence about a record behind those that were delivered, at a byte that is there."""
    _is_sentence(error)
    assert error.record is not None
    assert error.record > packets
    assert error.offset is not None
    assert size is None or error.offset <= size


def _facts(packets: list[Packet]) -> list[tuple[object, ...]]:
    return [(each.number, each.time_ns, each.data, each.original_length, each.link, each.interface) for each in packets]


def _reads_alike(content: bytes) -> None:
    """Whatever a capture holds, it is read the same whole, in pieces and in part, and written again."""
    try:
        whole, error = _taken(read(io.BytesIO(content)))
    except CaptureError as refusal:
        _is_exact(refusal, size=len(content))
        return
    assert sum(len(packet.data) for packet in whole) <= len(content)
    assert error is None or (error.offset is not None and error.offset <= len(content))
    step = len(content) // 7 + 1
    pieces = [content[start : start + step] for start in range(0, len(content), step)]
    again, same_error = _taken(read(Trickle(pieces)))
    assert _facts(again) == _facts(whole)
    assert str(same_error) == str(error)
    chosen = read(io.BytesIO(content))
    chosen.choose(lambda link: lambda buffer, start, end: buffer[start:end].count(0) % 2 == 0)
    some, _ = _taken(chosen)
    made = {packet.number: packet for packet in some}
    for packet in whole:
        if packet.number in made:
            assert made[packet.number].data == packet.data
        else:
            assert packet.data.count(0) % 2
    if error is None:
        target = io.BytesIO()
        try:
            write(target, read(io.BytesIO(content)))
        except CaptureError:
            return
        written = list(read(io.BytesIO(target.getvalue())))
        if chosen.format not in ("pcap", "pcapng"):
            for packet in written:
                # Where link types differ, interfaces are made for them.
                packet.interface = None
        assert _facts(written) == _facts(whole)


def pcap(data: bytes) -> None:
    """Read records of a pcap; what begins with no header of one gets one."""
    _reads_alike(data if data[:4] in MAGICS else _PCAP + data)


def pcapng(data: bytes) -> None:
    """Read blocks of a pcapng; what begins with no section gets one with an interface."""
    _reads_alike(data if data.startswith(b"\n\r\r\n") else _PCAPNG + data)


def snoop(data: bytes) -> None:
    """Read records of snoop; what begins with no header of one gets one."""
    _reads_alike(data if data.startswith(b"snoop\0\0\0") else _SNOOP + data)


def netmon(data: bytes) -> None:
    """Read records of Network Monitor by a table; what begins with no header of one gets one."""
    _reads_alike(data if data[:4] in (b"RTSS", b"GMBU") else _NETMON + data)


def erf(data: bytes) -> None:
    """Read records of ERF, behind so many whole ones that the rest is taken for such."""
    _reads_alike(_ERF + data)


def compression(data: bytes) -> None:
    """Uncompress what the first byte says how, as it stands and as the start of something whole."""
    if not data:
        return
    chosen = COMPRESSIONS[data[0] % len(COMPRESSIONS)]
    content = data[1:] if data[1:].startswith(chosen.magic) else chosen.magic + data[1:]
    source = UncompressedSource(ByteSource(io.BytesIO(content)), chosen)
    total = 0
    try:
        while (made := source.read()) and total < _MOST_OUTPUT:
            total += len(made)
    except MissingExtraError:
        return
    except DamagedSourceError as error:
        _is_sentence(error)
    try:
        for packet in islice(read(io.BytesIO(content)), 100):
            assert packet.number
    except CaptureError as error:
        _is_exact(error)
    compressor = chosen.compressor()
    packed = compressor.compress(data) + compressor.flush()
    whole = UncompressedSource(ByteSource(io.BytesIO(packed)), chosen)
    assert b"".join(iter(whole.read, b"")) == data
    cut = UncompressedSource(ByteSource(io.BytesIO(packed[: len(packed) * data[0] // 256])), chosen)
    found = b""
    try:
        while made := cut.read():
            found += made
    except DamagedSourceError:
        pass
    assert data.startswith(found)


def hex_text(data: bytes) -> None:
    """Read frames from text, and bytes from the dump of them."""
    try:
        for frame in read_hex_text(data.decode("utf-8", "replace"), joined=len(data) % 2 == 1):
            assert isinstance(frame.data, bytes)
    except HexTextError as error:
        _is_sentence(error)
    if data:
        assert [frame.data for frame in read_hex_text(hex_dump(data))] == [data]


@cache
def _links() -> list[int]:
    dissect.parse(b"", link=-1)
    return [1, *sorted(LINKS), 147]


def held(reading: ReadingPass, cls: type[Header]) -> int:
    """Return how many things a reading pass holds about headers of a class."""
    learner = reading.learner(cls)
    return 0 if learner is None else learner.held()


def parse(data: bytes) -> None:
    """Parse a frame of the link type that the first byte tells, and let its halves be frames of a capture."""
    if not data:
        return
    link, frame = _links()[data[0] % len(_links())], data[1:]
    keeps_promises(frame, link)
    one, other = ReadingPass(), ReadingPass()
    for number, piece in enumerate((frame, frame[: len(frame) // 2], frame), 1):
        packet = Packet(piece, number=number, time_ns=number, original_length=len(frame), link=link)
        assert not (is_fragment(packet) and is_independent(packet))
        one.observe(packet)
        summarize(packet)
        other.pass_over(Packet(piece, number=number, time_ns=number, original_length=len(frame), link=link))
        assert (held(one, TCP), held(one, UDP)) == (held(other, TCP), held(other, UDP))
        packet.problems()


@cache
def _packets() -> list[bytes]:
    return [data for path in sorted(SAMPLES.glob("*.pcap")) for data in _first_frames(path)]


def _first_frames(path: Path) -> list[bytes]:
    """A few short frames of a capture of Ethernet."""
    return [packet.data for packet in islice(read(path), 6) if packet.link == 1 and len(packet.data) < 200][:2]


def display_filter(data: bytes) -> None:
    """Compile a filter, and ask it about frames with and without their bytes being looked at first."""
    try:
        passes = compile_filter(data.decode("utf-8", "replace"))
    except FilterError:
        return
    for frame in _packets():
        packet = Packet(frame)
        if passes.rules_out(packet):
            assert not passes(dissect.parse(frame))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (pcap, pcapng, snoop, netmon, erf, compression, hex_text, parse, display_filter)
}


_OTHERS: dict[str, list[Callable[[list[others.Frame]], bytes]]] = {
    "snoop": [others.snoop, partial(others.snoop, data_link=12, version=4, padding=bytes(16))],
    "netmon": [partial(others.netmon, version=(2, minor), gap=bytes(minor)) for minor in (0, 1, 3)],
    "erf": [others.erf],
}
"""By target, what makes files of frames."""


def seeds(name: str) -> Iterator[bytes]:
    """Yield what a target begins with: capture_samples, and what can be made of them."""
    for path in sorted(SAMPLES.glob("*.pcap*")):
        content = path.read_bytes()[:_LARGEST]
        if name == path.suffix[1:]:
            yield content
        elif name == "pcapng":
            yield _as_pcapng(path)
        elif name in _OTHERS:
            frames = [
                others.Frame(each.data, each.time_ns or 0, each.original_length) for each in islice(read(path), 20)
            ]
            yield from (make(frames)[:_LARGEST] for make in _OTHERS[name])
        elif name == "compression":
            for index, chosen in enumerate(COMPRESSIONS):
                try:
                    compressor = chosen.compressor()
                except MissingExtraError:
                    continue
                yield bytes([index]) + compressor.compress(content[:1000]) + compressor.flush()
    if name == "hex_text":
        for frame in _packets():
            yield hex_dump(frame).encode()
            yield frame.hex().encode()
            yield repr(frame).encode()
            yield f"{{ {', '.join(map(hex, frame[:40]))} }}".encode()
    elif name == "parse":
        for frame in _packets():
            yield b"\x00" + frame
            yield from (bytes([link]) + frame[14:] for link in range(1, len(_links())))
    elif name == "display_filter":
        yield from (line.encode() for line in FILTERS.read_text().splitlines() if line)


def _as_pcapng(path: Path) -> bytes:
    target = io.BytesIO()
    order: Order = "big" if zlib.crc32(path.name.encode()) % 2 else "little"
    write(target, list(islice(read(path), 20)), format="pcapng", byte_order=order)
    return target.getvalue()[:_LARGEST]
