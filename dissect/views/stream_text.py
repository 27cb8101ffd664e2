"""A stream as text: what two ends say, as tshark prints it when it follows one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from dissect.flows.followed import Stretch

__all__ = ["SHAPES", "StreamText", "bracketed", "stream_lines"]

_SEPARATOR = 67 * "="
_MOST_COLONS = 7
"""In an address of IPv6."""
_PER_LINE = 57
"""Bytes in a line of Base64."""
_PRINTABLE = bytes(byte if 32 <= byte < 127 else ord(".") for byte in range(256))
_LINES_KEPT = bytes(byte if 32 <= byte < 127 or byte in b"\r\n" else ord(".") for byte in range(256))
_NEW_LINE = 0x15
"""What ends a line in EBCDIC."""
_LEAST_PLAIN = 128


def stream_lines(
    protocol: str,
    shape: str,
    display_filter: str,
    ends: tuple[tuple[str, int], tuple[str, int]],
    stretches: Iterable[Stretch],
    first: int = 1,
    last: int | None = None,
) -> Iterator[tuple[int | None, str]]:
    """Yield the lines, each with the direction that it belongs to: 0 from the client, 1 from the server, None neither.

    `shape` is a key of `SHAPES`; the stretches from number `first` to `last`, counted from 1, are there.
    """
    text = StreamText(protocol, shape, display_filter)
    yield from text.head(ends)
    for count, stretch in enumerate(stretches, 1):
        lines = text.lines(stretch)
        if first <= count and (last is None or count <= last):
            yield from lines
    yield from text.tail()


class StreamText:
    """The same lines one after the other, for streams that are printed while they are read."""

    def __init__(self, protocol: str, shape: str, display_filter: str) -> None:
        self._protocol, self._shape, self._filter = protocol, shape, display_filter
        self._places = [0, 0]

    def head(self, ends: tuple[tuple[str, int], tuple[str, int]]) -> Iterator[tuple[int | None, str]]:
        """Yield what stands in front of all, and tells of these ends."""
        if self._shape == "yaml":
            head = ["peers:"]
            for number, (address, port) in enumerate(ends):
                head += (f"  - peer: {number}", f"    host: {address}", f"    port: {port}")
            head.append("packets:")
        else:
            head = ["", _SEPARATOR, f"Follow: {self._protocol},{self._shape}", f"Filter: {self._filter}"]
            head += (f"Node {number}: {bracketed(address)}:{port}" for number, (address, port) in enumerate(ends))
        for line in head:
            yield None, line

    def lines(self, stretch: Stretch) -> list[tuple[int | None, str]]:
        """Return the lines of what comes next."""
        place = self._places[stretch.way]
        self._places[stretch.way] += len(stretch.shown)
        return [(stretch.way, line) for line in SHAPES[self._shape](stretch, place)]

    def tail(self) -> Iterator[tuple[int | None, str]]:
        """Yield what stands behind all."""
        if self._shape != "yaml":
            yield None, _SEPARATOR


def bracketed(address: str) -> str:
    """Return an address as a port may follow it: that of IPv6 in brackets, and not a MAC address."""
    return f"[{address}]" if "::" in address or address.count(":") == _MOST_COLONS else address


def _ascii(stretch: Stretch, place: int) -> Iterator[str]:
    yield f"{_indent(stretch)}{len(stretch.shown)}"
    yield stretch.shown.translate(_LINES_KEPT).decode("ascii")


def _ebcdic(stretch: Stretch, place: int) -> Iterator[str]:
    # Tshark 4.0 prints a dot for every letter.
    yield f"{_indent(stretch)}{len(stretch.shown)}"
    yield stretch.shown.translate(_from_ebcdic()).decode("ascii")


@cache
def _from_ebcdic() -> bytes:
    """Return the ASCII of each byte of EBCDIC (code page 037), as far as it is printed."""
    found = (ord(letter) if ord(letter) < _LEAST_PLAIN else ord(".") for letter in bytes(range(256)).decode("cp037"))
    table = bytearray(bytes(found).translate(_LINES_KEPT))
    table[_NEW_LINE] = ord("\n")
    return bytes(table)


def _raw(stretch: Stretch, place: int) -> Iterator[str]:
    yield _indent(stretch) + stretch.shown.hex()


def _hex(stretch: Stretch, place: int) -> Iterator[str]:
    data, indent = stretch.shown, _indent(stretch)
    for start in range(0, len(data), 16):
        row = data[start : start + 16]
        seen = row.translate(_PRINTABLE).decode("ascii")
        gap = " " if len(row) >= 8 else ""
        digits = f"{row[:8].hex(' '):23}  {row[8:].hex(' '):23}"
        # Tshark takes a blank away at the end of a line.
        yield f"{indent}{place + start:08X}  {digits}  {seen[:8]}{gap}{seen[8:]}".removesuffix(" ")


def _yaml(stretch: Stretch, place: int) -> Iterator[str]:
    seconds, nanoseconds = divmod(stretch.time_ns or 0, 10**9)
    yield f"  - packet: {stretch.number}"
    yield f"    peer: {stretch.way}"
    # Tshark tells the time by a floating-point number, and so not to the nanosecond.
    yield f"    timestamp: {seconds + nanoseconds / 10**9:.9f}"
    yield "    data: !!binary |"
    for start in range(0, len(stretch.shown), _PER_LINE):
        yield f"      {b64encode(stretch.shown[start : start + _PER_LINE]).decode('ascii')}"


def _indent(stretch: Stretch) -> str:
    return "\t" if stretch.way else ""


SHAPES: dict[str, Callable[[Stretch, int], Iterator[str]]] = {
    "ascii": _ascii,
    "ebcdic": _ebcdic,
    "hex": _hex,
    "raw": _raw,
    "yaml": _yaml,
}
"""What makes the lines of a stretch, by the names of shapes; the second argument counts the bytes before it."""
