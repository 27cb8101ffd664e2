"""Secrets that a capture holds beside its packets, with which what was encrypted can be read."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["TLS_KEY_LOG", "Secrets"]

TLS_KEY_LOG = 0x544C534B
"""The kind of secrets that are lines as in a file for SSLKEYLOGFILE (draft-ietf-opsawg-pcapng, section 4.7)."""


class Secrets(NamedTuple):
    """The secrets of a block: of which kind they are, and their bytes."""

    kind: int
    data: bytes
