"""Who said a name and a password in the clear, as far as tshark tells it (`-z credentials`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.protocols.ftp import FTPRequest
from dissect.protocols.http import HTTPMessage
from dissect.protocols.smtp import SMTPCommands
from dissect.protocols.tcp import TCP
from dissect.statistics.tap import Setting, Tap
from dissect.wireshark.http import authorizations, basic_credentials
from dissect.wireshark.sight import said_layers
from dissect.wireshark.smtp import said_names

__all__ = ["MOST_LOGINS", "Login", "tap"]

MOST_LOGINS = 100_000
"""How many are listed: those that come first."""
_MOST_TALKS = 1 << 13
"""In so many connections at a time the name is known when the password comes."""
_KINDS = ("NTLM ", "Negotiate ", "CitrixAGBasic ", "Digest ", "Kerberos ")
"""Ways to authenticate that Wireshark reads in another way, or that send no password."""


class Login(NamedTuple):
    """Somebody who authenticated: in which frame, how, under which name, and which frame told the name, 0 for none.

    `name` is as it was sent: over SMTP it is in base64, and "n.a." stands for what is no name and password.
    """

    frame: int
    protocol: str
    name: str
    name_frame: int

    def line(self) -> str:
        """Return the row of tshark's table."""
        name = self.name or ("(null)" if self.protocol == "SMTP" else "")
        told = {"FTP": f"Username in packet: {self.name_frame}", "SMTP": f"Username in packet {self.name_frame}"}
        return f"{self.frame:<10} {self.protocol:<16} {_padded(name)} {told.get(self.protocol, ''):<16}"


def _padded(name: str) -> str:
    """Return a name with blanks up to 16 bytes."""
    return name + " " * (16 - len(name.encode("utf-8", "replace")))


class _CredentialsTap(Tap):
    def __init__(self) -> None:
        self._found: list[Login] = []
        self._names: OrderedDict[tuple[str, int], tuple[str, int]] = OrderedDict()
        """By protocol and connection, the name and the frame that told it."""

    def take(self, packet: Packet) -> None:
        stream: int | None = None
        for header in said_layers(packet):
            if isinstance(header, TCP):
                stream = header.learnt("stream")
            elif stream is None or len(self._found) >= MOST_LOGINS:
                continue
            elif isinstance(header, HTTPMessage):
                self._found += (Login(packet.number, *told, 0) for told in _over_http(header))
            elif isinstance(header, FTPRequest):
                self._over_ftp(header, stream, packet.number)
            elif isinstance(header, SMTPCommands):
                self._over_smtp(header, stream, packet.number)

    def _over_ftp(self, request: Any, stream: int, number: int) -> None:
        """Take the first name in a connection for that of all passwords, and a verb that was begun for the whole."""
        line = request.own_bytes.partition(b"\n")[0].rstrip(b"\r")
        verb, argument = line.partition(b" ")[::2]
        known = self._names.get(("FTP", stream))
        if len(verb) > 1 and b"USER".startswith(verb) and argument and known is None:
            self._learn(("FTP", stream), argument.decode("utf-8", "replace"), number)
        elif len(verb) > 1 and b"PASS".startswith(verb) and known is not None:
            self._found.append(Login(number, "FTP", *known))

    def _over_smtp(self, commands: Any, stream: int, number: int) -> None:
        for role, said in said_names(commands):
            if role == "user":
                # The first name stays that of the connection, with the frame of the last one.
                self._learn(("SMTP", stream), self._names.get(("SMTP", stream), (said, 0))[0], number)
            elif role == "password":
                self._found.append(Login(number, "SMTP", *self._names.get(("SMTP", stream), ("", 0))))

    def _learn(self, key: tuple[str, int], name: str, number: int) -> None:
        self._names[key] = name, number
        if len(self._names) > _MOST_TALKS:
            self._names.popitem(last=False)

    def rows(self) -> list[Login]:
        """Return those that were found, in the order of the capture."""
        return self._found

    def lines(self) -> Iterator[str]:
        yield _RULE
        yield f"{'Packet':<10} {'Protocol':<16} {'Username':<16} {'Info':<16}"
        yield "------     --------         --------         --------"
        for found in self._found:
            yield found.line()
        yield _RULE


_RULE = "=" * 67


def _over_http(message: Any) -> Iterator[tuple[str, str]]:
    """Yield of each authorization how it is made, and the name in it."""
    for said in authorizations(message):
        basic = basic_credentials(said)
        if basic is None:
            if not said.startswith(_KINDS):
                yield "HTTP header auth", "n.a."
        elif ":" in basic:
            yield "HTTP basic auth", basic.partition(":")[0]


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z credentials`, which heeds no filter."""
    return _CredentialsTap()
