"""Telnet: text, commands between it, and what both ends agree on."""

from __future__ import annotations

import re
from collections.abc import Callable

from dissect.declare import Header, octets
from dissect.protocols.tcp import TCP

__all__ = ["Telnet"]

IAC, SE, NOP, SB = 255, 240, 241, 250
_WITH_OPTION = range(251, 255)
_END = re.compile(rb"(?:[^\xff]|\xff\xff)*+", re.DOTALL)
_TEXT = re.compile(rb"(?:[^\xff]|\xff\xff)++", re.DOTALL)
_LINES = re.compile(rb"(?:[^\n\r]|\r(?!\0))*+(?:\n|\r\0)|.++", re.DOTALL)

TelnetPiece = tuple[str, int, int | None, bytes]
"""Of a piece: "text", "command" or "cut", the command, its option, and the text or what the option says."""


class Telnet(Header, name="telnet", title="Telnet", source="RFC 854", over={TCP: 23}):
    """What one end says in a segment; without anything to say, the command that does nothing.

    >>> bytes(Telnet()).hex(), Telnet(b"login: ").pieces()
    ('fff1', [('text', 0, None, b'login: ')])
    """

    data: bytes = octets("", default=bytes((IAC, NOP)), length="rest", kw_only=False, title="Data and commands")

    def pieces(self) -> list[TelnetPiece]:
        """Return the lines of text, and the commands between them."""
        return pieces_of(self.own_bytes)

    def info(self) -> str:
        """Return that there are data."""
        return "Telnet Data ..."


def end_of_suboption(data: bytes, place: int) -> int:
    """Return where what is said of an option ends: at the first 255 that is not doubled (RFC 855)."""
    found = _END.match(data, place)
    return len(data) if found is None else found.end()


def pieces_of(data: bytes, end: Callable[[bytes, int], int] = end_of_suboption) -> list[TelnetPiece]:
    """Return the lines of text in what one end says, and the commands between them (RFC 854, RFC 855).

    A line ends with a line feed, or with a carriage return and a zero, which stands for that alone. `end` tells where
    what is said of an option ends that begins at a place.
    """
    found: list[TelnetPiece] = []
    place = 0
    while place < len(data):
        text = _TEXT.match(data, place)
        if text is not None:
            found += [("text", 0, None, each) for each in _LINES.findall(text[0])]
            place = text.end()
            continue
        if place + 1 >= len(data):
            found.append(("cut", 0, None, b""))
            break
        command = data[place + 1]
        place += 2
        if command in _WITH_OPTION or command == SB:
            if place >= len(data):
                found.append(("cut", command, None, b""))
                break
            option = data[place]
            place += 1
            stop = end(data, place) if command == SB else place
            found.append(("command", command, option, data[place:stop]))
            place = stop
        else:
            found.append(("command", command, None, b""))
    return found
