"""What a text about a packet depends on: the ordinary code is run once, over a packet that notes what is asked of it.

Frames repeat. Of two that differ in their numbers alone, the list, a row of fields and the details say the same words
around other numbers. So the code that makes a text (of sights, of declarations, of somebody else's protocol) is run
on a *traced* packet, whose numbers are `Symbol`s. One that is only printed becomes a hole in the text; one that decides
something (a comparison, a look into a table) becomes a *condition*: the expression, and the value that it had.

The code sees nothing but what it asks for. So for another packet with headers of the same classes at the same
places, for which all conditions have the same values, it would go the same way and make the same text, but for the
holes. `dissect.views.compiled` makes a function of that.

What cannot be followed raises `UntraceableError`, and the packet is left to the ordinary code: a header that was
changed, bytes from another frame, a symbol in the hands of a function that is written in C.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from dissect.declaration.decoder import LINKS
from dissect.declaration.header import Header
from dissect.declaration.symbols import RUNNING, Symbol, Trace, UntraceableError
from dissect.declaration.traced import Chain
from dissect.declaration.traced_bytes import TracedBuffer
from dissect.declaration.traced_decoding import Decoded, TracedDecoding
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = ["TracedClock", "TracedPacket", "begun", "chain_of", "decoded", "traced"]


class TracedPacket(Packet):
    """A packet of which every look at it is noted."""

    __slots__ = ("_chain", "_real")

    _chain: Chain
    _real: Packet

    @property
    def number(self) -> Any:  # type: ignore[override]
        return Symbol(self._chain.trace, "number", self._real.number)

    @property
    def time_ns(self) -> Any:  # type: ignore[override]
        return _moment(self._chain.trace, "time_ns", self._real.time_ns)

    @property
    def data(self) -> Any:  # type: ignore[override]
        return TracedBuffer(self._chain.trace, self._chain.data, 0, self._chain.size)

    @property
    def original_length(self) -> Any:  # type: ignore[override]
        return Symbol(self._chain.trace, "original", self._real.original_length)

    @property
    def captured_length(self) -> Any:
        return self._chain.size

    @property
    def link(self) -> int:  # type: ignore[override]
        return self._real.link

    @property
    def _described(self) -> Packet:
        """The packet itself, asked what its file says of it and all others of its origin."""
        self._chain.trace.holds("origin", (self._real.interface, self._real.origin))
        return self._real

    @property
    def interface(self) -> Any:  # type: ignore[override]
        return self._described.interface

    @property
    def interface_name(self) -> Any:
        return self._described.interface_name

    @property
    def interface_description(self) -> Any:
        return self._described.interface_description

    @property
    def is_observed(self) -> bool:
        # All packets of which texts are made in one way have been observed, or none has.
        return self._real.is_observed

    @property
    def section_number(self) -> Any:
        return self._described.section_number

    def option(self, name: str) -> Any:
        value = self._real.option(name)
        if value is not None:
            # Packets that are alike have options of the same names.
            self._chain.trace.holds(f"packet.option({name!r})", value)
        return value

    @property  # type: ignore[misc]
    def comments(self) -> tuple[str, ...]:
        if self._real.comments:
            raise UntraceableError("comments")
        return ()

    @property
    def _references(self) -> Any:  # type: ignore[override]
        raise UntraceableError("times that no clock tells")

    @property  # type: ignore[misc]
    def frame(self) -> Any:
        return self._chain.traced[0]

    @property
    def _frame(self) -> Any:  # type: ignore[override]
        return self._chain.traced[0]

    @property
    def headers(self) -> list[Any]:
        """The headers that are traced, outermost first."""
        return self._chain.traced


class TracedClock(Clock):
    """A clock whose times are noted; `trace` and `clock` are those of the run."""

    __slots__ = ("clock", "trace")

    clock: Clock
    trace: Trace

    def __init__(self, time_format: str) -> None:
        self.time_format = time_format

    @property
    def first(self) -> Any:  # type: ignore[override]
        return _moment(self.trace, "first", self.clock.first)

    @property
    def previous(self) -> Any:  # type: ignore[override]
        return _moment(self.trace, "previous", self.clock.previous)

    @property
    def previous_shown(self) -> Any:  # type: ignore[override]
        return _moment(self.trace, "previous_shown", self.clock.previous_shown)


def _moment(trace: Trace, name: str, value: int | None) -> Any:
    trace.holds(f"({name} is None)", value is None)
    return None if value is None else Symbol(trace, name, value)


def traced(
    make: Callable[[Packet], str],
    packet: Packet,
    headers: list[Header],
    clock: Clock,
    noting: TracedClock,
    *,
    keeps_bytes: bool = False,
    further: Sequence[Header] = (),
) -> tuple[str, Trace]:
    """Return the text that `make` makes of a packet, with characters for holes, and what it depends on.

    `make` asks `noting` for times; `clock` has advanced to the packet, whose headers are those of `seen_layers`, or the
    first of them; then all are `further`.
    With `keeps_bytes` it sees bytes as they are. Raises UntraceableError, or any other error, where the code cannot be
    followed.
    """
    trace = Trace(keeps_bytes=keeps_bytes)
    noting.trace, noting.clock = trace, clock
    digits = clock.digits(packet)
    noting.digits = lambda _: digits
    stand_in = object.__new__(TracedPacket)
    stand_in._real = packet
    stand_in._chain = chain_of(trace, packet, headers, further)
    RUNNING.append(trace)
    try:
        return make(stand_in), trace
    finally:
        RUNNING.pop()


def decoded(
    packet: Packet, ends: Callable[[type[Header]], bool] = lambda cls: False, *, keeps_bytes: bool = False
) -> tuple[Trace, TracedDecoding, list[Decoded]]:
    """Return how the headers of a packet are found of which nothing was learnt: `seen_layers` of others like it.

    They are looked for up to the first of a class with which they may end, as `ends` says.

    Raises UntraceableError, or any other error, where that cannot be followed.
    """
    trace, chain, follow = _decoding(packet, ends, keeps_bytes=keeps_bytes)
    return trace, chain, follow()


def begun(packet: Packet, ends: Callable[[type[Header]], bool] = lambda cls: False) -> tuple[Trace, list[Decoded]]:
    """Return as much of the same as can be told of a packet of which `decoded` raises an error.

    That are the headers up to the last one that was found before the error, and what these depend on.
    """
    trace, chain, follow = _decoding(packet, ends)
    with suppress(UntraceableError, Exception):
        follow()
    return trace, chain.begun()


def _decoding(
    packet: Packet, ends: Callable[[type[Header]], bool], *, keeps_bytes: bool = False
) -> tuple[Trace, TracedDecoding, Callable[[], list[Decoded]]]:
    """Return what follows how the headers of a packet are found."""
    decode = LINKS.get(packet.link)
    if decode is None:
        raise UntraceableError("frames that are not read")
    fresh = Packet(packet.data, link=packet.link, original_length=packet.original_length)
    trace = Trace(keeps_bytes=keeps_bytes)
    left = max(packet.original_length - len(packet.data), 0)
    headers: list[Header] = []
    for header in seen_layers(fresh):
        headers.append(header)
        if ends(header.__class__):
            break
    chain = TracedDecoding(trace, packet.data, left, headers)
    return trace, chain, partial(chain.decode, decode, lambda header: sight_of(header).payload(header), ends)


def chain_of(trace: Trace, packet: Packet, headers: list[Header], further: Sequence[Header] = ()) -> Chain:
    """Return the traced headers of a packet."""
    return Chain(trace, packet.data, max(packet.original_length - len(packet.data), 0), headers, further)
