"""SMTP: the mail, put together of its parts, and what is said while a client authenticates itself."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.smtp import (
    SMTP,
    SMTPCommand,
    SMTPCommands,
    SMTPLastChunk,
    SMTPMail,
    SMTPMailEnd,
    SMTPReplies,
)
from dissect.wireshark.smtp import ANOTHER_WAY, is_no_command
from dissect.wireshark.smtp_dialogue import chunk_seen

__all__ = ["SMTPLearner"]

_MOST = 1 << 13
_MOST_PARTS = 1 << 14
_MOST_BYTES = 1 << 24
_MOST_COMPLETED = 1 << 16
_BLANK = b"\r\n"
_VERB = re.compile(rb"[A-Za-z]{4}[ \r\n]")
"""What begins a command, also where an answer is awaited."""


class _Talk:
    """What is known of one connection."""

    __slots__ = ("is_asked", "is_in_another_way", "parts", "size", "waits_for")

    def __init__(self) -> None:
        self.parts: list[tuple[int, bytes]] = []
        self.size = 0
        self.waits_for: list[str] = []
        """What the next lines of the client are, while it authenticates itself."""
        self.is_asked = False
        """Whether the server has asked for the next of these (RFC 4954, section 4)."""
        self.is_in_another_way = False
        """Whether the client authenticates itself in a way whose lines nobody here knows."""


class SMTPLearner(Learner, of=SMTP):
    """Puts mail together, in 8192 connections at a time: at most 16 MiB of each, in 16384 parts."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._talks: OrderedDict[int, _Talk] = OrderedDict()
        self._twice = twice
        self._completed: dict[int, int] = {}
        """For a second pass, by the frames of parts: the frame at whose mail's end they belong."""

    def rewind(self) -> None:
        super().rewind()
        self._talks.clear()

    def held(self) -> int:
        return len(self._talks)

    def observe(self, header: Any, place: Place) -> None:
        if place.stream is None or place.quoted:
            return
        talk = self._talks.get(place.stream)
        if talk is None:
            talk = self._talks[place.stream] = _Talk()
            if len(self._talks) > _MOST:
                self._talks.popitem(last=False)
        if isinstance(header, SMTPMail):
            self._add(talk, place.number, header.parts()[1])
            if self.again and place.number in self._completed:
                header.learn(reassembled_in=self._completed[place.number])
            if isinstance(header, SMTPLastChunk):
                header.learn(reassembled_in=place.number)
                talk.parts, talk.size = [], 0
        elif isinstance(header, SMTPMailEnd):
            last = header.mail()
            self._add(talk, place.number, last)
            self._complete(talk, header, place)
        elif isinstance(header, SMTPCommands):
            told = tuple(_authentication(talk, header))
            header.learn(authenticates=told)
            if is_no_command(told):
                self._add(talk, place.number, header.own_bytes)
            elif any(map(is_end, header.commands)):
                self._complete(talk, header, place)
        elif isinstance(header, SMTPReplies) and header.replies:
            talk.is_asked = getattr(header.replies[-1], "code", _GO_ON) == _GO_ON
            if not talk.is_asked:
                talk.waits_for, talk.is_in_another_way = [], False

    def _complete(self, talk: _Talk, header: Any, place: Place) -> None:
        """Tell the header at the end of a mail what it has; nothing where none of it has come."""
        frames = [number for number, data in talk.parts if number != place.number or data != _BLANK]
        if self._twice and not self.again and len(self._completed) < _MOST_COMPLETED:
            self._completed |= {number: place.number for number in frames if number != place.number}
        if frames:
            header.learn(mail=b"".join(data for _, data in talk.parts), mail_frames=frames)
        talk.parts, talk.size = [], 0

    def _add(self, talk: _Talk, number: int, data: bytes) -> None:
        if data and talk.size + len(data) <= _MOST_BYTES and len(talk.parts) < _MOST_PARTS:
            talk.parts.append((number, data))
            talk.size += len(data)


_GO_ON = 334


def is_end(command: SMTPCommand) -> bool:
    """Whether a command says that there is no further chunk of a mail."""
    return chunk_seen(bytes(command).rstrip(b"\r\n")) == (0, True)


def _authentication(talk: _Talk, header: Any) -> list[str]:
    """Return for each command what it is: "" for one, or what of an authentication the line tells."""
    found: list[str] = []
    for each in header.commands:
        if isinstance(each, bytes):
            continue
        if talk.waits_for and talk.is_asked and not _VERB.match(bytes(each)):
            found.append(talk.waits_for.pop(0))
            talk.is_asked = False
            continue
        if talk.is_in_another_way and talk.is_asked and not _VERB.match(bytes(each)):
            found.append(ANOTHER_WAY)
            continue
        found.append("")
        words = each.argument.split()
        if each.verb.upper() == "AUTH" and words:
            steps = {"LOGIN": ["user", "password"], "PLAIN": ["both"]}.get(words[0].upper(), [])
            talk.waits_for = steps[len(words) - 1 :]
            talk.is_in_another_way = not steps and len(words) == 1
            if len(words) > 1 and steps:
                found[-1] = f"{steps[0]} here"
    return found
