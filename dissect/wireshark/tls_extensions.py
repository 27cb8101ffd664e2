"""Extensions of TLS as Wireshark sees them: a mark for each list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.protocols.tls_extensions import (
    ALPN,
    ALPNProtocol,
    ApplicationSettings,
    KeyShareEntry,
    KnownExtension,
    PointFormats,
    PreSharedKeyIdentity,
    PreSharedKeys,
    ServerName,
    SignatureSchemeList,
    SignedCertificateTimestamp,
    SupportedGroups,
    UnknownTLSExtension,
)
from dissect.wireshark.field_types import ABSOLUTE_TIME, NONE
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.tls_vectors import VectorSight

__all__ = ["ALPNSight"]


def marked(label: str, title: str, name: str) -> Any:
    """Declare a mark that is there where the list of this name in the class has entries."""

    def is_there(sight: Any, record: Any) -> int | None:
        return 1 if getattr(record, name) else None

    is_there.__doc__ = f"1 where {title} are listed."
    declare: Callable[[Any], Any] = computed(label, NONE, title=title)
    return declare(is_there)


_READ = frozenset({*range(9, 24), 27, 28, 34, *range(40, 52), 53, 54, 57, 13172, 17513, 65281, 65445, 65486})
"""The types of extensions that Wireshark reads, so that it shows no bytes of them, and that have no class here."""


class UnknownSight(Sight, of=UnknownTLSExtension):
    """Bytes, unless Wireshark knows better."""

    hides = {"data": lambda extension: extension.raw("type") in _READ}


class GroupsSight(VectorSight, of=SupportedGroups):
    """Groups."""

    mark = marked("handshake.extensions_supported_groups", "Supported Groups List", "groups")


class PointFormatsSight(VectorSight, of=PointFormats):
    """Formats."""

    mark = marked("handshake.extensions_ec_point_formats", "EC point formats", "formats")


class SchemesSight(VectorSight, of=SignatureSchemeList):
    """Schemes."""

    mark = marked("handshake.sig_hash_algs", "Signature Algorithms", "schemes")


class ALPNSight(VectorSight, of=ALPN):
    """Protocols."""

    mark = marked("handshake.extensions_alpn_list", "ALPN Protocol", "protocols")


class SettingsSight(VectorSight, of=ApplicationSettings):
    """Protocols with settings."""

    mark = marked("handshake.extensions_alps_alpn_list", "Supported ALPN List", "protocols")


class PreSharedKeysSight(VectorSight, of=PreSharedKeys):
    """Keys from before."""

    mark = marked("handshake.extensions.psk.binders", "PSK Binders", "binders")


class TimestampSight(VectorSight, of=SignedCertificateTimestamp):
    """When a log saw a certificate."""

    @computed("sct.sct_timestamp", ABSOLUTE_TIME, over="moment", title="Timestamp")
    def time(self, record: Any) -> int:
        """The time in nanoseconds since 1970."""
        return int(record.moment) * 1_000_000


class KnownSight(VectorSight, of=KnownExtension):
    """Any other extension."""


class ServerNameSight(VectorSight, of=ServerName):
    """A name of a server."""


class ALPNProtocolSight(VectorSight, of=ALPNProtocol):
    """A protocol."""


class KeyShareEntrySight(VectorSight, of=KeyShareEntry):
    """A half of a key exchange."""


class PreSharedKeyIdentitySight(VectorSight, of=PreSharedKeyIdentity):
    """A key from before."""
