"""Who sent what to whom, drawn with an arrow for each packet (`-z flow,any,network`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

from dissect.captures.reader import RecordTaker
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.protocols.icmp import ICMP
from dissect.protocols.tcp import TCP
from dissect.statistics.kept_rows import KeptRows
from dissect.statistics.response_times import PINGS
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.tree_taps import Travel, travel_of
from dissect.views.compiled import CompiledText
from dissect.views.listing import printable
from dissect.wireshark.columns import Summary, summarize
from dissect.wireshark.sight import said_layers, sight_of
from dissect.wireshark.tcp import flag_names
from dissect.wireshark.time_column import time_text

__all__ = ["Arrow", "flow_lines", "tap"]

_WIDTH = 20
"""Characters between the lines of two nodes."""
_MOST_NODES = 40
_PORT = 7
"""Characters of a port with its brackets, at most."""
_TIME = 10
_BETWEEN = "\x1f"
"""Stands between what is kept of an arrow, which holds no such character: the list prints none."""
_NO_SUMMARY = Summary("", "", "", "", "", "", "")


class Arrow(NamedTuple):
    """A packet in the graph: `label` stands above the arrow, `comment` beside it."""

    source: str
    source_port: int
    destination: str
    destination_port: int
    time: str
    label: str
    comment: str
    conversation: int = 0


def flow_lines(arrows: Iterable[Arrow]) -> Iterator[str]:
    """Yield the lines of the graph, as tshark draws it; the arrows are gone through more than once."""
    first = next(iter(arrows), None)
    if first is None:
        return
    nodes: dict[str, int] = {}
    for arrow in arrows:
        if len(nodes) == _MOST_NODES:
            break
        for address in (arrow.source, arrow.destination):
            if address not in nodes and len(nodes) < _MOST_NODES:
                nodes[address] = len(nodes)
    are_several = any(arrow.conversation != first.conversation for arrow in arrows)
    names = list(nodes)
    above = "".join(f"| {name}".ljust(2 * _WIDTH) for name in names[::2])
    below = "".join(_name(name) for name in names[1::2])
    indent = "     |         " if are_several else "|         "
    yield ("Conv.| Time    " if are_several else "|Time     ") + above + "|"
    yield indent + "| ".ljust(_WIDTH) + below
    empty = "| ".ljust(_WIDTH) * len(names) + "|"
    last = first.conversation
    for arrow in arrows:
        if arrow.conversation != last:
            last = arrow.conversation
            yield "-" * (len(indent) + len(empty) + 1)
        start, end = (
            nodes.get(address, _MOST_NODES + 1) * _WIDTH + _WIDTH // 2 for address in (arrow.source, arrow.destination)
        )
        end = start + _WIDTH if start == end else end
        number = str(arrow.conversation).ljust(5) if are_several else ""
        yield f"{number}{f'|{arrow.time}'.ljust(_TIME)}{_written(empty, arrow.label, start, end)}{arrow.comment}"
        yield indent + _drawn(empty, arrow, start, end)


def _name(name: str) -> str:
    text = f"| {name}"
    return (f"{text:<{_WIDTH}}| " if len(text) < _WIDTH else text).ljust(2 * _WIDTH)


def _drawn(empty: str, arrow: Arrow, start: int, end: int) -> str:
    """Return the line with the arrow, and with the ports beside it."""
    size = abs(end - start) - 2
    source, destination = (f"({port})"[:_PORT] for port in (arrow.source_port, arrow.destination_port))
    if start < end:
        line = _written(empty, "-" * size + ">", start, end)
        line = _written(line, source, start - 9, start - 1)
        return _written(line, destination, end + 1, end + 9)
    line = _written(empty, "<" + "-" * size, start, end)
    line = _written(line, source, start + 1, start + 9)
    return _written(line, destination, end - 9, end - 1)


def _written(line: str, text: str, start: int, end: int) -> str:
    """Return the line with a text over it, as far as there is room between the two places.

    At a node for which the line has no room the text goes in between, as in tshark.
    """
    place = min(start, end, len(line))
    text = text[: abs(end - start)]
    behind = place + len(text)
    return line[:place] + text + line[behind if behind <= len(line) else place :]


class _FlowTap(Tap):
    def __init__(self, kind: str, rest: str, setting: Setting) -> None:
        layers, _, text = rest.partition(",")
        if layers not in ("standard", "network"):
            raise DissectError(
                f"-z flow,{kind},{rest} needs standard or network for the addresses: flow,{kind},network"
            )
        self._kind = kind
        self._is_any = layers == "network"
        self._passes = setting.filter(text)
        self._clock = setting.clock
        self._text = CompiledText(lambda clock: partial(self._told, clock), setting.clock)
        self._arrows = KeptRows()

    @property
    def facts(self) -> Collection[str] | None:
        return () if self._passes is None else None

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            self._add(self._text(packet))

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        if self._passes is not None or self._clock.time_format == "dd":
            # A time since the packet that was shown last goes by what is shown.
            return None
        return lambda pattern: self._text.taker(pattern, reading, self._add)

    def _add(self, text: str) -> None:
        if text:
            self._arrows.append((text,))

    def _told(self, clock: Clock, packet: Packet) -> str:
        """Return the arrows of a packet as text, one a line."""
        return "\n".join(_BETWEEN.join(map(str, arrow)) for arrow in self._of(packet, clock))

    def _of(self, packet: Packet, clock: Clock) -> Iterator[Arrow]:
        headers = [header for header in said_layers(packet) if self._counts(header)] if self._kind != "any" else [None]
        if not headers:
            return
        travel = travel_of(packet)
        # An arrow of a segment has no words of the list.
        summary = _NO_SUMMARY if self._kind == "tcp" and not self._is_any else summarize(packet)
        ends = (summary.source, summary.destination) if self._is_any else (travel.source, travel.destination)
        if not all(ends):
            return
        time = time_text(packet, clock, clock.time_format, clock.digits(packet))
        for header in headers:
            if self._kind == "tcp":
                yield _segment(header, ends, travel, time)
            else:
                yield _line(header, summary, ends, travel, time)

    def _counts(self, header: Any) -> bool:
        """Whether an arrow stands for the header: a segment, a ping, or the answer to a ping that was seen."""
        if self._kind == "tcp":
            return isinstance(header, TCP) and sight_of(header).is_counted(header)
        _, request, reply = PINGS.get(f"{self._kind},srt", ("", (), ()))
        is_ping = isinstance(header, request) and not header.is_cut
        return is_ping or (isinstance(header, reply) and header.learnt("request_frame") is not None)

    def lines(self) -> Iterator[str]:
        yield from flow_lines(_Arrows(self._arrows))


class _Arrows(Iterable[Arrow]):
    """The arrows of a graph, made of what is kept of them."""

    def __init__(self, rows: KeptRows) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Arrow]:
        for (text,) in self._rows:
            for line in text.split("\n"):
                source, source_port, destination, destination_port, time, label, comment, conversation = line.split(
                    _BETWEEN
                )
                ports = int(source_port), int(destination_port)
                yield Arrow(source, ports[0], destination, ports[1], time, label, comment, int(conversation))


def _line(header: Any, summary: Summary, ends: tuple[str, str], travel: Travel, time: str) -> Arrow:
    """Return the arrow of a packet, with its line of the list; a ping has its type and code for a port."""
    ports = travel.source_port, travel.destination_port
    if isinstance(header, ICMP) and travel.transport == "NONE":
        ports = (0, int(header.type) * 256 + int(header.code))
    info = printable(summary.info)
    comment = f"{summary.protocol}: {info}" if summary.protocol else info
    return Arrow(ends[0], ports[0], ends[1], ports[1], time, info, comment)


def _segment(header: Any, ends: tuple[str, str], travel: Travel, time: str) -> Arrow:
    """Return the arrow of a TCP segment, with its flags and relative numbers."""
    flags = flag_names(int(header.flags), has_reserved=header.reserved != 0)
    label = f"{flags} - Len: {header.segment_length}" if header.segment_length else flags
    comment = f"Seq = {header.learnt('relative_seq')}"
    if header.ack_flag:
        comment += f" Ack = {header.learnt('relative_ack')}"
    stream = header.learnt("stream") or 0
    return Arrow(ends[0], travel.source_port, ends[1], travel.destination_port, time, label, comment, stream)


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z flow,KIND,standard|network[,filter]`."""
    return _FlowTap(name.partition(",")[2], rest, setting)
