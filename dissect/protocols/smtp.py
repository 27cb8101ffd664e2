"""SMTP: commands, replies, and the mail that follows DATA or comes in chunks."""

from __future__ import annotations

import re
from typing import Any

from dissect.declare import (
    Dialogue,
    Entry,
    Header,
    Listing,
    digits,
    line,
    octets,
    protocol_named,
    records,
    word,
)
from dissect.protocols.http_bodies import TextLines
from dissect.protocols.tcp import TCP

__all__ = [
    "SMTP",
    "SMTPCommand",
    "SMTPCommands",
    "SMTPDialogue",
    "SMTPLastChunk",
    "SMTPMail",
    "SMTPMailEnd",
    "SMTPReplies",
    "SMTPReply",
]

_CODE, _VERB = 3, 4
_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\r|\Z)")
_LAST = b".\r\n"
_CHUNK = re.compile(rb"BDAT[ \t]+(\d{1,20})(?:[ \t]+(LAST))?[ \t]*", re.IGNORECASE)


class SMTPCommand(Entry, name="smtp", title="Command Line", source="RFC 5321, section 4.1.1"):
    r"""A command with its argument.

    >>> bytes(SMTPCommand("HELO", "example.org")), bytes(SMTPCommand("QUIT"))
    (b'HELO example.org\r\n', b'QUIT\r\n')
    """

    verb: str = word("", end="", of="[^ \\r\\n]", default="NOOP", kw_only=False, title="Command")
    argument: str = line("", apart=True, default="", kw_only=False, title="Request parameter")

    def headline(self) -> str:
        return f"{self.verb} {self.argument}".rstrip()


def _mark_size(reply: Any) -> int:
    """Return the bytes between code and text: a blank, or a "-" where more lines follow."""
    place = reply.own_start + len(reply.raw("code"))
    return int(place > reply.own_start and reply.buffer[place : place + 1] not in (b"", b"\r", b"\n"))


class SMTPReply(Entry, name="smtp", title="Response", source="RFC 5321, section 4.2"):
    """A line of a reply: a code, "-" or a blank, and a text."""

    code: int = digits("", size=_CODE, default=250, kw_only=False, title="Response code")
    mark: bytes = octets("", default=b" ", length=_mark_size, title="Mark")
    text: str = line("", default="", kw_only=False, title="Response parameter")

    def headline(self) -> str:
        return f"{self.code} {self.text}".rstrip()


def _lines(data: bytes) -> list[bytes]:
    return [found[0] for found in _LINE.finditer(data) if found[0]]


def chunk_of(command: bytes) -> tuple[int, bool]:
    """Return how many bytes of mail follow a command, and whether they are the last (RFC 3030, section 2)."""
    found = _CHUNK.fullmatch(command)
    return (0, False) if found is None else (int(found[1]), found[2] is not None)


class SMTPDialogue(Dialogue):
    """Lines, and mail: behind a reply 354 to DATA, up to a dot alone on a line (RFC 5321, section 4.1.1.4).

    So are as many bytes as BDAT says, whatever they are (RFC 3030, section 2). Behind a reply 334 a line of the client
    goes on with an authentication (RFC 4954, section 4), and behind a reply 220 to STARTTLS the connection speaks TLS
    (RFC 3207, section 4).
    """

    def __init__(self) -> None:
        self._asked = ""
        """The last command, in capital letters."""
        self._is_mail = False
        self._chunk, self._is_last_chunk = 0, False
        """How many bytes of a chunk come next, and whether no other one follows."""

    def size(self, way: int, data: bytes) -> int | None:
        """Return the bytes of a command, of a reply with all its lines, of a chunk, or of a mail with its dot."""
        if way:
            return _reply_size(data)
        if self._chunk:
            return self._chunk
        if not self._is_mail:
            return data.find(b"\n") + 1 or None
        if data.startswith(_LAST):
            return len(_LAST)
        place = data.find(b"\r\n" + _LAST)
        return None if place < 0 else place + 2 + len(_LAST)

    def speaks(self, way: int, data: bytes) -> type[Header]:
        """Return what the end says next."""
        if way:
            return SMTPReplies
        if self._chunk:
            return SMTPLastChunk if self._is_last_chunk else SMTPMail
        return SMTPMailEnd if self._is_mail else SMTPCommands

    def took(self, way: int, data: bytes) -> None:
        """Follow what the client asks for, and what the server allows."""
        if way:
            self._answered((_lines(data) or [b""])[-1][:_CODE])
        elif self._chunk or self._is_mail:
            self._chunk, self._is_mail = 0, False
        else:
            command = data.rstrip(b"\r\n")
            self._asked = command.decode("latin-1").upper()
            self._chunk, self._is_last_chunk = chunk_of(command)

    def _answered(self, code: bytes) -> None:
        if code == b"354":
            self._is_mail = self._asked == "DATA"
        elif code == b"220" and self._asked == "STARTTLS":
            self.becomes, self.switches = protocol_named("tls"), True
            self.told_after = {"upgraded_from": SMTP.title}


def _reply_size(data: bytes) -> int | None:
    """Return the bytes of all lines of a reply; None where its last one is not there."""
    place = 0
    while (end := data.find(b"\n", place) + 1) > 0:
        if data[place + _CODE : place + _CODE + 1] != b"-":
            return end
        place = end
    return None


class SMTP(
    Header,
    name="smtp",
    title="Simple Mail Transfer Protocol",
    source="RFC 5321",
    over={TCP: (25, 587)},
    framing=SMTPDialogue,
):
    """What one end says: `SMTPCommands`, `SMTPReplies`, `SMTPMail` or `SMTPMailEnd`, which build it."""


class SMTPCommands(SMTP):
    r"""Commands of the client.

    >>> bytes(SMTPCommands(commands=[SMTPCommand("EHLO", "example.org")]))
    b'EHLO example.org\r\n'
    """

    commands: Listing[SMTPCommand] = records(
        "", of=SMTPCommand, default=(SMTPCommand(),), kw_only=False, title="Commands"
    )

    def info(self) -> str:
        """Return the lines."""
        return "C: " + " | ".join(f"{each.verb} {each.argument}" for each in self.commands)


class SMTPReplies(SMTP, variant=lambda data: data[:_CODE].isdigit() and len(data) >= _CODE):
    r"""Replies of the server, line by line.

    >>> bytes(SMTPReplies(replies=[SMTPReply(250, "here", mark=b"-"), SMTPReply(250, "SIZE")]))
    b'250-here\r\n250 SIZE\r\n'
    """

    replies: Listing[SMTPReply] = records("", of=SMTPReply, default=(SMTPReply(),), kw_only=False, title="Replies")

    def info(self) -> str:
        """Return the lines."""
        return "S: " + " | ".join(f"{each.code} {each.text}" for each in self.replies)


def part_of_mail(size: int) -> str:
    """Return what a list says of so many bytes of a mail."""
    return f"C: DATA fragment, {size} byte{'' if size == 1 else 's'}"


class SMTPMail(SMTP, finds=(TextLines,)):
    """A part of the mail, whose lines are carried."""

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        """Return the lines."""
        start, end = self.own_end, self.carried_end
        return TextLines.decode(self.buffer, start, end, outer) if start < end else None

    def info(self) -> str:
        """Return how many bytes these are."""
        return part_of_mail(self.carried_end - self.own_end)


class SMTPLastChunk(SMTPMail):
    """The rest of the last chunk of a mail (RFC 3030, section 2)."""


class SMTPMailEnd(SMTP):
    """A mail, or its last lines, with a dot alone, and what a client may have sent behind it in the same segment."""

    lines: bytes = octets("", default=b".\r\n", length="rest", kw_only=False, title="Last lines")

    def mail(self) -> bytes:
        """Return the last lines of the mail itself."""
        data = self.own_bytes
        if data.startswith(_LAST):
            return b""
        place = data.find(b"\n" + _LAST)
        return data if place < 0 else data[: place + 1]

    def info(self) -> str:
        """Return the dot."""
        return "C: ."
