"""Extensions of TLS about keys as Wireshark sees them: a mark for each list."""

from __future__ import annotations

from dissect.protocols.tls_key_extensions import (
    KeyShareEntry,
    PointFormats,
    PreSharedKeyIdentity,
    PreSharedKeys,
    SupportedGroups,
)
from dissect.wireshark.tls_vectors import VectorSight, marked

__all__ = ["GroupsSight", "KeyShareEntrySight", "PointFormatsSight", "PreSharedKeyIdentitySight", "PreSharedKeysSight"]


class GroupsSight(VectorSight, of=SupportedGroups):
    """Groups."""

    mark = marked("handshake.extensions_supported_groups", "Supported Groups List", "groups")


class PointFormatsSight(VectorSight, of=PointFormats):
    """Formats."""

    mark = marked("handshake.extensions_ec_point_formats", "EC point formats", "formats")


class PreSharedKeyIdentitySight(VectorSight, of=PreSharedKeyIdentity):
    """A key from before."""


class PreSharedKeysSight(VectorSight, of=PreSharedKeys):
    """Keys from before."""

    mark = marked("handshake.extensions.psk.binders", "PSK Binders", "binders")


class KeyShareEntrySight(VectorSight, of=KeyShareEntry):
    """A half of a key exchange."""
