"""The Challenge Handshake Authentication Protocol of PPP: shows that both ends know a secret, without telling it."""

from __future__ import annotations

from typing import Any

from dissect.declare import Code, Coding, Header, TotalLength, code, octets, text, u8, u16
from dissect.protocols.ppp import PPP, PPPProtocol

__all__ = ["CHAP", "CHAPCode"]


class CHAPCode(Code):
    """What a packet is for (RFC 1994, section 4)."""

    CHALLENGE = 1, "Challenge"
    RESPONSE = 2, "Response"
    SUCCESS = 3, "Success"
    FAILURE = 4, "Failure"


def _has_value(packet: Any) -> bool:
    return packet.raw("code") in (CHAPCode.CHALLENGE, CHAPCode.RESPONSE)


def _has_message(packet: Any) -> bool:
    return packet.raw("code") in (CHAPCode.SUCCESS, CHAPCode.FAILURE)


def _is_unknown(packet: Any) -> bool:
    return not 1 <= packet.raw("code") <= 4


class CHAP(
    Header,
    name="chap",
    title="PPP Challenge Handshake Authentication Protocol",
    source="RFC 1994, section 4",
    over={PPP: PPPProtocol.CHAP},
):
    """A challenge, the digest that answers it, or whether that was right.

    >>> CHAP(code="response", value=bytes(2), peer="user").info()
    "Response (NAME='user', VALUE=0x0000)"
    """

    code: Coding[CHAPCode] = code(8, CHAPCode, "code", default=CHAPCode.CHALLENGE, title="Code")
    identifier: int = u8("identifier", default=0, title="Identifier", doc="The same in challenge and response")
    length: int = u16("length", factory=TotalLength(), title="Length", doc="Of the whole packet, in bytes")
    value_size: int | None = u8("value_size", default=0, when=_has_value, title="Value Size")
    value: bytes | None = octets("value", default=b"", length="value_size", when=_has_value, title="Value")
    peer: str | None = text("name", default="", length="rest", when=_has_value, title="Name")
    message: str | None = text("message", default="", length="rest", when=_has_message, title="Message")
    rest: bytes | None = octets("stuff", default=b"", length="rest", when=_is_unknown, title="Stuff")

    def info(self) -> str:
        """Return what the packet is for, and what it says."""
        kind = self.code
        if not kind.known:
            return "Unknown"
        if self.is_cut:
            return kind.title
        if self.value is not None:
            return f"{kind.title} (NAME='{self.peer}', VALUE=0x{self.value.hex()})"
        return f"{kind.title} (MESSAGE='{self.message}')"
