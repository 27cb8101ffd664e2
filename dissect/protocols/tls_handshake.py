"""The messages of the TLS handshake: what all have in common, and those that hold next to nothing.

The hellos stand in `tls_hellos`, certificates in `tls_certificates`, key exchanges in `tls_key_exchange`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    Coding,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    Problem,
    code,
    listing,
    octets,
    u8,
    u16,
    u24,
    u32,
)
from dissect.protocols.tls_extensions import CLIENT_EXTENSIONS
from dissect.protocols.tls_numbers import HandshakeType

__all__ = [
    "EndOfEarlyData",
    "Finished",
    "HandshakeFragment",
    "HandshakeMessage",
    "HelloRequest",
    "KeyUpdate",
    "NewKeyTicket",
    "NewSessionTicket",
    "ServerHelloDone",
    "UnknownHandshake",
]

HEAD = 4
"""The bytes of type and length."""


class HandshakeMessage(Option, name="tls", source="RFC 8446, section 4", family=True):
    """A message of the handshake, or the beginning of one."""

    has_random: ClassVar[bool] = False
    """Whether it is a hello, which has a random number."""


class _Message(HandshakeMessage):
    """A message: its type, and up to 16 MiB that mean what the type says."""

    type: Coding[HandshakeType] = code(8, HandshakeType, "handshake.type", factory=OptionKind(), title="Handshake Type")
    length: int = u24("handshake.length", factory=OptionLength(uncounted=HEAD), title="Length")


class UnknownHandshake(_Message, unknown=True, title="Handshake message"):
    """A message of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class HandshakeFragment(HandshakeMessage, malformed=True, title="Handshake fragment"):
    """The beginning of a message that goes on in the next record, or bytes that are no message."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Data")

    def problems(self) -> Iterator[Problem | str]:
        """Yield nothing: messages may go on in the next record (RFC 8446, section 5.1)."""
        return iter(())


class Known(_Message, tolerant=True):
    """A message of which what its type says is read, as far as it is there."""

    def problems(self) -> Iterator[Problem | str]:
        """Yield a message that has more, or fewer, bytes than what it tells."""
        yield from super().problems()
        if not self.is_filled():
            yield f"has {self.length} bytes, which is not what its fields take"


def place_behind(message: Any, field: str) -> int:
    """Return how many bytes of a message stand in front of what follows a field, without type and length."""
    first, width = message.span(field)
    return int(first + width) // 8 - HEAD


def bytes_behind(message: Any, field: str) -> bytes:
    """Return the bytes of a message that stand behind a field."""
    first, width = message.span(field)
    return bytes(message.buffer[message.own_start + (first + width) // 8 : message.own_end])


class HelloRequest(Known, number=0, title="Hello Request", source="RFC 5246, section 7.4.1.1"):
    """A server wants to negotiate anew."""


class EndOfEarlyData(Known, number=5, title="End of Early Data", source="RFC 8446, section 4.5"):
    """A client has sent all data that it sends before the handshake is over."""


class ServerHelloDone(Known, number=14, title="Server Hello Done", source="RFC 5246, section 7.4.5"):
    """A server has said what it has to say, and waits for the client."""


class Finished(Known, number=20, title="Finished", source="RFC 8446, section 4.4.4"):
    """The proof that both sides have seen the same handshake; in the clear only where it was decrypted."""

    verify_data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Verify Data")


class KeyUpdate(Known, number=24, title="Key Update", source="RFC 8446, section 4.6.3"):
    """The sender encrypts with its next keys from now on, and may want the other side to do so (1)."""

    request_update: int = u8(
        "handshake.key_update.request_update", kw_only=False, title="Key Update Request", default=0
    )


class NewSessionTicket(Known, number=4, title="New Session Ticket", source="RFC 5077, section 3.3"):
    """A ticket with which the client may go on where it was, for so many seconds (TLS 1.2)."""

    lifetime: int = u32("handshake.session_ticket_lifetime_hint", title="Session Ticket Lifetime Hint", default=0)
    ticket_length: int = u16("handshake.session_ticket_length", title="Session Ticket Length", default=0)
    ticket: bytes = octets(
        "handshake.session_ticket",
        length="ticket_length",
        kw_only=False,
        title="Session Ticket",
        default=b"",
        varies="varying",
    )

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a ticket of TLS 1.3 where the length that stands behind the lifetime is none."""
        is_older = len(data) < 15 or int.from_bytes(data[8:10], "big") == len(data) - 10
        return cls if is_older else NewKeyTicket


class NewKeyTicket(Known, number=4, apart=True, title="New Session Ticket", source="RFC 8446, section 4.6.1"):
    """A ticket of TLS 1.3: with a number that is added to its age, a nonce, and extensions."""

    lifetime: int = u32("handshake.session_ticket_lifetime_hint", title="Session Ticket Lifetime Hint", default=0)
    age_add: int = u32("handshake.session_ticket_age_add", title="Session Ticket Age Add", default=0, varies="varying")
    nonce_length: int = u8("handshake.session_ticket_nonce_length", title="Session Ticket Nonce Length", default=0)
    nonce: bytes = octets(
        "handshake.session_ticket_nonce", length="nonce_length", title="Session Ticket Nonce", default=b""
    )
    ticket_length: int = u16("handshake.session_ticket_length", title="Session Ticket Length", default=0)
    ticket: bytes = octets(
        "handshake.session_ticket",
        length="ticket_length",
        kw_only=False,
        title="Session Ticket",
        default=b"",
        varies="varying",
    )
    extensions_length: int = u16("handshake.extensions_length", title="Extensions Length", default=0)
    extensions: Listing[Any] = listing(
        CLIENT_EXTENSIONS, "", length="extensions_length", default=(), title="Extensions"
    )
