"""A stream followed: what two ends say, as lines of several shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dissect import captures
from dissect.captures.hexdump import SHOWN
from dissect.declaration.named_tuples import NamedTuple
from dissect.differences.alignment import alike
from dissect.errors import CaptureError
from dissect.flows.followed import Stretch
from dissect.flows.one_stream import Follower, OneStream
from dissect.flows.reading import ReadingPass, with_context
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.terminal.engine import RestingSource
from dissect.views.stream_text import bracketed
from dissect.wireshark.sight import seen_layers

__all__ = ["MOST", "SHAPES", "FollowedStream", "StreamLine", "follow", "streams_of"]

MOST = 8 << 20
"""So many bytes of a stream are shown."""
_LONGEST = 500
"""So many characters are in one line of text."""
_PER_RAW = 32
"""So many bytes are in one line of digits."""
_MOST_COMPARED = 4000
"""So many lines of each side are compared."""


class _EnoughError(Exception):
    """As much was followed as is shown."""


class StreamLine(NamedTuple):
    """A line: `way` is 0 of what the client says, 1 of the server, None of neither.

    `number` is that of the frame that brought it, 0 where none did.
    `sign` is "-" of what only the client says and "+" of what only the server says, in a comparison of the two.
    """

    way: int | None
    text: str
    number: int
    sign: str = ""


class FollowedStream(NamedTuple):
    """What was followed: `ends` are address and port of client and server; `is_cut` says that there is more."""

    protocol: str
    stream: int
    ends: tuple[tuple[str, int], tuple[str, int]]
    stretches: list[Stretch]
    is_cut: bool = False

    def size(self, way: int) -> int:
        """Return how many bytes an end says."""
        return sum(len(each.data) for each in self.stretches if each.way == way)

    def data(self, way: int) -> bytes:
        """Return the bytes that an end says."""
        return b"".join(each.data for each in self.stretches if each.way == way)

    def name(self, way: int) -> str:
        """Return address and port of an end."""
        address, port = self.ends[way]
        return f"{bracketed(address)}:{port}"

    @property
    def filter(self) -> str:
        """The display filter that this stream passes."""
        return f"{'udp' if self.protocol == 'udp' else 'tcp'}.stream == {self.stream}"

    def lines(self, shape: str, side: int | None = None) -> list[StreamLine]:
        """Return the lines of a shape of `SHAPES`, of both ends or of one."""
        if shape == "diff":
            return list(_compared(self))
        make = _SHAPES[shape]
        places = [0, 0]
        found: list[StreamLine] = []
        for each in self.stretches:
            if side is None or each.way == side:
                if each.missing:
                    found.append(StreamLine(None, f"[{each.missing} bytes are missing in the capture]", each.number))
                else:
                    found += (StreamLine(each.way, text, each.number) for text in make(each.data, places[each.way]))
            places[each.way] += len(each.data)
        return found


def streams_of(packet: Packet) -> list[tuple[str, int]]:
    """Return the streams that a packet belongs to, the innermost first: ("tcp", 3); "tls" where it was decrypted."""
    found: list[tuple[str, int]] = []
    for header in seen_layers(packet):
        number = header.learnt("stream")
        if isinstance(header, (TCP, UDP)) and number is not None:
            found.append(("tcp" if isinstance(header, TCP) else "udp", number))
        elif header.name == "tls" and found:
            found.append(("tls", found[-1][1]))
    return list(dict.fromkeys(reversed(found)))


def follow(source: RestingSource, protocol: str, stream: int) -> FollowedStream:
    """Return what the ends of a stream say, the first 8 MiB of it, or nothing where there is no such stream.

    `protocol` is "tcp", "udp" or "tls", which is what was decrypted of a connection.
    """
    stretches: list[Stretch] = []
    size = 0
    make: Callable[[Packet], Iterator[Stretch]]
    cls = UDP if protocol == "udp" else TCP
    one, follower = OneStream(cls, stream), Follower(cls)
    ends: Sequence[tuple[str, int]] = ()

    def take(packet: Packet) -> None:
        nonlocal size
        for each in make(packet):
            stretches.append(each)
            size += len(each.data)
        if size > MOST:
            raise _EnoughError

    is_cut = False
    try:
        with captures.read(source) as reader:
            if protocol == "tls":
                # Loaded for those who have keys.
                from dissect.flows.followed_tls import TLSFollower

                tls = TLSFollower()
                ends = tls.ends
                make = lambda packet: tls.take(packet, stream)  # noqa: E731 - it is one of two
                for packet in with_context(reader):
                    take(packet)
            else:
                make = follower.take
                reading = ReadingPass(facts=())
                reader.hand_over(lambda pattern: one.taker(pattern.link, reading, take))
                for packet in reader:
                    reading.observe(packet)
                    if one.has(packet):
                        take(packet)
    except _EnoughError:
        is_cut = True
    except CaptureError:
        # The list tells where the capture ends before its time.
        pass
    first, second = ends or (follower.client, follower.server)
    return FollowedStream(protocol, stream, (first, second), stretches, is_cut)


def _text(data: bytes, place: int) -> Iterator[str]:
    for line in data.splitlines() or [b""]:
        for start in range(0, max(len(line), 1), _LONGEST):
            yield line[start : start + _LONGEST].translate(SHOWN).decode("ascii")


def _hex(data: bytes, place: int) -> Iterator[str]:
    for start in range(0, len(data), 16):
        row = data[start : start + 16]
        digits = f"{row[:8].hex(' '):23}  {row[8:].hex(' '):23}"
        yield f"{place + start:08x}  {digits}  {row.translate(SHOWN).decode('ascii')}"


def _raw(data: bytes, place: int) -> Iterator[str]:
    for start in range(0, len(data), _PER_RAW):
        yield data[start : start + _PER_RAW].hex()


_SHAPES: dict[str, Callable[[bytes, int], Iterator[str]]] = {"ascii": _text, "hex": _hex, "raw": _raw}
SHAPES = (*_SHAPES, "diff")
"""The shapes: text, a hex dump, hex digits, and how the two sides differ."""


def _compared(stream: FollowedStream) -> Iterator[StreamLine]:
    """Yield the lines of both ends beside each other: those that both say once."""
    sides = [stream.lines("ascii", way) for way in (0, 1)]
    ours, theirs = (side[:_MOST_COMPARED] for side in sides)
    # Who sends the same few lines again and again makes `difflib` take time with their third power.
    for mine, other in alike([line.text for line in ours], [line.text for line in theirs]):
        if other is None and mine is not None:
            yield ours[mine]._replace(sign="-")
        elif mine is None and other is not None:
            yield theirs[other]._replace(sign="+")
        elif mine is not None:
            yield StreamLine(None, ours[mine].text, ours[mine].number)
    if any(len(side) > _MOST_COMPARED for side in sides):
        yield StreamLine(None, f"[only the first {_MOST_COMPARED:,} lines of each side are compared]", 0)
