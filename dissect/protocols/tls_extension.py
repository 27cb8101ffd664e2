"""What all extensions of TLS are: a type, a length, and what the type says (RFC 8446, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import Coding, Octets, Option, OptionKind, OptionLength, Problem, code, octets, u16
from dissect.protocols.tls_numbers import ExtensionType

__all__ = ["KnownExtension", "MalformedTLSExtension", "TLSExtension", "UnknownTLSExtension"]

HEAD = 4
"""The bytes of type and length."""


def has_content(extension: Any) -> bool:
    """Whether an extension has more than its head; servers answer some with nothing."""
    return bool(extension.length)


class TLSExtension(Option, name="tls", source="RFC 8446, section 4.2", family=True):
    """An extension of a message."""


class _TypedExtension(TLSExtension):
    """An extension: its type, and up to 65535 bytes that mean what the type says."""

    type: Coding[ExtensionType] = code(
        16, ExtensionType, "handshake.extension.type", factory=OptionKind(), title="Type"
    )
    length: int = u16("handshake.extension.len", factory=OptionLength(uncounted=HEAD), title="Length")


class UnknownTLSExtension(_TypedExtension, unknown=True, title="Extension"):
    """An extension of a type without a class here, or one without any content of its own."""

    data: bytes = octets("handshake.extension.data", default=b"", length="rest", kind=Octets("<MISSING>"), title="Data")


class MalformedTLSExtension(TLSExtension, malformed=True, title="Malformed extension"):
    """Bytes in the place of extensions that are none: a length that goes past their end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class KnownExtension(_TypedExtension, tolerant=True):
    """An extension of which Wireshark and we read what its type says, as far as it is there."""

    def problems(self) -> Iterator[Problem | str]:
        """Yield an extension that has more, or fewer, bytes than what it tells."""
        yield from super().problems()
        if not self.is_filled():
            yield f"has {self.length} bytes, which is not what its fields take"
