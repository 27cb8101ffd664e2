"""Extensions about versions and keys: groups, shares, keys from before, and what comes with them."""

from __future__ import annotations

from typing import Any

from dissect.declare import Coding, Entry, Listing, RecordList, code, listing, octets, u8, u16, u32
from dissect.protocols.tls_extension import KnownExtension, has_content
from dissect.protocols.tls_numbers import CipherSuite, Group, ProtocolVersion
from dissect.protocols.tls_vectors import NumberList

__all__ = [
    "DraftKeyShares",
    "DraftServerKeyShare",
    "EarlyData",
    "EncryptedServerName",
    "HelloCookie",
    "KeyExchangeMode",
    "KeyExchangeModes",
    "KeyShareEntry",
    "KeyShares",
    "PointFormat",
    "PointFormats",
    "PreSharedKeyBinder",
    "PreSharedKeyIdentity",
    "PreSharedKeys",
    "SelectedGroup",
    "SelectedPreSharedKey",
    "SelectedVersion",
    "ServerKeyShare",
    "SupportedGroup",
    "SupportedGroups",
    "SupportedVersion",
    "SupportedVersions",
]


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


class DraftKeyShares(KeyShares, number=40, title="key_share (old)", source="draft-ietf-tls-tls13-22, section 4.2.7"):
    """A client's halves by the number that they had in drafts of TLS 1.3 up to 22."""


class DraftServerKeyShare(
    ServerKeyShare, number=40, apart=True, title="key_share (old)", source="draft-ietf-tls-tls13-22, section 4.2.7"
):
    """The server's half by that number."""


class SelectedGroup(KnownExtension, number=51, apart=True, title="key_share", source="RFC 8446, section 4.2.8"):
    """The group in which the server wants to exchange keys (HelloRetryRequest)."""

    group: Coding[Group] = code(
        16, Group, "handshake.extensions_key_share_selected_group", default=0x1D, kw_only=False, title="Selected Group"
    )


class EncryptedServerName(
    KnownExtension, number=65486, title="encrypted_server_name", source="draft-ietf-tls-esni-02, section 5"
):
    """The name of the server, encrypted with a key that DNS told: a half of the key exchange, and what was encrypted.

    The digest is that of the record of DNS.
    """

    suite: Coding[CipherSuite] = code(
        16, CipherSuite, "esni.suite", default=0x1301, base=16, kw_only=False, title="Cipher Suite"
    )
    group: Coding[Group] = code(16, Group, "handshake.extensions_key_share_group", default=Group.X25519, title="Group")
    key_length: int = u16("handshake.extensions_key_share_key_exchange_length", title="Key Exchange Length", default=0)
    key: bytes = octets(
        "handshake.extensions_key_share_key_exchange",
        length="key_length",
        title="Key Exchange",
        default=b"",
        varies="varying",
    )
    digest_length: int = u16("esni.record_digest_length", title="Record Digest Length", default=0)
    digest: bytes = octets("esni.record_digest", length="digest_length", title="Record Digest", default=b"")
    encrypted_length: int = u16("esni.encrypted_sni_length", title="Encrypted SNI Length", default=0)
    encrypted: bytes = octets(
        "esni.encrypted_sni", length="encrypted_length", title="Encrypted SNI", default=b"", varies="varying"
    )


class EarlyData(KnownExtension, number=42, title="early_data", source="RFC 8446, section 4.2.10"):
    """A client sends data at once; in a ticket, how many bytes of them it may send."""

    most: int | None = u32(
        "early_data.max_early_data_size",
        when=has_content,
        kw_only=False,
        title="Maximum Early Data Size",
        default=0,
    )
