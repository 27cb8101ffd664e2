"""FTP: commands, replies, and the connections for data that they open."""

from __future__ import annotations

from typing import Any

from dissect.declare import Data, Dialogue, Header, digits, line, octets, protocol_named, word
from dissect.protocols.http_bodies import TextLines
from dissect.protocols.tcp import TCP

__all__ = ["FTP", "FTPData", "FTPDialogue", "FTPReply", "FTPRequest"]

_CODE = 3
_TEXT = frozenset((*range(0x20, 0x7F), *range(0x09, 0x0E)))
_LOOK = 30
"""So many bytes tell whether data are text."""


class FTPDialogue(Dialogue):
    """A line is a command; a reply is a line, or several up to one with the same code and a blank (section 4.2).

    After a reply 234 to AUTH TLS the connection speaks TLS (RFC 4217, section 4).
    """

    def __init__(self) -> None:
        self._asked = b""

    def size(self, way: int, data: bytes) -> int | None:
        """Return the bytes of the line, or of all lines of a reply."""
        end = data.find(b"\n") + 1
        code = data[:_CODE]
        if not (way and code.isdigit() and data[_CODE : _CODE + 1] == b"-"):
            return end or None
        while end:
            start, end = end, data.find(b"\n", end) + 1
            if end and data[start : start + _CODE + 1] == code + b" ":
                return end
        return None

    def speaks(self, way: int, data: bytes) -> type[Header]:
        """Return that the client asks, and the server replies."""
        return FTPReply if way else FTPRequest

    def took(self, way: int, data: bytes) -> None:
        """Follow the change to TLS."""
        if way == 0:
            self._asked = data[:8].upper()
        elif self._asked.startswith(b"AUTH TLS") and data.startswith(b"234"):
            self.becomes, self.switches = protocol_named("tls"), True
            self.told_after = {"upgraded_from": FTP.title}


class FTP(
    Header, name="ftp", title="File Transfer Protocol (FTP)", source="RFC 959", over={TCP: 21}, framing=FTPDialogue
):
    """A line of the control connection, and the lines behind it that belong to it, or stand in the same segment."""


class FTPRequest(FTP):
    r"""A command with its argument.

    >>> bytes(FTPRequest("RETR", "notes.txt"))
    b'RETR notes.txt\r\n'
    >>> bytes(FTPRequest("QUIT"))
    b'QUIT\r\n'
    """

    command: str = word("request.command", end="", of="[^ \\r\\n]", default="", kw_only=False, title="Request command")
    argument: str = line("request.arg", apart=True, default="", kw_only=False, title="Request arg")
    more: bytes = octets("", default=b"", length="rest", title="Further lines")

    def info(self) -> str:
        """Return the line."""
        return f"Request: {self.command} {self.argument}"


def _mark_size(reply: Any) -> int:
    """Return the bytes between code and text: a blank, or a "-" where more lines follow."""
    place = reply.own_start + len(reply.raw("code"))
    return int(place > reply.own_start and reply.buffer[place : place + 1] not in (b"", b"\r", b"\n"))


class FTPReply(FTP, variant=lambda data: data[:_CODE].isdigit() and len(data) >= _CODE):
    r"""A code with its text; a line that goes on has "-" behind the code.

    >>> bytes(FTPReply(220, "ready"))
    b'220 ready\r\n'
    """

    code: int = digits("response.code", size=_CODE, default=200, kw_only=False, title="Response code")
    mark: bytes = octets("", default=b" ", length=_mark_size, title="Mark")
    text: str = line("response.arg", default="", kw_only=False, title="Response arg")
    more: bytes = octets("", default=b"", length="rest", title="Further lines")

    def info(self) -> str:
        """Return the line."""
        return f"Response: {self.code} {self.text}"


class FTPData(
    Header,
    name="ftp-data",
    title="FTP Data",
    source="RFC 959, section 3",
    over={TCP: 20},
    opened=True,
    finds=(TextLines,),
):
    """A part of a file, or of a list of files: what follows is text or bytes."""

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        """Return the data, as text where they begin like it."""
        start, end = self.own_end, self.carried_end
        if start >= end:
            return None
        cls: Any = TextLines if not deep and _TEXT.issuperset(self.buffer[start : min(end, start + _LOOK)]) else Data
        return cls.decode(self.buffer, start, end, outer)  # type: ignore[no-any-return]

    def info(self) -> str:
        """Return how many bytes these are."""
        return f"FTP Data: {self.carried_end - self.own_end} bytes"
