"""How a TLS connection begins: what a client offers, and what the server chooses (RFC 8446, section 4.1)."""

from __future__ import annotations

from typing import Any

from dissect.declare import Coding, Entry, Listing, Option, code, listing, octets, u8, u16
from dissect.protocols.tls_extensions import CLIENT_EXTENSIONS, RETRY_EXTENSIONS, SERVER_EXTENSIONS
from dissect.protocols.tls_handshake import HEAD, Known, place_behind
from dissect.protocols.tls_numbers import CipherSuite, Compression, ProtocolVersion
from dissect.protocols.tls_vectors import NumberList

__all__ = [
    "RETRY_RANDOM",
    "ClientHello",
    "CompressionMethod",
    "DraftServerHello",
    "EncryptedExtensions",
    "HelloRetryRequest",
    "ServerHello",
    "ServerHelloMessage",
    "SuiteNumber",
]

RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random of a ServerHello that is a HelloRetryRequest (RFC 8446, section 4.1.3)."""
_LEAST = 2
"""The bytes of the length of extensions."""
_DRAFT, _FIRST_WITH_SESSION = b"\x7f", 22
"""How versions of drafts of TLS 1.3 begin, and the first whose ServerHello has a session and a compression."""


class SuiteNumber(Entry, name="tls", title="Cipher Suite", source="RFC 8446, appendix B.4"):
    """A cipher suite that a client offers."""

    suite: Coding[CipherSuite] = code(
        16, CipherSuite, "handshake.ciphersuite", base=16, kw_only=False, title="Cipher Suite", default=0
    )


class CompressionMethod(Entry, name="tls", title="Compression Method", source="RFC 5246, section 7.4.1.2"):
    """A way to compress that a client offers."""

    method: Coding[Compression] = code(
        8, Compression, "handshake.comp_method", kw_only=False, title="Compression Method", default=0
    )


def _has_extensions(field: str) -> Any:
    """Return what tells whether something stands behind the field: a hello of old ends there."""
    return lambda hello: hello.length >= place_behind(hello, field) + _LEAST


class ClientHello(Known, number=1, title="Client Hello", source="RFC 8446, section 4.1.2"):
    """What a client can do, and a random number.

    The version is that of TLS 1.2 in TLS 1.3 as well, where an extension tells the versions.

    >>> from dissect.protocols.tls_name_extensions import ServerName, ServerNames
    >>> asked = ServerNames([ServerName("a.example")])
    >>> hello = ClientHello(cipher_suites=["TLS_AES_128_GCM_SHA256"], extensions=[asked])
    >>> hello.length, hello.extensions_length, hello.server_name
    (61, 18, 'a.example')
    """

    version: Coding[ProtocolVersion] = code(
        16, ProtocolVersion, "handshake.version", default=ProtocolVersion.TLS_1_2, base=16, title="Version"
    )
    random: bytes = octets("handshake.random", size=32, title="Random", default=b"", varies="varying")
    session_id_length: int = u8("handshake.session_id_length", title="Session ID Length", default=0)
    session_id: bytes = octets(
        "handshake.session_id", length="session_id_length", title="Session ID", default=b"", varies="varying"
    )
    suites_length: int = u16("handshake.cipher_suites_length", title="Cipher Suites Length", default=0)
    cipher_suites: Listing[Any] = listing(
        NumberList(SuiteNumber), "", length="suites_length", title="Cipher Suites", default=()
    )
    methods_length: int = u8("handshake.comp_methods_length", title="Compression Methods Length", default=0)
    compression_methods: Listing[Any] = listing(
        NumberList(CompressionMethod), "", length="methods_length", default=b"\0", title="Compression Methods"
    )
    extensions_length: int | None = u16(
        "handshake.extensions_length", when=_has_extensions("compression_methods"), title="Extensions Length", default=0
    )
    extensions: Listing[Any] = listing(
        CLIENT_EXTENSIONS,
        "",
        length="extensions_length",
        when=_has_extensions("compression_methods"),
        title="Extensions",
        default=(),
    )

    has_random = True

    @property
    def server_name(self) -> str:
        """The first name of a server that the client asks for; "" for none."""
        for extension in self.extensions or ():
            for name in getattr(extension, "names", None) or ():
                if isinstance(name, Entry):
                    return str(getattr(name, "host", ""))
        return ""


class ServerHelloMessage(Known):
    """What a server chooses, in whatever version."""

    has_random = True
    version: Coding[ProtocolVersion] = code(
        16, ProtocolVersion, "handshake.version", default=ProtocolVersion.TLS_1_2, base=16, title="Version"
    )
    random: bytes = octets("handshake.random", size=32, title="Random", default=b"", varies="varying")


class _ServerHelloWithSession(ServerHelloMessage):
    """What a server chooses, in all versions but drafts of TLS 1.3."""

    session_id_length: int = u8("handshake.session_id_length", title="Session ID Length", default=0)
    session_id: bytes = octets(
        "handshake.session_id", length="session_id_length", title="Session ID", default=b"", varies="varying"
    )
    cipher_suite: Coding[CipherSuite] = code(
        16, CipherSuite, "handshake.ciphersuite", default=0x1301, base=16, title="Cipher Suite"
    )
    compression: Coding[Compression] = code(
        8, Compression, "handshake.comp_method", title="Compression Method", default=0
    )
    extensions_length: int | None = u16(
        "handshake.extensions_length", when=_has_extensions("compression"), title="Extensions Length", default=0
    )


class ServerHello(_ServerHelloWithSession, number=2, title="Server Hello", source="RFC 8446, section 4.1.3"):
    """What a server chooses from a client's offer, and a random number of its own."""

    extensions: Listing[Any] = listing(
        SERVER_EXTENSIONS,
        "",
        length="extensions_length",
        when=_has_extensions("compression"),
        title="Extensions",
        default=(),
    )

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a HelloRetryRequest, whose random tells it, or for one of an early draft."""
        if data[4:5] == _DRAFT and len(data) > HEAD + 1 and data[HEAD + 1] < _FIRST_WITH_SESSION:
            return DraftServerHello
        return HelloRetryRequest if data[6:38] == RETRY_RANDOM else cls


class DraftServerHello(
    ServerHelloMessage, number=2, apart=True, title="Server Hello", source="draft-ietf-tls-tls13-21, section 4.1.3"
):
    """What a server chooses in drafts of TLS 1.3 up to 21, which tell no session and no compression."""

    version: Coding[ProtocolVersion] = code(
        16, ProtocolVersion, "handshake.version", default=0x7F15, base=16, title="Version"
    )
    cipher_suite: Coding[CipherSuite] = code(
        16, CipherSuite, "handshake.ciphersuite", default=0x1301, base=16, title="Cipher Suite"
    )
    extensions_length: int | None = u16(
        "handshake.extensions_length", when=_has_extensions("cipher_suite"), title="Extensions Length", default=0
    )
    extensions: Listing[Any] = listing(
        SERVER_EXTENSIONS,
        "",
        length="extensions_length",
        when=_has_extensions("cipher_suite"),
        title="Extensions",
        default=(),
    )


class HelloRetryRequest(
    _ServerHelloWithSession, number=2, apart=True, title="Hello Retry Request", source="RFC 8446, section 4.1.4"
):
    """A server wants another hello, with a key of the group that it says: a ServerHello with a fixed random."""

    random: bytes = octets("handshake.random", size=32, default=RETRY_RANDOM, title="Random")

    extensions: Listing[Any] = listing(
        RETRY_EXTENSIONS,
        "",
        length="extensions_length",
        when=_has_extensions("compression"),
        title="Extensions",
        default=(),
    )


class EncryptedExtensions(Known, number=8, title="Encrypted Extensions", source="RFC 8446, section 4.3.1"):
    """What else a server answers to a client's extensions; in the clear only where it was decrypted."""

    extensions_length: int = u16("handshake.extensions_length", title="Extensions Length", default=0)
    extensions: Listing[Option] = listing(
        CLIENT_EXTENSIONS, "", length="extensions_length", default=(), title="Extensions"
    )
