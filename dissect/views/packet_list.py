"""Packets as a list: lines at a prompt, a table that pages in a notebook, in Wireshark's colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from pathlib import Path

from dissect import captures
from dissect.captures.reader import CaptureReader
from dissect.declaration.header import Header
from dissect.errors import CaptureError
from dissect.flows.reading import ReadingPass, with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.colouring import RULES, Rule, rule_for
from dissect.views.html_style import TABLE_STYLE, style
from dissect.views.listing import list_line, printable
from dissect.wireshark.columns import COLUMNS, Summary, summarize
from dissect.wireshark.frame import was_observed
from dissect.wireshark.time_column import time_text

__all__ = ["MOST", "PacketList", "capture_html", "listing"]

MOST = 200
"""How many packets are shown unless more are asked for."""
_PAGE = 20
"""How many rows a page of the table has."""
_LONGEST = 120
"""How many characters of a cell are shown."""


class PacketList:
    """The first packets of a capture, to be looked at.

    At a prompt it is the lines of `dissect read`, in a notebook a table with pages, without any
    script. `more` says that there are further packets, `problem` what ended the reading.
    """

    def __init__(self, packets: list[Packet], title: str = "", *, more: bool = False, problem: str = "") -> None:
        self.packets = packets
        self.title = title
        self.more = more
        self.problem = problem

    def __len__(self) -> int:
        return len(self.packets)

    def __getitem__(self, place: int) -> Packet:
        return self.packets[place]

    def __repr__(self) -> str:
        clock, lines = Clock(), []
        for packet in self.packets:
            clock.advance(packet)
            clock.show()
            lines.append(list_line(packet, clock))
        return "\n".join([*lines, *self._remarks()])

    def _remarks(self) -> Iterator[str]:
        if self.more:
            yield f"… and more: these are the first {len(self.packets)}"
        if self.problem:
            yield self.problem

    def _repr_html_(self) -> str:
        """Return the table; its pages are chosen by radio buttons, which the keyboard reaches as well."""
        rows: list[str] = []
        used: set[Rule] = set()
        clock = Clock()
        for packet in self.packets:
            clock.advance(packet)
            clock.show()
            rule = rule_for(packet)
            if rule is not None:
                used.add(rule)
            columns = summarize(packet, clock)._replace(time=time_text(packet, clock))
            rows.append(_row(columns, rule))
        pages = [rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE)]
        colours = "".join(
            f".dissect-list .k{number}{{color:{rule.foreground};background:{rule.background}}}"
            for rule, number in _NUMBERS.items()
            if rule in used
        )
        shown = ",".join(f".dissect-list:has(.s{page}:checked) .g{page}" for page in range(len(pages)))
        more = f"{shown}{{display:table-row-group}}" if pages else ""
        heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in COLUMNS)
        caption = escape(printable(self.title)) or "Packets"
        bodies = "".join(f'<tbody class="g{page}">{"".join(each)}</tbody>' for page, each in enumerate(pages))
        remarks = "".join(f"<p>{escape(printable(remark))}</p>" for remark in self._remarks())
        return (
            # Radio buttons are one choice within one form: two tables on a page do not disturb each other.
            f'<form class="dissect-list">{style(TABLE_STYLE, colours + more)}'
            f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>{bodies}</table>"
            f"{_choice(len(pages))}{remarks}</form>"
        )


def listing(source: str | Path | Iterable[Packet | Header | bytes], *, most: int = MOST) -> PacketList:
    """Return the first packets of a capture file, or of packets, headers or bytes, as a list to look at.

    `most` is how many packets at most. A damaged file gives the packets before the damage, and says
    so below them. Raises CaptureError for what is no capture, OSError for a file that cannot be opened.

    >>> print(listing([Packet(bytes(42), number=1, time_ns=0)]))
        1   0.000000 00:00:00:00:00:00 → 00:00:00:00:00:00 0x0000 42 Ethernet II
    """
    title = ""
    if isinstance(source, (str, Path)):
        title = str(source)
        with captures.read(source) as reader:
            return _taken(with_context(reader), title, most)
    return _taken(in_context(source, most + 1), title, most)


def in_context(packets: Iterable[Packet | Header | bytes], most: int) -> Iterator[Packet]:
    """Yield the first packets with what they know of each other, such as relative sequence numbers.

    Packets that went through a reading pass already are themselves; of others copies learn.
    """
    reading = ReadingPass()
    for number, each in enumerate(islice(packets, most), 1):
        if isinstance(each, Packet) and was_observed(each):
            yield each
            continue
        packet = _packet(each, number)
        reading.observe(packet)
        yield packet


def _packet(each: Packet | Header | bytes, number: int) -> Packet:
    if isinstance(each, Packet):
        return Packet(
            bytes(each),
            number=each.number,
            time_ns=each.time_ns,
            original_length=each.original_length,
            link=each.link,
            interface=each.interface,
        )
    packet = Packet(bytes(each), number=number)
    if isinstance(each, Header):
        # Its class says what it is, and no link type need be known.
        packet._frame = each.copy()
    return packet


def _taken(packets: Iterable[Packet], title: str, most: int) -> PacketList:
    kept: list[Packet] = []
    problem = ""
    try:
        kept.extend(islice(packets, most + 1))
    except CaptureError as error:
        problem = str(error)
    return PacketList(kept[:most], title, more=len(kept) > most, problem=problem)


def capture_html(reader: CaptureReader) -> str:
    """Return the table of a capture that is open: its file is opened again, so that the reader stays where it is."""
    if Path(reader.path).is_file():
        return listing(Path(reader.path))._repr_html_()
    return PacketList([], reader.path, problem="This is no file, so its packets can be read only once.")._repr_html_()


_NUMBERS = {rule: number for number, (rule, _) in enumerate(RULES)}


def _row(columns: Summary, rule: Rule | None) -> str:
    cells = "".join(f"<td>{escape(_shortened(getattr(columns, field)))}</td>" for field in COLUMNS.values())
    marks = "" if rule is None else f' class="k{_NUMBERS[rule]}" title="{escape(rule.name)}"'
    return f"<tr{marks}>{cells}</tr>"


def _shortened(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _choice(pages: int) -> str:
    if not pages:
        return ""
    buttons = "".join(
        f'<label><input type="radio" name="page" class="s{page}"{"" if page else " checked"}>'
        f"{_PAGE * page + 1}–</label>"
        for page in range(pages)
    )
    hidden = " hidden" if pages == 1 else ""
    return f"<fieldset{hidden}><legend>Packets from</legend>{buttons}</fieldset>"
