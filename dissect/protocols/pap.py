"""The Password Authentication Protocol of PPP: a name and a password, for everybody to read."""

from __future__ import annotations

from typing import Any

from dissect.declare import Code, Coding, Header, TotalLength, code, octets, text, u8, u16
from dissect.protocols.ppp import PPP, PPPProtocol

__all__ = ["PAP", "PAPCode"]


class PAPCode(Code):
    """What a packet is for (RFC 1334, section 2.2)."""

    REQUEST = 1, "Authenticate-Request"
    ACK = 2, "Authenticate-Ack"
    NAK = 3, "Authenticate-Nak"


_REQUESTING = {"code": PAPCode.REQUEST}


def _answers(packet: Any) -> bool:
    return packet.raw("code") in (PAPCode.ACK, PAPCode.NAK)


class PAP(
    Header,
    name="pap",
    title="PPP Password Authentication Protocol",
    source="RFC 1334, section 2.2",
    over={PPP: PPPProtocol.PAP},
):
    """A request with name and password, or the answer to one with a message.

    >>> PAP(peer="user", password="secret").info()
    "Authenticate-Request (Peer-ID='user', Password='secret')"
    """

    code: Coding[PAPCode] = code(8, PAPCode, "code", default=PAPCode.REQUEST, title="Code")
    identifier: int = u8("identifier", default=0, title="Identifier", doc="The same in request and answer")
    length: int = u16("length", factory=TotalLength(), title="Length", doc="Of the whole packet, in bytes")
    peer_length: int | None = u8("peer_id.length", default=0, when=_REQUESTING, title="Peer-ID-Length")
    peer: str | None = text("peer_id", default="", length="peer_length", when=_REQUESTING, title="Peer-ID")
    password_length: int | None = u8("password.length", default=0, when=_REQUESTING, title="Password-Length")
    password: str | None = text("password", default="", length="password_length", when=_REQUESTING, title="Password")
    message_length: int | None = u8("message.length", default=0, when=_answers, title="Message-Length")
    message: str | None = text("message", default="", length="message_length", when=_answers, title="Message")
    rest: bytes = octets("stuff", default=b"", length="rest", title="Stuff")

    def info(self) -> str:
        """Return what the packet is for, and what it says."""
        kind = self.code
        if not kind.known:
            return "Unknown"
        if self.is_cut:
            return kind.title
        if kind == PAPCode.REQUEST:
            return f"{kind.title} (Peer-ID='{self.peer}', Password='{self.password}')"
        return f"{kind.title} (Message='{self.message}')"
