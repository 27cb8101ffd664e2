"""SMTP: commands, replies, and the mail between DATA and a dot."""

from __future__ import annotations

import re
from typing import Any

from dissect.declare import (
    Dialogue,
    Entry,
    FramingError,
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
from dissect.protocols.plain_text import is_plain_text
from dissect.protocols.tcp import TCP

__all__ = [
    "SMTP",
    "SMTPCommand",
    "SMTPCommands",
    "SMTPLastChunk",
    "SMTPMail",
    "SMTPMailEnd",
    "SMTPReplies",
    "SMTPReply",
]

_CODE, _VERB = 3, 4
_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\r|\Z)")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LAST = b".\r\n"
_CHUNK = re.compile(rb"BDAT\b[ \t]*([+-]?)0*(\d*)(.*)", re.IGNORECASE | re.DOTALL)
_MOST_DIGITS, _MOST_CHUNK = 18, (1 << 32) - 1
"""A larger number is the largest, and so is one below 0: as Wireshark reads them, in 32 bits."""


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
    if found is None:
        return 0, False
    size = int(found[2] or b"0") if len(found[2]) <= _MOST_DIGITS else _MOST_CHUNK
    return (-size if found[1] == b"-" else size) & _MOST_CHUNK, b"LAST" in found[3].upper()


class SMTPDialogue(Dialogue):
    """Lines: of the client those behind DATA are mail, up to a dot alone (RFC 5321, section 4.1.1.4).

    They are also where the server refuses DATA: as Wireshark, this waits for the dot.
    So are as many bytes as BDAT says, whatever they are (RFC 3030, section 2). All lines of a segment are one message.
    After a reply 220 to STARTTLS the connection speaks TLS (RFC 3207).
    """

    follows_in_info = False

    def __init__(self) -> None:
        self._is_mail = False
        self._asked = ""
        self._answers_on = False
        """Whether the client goes on with an authentication."""
        self._chunk, self._is_last_chunk = 0, False
        """How many bytes of a chunk are still to come, and whether no other one follows."""
        self._is_endless = False
        """Whether what follows DATA is taken for mail whatever it is: as by Wireshark, once chunks have come."""
        self._behind = b"\r\n"
        """The last two bytes of what the client said."""

    def size(self, way: int, data: bytes) -> int | None:
        """Wait for the end of a line, and take all lines that are there then."""
        if b"\n" not in data and b"\r" not in data:
            return None
        raise FramingError("lines go on as far as the segment")

    def speaks(self, way: int, data: bytes) -> type[Header]:
        """Return whether the client asks or sends mail; the last line decides, unless a part of a chunk is there."""
        if way:
            return SMTPReplies
        cls: type[Header] = SMTPCommands
        chunk: type[Header] | None = None
        place = 0
        while place < len(data):
            if self._chunk:
                size = min(self._chunk, len(data) - place)
                # Where more stands in the segment than the rest of the chunk, Wireshark misses its end.
                self._is_mail = self._is_mail or size < len(data) - place
                self._is_endless = True
                self._chunk -= size
                place += size
                chunk = SMTPLastChunk if self._is_last_chunk and not self._chunk else SMTPMail
                continue
            end = _LINE_END.search(data, place)
            line = data[place : len(data) if end is None else end.end()]
            place += len(line)
            cls = self._line(line)
            if cls is SMTPMailEnd:
                break
            self._behind = (self._behind + line)[-2:]
        return chunk or cls

    def _line(self, line: bytes) -> type[Header]:
        """Return what a line of the client belongs to."""
        if self._is_mail:
            if line == _LAST and self._behind == b"\r\n" and not self._is_endless:
                self._is_mail = False
                return SMTPMailEnd
            return SMTPMail
        text = line.rstrip(b"\r\n")
        cls = SMTPCommands if self._answers_on or is_command(text) else SMTPMail
        self._answers_on = self._answers_on and text != b"*"
        if self._asked == "STARTTLS":
            # What a client sends before the server agrees is no command, but no mail either.
            return SMTPCommands
        self._asked = text.decode("latin-1").upper()
        self._chunk, self._is_last_chunk = chunk_of(text)
        self._is_mail = self._asked[:_VERB] == "DATA" and cls is SMTPCommands
        self._answers_on = self._answers_on or self._asked.startswith("AUTH ")
        return cls

    def goes_back(self, way: int, data: bytes) -> bool:
        """Whether text follows, in spite of what was agreed on."""
        return is_plain_text(data)

    def took(self, way: int, data: bytes) -> None:
        """Follow what the server allows."""
        if not way:
            return
        code = (_lines(data) or [b""])[-1][:_CODE]
        self._answers_on = self._answers_on and code == b"334"
        if code == b"220" and self._asked == "STARTTLS":
            self.becomes, self.switches = protocol_named("tls"), True
            self.told_after = {"upgraded_from": SMTP.title}
        elif self._asked == "STARTTLS":
            self._asked = ""


def is_command(text: bytes) -> bool:
    """Whether a line is a command: a word of four letters, or one of a few others."""
    return text.upper() == b"STARTTLS" or (len(text) >= _VERB and text[_VERB : _VERB + 1] in (b"", b" "))


class SMTP(
    Header,
    name="smtp",
    title="Simple Mail Transfer Protocol",
    source="RFC 5321",
    over={TCP: (25, 587)},
    framing=SMTPDialogue,
):
    """What one end says in a segment: `SMTPCommands`, `SMTPReplies`, `SMTPMail` or `SMTPMailEnd`, which build it."""


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
    """The end of the mail: its last lines, a dot alone, and what a client may have sent behind it."""

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
