"""Messages of the TLS handshake for themselves: what bytes they are, and what these bytes are read as."""

from __future__ import annotations

from typing import Any

from dissect.declare import OptionList
from dissect.protocols.tls_handshake import HandshakeMessage

__all__ = ["holds", "read"]


def read(raw: bytes) -> Any:
    """The one message that these bytes are."""
    (message,) = OptionList(HandshakeMessage).load(raw)
    return message


def holds(message: HandshakeMessage, body: str) -> None:
    """Hold a message against its body in hexadecimal digits: behind its type and length (RFC 8446, section 4)."""
    raw = bytes.fromhex(body)
    built = bytes(message)
    assert built[1:].hex(" ") == (len(raw).to_bytes(3, "big") + raw).hex(" ")
    found = read(built)
    assert type(found) is type(message)
    assert found == message
    assert list(found.problems()) == []
