"""Hellos whose extensions are given as bytes."""

from __future__ import annotations

from typing import Any

from dissect.protocols.tls import TLS, TLSHandshake
from dissect.protocols.tls_extensions import HelloPadding
from dissect.protocols.tls_hellos import ClientHello

__all__ = ["extensions_of"]


def extensions_of(raw: bytes, message: type[Any] = ClientHello) -> list[Any]:
    """Return what a message lists whose extensions are these bytes (4 at least)."""
    record = bytes(TLSHandshake([message(extensions=[HelloPadding(bytes(len(raw) - 4))])]))
    record = record[: -len(raw)] + raw
    (read,) = TLS.decode(record, 0, len(record), 0).messages
    assert isinstance(read, message)
    return list(read.extensions)
