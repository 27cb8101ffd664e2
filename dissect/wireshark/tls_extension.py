"""Extensions of TLS as Wireshark sees them: bytes, where it reads no more."""

from __future__ import annotations

from dissect.protocols.tls_extension import KnownExtension, UnknownTLSExtension
from dissect.wireshark.sight import Sight
from dissect.wireshark.tls_vectors import VectorSight

__all__ = ["KnownSight", "UnknownSight"]


_READ = frozenset({*range(9, 24), 27, 28, 34, *range(40, 52), 53, 54, 57, 13172, 17513, 65281, 65445, 65486})
"""The types of extensions that Wireshark reads, so that it shows no bytes of them, and that have no class here."""


class UnknownSight(Sight, of=UnknownTLSExtension):
    """Bytes, unless Wireshark knows better."""

    hides = {"data": lambda extension: extension.raw("type") in _READ}


class KnownSight(VectorSight, of=KnownExtension):
    """Any other extension."""
