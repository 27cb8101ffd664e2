"""Passwords that everybody on the way can read: over HTTP (Basic), FTP, SMTP and Telnet without encryption.

RFC 7617, section 4; RFC 2577, section 5; RFC 4954, section 9. No alarm tells the password itself.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dissect.flows.alarm import MOST_HELD, Alarm, Detector
from dissect.flows.learner import Place
from dissect.flows.talks import PORT_SIZE, end_text
from dissect.protocols.ftp import FTP, FTPRequest
from dissect.protocols.http import HTTP, HTTPRequest
from dissect.protocols.smtp import SMTP, SMTPCommand, SMTPCommands
from dissect.protocols.telnet import Telnet
from dissect.wireshark.base64 import decoded

__all__ = ["ClearPassword"]

_PROMPT = re.compile(
    rb"(?:(login|user ?(?:name|id)?)|(pass(?:word|code|phrase)?))[^\r\n:>?]{0,40}[:>?]\s*\Z", re.IGNORECASE
)
"""How servers ask for a name, or for a password, at the end of what they say."""
_LOOK = 128
_ANONYMOUS = ("anonymous", "ftp")
"""Names that stand for nobody (RFC 1635, section 2)."""
_LONGEST = 256
"""So many bytes of what a client types are held."""
_LINE_END = re.compile(rb"\r\n|\r\0|\r|\n")
_ERASED = re.compile(rb"[^\x08\x7f][\x08\x7f]")


class _Talk:
    """What is known of a connection: the name that was said, and what is being typed."""

    __slots__ = ("asked", "name", "said", "typed", "way")

    def __init__(self) -> None:
        self.name = ""
        self.said = [b"", b""]
        """The last bytes of each end."""
        self.way: int | None = None
        """The direction of the end that asks."""
        self.asked = ""
        """What it asks for: "name" or "password"."""
        self.typed = b""


class ClearPassword(Detector):
    """Names with passwords in the clear: told once for each client, server and name.

    Of Telnet, what follows the questions of a login is taken for name and password, whatever the server calls them
    in English.
    """

    of = (HTTP, FTP, SMTP, Telnet)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._talks: OrderedDict[int, _Talk] = OrderedDict()
        self._known: OrderedDict[tuple[Any, ...], None] = OrderedDict()

    def observe(self, header: Any, place: Place) -> None:
        if place.is_protected or place.quoted or place.stream is None or place.addresses is None:
            return
        if isinstance(header, HTTPRequest):
            for name in _names_over_http(header):
                self._tell(place, "HTTP", name)
        elif isinstance(header, FTPRequest):
            self._over_ftp(self._talk(place.stream), header, place)
        elif isinstance(header, SMTPCommands):
            self._over_smtp(self._talk(place.stream), header, place)
        elif isinstance(header, Telnet):
            self._over_telnet(self._talk(place.stream), header, place)

    def _talk(self, stream: int) -> _Talk:
        found = self._talks.get(stream)
        if found is None:
            found = self._talks[stream] = _Talk()
            if len(self._talks) > MOST_HELD:
                self._talks.popitem(last=False)
        else:
            self._talks.move_to_end(stream)
        return found

    def _over_ftp(self, talk: _Talk, request: Any, place: Place) -> None:
        verb = request.command.upper()
        if verb == "USER":
            talk.name = _shown(request.argument.encode("utf-8", "surrogateescape"))
        elif verb == "PASS" and request.argument and talk.name.lower() not in _ANONYMOUS:
            self._tell(place, "FTP", talk.name)

    def _over_smtp(self, talk: _Talk, commands: Any, place: Place) -> None:
        for role, text in _roles(commands):
            if role == "name":
                talk.name = _shown(decoded(text))
            elif role == "password":
                self._tell(place, "SMTP", talk.name)
            elif role == "both":
                # RFC 4616, section 2: who to act as, who one is, and the password.
                parts = decoded(text).split(b"\0")
                if len(parts) == _PARTS:
                    self._tell(place, "SMTP", _shown(parts[1]))

    def _over_telnet(self, talk: _Talk, header: Any, place: Place) -> None:
        text = b"".join(said for kind, _, _, said in header.pieces() if kind == "text")
        if not text:
            return
        said = talk.said[place.way] = (talk.said[place.way] + text)[-_LOOK:]
        found = _PROMPT.search(said) if talk.way in (None, place.way) else None
        if found is not None:
            talk.way, talk.asked, talk.typed = place.way, "name" if found[1] else "password", b""
            talk.said[place.way] = b""
        elif talk.asked and talk.way != place.way:
            talk.typed = (talk.typed + text)[:_LONGEST]
            line = _LINE_END.search(talk.typed)
            if line is not None:
                self._type(talk, talk.typed[: line.start()], place)

    def _type(self, talk: _Talk, typed: bytes, place: Place) -> None:
        """Take in a line that a client has typed to answer what it was asked for."""
        asked, talk.asked, talk.typed = talk.asked, "", b""
        while _ERASED.search(typed):
            typed = _ERASED.sub(b"", typed)
        if asked == "name":
            talk.name = _shown(typed)
        elif typed:
            self._tell(place, "Telnet", talk.name)

    def _tell(self, place: Place, protocol: str, name: str) -> None:
        source, destination = _ends(place)
        key = protocol, place.vlan, source[:-PORT_SIZE], destination, name
        if key in self._known:
            self._known.move_to_end(key)
            return
        self._known[key] = None
        if len(self._known) > MOST_HELD:
            self._known.popitem(last=False)
        client, server = end_text(source), end_text(destination)
        who = f"as {name}" if name else "under a name that was not seen"
        text = f"{client} logs in to {server} over {protocol} {who}, and everybody on the way can read the password"
        facts = {"client": client, "server": server, "protocol": protocol, "name": name}
        self.told.append(Alarm("clear-password", text, place.number, place.number, place.time_ns, place.time_ns, facts))


def _ends(place: Place) -> tuple[bytes, bytes]:
    """Return address and port of who sends a segment, and of who is to get it."""
    source, destination = place.addresses or (b"", b"")
    ports = place.transport.own_bytes
    return source + ports[:PORT_SIZE], destination + ports[PORT_SIZE : 2 * PORT_SIZE]


_PARTS = 3


def _names_over_http(request: Any) -> list[str]:
    """Return the names of Basic authentication (RFC 7617, section 2)."""
    said = [*request.headers.get_all("Authorization"), *request.headers.get_all("Proxy-Authorization")]
    pairs = [decoded(each.strip()[6:]) for each in said if each.strip()[:6].lower() == "basic "]
    return [_shown(pair.partition(b":")[0]) for pair in pairs if b":" in pair]


def _roles(commands: Any) -> list[tuple[str, str]]:
    """Return what lines of a client tell of a login: "name", "password" or "both", and the text in base64."""
    lines = [bytes(each).strip().decode("latin-1") for each in commands.commands if isinstance(each, SMTPCommand)]
    found = []
    for role, line in zip(commands.learnt("authenticates") or (), lines, strict=False):
        what, _, where = role.partition(" ")
        if what:
            found.append(({"user": "name"}.get(what, what), line.split(" ")[-1] if where else line))
    return found


def _shown(name: bytes) -> str:
    """Return a name as text without controls, as it may be anything."""
    return "".join(each if each.isprintable() else "?" for each in name.decode("utf-8", "replace")[:_LONGEST])
