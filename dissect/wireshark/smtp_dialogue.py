"""How Wireshark cuts what is said over SMTP: by segments, of which the last line tells what they are."""

from __future__ import annotations

import re

from dissect.declaration.carrying import protocol_named
from dissect.declaration.framing import Dialogue, FramingError
from dissect.declaration.header import Header
from dissect.protocols.plain_text import is_plain_text
from dissect.protocols.smtp import (
    SMTP,
    SMTPCommands,
    SMTPLastChunk,
    SMTPMail,
    SMTPMailEnd,
    SMTPReplies,
)

__all__ = ["SegmentDialogue", "chunk_seen", "is_command"]

_CODE, _VERB = 3, 4
_LINE = re.compile(rb"[^\r\n]+")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LAST = b".\r\n"
_CHUNK = re.compile(rb"BDAT\b[ \t]*([+-]?)0*(\d*)(.*)", re.IGNORECASE | re.DOTALL)
_MOST_DIGITS, _MOST_CHUNK = 18, (1 << 32) - 1
"""A larger number is the largest, and so is one below 0: they are read in 32 bits."""


def chunk_seen(command: bytes) -> tuple[int, bool]:
    """Return how many bytes of mail follow a command, whatever it says behind BDAT, and whether they are the last."""
    found = _CHUNK.fullmatch(command)
    if found is None:
        return 0, False
    size = int(found[2] or b"0") if len(found[2]) <= _MOST_DIGITS else _MOST_CHUNK
    return (-size if found[1] == b"-" else size) & _MOST_CHUNK, b"LAST" in found[3].upper()


class SegmentDialogue(Dialogue):
    """All lines of a segment are one message. Those of a client behind DATA are mail, up to a dot alone.

    They are also where the server refuses DATA. So are as many bytes as BDAT says, and lines that begin with no word of
    four letters. After a reply 220 to STARTTLS the connection speaks TLS, but for text that follows all the same.
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
        """Whether what follows DATA is taken for mail whatever it is, as it is once chunks have come."""
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
                # Where more stands in the segment than the rest of the chunk, its end is missed.
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
        self._chunk, self._is_last_chunk = chunk_seen(text)
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
        code = (_LINE.findall(data.rstrip(b"\r\n")) or [b""])[-1][:_CODE]
        self._answers_on = self._answers_on and code == b"334"
        if code == b"220" and self._asked == "STARTTLS":
            self.becomes, self.switches = protocol_named("tls"), True
            self.told_after = {"upgraded_from": SMTP.title}
        elif self._asked == "STARTTLS":
            self._asked = ""


def is_command(text: bytes) -> bool:
    """Whether a line is a command: a word of four letters, or one of a few others."""
    return text.upper() == b"STARTTLS" or (len(text) >= _VERB and text[_VERB : _VERB + 1] in (b"", b" "))
