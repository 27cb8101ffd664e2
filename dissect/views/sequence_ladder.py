"""Who sends what to whom, as a ladder: time runs down, and each packet is an arrow between two hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from dissect.declaration.header import Header
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.capture_source import packets_of
from dissect.views.listing import printable
from dissect.views.mermaid import MIME, plain
from dissect.views.packet_list import in_context
from dissect.views.palette import LINES
from dissect.views.svg import CHARACTER, svg_document, svg_text
from dissect.views.text import Picture
from dissect.wireshark.columns import summarize
from dissect.wireshark.time_column import time_text

__all__ = ["MOST", "Ladder", "Message", "sequence_ladder"]

MOST = 100
"""How many packets are drawn."""
_STEP, _TOP, _LEFT = 34, 46, 96
_LEAST_GAP, _MOST_GAP = 260, 620
"""How far apart, in pixels, the lines of two hosts stand."""
_PAGE, _NARROW_GAP = 900, 160
"""How wide a picture with more than two hosts may get before its lines move together, and how near they come."""


class Message(NamedTuple):
    """An arrow: when, from whom, to whom, and what the list says about the packet."""

    time: str
    source: str
    destination: str
    text: str


class Ladder:
    """The messages of a conversation; a notebook draws it, a prompt prints it."""

    def __init__(self, messages: list[Message], *, more: bool = False, first: Iterable[str] = ()) -> None:
        self.messages = messages
        self.more = more
        self._first = list(first)

    @property
    def hosts(self) -> list[str]:
        """The hosts, from left to right: in the order asked for, and then in that in which they appear."""
        seen = dict.fromkeys(host for each in self.messages for host in (each.source, each.destination))
        return list(dict.fromkeys([*(host for host in self._first if host in seen), *seen]))

    def __repr__(self) -> str:
        lines = [f"{each.time:>10}  {each.source} → {each.destination}  {each.text}" for each in self.messages]
        return "\n".join([*lines, *self._remark()])

    def _remark(self) -> Iterator[str]:
        if self.more:
            yield f"… and more: these are the first {len(self.messages)}"

    def to_svg(self) -> Picture:
        """Return the ladder as SVG; its words for screen readers are the lines of the list."""
        hosts = self.hosts
        gap = self._gap()
        at = {host: _LEFT + gap / 4 + number * gap for number, host in enumerate(hosts)}
        bottom = _TOP + _STEP * (len(self.messages) + 1)
        width = _LEFT + gap * max(len(hosts) - 0.5, 1)
        parts = []
        for host, x in at.items():
            parts.append(f'<line x1="{x:g}" y1="{_TOP - 14}" x2="{x:g}" y2="{bottom}" stroke="#57606a"/>')
            parts.append(svg_text(x, _TOP - 22, host, bold=True))
        for number, message in enumerate(self.messages):
            parts += _arrow(message, at, _TOP + _STEP * (number + 1), width)
        parts += [svg_text(12, bottom + 18, remark, anchor="start") for remark in self._remark()]
        title = f"Conversation of {', '.join(hosts)}: {len(self.messages)} packets"
        return Picture(svg_document(width, bottom + 28, title, repr(self), parts), "image/svg+xml", repr(self))

    def _gap(self) -> float:
        """Return how far apart the lines stand: as far as the texts need, less where many hosts share the page."""
        hosts = self.hosts
        place = {host: number for number, host in enumerate(hosts)}
        spans = ((each, abs(place[each.source] - place[each.destination]) or 1) for each in self.messages)
        needed = max(((len(each.text) * CHARACTER + 30) / span for each, span in spans), default=0)
        gap = min(max(_LEAST_GAP, needed), _MOST_GAP)
        return gap if len(hosts) < 3 else min(gap, max(_NARROW_GAP, (_PAGE - _LEFT) / (len(hosts) - 0.5)))

    def to_mermaid(self) -> Picture:
        """Return the ladder as the text of a Mermaid `sequenceDiagram`."""
        names = {host: f"h{number}" for number, host in enumerate(self.hosts)}
        lines = ["sequenceDiagram"]
        lines += [f"    participant {name} as {plain(host)}" for host, name in names.items()]
        lines += [
            f"    {names[each.source]}->>{names[each.destination]}: {plain(f'{each.time} {each.text}')}"
            for each in self.messages
        ]
        lines += [f"    note over h0: {plain(remark)}" for remark in self._remark()]
        return Picture("\n".join(lines), MIME, repr(self))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the drawing, and the list of messages in words."""
        return {"image/svg+xml": str(self.to_svg()), "text/plain": repr(self)}


def sequence_ladder(
    packets: str | Path | Iterable[Packet | Header], *, most: int = MOST, hosts: Iterable[str] = ()
) -> Ladder:
    """Return the ladder of these packets, `most` of them at most: filter a capture down to one conversation first.

    `packets` may be the path of a capture. `hosts` are addresses as the list shows them, which stand on the left in
    this order; the others follow in that in which they appear.

    >>> from dissect import IPv4, UDP
    >>> sequence_ladder([IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=53)])
                10.0.0.1 → 10.0.0.2  UDP 4000 → 53 Len=0
    """
    messages, clock = [], Clock()
    taken = list(in_context(packets_of(packets), most + 1))
    for packet in taken[:most]:
        clock.advance(packet)
        clock.show()
        time = time_text(packet, clock)
        columns = summarize(packet)
        text = printable(f"{columns.protocol} {columns.info}".strip())
        messages.append(Message(time, columns.source or "?", columns.destination or "?", text))
    return Ladder(messages, more=len(taken) > most, first=hosts)


def _arrow(message: Message, at: dict[str, float], y: float, width: float) -> Iterator[str]:
    start, end = at[message.source], at[message.destination]
    colour = LINES[0] if start <= end else LINES[1]
    yield f"<g><title>{escape(message.text)}</title>"
    yield svg_text(_LEFT - 8, y + 4, message.time, anchor="end")
    left = start + 30 if start == end else _LEFT
    room = int((width - left) / CHARACTER) - 1
    label = message.text if len(message.text) <= room else f"{message.text[: room - 1]}…"
    if start == end:
        # A host that speaks to itself.
        path = f"M{start:g},{y - 6:g} h24 v10 h-18"
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield svg_text(start + 30, y, label, anchor="start")
        tip, back = start, start + 8
        y += 4
    else:
        tip, back = end, end - 8 if start < end else end + 8
        yield f'<line x1="{start:g}" y1="{y:g}" x2="{back:g}" y2="{y:g}" stroke="{colour}" stroke-width="1.5"/>'
        # A text that is longer than its arrow stays on the page, and may cross the lines of other hosts.
        half = len(label) * CHARACTER / 2
        yield svg_text(round(min(max((start + end) / 2, _LEFT + half), width - half), 1), y - 6, label)
    yield f'<polygon points="{tip:g},{y:g} {back:g},{y - 4:g} {back:g},{y + 4:g}" fill="{colour}"/></g>'
