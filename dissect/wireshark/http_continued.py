"""What goes on in a connection of HTTP and begins no message, as Wireshark reads it: perhaps the rest of a header."""

from __future__ import annotations

import re

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Continued", "continued"]

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BLANK = b"\r\n"
_PRINTABLE = range(0x20, 0x7F)


class Continued(NamedTuple):
    """Bytes that go on: lines that have a colon are fields, what is behind them is a body."""

    fields: tuple[bytes, ...]
    """The lines with a colon, each with its end."""
    body: int
    """Where the body begins."""
    is_cut: bool
    """Whether the end of a line is missing."""
    is_text: bool
    """Whether the bytes begin with a character that can be printed, without which they are data and nothing else."""
    is_behind_blank: bool
    """Whether a blank line stands in front of the fields."""

    @property
    def names(self) -> list[tuple[str, bytes]]:
        """The name and the value of each field."""
        pairs = (line.partition(b":") for line in self.fields)
        return [(name.decode("latin-1"), value.strip(b" \t\r\n")) for name, _, value in pairs]

    @property
    def media_type(self) -> str | None:
        """The type of the body, as the last field says that tells one, in lower case; None where none does."""
        said = [value for name, value in self.names if name.lower() == "content-type"]
        return said[-1].partition(b";")[0].strip().lower().decode("latin-1") if said else None


def continued(data: bytes, *, is_all: bool = False, is_cut: bool = False) -> Continued:
    r"""Return how Wireshark reads what begins no message; with `is_all` nobody waits for the end of the last line.

    With `is_cut`, that is because the capture cut it: a line behind fields that breaks off is no body.

    >>> continued(b"Age: 5\r\n\r\nrest")[:3]
    ((b'Age: 5\r\n',), 10, False)
    >>> continued(b"rest\r\nAge: 5\r\n")[:3], continued(b"Age: 5\r\nDa")[2]
    (((), 0, False), True)
    """
    fields: list[bytes] = []
    place = len(_BLANK) if data.startswith(_BLANK) else 0
    is_text = place < len(data) and data[place] in _PRINTABLE
    while is_text and place < len(data):
        found = _LINE_END.search(data, place)
        if found is None:
            if fields and is_all and b":" in data[place:]:
                fields.append(data[place:])
                place = len(data)
            elif fields and not is_all:
                return Continued(tuple(fields), len(data), True, True, False)
            elif fields and is_cut:
                place = len(data)
            break
        if found.start() == place:
            place = found.end()
            break
        if b":" not in data[place : found.start()]:
            break
        fields.append(data[place : found.end()])
        place = found.end()
    if not fields:
        return Continued((), 0, False, bool(data) and data[0] in _PRINTABLE, False)
    return Continued(tuple(fields), place, False, True, data.startswith(_BLANK))
