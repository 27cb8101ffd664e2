"""SMTP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dissect.declaration.header import Data
from dissect.protocols.http_bodies import TextLines
from dissect.protocols.smtp import (
    SMTP,
    SMTPCommand,
    SMTPCommands,
    SMTPLastChunk,
    SMTPMail,
    SMTPMailEnd,
    SMTPReplies,
    SMTPReply,
    part_of_mail,
)
from dissect.wireshark.field_types import BOOLEAN, FRAMENUM, NONE, STRING, UINT32
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt, noted
from dissect.wireshark.smtp_dialogue import SegmentDialogue
from dissect.wireshark.text import escaped

__all__ = [
    "ANOTHER_WAY",
    "CommandsSight",
    "LastChunkSight",
    "MailEndSight",
    "MailSight",
    "RepliesSight",
    "SMTPSight",
    "WholeMailSight",
    "is_no_command",
    "mail_size",
    "said_names",
]

_VERB = 4
_BLANK = 2
"""The bytes of a blank line, which Wireshark takes for a part of the dot behind it."""
ANOTHER_WAY = "other"
"""What is told of a line by which a client authenticates itself neither by name and password nor by both in one."""
_UNDECODED = "base64 decode failed or is not enabled (check SMTP preferences)"


def _text(entry: Any) -> bytes:
    """Return a line without its end."""
    return bytes(entry).rstrip(b"\r\n")


def is_no_command(told: Sequence[str] | None) -> bool:
    """Whether lines of a client, of which that is told, are no commands, but a part of a mail for Wireshark."""
    return bool(told) and all(each == ANOTHER_WAY for each in told or ())


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


class SMTPSight(Sight, of=SMTP):
    """Lines."""

    framing = SegmentDialogue

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol."""
        return "SMTP"


class WholeMailSight(SMTPSight):
    """What is at the end of a mail has all of it."""

    @computed("data.fragments", NONE, title="DATA fragments", is_learnt=True)
    def fragments(self, header: Any) -> int | None:
        """1 where the mail was put together."""
        return None if header.learnt("mail_frames") is None else 1

    fragment = learnt("data.fragment", FRAMENUM, "DATA fragment", "mail_frames", doc="The frames of the mail")

    @computed("data.fragment.count", UINT32, title="DATA fragment count", is_learnt=True)
    def fragment_count(self, header: Any) -> int | None:
        """How many frames carried the mail."""
        frames = header.learnt("mail_frames")
        return None if frames is None else len(frames)

    @computed("data.reassembled.length", UINT32, title="Reassembled DATA length", is_learnt=True)
    def reassembled_length(self, header: Any) -> int | None:
        """The bytes of the mail."""
        return None if header.learnt("mail") is None else mail_size(header)

    def payload(self, header: Any) -> Any:
        """Return the mail."""
        seen = super().payload(header)
        mail = header.learnt("mail")
        return header.carried_from(Data.decode, mail, 0, len(mail)) if seen is None and mail else seen


class CommandsSight(WholeMailSight, of=SMTPCommands):
    """Commands are words of four letters, and what the client says to authenticate itself.

    What it says in another way than by name and password is a part of a mail for Wireshark.
    """

    def payload(self, header: Any) -> Any:
        """Return the lines that are no commands."""
        if not is_no_command(header.learnt("authenticates")):
            return super().payload(header)
        return header.carried_from(TextLines.decode, header.own_bytes, 0, len(header.own_bytes))

    def _commands(self, header: Any) -> list[tuple[bytes, str]]:
        """Return each line, and what of an authentication it tells."""
        lines = [_text(each) for each in header.commands if isinstance(each, SMTPCommand)]
        roles = header.learnt("authenticates") or ()
        return [(each, roles[place] if place < len(roles) else "") for place, each in enumerate(lines)]

    @computed("req", BOOLEAN, title="Request")
    def is_request(self, header: Any) -> list[int] | None:
        """1 for each line."""
        return None if is_no_command(header.learnt("authenticates")) else [1] * len(self._commands(header)) or None

    @computed("command_line", STRING, title="Command Line")
    def command_lines(self, header: Any) -> list[str] | None:
        """The lines of commands, with their ends."""
        entries = [each for each in header.commands if isinstance(each, SMTPCommand)]
        told = zip(entries, self._commands(header), strict=True)
        return [_shown(bytes(entry)) for entry, (_, role) in told if role in _COMMAND] or None

    @computed("req.command", STRING, title="Command")
    def verbs(self, header: Any) -> list[str] | None:
        """The first four letters of each."""
        return [_shown(text[:_VERB]) for text, role in self._commands(header) if role in _COMMAND] or None

    @computed("req.parameter", STRING, title="Request parameter")
    def arguments(self, header: Any) -> list[str] | None:
        """What stands behind them."""
        found = [text[_VERB + 1 :] for text, role in self._commands(header) if role in _COMMAND]
        return [_shown(each) for each in found if each] or None

    @computed("auth.username", STRING, title="Username")
    def users(self, header: Any) -> list[str] | None:
        """The name as it stands there."""
        found = [
            _shown(text.split(b" ", 2)[-1] if role == "user here" else text)
            for text, role in self._commands(header)
            if role in ("user", "user here")
        ]
        return found or None

    @computed("auth.password", STRING, title="Password")
    def passwords(self, header: Any) -> list[str] | None:
        """The password as it stands there."""
        return [_shown(text) for text, role in self._commands(header) if role == "password"] or None

    @noted("base64_decode", _UNDECODED, "Warning", PROTOCOL)
    def undecoded(self, header: Any) -> list[str] | None:
        """Name and password in one, which are not shown decoded."""
        found = [_UNDECODED for _, role in self._commands(header) if role in ("both", "both here")]
        return found or None

    def info(self, header: Any) -> str:
        """Return the lines."""
        if is_no_command(header.learnt("authenticates")):
            return part_of_mail(len(header.own_bytes))
        return "C: " + " | ".join(_told(text, role) for text, role in self._commands(header))


_COMMAND = ("", "user here", "both here")


def said_names(header: Any) -> list[tuple[str, str]]:
    """Return what lines of a client are while it authenticates itself: "user" or "password", and what it says."""
    commands = [_text(each) for each in header.commands if isinstance(each, SMTPCommand)]
    roles = header.learnt("authenticates") or ()
    return [(role, _shown(text)) for text, role in zip(commands, roles, strict=False) if role in ("user", "password")]


def _told(text: bytes, role: str) -> str:
    if role == "user here":
        verb, method, name = escaped(text).split(" ", 2)
        return f"{verb} {method} User: {name}"
    return {"user": "User: ", "password": "Pass: "}.get(role, "") + escaped(text)


class RepliesSight(SMTPSight, of=SMTPReplies):
    """Of a reply of several lines, the first stands for all."""

    def _replies(self, header: Any) -> list[tuple[Any, bool]]:
        """Return each line, and whether it goes on with the one before."""
        found: list[tuple[Any, bool]] = []
        goes_on = False
        for each in header.replies:
            if isinstance(each, SMTPReply):
                found.append((each, goes_on))
                goes_on = each.mark == b"-"
        return found

    def _firsts(self, header: Any) -> list[Any]:
        return [each for each, goes_on in self._replies(header) if each.raw("code") and not goes_on]

    @computed("rsp", BOOLEAN, title="Response")
    def is_response(self, header: Any) -> int:
        """1: it answers."""
        return 1

    @computed("response", STRING, title="Response")
    def responses(self, header: Any) -> list[str] | None:
        """The first line of each reply, with its end."""
        return [_shown(bytes(each)) for each in self._firsts(header)] or None

    @noted("response.code.unexpected", "Unexpected response code in multiline response", "Warning", PROTOCOL)
    def other_codes(self, header: Any) -> list[str] | None:
        """A line of a reply has another code than the first."""
        found: list[str] = []
        first = 0
        for each, goes_on in self._replies(header):
            if goes_on and each.code != first:
                found.append(f"Unexpected response code {each.code} in multiline response. Expected {first}")
            elif not goes_on:
                first = each.code
        return found or None

    @computed("response.code", UINT32, title="Response code")
    def codes(self, header: Any) -> list[int] | None:
        """The code of each."""
        return [each.code for each in self._firsts(header)] or None

    @computed("rsp.parameter", STRING, title="Response parameter")
    def texts(self, header: Any) -> list[str] | None:
        """The text of each line."""
        told = [each for each, _ in self._replies(header) if each.raw("code") and each.mark]
        return [_shown(_text(each)[_VERB:]) for each in told] or None

    def info(self, header: Any) -> str:
        """Return the lines, of further ones the text."""
        told = [
            "" if not each.raw("code") else escaped(_text(each)[_VERB:] if goes_on else _text(each))
            for each, goes_on in self._replies(header)
        ]
        return "S: " + " | ".join(told)


class MailSight(SMTPSight, of=SMTPMail):
    """A part of the mail, whose end a second pass knows."""

    reassembled_in = learnt("data.reassembled.in", FRAMENUM, "Reassembled DATA in frame", doc="Where the mail is whole")


def mail_size(header: Any) -> int:
    """Return the bytes of a mail without a blank line in front of the dot, which Wireshark takes for a part of it.

    It does where both came in one segment.
    """
    last = header.mail() if isinstance(header, SMTPMailEnd) else b""
    return len(header.learnt("mail")) - _BLANK * (last == b"\r\n" or last.endswith(b"\r\n\r\n"))


class LastChunkSight(MailSight, of=SMTPLastChunk):
    """The end of a mail that came in chunks, which Wireshark puts together and does not show."""


class MailEndSight(WholeMailSight, of=SMTPMailEnd):
    """The dot, and the whole mail."""

    @computed("eom", NONE, title="EOM")
    def is_end(self, header: Any) -> int:
        """1: the mail ends here."""
        return 1
