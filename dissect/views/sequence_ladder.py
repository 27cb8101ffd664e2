"""Who sends what to whom, as a ladder: time runs down, and each packet is an arrow between two hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.capture_source import packets_of
from dissect.views.listing import printable
from dissect.views.markup import escaped
from dissect.views.mermaid import MIME, plain
from dissect.views.packet_list import in_context
from dissect.views.palette import LINES
from dissect.views.segment_labels import SegmentLabels
from dissect.views.svg import CHARACTER, svg_document, svg_text
from dissect.views.text import Picture
from dissect.wireshark.columns import summarize
from dissect.wireshark.time_column import time_text

__all__ = ["MOST", "Ladder", "Message", "sequence_ladder"]

MOST = 100
"""How many packets are drawn."""
_STEP, _LINE, _TOP, _TIMES = 34, 13, 46, 96
"""How far an arrow is from the next, a line of text from the next, the first one from the top; the width of times."""
_LEAST_GAP, _MOST_GAP = 260, 620
"""How far apart, in pixels, the lines of two hosts stand."""
_PAGE, _NARROW_GAP = 900, 160
"""How wide a picture with more than two hosts may get before its lines move together, and how near they come."""
_MARGIN = 8
"""What stays free between a text and a line."""
_MOST_LINES = 4
"""How many lines a label has; the rest of a longer one is in the title that the mouse shows."""
_STYLE = (
    ".dissect-ladder .rail{stroke:#57606a}.dissect-ladder .state{font-style:italic}"
    "@media(prefers-color-scheme:dark){.dissect-ladder text{fill:#e6e9ed}"
    ".dissect-ladder .rail{stroke:#9aa4af}.dissect-ladder .there{stroke:#6cb8e6}.dissect-ladder .back{stroke:#f09a5c}"
    ".dissect-ladder polygon.there{fill:#6cb8e6}.dissect-ladder polygon.back{fill:#f09a5c}}"
)
"""Dark where the reader's system is; the picture has a ground of its own, so that it is read on any page."""


class Message(NamedTuple):
    """An arrow: when, from whom, to whom, and what is written at it.

    `states` are (host, words) of the ends of a TCP connection that come into other states. `is_marked` says that
    there is something about the packet, as that it was sent again.
    """

    time: str
    source: str
    destination: str
    text: str
    states: tuple[tuple[str, str], ...] = ()
    is_marked: bool = False


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
        return "\n".join([*map(_line, self.messages), *self._remark()])

    def _remark(self) -> Iterator[str]:
        if self.more:
            yield f"… and more: these are the first {len(self.messages)}"

    def to_svg(self) -> Picture:
        """Return the ladder as SVG; its words for screen readers are the lines of the list."""
        hosts = self.hosts
        gap = self._gap()
        left, right = (self._side(host) for host in (hosts[:1], hosts[-1:]))
        start = _TIMES + left
        at = {host: start + number * gap for number, host in enumerate(hosts)}
        end = start + max(len(hosts) - 1, 0) * gap
        width = max(end + right, *(x + len(host) * CHARACTER / 2 + _MARGIN for host, x in at.items()), 2 * _TIMES)
        arrows: list[str] = []
        y = float(_TOP)
        for message in self.messages:
            lines = _wrapped(message.text, self._room(message, at, gap, width))
            y += _STEP + (len(lines) - 1) * _LINE
            arrows += _arrow(message, lines, at, y, self._sign(message))
            arrows += [_state(words, host, at, y) for host, words in message.states if host in at]
        bottom = y + _STEP
        parts = []
        for host, x in at.items():
            parts.append(
                f'<line class="rail" x1="{x:g}" y1="{_TOP - 14}" x2="{x:g}" y2="{bottom:g}" stroke="#57606a"/>'
            )
            parts.append(svg_text(x, _TOP - 22, host, bold=True))
        parts += arrows
        parts += [svg_text(12, bottom + 18, remark, anchor="start") for remark in self._remark()]
        title = f"Conversation of {', '.join(hosts)}: {len(self.messages)} packets"
        document = svg_document(width, bottom + 28, title, repr(self), parts, name="dissect-ladder", style=_STYLE)
        return Picture(document, "image/svg+xml", repr(self))

    def _sign(self, message: Message) -> bool:
        """Return whether an arrow goes to the right."""
        hosts = self.hosts
        return hosts.index(message.source) <= hosts.index(message.destination)

    def _side(self, hosts: list[str]) -> float:
        """Return how much room an outermost line needs beside it, for its states and the half of its name."""
        states = (words for each in self.messages for host, words in each.states if host in hosts)
        widest = max(map(len, states), default=0)
        name = max(map(len, hosts), default=0) / 2
        return max(widest, name, 6) * CHARACTER + 2 * _MARGIN

    def _room(self, message: Message, at: dict[str, float], gap: float, width: float) -> int:
        """Return how many characters of a label stand between two lines, those of the sender and its neighbour."""
        if message.source != message.destination:
            return int((gap - 2 * _MARGIN) / CHARACTER)
        x = at[message.source] + 30
        line = next((other for other in sorted(at.values()) if other > x), width)
        return int((line - x - _MARGIN) / CHARACTER)

    def _gap(self) -> float:
        """Return how far apart the lines stand: as far as the texts need, less where many hosts share the page."""
        hosts = self.hosts
        needed = max((len(each.text) * CHARACTER + 2 * _MARGIN + 2 for each in self.messages), default=0)
        if len(hosts) == 1:
            # The text of a host that speaks to itself stands beside its line.
            needed += 30
        gap = min(max(_LEAST_GAP, needed), _MOST_GAP)
        room = _PAGE - _TIMES - self._side(hosts[:1]) - self._side(hosts[-1:])
        return gap if len(hosts) < 3 else min(gap, max(_NARROW_GAP, room / (len(hosts) - 1)))

    def to_mermaid(self) -> Picture:
        """Return the ladder as the text of a Mermaid `sequenceDiagram`."""
        names = {host: f"h{number}" for number, host in enumerate(self.hosts)}
        lines = ["sequenceDiagram"]
        lines += [f"    participant {name} as {plain(host)}" for host, name in names.items()]
        for each in self.messages:
            lines.append(f"    {names[each.source]}->>{names[each.destination]}: {plain(f'{each.time} {each.text}')}")
            for host, words in each.states:
                side = "left" if names.get(host) == "h0" else "right"
                lines += [f"    note {side} of {names[host]}: {plain(words)}"] if host in names else []
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
    labels = SegmentLabels(taken[:most])
    for packet in taken[:most]:
        clock.advance(packet)
        clock.show()
        time = time_text(packet, clock)
        columns = summarize(packet)
        text = printable(f"{columns.protocol} {columns.info}".strip())
        segment = labels.label(packet, columns)
        source, destination = columns.source or "?", columns.destination or "?"
        if segment is None:
            messages.append(Message(time, source, destination, text))
        else:
            messages.append(Message(time, source, destination, segment.text, segment.states, segment.is_marked))
    return Ladder(messages, more=len(taken) > most, first=hosts)


def _line(message: Message) -> str:
    line = f"{message.time:>10}  {message.source} → {message.destination}  {message.text}"
    states = ", ".join(f"{host} {words}" for host, words in message.states)
    return f"{line}  ({states})" if states else line


def _wrapped(text: str, room: int) -> list[str]:
    """Return the text in lines that fit; what does not is cut."""
    lines = wrap(text, max(room, 2)) or [""]
    if len(lines) > _MOST_LINES:
        last = f"{lines[_MOST_LINES - 1]} {lines[_MOST_LINES]}"
        lines[_MOST_LINES - 1 :] = [f"{last[: max(room, 2) - 1]}…"]
    return lines


def _arrow(message: Message, lines: list[str], at: dict[str, float], y: float, rightwards: bool) -> Iterator[str]:
    start, end = at[message.source], at[message.destination]
    colour, name = (LINES[0], "there") if rightwards else (LINES[1], "back")
    drawn = f'class="{name}" stroke="{colour}" stroke-width="1.5"'
    if message.is_marked:
        drawn += ' stroke-dasharray="5 3"'
    yield f"<g><title>{escaped(message.text)}</title>"
    yield svg_text(_TIMES - 8, y + 4, message.time, anchor="end")
    if start == end:
        # A host that speaks to itself.
        yield f'<path {drawn} d="M{start:g},{y - 6:g} h24 v10 h-18" fill="none"/>'
        for number, line in enumerate(reversed(lines)):
            yield svg_text(start + 30, y - number * _LINE, line, anchor="start")
        tip, back = start, start + 8
        y += 4
    else:
        tip, back = end, end - 8 if start < end else end + 8
        yield f'<line {drawn} x1="{start:g}" y1="{y:g}" x2="{back:g}" y2="{y:g}"/>'
        neighbour = (
            min(x for x in at.values() if x > start) if end > start else max(x for x in at.values() if x < start)
        )
        for number, line in enumerate(reversed(lines)):
            yield svg_text(round((start + neighbour) / 2, 1), y - 6 - number * _LINE, line)
    yield f'<polygon class="{name}" points="{tip:g},{y:g} {back:g},{y - 4:g} {back:g},{y + 4:g}" fill="{colour}"/></g>'


def _state(words: str, host: str, at: dict[str, float], y: float) -> str:
    """Return a state beside the line of its host, outside where that is the first or the last one."""
    x = at[host]
    if x == min(at.values()):
        return svg_text(x - _MARGIN, y + 4, words, anchor="end", name="state")
    # Below the arrow: between two lines, the labels stand above.
    return svg_text(x + _MARGIN, y + (4 if x == max(at.values()) else 12), words, anchor="start", name="state")
