"""What can be compared: captures, packets, headers and bytes, each read as often as it takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from dissect.captures import read
from dissect.captures.given import packets_of
from dissect.declaration.header import Header
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet

__all__ = ["Comparable", "Frames", "as_packets"]

Comparable: TypeAlias = "str | os.PathLike[str] | Packet | Header | bytes | bytearray | memoryview | Iterable[object]"
"""A capture's path, "-" for the one on standard input, a frame, or anything that iterates over these."""

Passes: TypeAlias = Callable[[Packet], bool]
Watch: TypeAlias = Callable[[Iterator[Packet]], Iterator[Packet]]


class Frames:
    """The frames of something comparable, which can be gone through several times.

    A file is read each time, so that memory does not grow with it; what can be read once (a pipe,
    an iterator) is held. `name` is what messages call it.
    """

    def __init__(
        self,
        source: Comparable,
        *,
        context: bool = False,
        display_filter: str | None = None,
        watched: Watch | None = None,
    ) -> None:
        self.name = os.fsdecode(source) if isinstance(source, (str, os.PathLike)) else "the frames"
        self._context = context
        self._filter = display_filter
        self._watched = watched
        self._path: Path | None = None
        self._held: list[Packet] | None = None
        if isinstance(source, (str, os.PathLike)) and self.name != "-" and Path(source).is_file():
            self._path = Path(source)
        else:
            self._held = list(as_packets(source))

    def packets(self) -> Iterator[Packet]:
        """Yield the frames that pass the filter, from the first; CaptureError where the file is damaged."""
        if self._path is not None:
            packets: Iterator[Packet] = read(self._path)
        else:
            packets = iter([_fresh(packet) for packet in self._held or ()] if self._context else self._held or ())
        if self._watched is not None:
            packets = self._watched(packets)
        if self._filter is not None:
            from dissect.filters.compiler import compile_filter

            clock = Clock()
            passes = compile_filter(self._filter, clock=clock)
            return _passing(with_context(packets), clock, passes)
        return with_context(packets) if self._context else packets


def _passing(packets: Iterator[Packet], clock: Clock, passes: Passes) -> Iterator[Packet]:
    for packet in packets:
        clock.advance(packet)
        if passes(packet):
            yield packet


def _fresh(packet: Packet) -> Packet:
    """Return the packet without what a reading pass before this one attached to its headers."""
    return Packet(
        bytes(packet),
        number=packet.number,
        time_ns=packet.time_ns,
        original_length=packet.original_length + len(packet) - len(packet.data),
        link=packet.link,
        interface=packet.interface,
    )


def as_packets(source: Comparable) -> Iterator[Packet]:
    """Yield what the source holds as packets, numbered from 1 unless a capture's own numbers are there.

    Headers and bytes have no time; bytes are Ethernet frames. Raises FieldError for what is no frame,
    CaptureError where a file is damaged.

    >>> from dissect import Ethernet
    >>> [(packet.number, len(packet), packet.time_ns) for packet in as_packets([Ethernet(), bytes(20)])]
    [(1, 14, None), (2, 20, None)]
    """
    if isinstance(source, (str, os.PathLike)):
        yield from read(source)
        return
    for number, packet in enumerate(packets_of(source), 1):  # type: ignore[arg-type]  # what is no frame is refused
        yield _fresh(packet) if packet.number == number else _numbered(packet, number)


def _numbered(packet: Packet, number: int) -> Packet:
    made = _fresh(packet)
    made.number = number
    return made
