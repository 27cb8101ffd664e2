"""The extensions of hello messages, and of the other messages of the handshake that have some.

An extension means the same wherever it stands, but for a few that clients and servers fill in differently: those of
servers are found where a message of a server lists its extensions (`SERVER_EXTENSIONS`, `RETRY_EXTENSIONS`).
"""

from __future__ import annotations

from dissect.declare import Code, Coding, OptionList, code, octets, u8, u16
from dissect.protocols.tls_extension import KnownExtension, TLSExtension
from dissect.protocols.tls_key_extensions import (
    DraftServerKeyShare,
    SelectedGroup,
    SelectedPreSharedKey,
    SelectedVersion,
    ServerKeyShare,
)

__all__ = [
    "CLIENT_EXTENSIONS",
    "RETRY_EXTENSIONS",
    "SERVER_EXTENSIONS",
    "HeartbeatExtension",
    "HeartbeatMode",
    "HelloPadding",
    "MaximumFragmentLength",
    "RecordSizeLimit",
    "RenegotiationInfo",
]


class MaximumFragmentLength(KnownExtension, number=1, title="max_fragment_length", source="RFC 6066, section 4"):
    """The largest record that a client takes: 2 to the power of this number and 8 bytes."""

    exponent: int = u8("handshake.max_fragment_length", kw_only=False, title="Maximum Fragment Length", default=0)


class HeartbeatMode(Code):
    """Whether the other side may send heartbeats (RFC 6520, section 2)."""

    MAY_SEND = 1, "Peer allowed to send requests"
    MAY_NOT_SEND = 2, "Peer not allowed to send requests"


class HeartbeatExtension(KnownExtension, number=15, title="heartbeat", source="RFC 6520, section 2"):
    """Whether the other side may send heartbeats."""

    mode: Coding[HeartbeatMode] = code(8, HeartbeatMode, "handshake.extension.heartbeat.mode", default=1, title="Mode")


class HelloPadding(KnownExtension, number=21, title="padding", source="RFC 7685"):
    """Bytes that make a hello longer."""

    padding: bytes = octets(
        "handshake.extensions_padding_data", length="rest", kw_only=False, title="Padding Data", default=b""
    )


class RecordSizeLimit(KnownExtension, number=28, title="record_size_limit", source="RFC 8449, section 4"):
    """The largest record that a side takes, in bytes."""

    limit: int = u16("record_size_limit", default=16385, kw_only=False, title="Record Size Limit")


class RenegotiationInfo(KnownExtension, number=65281, title="renegotiation_info", source="RFC 5746, section 3.2"):
    """What was agreed on before in this connection: nothing at its beginning."""

    info_length: int = u8("handshake.extensions_reneg_info_len", title="Renegotiation info extension length", default=0)
    info: bytes = octets(
        "handshake.extensions_reneg_info", length="info_length", kw_only=False, title="Info", default=b""
    )


CLIENT_EXTENSIONS = OptionList(TLSExtension)
SERVER_EXTENSIONS = OptionList(
    TLSExtension,
    instead={40: DraftServerKeyShare, 41: SelectedPreSharedKey, 43: SelectedVersion, 51: ServerKeyShare},
)
RETRY_EXTENSIONS = OptionList(TLSExtension, instead={41: SelectedPreSharedKey, 43: SelectedVersion, 51: SelectedGroup})
