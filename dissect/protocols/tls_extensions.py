"""The extensions of hello messages, and of the other messages of the handshake that have some.

An extension means the same wherever it stands, but for a few that clients and servers fill in differently: those of
servers are found where a message of a server lists its extensions (`SERVER_EXTENSIONS`, `RETRY_EXTENSIONS`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coded,
    Coding,
    Entry,
    Listing,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    RecordList,
    code,
    listing,
    octets,
    overlay,
    text,
    u8,
    u16,
    u32,
    u64,
)
from dissect.protocols.tls_numbers import (
    ExtensionType,
    Group,
    HashAlgorithm,
    ProtocolVersion,
    SignatureAlgorithm,
    SignatureScheme,
)
from dissect.protocols.tls_vectors import NumberList

__all__ = [
    "ALPN",
    "CLIENT_EXTENSIONS",
    "RETRY_EXTENSIONS",
    "SERVER_EXTENSIONS",
    "ALPNProtocol",
    "ApplicationSettings",
    "CertificateCompression",
    "CertificateCompressions",
    "CertificateSchemes",
    "CertificateStatusRequest",
    "DelegatedCredentials",
    "EarlyData",
    "HeartbeatExtension",
    "HeartbeatMode",
    "HelloCookie",
    "HelloPadding",
    "KeyExchangeMode",
    "KeyExchangeModes",
    "KeyShareEntry",
    "KeyShares",
    "KnownExtension",
    "MalformedTLSExtension",
    "MaximumFragmentLength",
    "NameType",
    "NextProtocol",
    "NextProtocols",
    "PointFormat",
    "PointFormats",
    "PreSharedKeyBinder",
    "PreSharedKeyIdentity",
    "PreSharedKeys",
    "RecordSizeLimit",
    "RenegotiationInfo",
    "SelectedGroup",
    "SelectedPreSharedKey",
    "SelectedVersion",
    "ServerKeyShare",
    "ServerName",
    "ServerNames",
    "SettingsProtocol",
    "SignatureSchemeList",
    "SignatureSchemeNumber",
    "SignatureSchemes",
    "SignedCertificateTimestamp",
    "SignedCertificateTimestamps",
    "SupportedGroup",
    "SupportedGroups",
    "SupportedVersion",
    "SupportedVersions",
    "TLSExtension",
    "TimestampList",
    "UnknownTLSExtension",
]

HEAD = 4
"""The bytes of type and length."""


def _is_filled(extension: Any) -> bool:
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


class NameType(Code):
    """What kind of name a client asks for (RFC 6066, section 3)."""

    HOST_NAME = 0, "host_name"


class ServerName(Entry, name="tls", title="Server Name", source="RFC 6066, section 3"):
    """A name of the server that a client wants to talk to."""

    name_type: Coding[NameType] = code(
        8, NameType, "handshake.extensions_server_name_type", title="Server Name Type", default=0
    )
    name_length: int = u16("handshake.extensions_server_name_len", title="Server Name length", default=0)
    host: str = text(
        "handshake.extensions_server_name",
        length="name_length",
        encoding="ascii",
        kw_only=False,
        default="",
        title="Server Name",
    )


class ServerNames(KnownExtension, number=0, title="server_name", source="RFC 6066, section 3"):
    """Which server a client wants to talk to; a server that has looked at it answers with an empty one.

    >>> ServerNames([ServerName("www.example.com")]).length
    20
    """

    list_length: int | None = u16(
        "handshake.extensions_server_name_list_len", when=_is_filled, title="List length", default=0
    )
    names: Listing[ServerName] = listing(
        RecordList(ServerName, clipped=True),
        "",
        length="list_length",
        when=_is_filled,
        kw_only=False,
        title="Server Names",
        default=(),
    )


class MaximumFragmentLength(KnownExtension, number=1, title="max_fragment_length", source="RFC 6066, section 4"):
    """The largest record that a client takes: 2 to the power of this number and 8 bytes."""

    exponent: int = u8("handshake.max_fragment_length", kw_only=False, title="Maximum Fragment Length", default=0)


class CertificateStatusRequest(KnownExtension, number=5, title="status_request", source="RFC 6066, section 8"):
    """A client wants to see what the certificate's issuer says of it now; servers answer with an empty one."""

    status_type: int | None = u8(
        "handshake.extensions_status_request_type", default=1, when=_is_filled, title="Certificate Status Type"
    )
    responders_length: int | None = u16(
        "handshake.extensions_status_request_responder_ids_len",
        when=_is_filled,
        title="Responder ID list Length",
        default=0,
    )
    responders: bytes | None = octets(
        "", length="responders_length", when=_is_filled, title="Responder IDs", default=b""
    )
    request_length: int | None = u16(
        "handshake.extensions_status_request_exts_len", when=_is_filled, title="Request Extensions Length", default=0
    )
    request: bytes | None = octets(
        "", length="request_length", when=_is_filled, title="Request Extensions", default=b""
    )


class SupportedGroup(Entry, name="tls", title="Supported Group", source="RFC 8446, section 4.2.7"):
    """A group in which a client can exchange keys."""

    group: Coding[Group] = code(
        16, Group, "handshake.extensions_supported_group", base=16, kw_only=False, title="Supported Group", default=0
    )


class SupportedGroups(KnownExtension, number=10, title="supported_groups", source="RFC 8446, section 4.2.7"):
    """The groups in which a client can exchange keys, the best first."""

    groups_length: int = u16(
        "handshake.extensions_supported_groups_length", title="Supported Groups List Length", default=0
    )
    groups: Listing[Any] = listing(
        NumberList(SupportedGroup), "", length="groups_length", kw_only=False, title="Supported Groups", default=()
    )


class PointFormat(Entry, name="tls", title="EC point format", source="RFC 8422, section 5.1.2"):
    """A way to write points of elliptic curves: 0 is uncompressed."""

    format: int = u8("handshake.extensions_ec_point_format", kw_only=False, title="EC point format", default=0)


class PointFormats(KnownExtension, number=11, title="ec_point_formats", source="RFC 8422, section 5.1.2"):
    """How a side can write points of elliptic curves."""

    formats_length: int = u8("handshake.extensions_ec_point_formats_length", title="EC point formats Length", default=0)
    formats: Listing[Any] = listing(
        NumberList(PointFormat), "", length="formats_length", kw_only=False, title="EC point formats", default=()
    )


class SignatureSchemeNumber(Entry, name="tls", title="Signature Algorithm", source="RFC 8446, section 4.2.3"):
    """How something may be signed; in TLS 1.2 hash and algorithm have a byte each."""

    scheme: Coding[SignatureScheme] = code(
        16, SignatureScheme, "handshake.sig_hash_alg", base=16, kw_only=False, title="Signature Algorithm", default=0
    )
    hash_algorithm: Coding[HashAlgorithm] = overlay(
        8,
        "handshake.sig_hash_hash",
        default=AUTOMATIC,
        over="scheme",
        kind=Coded(HashAlgorithm),
        title="Signature Hash Algorithm Hash",
    )
    signature_algorithm: Coding[SignatureAlgorithm] = overlay(
        8,
        "handshake.sig_hash_sig",
        default=AUTOMATIC,
        over="scheme",
        skip=8,
        kind=Coded(SignatureAlgorithm),
        title="Signature Hash Algorithm Signature",
    )


class SignatureSchemeList(KnownExtension):
    """Ways to sign, the best first."""

    schemes_length: int = u16("handshake.sig_hash_alg_len", title="Signature Hash Algorithms Length", default=0)
    schemes: Listing[Any] = listing(
        NumberList(SignatureSchemeNumber),
        "",
        length="schemes_length",
        kw_only=False,
        title="Signature Hash Algorithms",
        default=(),
    )


class SignatureSchemes(SignatureSchemeList, number=13, title="signature_algorithms", source="RFC 8446, section 4.2.3"):
    """How a side can verify what the other signs."""


class CertificateSchemes(
    SignatureSchemeList, number=50, title="signature_algorithms_cert", source="RFC 8446, section 4.2.3"
):
    """How a side can verify what certificates are signed with."""


class DelegatedCredentials(SignatureSchemeList, number=34, title="delegated_credentials", source="RFC 9345, section 4"):
    """How a client can verify what is signed with a delegated credential."""


class HeartbeatMode(Code):
    """Whether the other side may send heartbeats (RFC 6520, section 2)."""

    MAY_SEND = 1, "Peer allowed to send requests"
    MAY_NOT_SEND = 2, "Peer not allowed to send requests"


class HeartbeatExtension(KnownExtension, number=15, title="heartbeat", source="RFC 6520, section 2"):
    """Whether the other side may send heartbeats."""

    mode: Coding[HeartbeatMode] = code(8, HeartbeatMode, "handshake.extension.heartbeat.mode", default=1, title="Mode")


class ALPNProtocol(Entry, name="tls", title="ALPN Protocol", source="RFC 7301, section 3.1"):
    """The name of a protocol above TLS: "h2", "http/1.1"."""

    name_length: int = u8("handshake.extensions_alpn_str_len", title="ALPN string length", default=0)
    protocol: str = text(
        "handshake.extensions_alpn_str",
        length="name_length",
        encoding="ascii",
        kw_only=False,
        default="",
        title="ALPN Next Protocol",
    )


class ALPN(KnownExtension, number=16, title="application_layer_protocol_negotiation", source="RFC 7301, section 3.1"):
    """The protocols that a client can speak above TLS, or the one that the server chose.

    >>> ALPN([ALPNProtocol("h2"), ALPNProtocol("http/1.1")]).length
    14
    """

    list_length: int = u16("handshake.extensions_alpn_len", title="ALPN Extension Length", default=0)
    protocols: Listing[ALPNProtocol] = listing(
        RecordList(ALPNProtocol, clipped=True),
        "",
        length="list_length",
        kw_only=False,
        title="ALPN Protocol",
        default=(),
    )


class SettingsProtocol(Entry, name="tls", title="Supported ALPN", source="draft-vvv-tls-alps"):
    """The name of a protocol for which a side has settings."""

    name_length: int = u8("handshake.extensions_alps_alpn_str_len", title="Supported ALPN Length", default=0)
    protocol: str = text(
        "handshake.extensions_alps_alpn_str",
        length="name_length",
        encoding="ascii",
        kw_only=False,
        default="",
        title="Supported ALPN",
    )


class ApplicationSettings(KnownExtension, number=17513, title="application_settings", source="draft-vvv-tls-alps"):
    """The protocols for which a client has settings to exchange."""

    list_length: int = u16("handshake.extensions_alps_len", title="ALPS Extension Length", default=0)
    protocols: Listing[SettingsProtocol] = listing(
        RecordList(SettingsProtocol, clipped=True),
        "",
        length="list_length",
        kw_only=False,
        title="Supported ALPN List",
        default=(),
    )


class NextProtocol(Entry, name="tls", title="Next Protocol", source="draft-agl-tls-nextprotoneg"):
    """The name of a protocol that a server can speak."""

    name_length: int = u8("handshake.extensions_npn_str_len", title="Protocol string length", default=0)
    protocol: str = text(
        "handshake.extensions_npn",
        length="name_length",
        encoding="ascii",
        kw_only=False,
        default="",
        title="Next Protocol",
    )


class NextProtocols(
    KnownExtension, number=13172, title="next_protocol_negotiation", source="draft-agl-tls-nextprotoneg"
):
    """The protocols that a server can speak; a client sends an empty one."""

    protocols: Listing[NextProtocol] = listing(
        RecordList(NextProtocol, clipped=True), "", length="rest", kw_only=False, title="Protocols", default=()
    )


class SignedCertificateTimestamp(
    Entry, name="tls", title="Signed Certificate Timestamp", source="RFC 6962, section 3.2"
):
    """What a log says of a certificate: when it saw it, in milliseconds since 1970, signed."""

    sct_length: int = u16("sct.sct_length", title="Serialized SCT Length", default=0)
    sct_version: int = u8("sct.sct_version", title="SCT Version", default=0)
    log: bytes = octets("sct.sct_logid", size=32, title="Log ID", default=b"")
    moment: int = u64("", default=0, title="Timestamp", doc="In milliseconds since 1970")
    extensions_length: int = u16("sct.sct_extensions_length", title="Extensions length", default=0)
    extensions: bytes = octets("", length="extensions_length", title="Extensions", default=b"")
    scheme: Coding[SignatureScheme] = code(
        16, SignatureScheme, "handshake.sig_hash_alg", default=0x0403, base=16, title="Signature Algorithm"
    )
    hash_algorithm: Coding[HashAlgorithm] = overlay(
        8,
        "handshake.sig_hash_hash",
        default=AUTOMATIC,
        over="scheme",
        kind=Coded(HashAlgorithm),
        title="Signature Hash Algorithm Hash",
    )
    signature_algorithm: Coding[SignatureAlgorithm] = overlay(
        8,
        "handshake.sig_hash_sig",
        default=AUTOMATIC,
        over="scheme",
        skip=8,
        kind=Coded(SignatureAlgorithm),
        title="Signature Hash Algorithm Signature",
    )
    signature_length: int = u16("sct.sct_signature_length", title="Signature Length", default=0)
    signature: bytes = octets("sct.sct_signature", length="signature_length", title="Signature", default=b"")


class TimestampList(Entry, name="tls", title="Signed Certificate Timestamps", source="RFC 6962, section 3.3"):
    """What logs say of a certificate, as it stands in the certificate itself."""

    list_length: int = u16("sct.scts_length", title="Serialized SCT List Length", default=0)
    timestamps: Listing[SignedCertificateTimestamp] = listing(
        RecordList(SignedCertificateTimestamp, clipped=True),
        "",
        length="list_length",
        kw_only=False,
        title="Timestamps",
        default=(),
    )


class SignedCertificateTimestamps(
    KnownExtension, number=18, title="signed_certificate_timestamp", source="RFC 6962, section 3.3.1"
):
    """What logs say of the server's certificate; a client asks with an empty one."""

    list_length: int | None = u16("sct.scts_length", when=_is_filled, title="Serialized SCT List Length", default=0)
    timestamps: Listing[SignedCertificateTimestamp] = listing(
        RecordList(SignedCertificateTimestamp, clipped=True),
        "",
        length="list_length",
        when=_is_filled,
        kw_only=False,
        title="Timestamps",
        default=(),
    )


class HelloPadding(KnownExtension, number=21, title="padding", source="RFC 7685"):
    """Bytes that make a hello longer."""

    padding: bytes = octets(
        "handshake.extensions_padding_data", length="rest", kw_only=False, title="Padding Data", default=b""
    )


class CertificateCompression(Entry, name="tls", title="Algorithm", source="RFC 8879, section 3"):
    """A way to compress certificates: 1 zlib, 2 brotli, 3 zstd."""

    algorithm: int = u16("compress_certificate.algorithm", kw_only=False, title="Algorithm", default=0)


class CertificateCompressions(KnownExtension, number=27, title="compress_certificate", source="RFC 8879, section 3"):
    """How the other side may compress its certificates."""

    algorithms_length: int = u8("compress_certificate.algorithms_length", title="Algorithms Length", default=0)
    algorithms: Listing[Any] = listing(
        NumberList(CertificateCompression),
        "",
        length="algorithms_length",
        kw_only=False,
        title="Algorithms",
        default=(),
    )


class RecordSizeLimit(KnownExtension, number=28, title="record_size_limit", source="RFC 8449, section 4"):
    """The largest record that a side takes, in bytes."""

    limit: int = u16("record_size_limit", default=16385, kw_only=False, title="Record Size Limit")


class EarlyData(KnownExtension, number=42, title="early_data", source="RFC 8446, section 4.2.10"):
    """A client sends data at once; in a ticket, how many bytes of them it may send."""

    most: int | None = u32(
        "early_data.max_early_data_size", when=_is_filled, kw_only=False, title="Maximum Early Data Size", default=0
    )


class SupportedVersion(Entry, name="tls", title="Supported Version", source="RFC 8446, section 4.2.1"):
    """A version that a client can speak."""

    version: Coding[ProtocolVersion] = code(
        16,
        ProtocolVersion,
        "handshake.extensions.supported_version",
        base=16,
        kw_only=False,
        title="Supported Version",
        default=0,
    )


class SupportedVersions(KnownExtension, number=43, title="supported_versions", source="RFC 8446, section 4.2.1"):
    """The versions that a client can speak, the best first."""

    versions_length: int = u8(
        "handshake.extensions.supported_versions_len", title="Supported Versions length", default=0
    )
    versions: Listing[Any] = listing(
        NumberList(SupportedVersion),
        "",
        length="versions_length",
        kw_only=False,
        title="Supported Versions",
        default=(),
    )


class SelectedVersion(
    KnownExtension, number=43, apart=True, title="supported_versions", source="RFC 8446, section 4.2.1"
):
    """The version that the server chose."""

    version: Coding[ProtocolVersion] = code(
        16,
        ProtocolVersion,
        "handshake.extensions.supported_version",
        default=ProtocolVersion.TLS_1_3,
        base=16,
        kw_only=False,
        title="Supported Version",
    )


class HelloCookie(KnownExtension, number=44, title="cookie", source="RFC 8446, section 4.2.2"):
    """What a client has to send back."""

    cookie_length: int = u16("handshake.extensions.cookie_len", title="Cookie length", default=0)
    cookie: bytes = octets(
        "handshake.extensions.cookie", length="cookie_length", kw_only=False, title="Cookie", default=b""
    )


class KeyExchangeMode(Entry, name="tls", title="PSK Key Exchange Mode", source="RFC 8446, section 4.2.9"):
    """A way to use a key that was agreed on before: alone (0) or with a new exchange (1)."""

    mode: int = u8("extension.psk_ke_mode", kw_only=False, title="PSK Key Exchange Mode", default=0)


class KeyExchangeModes(KnownExtension, number=45, title="psk_key_exchange_modes", source="RFC 8446, section 4.2.9"):
    """How a client wants to use keys that were agreed on before: alone (0) or with a new exchange (1)."""

    modes_length: int = u8("extension.psk_ke_modes_length", title="PSK Key Exchange Modes Length", default=0)
    modes: Listing[Any] = listing(
        NumberList(KeyExchangeMode),
        "",
        length="modes_length",
        kw_only=False,
        title="PSK Key Exchange Modes",
        default=(),
    )


class PreSharedKeyIdentity(Entry, name="tls", title="PSK Identity", source="RFC 8446, section 4.2.11"):
    """A key that was agreed on before, such as that of a ticket; its age in milliseconds, with a secret added."""

    identity_length: int = u16("handshake.extensions.psk.identity.identity_length", title="Identity Length", default=0)
    identity: bytes = octets(
        "handshake.extensions.psk.identity.identity",
        length="identity_length",
        kw_only=False,
        title="Identity",
        default=b"",
    )
    obfuscated_age: int = u32(
        "handshake.extensions.psk.identity.obfuscated_ticket_age", title="Obfuscated Ticket Age", default=0
    )


class PreSharedKeyBinder(Entry, name="tls", title="PSK Binder", source="RFC 8446, section 4.2.11.2"):
    """The proof that a client has a key."""

    binder_length: int = u8("", title="Length", default=0)
    binder: bytes = octets("", length="binder_length", kw_only=False, title="Binder", default=b"")


class PreSharedKeys(KnownExtension, number=41, title="pre_shared_key", source="RFC 8446, section 4.2.11"):
    """The keys from before that a client offers, and the proofs that it has them."""

    identities_length: int = u16("handshake.extensions.psk.identities.length", title="Identities Length", default=0)
    identities: Listing[PreSharedKeyIdentity] = listing(
        RecordList(PreSharedKeyIdentity, clipped=True),
        "",
        length="identities_length",
        kw_only=False,
        title="PSK Identities",
        default=(),
    )
    binders_length: int = u16("handshake.extensions.psk.binders_len", title="PSK Binders length", default=0)
    binders: Listing[PreSharedKeyBinder] = listing(
        RecordList(PreSharedKeyBinder, clipped=True), "", length="binders_length", title="PSK Binders", default=()
    )


class SelectedPreSharedKey(
    KnownExtension, number=41, apart=True, title="pre_shared_key", source="RFC 8446, section 4.2.11"
):
    """The place of the key that the server chose, from 0 on."""

    selected: int = u16(
        "handshake.extensions.psk.identity.selected", kw_only=False, title="Selected Identity", default=0
    )


class KeyShareEntry(Entry, name="tls", title="Key Share Entry", source="RFC 8446, section 4.2.8"):
    """One half of a key exchange, in one group."""

    group: Coding[Group] = code(16, Group, "handshake.extensions_key_share_group", default=Group.X25519, title="Group")
    key_length: int = u16("handshake.extensions_key_share_key_exchange_length", title="Key Exchange Length", default=0)
    key: bytes = octets(
        "handshake.extensions_key_share_key_exchange",
        length="key_length",
        kw_only=False,
        title="Key Exchange",
        default=b"",
        varies="varying",
    )


class KeyShares(KnownExtension, number=51, title="key_share", source="RFC 8446, section 4.2.8"):
    """A client's halves of key exchanges, in the groups that it takes to be chosen."""

    shares_length: int = u16("handshake.extensions_key_share_client_length", title="Client Key Share Length", default=0)
    shares: Listing[KeyShareEntry] = listing(
        RecordList(KeyShareEntry, clipped=True),
        "",
        length="shares_length",
        kw_only=False,
        title="Key Share Entries",
        default=(),
    )


class ServerKeyShare(KnownExtension, number=51, apart=True, title="key_share", source="RFC 8446, section 4.2.8"):
    """The server's half of the key exchange."""

    shares: Listing[KeyShareEntry] = listing(
        RecordList(KeyShareEntry, clipped=True), "", length="rest", kw_only=False, title="Key Share", default=()
    )


class SelectedGroup(KnownExtension, number=51, apart=True, title="key_share", source="RFC 8446, section 4.2.8"):
    """The group in which the server wants to exchange keys (HelloRetryRequest)."""

    group: Coding[Group] = code(
        16, Group, "handshake.extensions_key_share_selected_group", default=0x1D, kw_only=False, title="Selected Group"
    )


class RenegotiationInfo(KnownExtension, number=65281, title="renegotiation_info", source="RFC 5746, section 3.2"):
    """What was agreed on before in this connection: nothing at its beginning."""

    info_length: int = u8("handshake.extensions_reneg_info_len", title="Renegotiation info extension length", default=0)
    info: bytes = octets(
        "handshake.extensions_reneg_info", length="info_length", kw_only=False, title="Info", default=b""
    )


CLIENT_EXTENSIONS = OptionList(TLSExtension)
SERVER_EXTENSIONS = OptionList(
    TLSExtension, instead={41: SelectedPreSharedKey, 43: SelectedVersion, 51: ServerKeyShare}
)
RETRY_EXTENSIONS = OptionList(TLSExtension, instead={41: SelectedPreSharedKey, 43: SelectedVersion, 51: SelectedGroup})
