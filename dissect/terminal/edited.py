"""A packet that is edited, a byte or a field at a time, and what follows from that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy

from dissect.captures import write
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Octets
from dissect.declaration.named_tuples import NamedTuple
from dissect.differences import compare
from dissect.errors import DissectError, FieldError
from dissect.packets.packet import Packet, parse
from dissect.terminal.looked import DetailRow
from dissect.terminal.visible import visible
from dissect.views.differences import difference_lines
from dissect.views.listing import printable

__all__ = ["EditLine", "Edited", "FieldAt"]

_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|\d+)\Z")
_NAME = re.compile(r"#\d+(=#\d+)? ?")
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "set": True, "not set": False}


class EditLine(NamedTuple):
    """A line about an edited packet; `kind` is "title", "changed", "problem", "follows" or ""."""

    text: str
    kind: str = ""


class FieldAt(NamedTuple):
    """A field of a packet that may be edited: the place of its layer among the layers, and its declaration."""

    layer: int
    field: Field


def _begins_at(header: Header, field: Field, start: int) -> bool:
    try:
        first, _ = header.span(field)
    except (DissectError, AttributeError):
        return False
    return header.own_start + first // 8 == start


class Edited:
    """A packet on its way: `before` as it was captured, `frame` as it is now; `undo` takes the last step back.

    Nothing that was captured changes: this is a copy.
    """

    def __init__(self, packet: Packet) -> None:
        self.before = Packet(
            packet.data,
            number=packet.number,
            time_ns=packet.time_ns,
            original_length=packet.original_length,
            link=packet.link,
        )
        self._steps: list[bytes] = [packet.data]

    @property
    def data(self) -> bytes:
        """The bytes as they are now."""
        return self._steps[-1]

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from what was captured."""
        return self.data != self.before.data

    @property
    def packet(self) -> Packet:
        """The packet as it is now."""
        packet = copy(self.before)
        packet.data = self.data
        return packet

    def _frame(self) -> Header:
        return parse(self.data, self.before.link, self.before.original_length + len(self.data) - len(self.before.data))

    def field_at(self, row: DetailRow) -> FieldAt | None:
        """Return the field that a line of the details stands for; None where it is none that may be edited.

        What was put together of several packets is none, nor is a list of options, whose bytes may be edited.
        """
        if row.source or row.start is None or row.node.kind != "field":
            return None
        for place, header in enumerate(self._frame().layers()):
            for field in header.fields:
                if (
                    field.name
                    and not isinstance(field.kind, EntryList)
                    and row.node.label in (field.label, field.also)
                    and _begins_at(header, field, row.start)
                ):
                    return FieldAt(place, field)
        return None

    def set_byte(self, place: int, text: str) -> None:
        """Put bytes, as hex digits, in place of those that begin at `place`; FieldError for what is none."""
        digits = text.replace(" ", "").replace(":", "").removeprefix("0x")
        try:
            octets = bytes.fromhex(digits)
        except ValueError:
            octets = b""
        if not octets:
            raise FieldError(f"{text!r} is no bytes, expected pairs of hex digits, as in 0a ff")
        if place + len(octets) > len(self.data):
            raise FieldError(
                f"{len(octets)} bytes from byte {place} on run past the end of the {len(self.data)} there are"
            )
        self._keep(self.data[:place] + octets + self.data[place + len(octets) :])

    def set_field(self, at: FieldAt, text: str) -> None:
        """Give a field a value, as it is written in a constructor; FieldError for one that does not fit.

        What is typed as the value is shown changes nothing, though control characters of a text are shown as others.
        """
        if text == visible(self.value(at)):
            return
        frame = self._frame()
        setattr(_layer(frame, at.layer), at.field.name, _value(at.field, text))
        self._keep(bytes(frame))

    def value(self, at: FieldAt) -> str:
        """Return a field's value as it is typed."""
        value = getattr(_layer(self._frame(), at.layer), at.field.name)
        return value.hex(" ") if isinstance(value, bytes) else str(value)

    def repair(self) -> None:
        """Compute lengths, selectors and checksums again, where they are wrong."""
        self._keep(bytes(self._frame().fixed()))

    def undo(self) -> None:
        """Take the last step back."""
        if len(self._steps) > 1:
            self._steps.pop()

    def _keep(self, data: bytes) -> None:
        if data != self.data:
            self._steps.append(data)

    def write(self, path: str) -> str:
        """Write the packet as it is now to a file of its own, and return a sentence that says how it went."""
        try:
            write(path, [self.packet])
        except (DissectError, OSError) as error:
            return f"{path} was not written: {error}"
        return f"The edited packet is written to {path}"

    def lines(self) -> Iterator[EditLine]:
        """Yield what differs from what was captured, what is wrong now, and what a repair would change."""
        if not self.is_changed:
            yield EditLine("Nothing is changed yet: e edits what the cursor is on in the details or the bytes")
            return
        now, frame = self.packet, self._frame()
        yield EditLine("Changed", "title")
        yield from (EditLine(f"  {line}", "changed") for line in _differences(self.before, now))
        problems = [str(problem) for problem in frame.problems()]
        yield EditLine("Wrong now" if problems else "Nothing is wrong now", "title")
        yield from (EditLine(f"  {printable(problem)}", "problem") for problem in problems)
        fixed = copy(now)
        fixed.data = bytes(frame.fixed())
        if fixed.data != now.data:
            yield EditLine("What x, which repairs, changes", "title")
            yield from (EditLine(f"  {line}", "follows") for line in _differences(now, fixed))


def _layer(frame: Header, place: int) -> Header:
    for at, header in enumerate(frame.layers()):
        if at == place:
            return header
    raise FieldError("the layer of this field is not there any more")


def _differences(before: Packet, after: Packet) -> Iterator[str]:
    for difference in compare([before], [after]):
        yield from (_NAME.sub("", line.text) for line in difference_lines(difference))


def _value(field: Field, text: str) -> object:
    """Return the value that a text stands for: a number, a truth value, bytes, or the text itself."""
    text = text.strip()
    if isinstance(field.kind, Octets):
        try:
            return bytes.fromhex(text.replace(":", ""))
        except ValueError:
            return text
    if _NUMBER.match(text):
        return int(text, 0)
    return _WORDS.get(text.lower(), text)
