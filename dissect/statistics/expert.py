"""What Wireshark remarks in a capture, each remark once with how often it was made (`-z expert`)."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from json import loads
from json.encoder import encode_basestring as any_text

from dissect.captures.reader import RecordTaker
from dissect.declaration.bounded import Bounded
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
from dissect.statistics.tap import Setting, Tap
from dissect.views.compiled import CompiledText
from dissect.wireshark.early_end import early_end
from dissect.wireshark.expert import ExpertItem, items_at_end, items_of_frame, items_of_record
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = ["MOST_BYTES", "MOST_FRAMES", "Remark", "RemarkTable", "remarks_in", "remarks_text", "severity_named", "tap"]

_TITLES = {"Error": "Errors", "Warning": "Warns", "Note": "Notes", "Chat": "Chats", "Comment": "Comments"}
"""What tshark calls the remarks of a severity, the worst first."""
_SEVERITY = re.compile(r"(error|warn|note|chat|comment)[a-z]*\Z", re.IGNORECASE)
MOST_FRAMES = 1000
"""How many frames are listed of one remark; the others are counted."""
MOST_BYTES = 32 << 20
"""How many bytes the remarks that differ take: some 60000 of them; of others, the severity alone is counted."""
_COST = 512
"""Bytes that a remark takes beside its words."""
_MOST_TEXTS, _LONGEST_KEPT = 4096, 1024
"""Of the texts that say what is remarked, so many are kept, with so many characters at most."""
_MOST_LISTED = 1 << 20
"""How many frames are listed of all remarks together."""


class Remark(NamedTuple):
    """One remark: how bad it is, what it is about, and the frames it was made of.

    The first thousand of them are listed, and of all remarks together a million.
    """

    severity: str
    group: str
    protocol: str
    summary: str
    frequency: int
    frames: tuple[int, ...]


class RemarkTable:
    """Counts remarks; of more than `most_bytes` bytes of them, those that were made first."""

    def __init__(self, most_bytes: int | None = None) -> None:
        self._counts: dict[tuple[str, str, str, str], tuple[list[int], array[int]]] = {}
        self._room = MOST_BYTES if most_bytes is None else most_bytes
        self._listed = 0
        self.left_out: Counter[str] = Counter()
        """How often remarks were made that have no row, by severity."""

    def add(self, remark: tuple[str, str, str, str], number: int) -> None:
        """Count a remark about the frame of this number: its severity, group and protocol, and its words."""
        found = self._counts.get(remark)
        if found is None:
            severity, *_, words = remark
            self._room -= _COST + len(words)
            if self._room < 0:
                self.left_out[severity] += 1
                return
            found = self._counts[remark] = [0], array("q")
        count, frames = found
        count[0] += 1
        if len(frames) < MOST_FRAMES and self._listed < _MOST_LISTED:
            frames.append(number)
            self._listed += 1

    def rows(self) -> list[Remark]:
        """Return the remarks: the worst first, and of those that are as bad the one that was made first."""
        worst = list(_TITLES)
        found = [Remark(*key, count, tuple(frames)) for key, ([count], frames) in self._counts.items()]
        return sorted(found, key=lambda remark: worst.index(remark.severity))


def remarks_in(packet: Packet) -> Iterator[tuple[str, ExpertItem]]:
    """Yield what is remarked about a packet that a reading pass has observed, each with its protocol.

    What an ICMP error quotes is not remarked upon.
    """
    for item in items_of_frame(packet):
        yield "Frame", item
    for header in seen_layers(packet):
        sight = sight_of(header)
        name = sight.short_name(header)
        for item in items_of_record(header):
            yield sight.remarks_as.get(item.name, name), item
        if header.quotes:
            break
    end = early_end(packet)
    for item in items_at_end(packet):
        yield "" if end is None else end.protocol, item


def remarks_text(packet: Packet) -> str:
    r"""Return what is remarked about a packet, "" for nothing: its number, and the remarks as a list in JSON.

    >>> from dissect import Ethernet, IPv4
    >>> remarks_text(Packet(bytes(Ethernet() / IPv4(ttl=1)), number=7))
    '7 [["Note","Sequence","IPv4","\\"Time To Live\\" only 1"]]'
    """
    told = [
        f"[{any_text(item.severity)},{any_text(item.group)},{any_text(protocol)},{any_text(item.message)}]"
        for protocol, item in remarks_in(packet)
    ]
    return f"{packet.number} [{','.join(told)}]" if told else ""


def severity_named(text: str) -> str | None:
    """Return the severity that a word such as "warn" names; None for another word.

    >>> severity_named("warn"), severity_named("ERRORS"), severity_named("tcp")
    ('Warning', 'Error', None)
    """
    found = _SEVERITY.match(text.strip())
    if found is None:
        return None
    return next(each for each in _TITLES if each.lower().startswith(found[1].lower()))


class _ExpertTap(Tap):
    def __init__(self, rest: str, setting: Setting) -> None:
        word, _, behind = rest.partition(",")
        named = severity_named(word)
        self._passes = setting.filter(rest if named is None else behind)
        titles = list(_TITLES)
        self._wanted = titles if named is None else titles[: titles.index(named) + 1]
        self.table = RemarkTable()
        self._text = CompiledText(lambda clock: remarks_text, setting.clock)
        self._told: Bounded[str, list[tuple[str, str, str, str]]] = Bounded(_MOST_TEXTS)
        """The remarks by their text in JSON, which is read once."""

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            self._add(self._text(packet))

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        if self._passes is not None:
            return None
        return lambda pattern: self._text.taker(pattern, reading, self._add)

    def _add(self, text: str) -> None:
        """Count what is remarked about a packet (`remarks_text`)."""
        if not text:
            return
        number, _, told = text.partition(" ")
        remarks = self._told.get(told)
        if remarks is None:
            remarks = [(*each,) for each in loads(told)]
            if len(told) <= _LONGEST_KEPT:
                self._told.keep(told, remarks)
        for remark in remarks:
            self.table.add(remark, int(number))

    def rows(self) -> list[Remark]:
        """Return the remarks of the severities that are asked for."""
        return [row for row in self.table.rows() if row.severity in self._wanted]

    @property
    def left_out(self) -> int:
        """How often remarks of these severities were made that have no row, because there are too many that differ."""
        return sum(self.table.left_out[severity] for severity in self._wanted)

    def lines(self) -> Iterator[str]:
        rows = self.rows()
        for severity in self._wanted:
            found = [row for row in rows if row.severity == severity]
            left_out = self.table.left_out[severity]
            if found or left_out:
                count = sum(row.frequency for row in found) + left_out
                yield from ("", f"{_TITLES[severity]} ({count})", "=============")
                yield "   Frequency      Group           Protocol  Summary"
            for row in found:
                yield f"{row.frequency:12} {row.group:>10} {row.protocol:>18}  {row.summary}"
            if left_out:
                yield f"{left_out:12} more are left out: there are too many different ones to tell all"


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z expert[,error|warn|note|chat|comment][,filter]`."""
    return _ExpertTap(rest, setting)
