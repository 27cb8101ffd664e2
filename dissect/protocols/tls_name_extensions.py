"""Extensions that name hosts and the protocols inside: server_name, ALPN, and what was tried before and beside it."""

from __future__ import annotations

from dissect.declare import Code, Coding, Entry, Listing, RecordList, code, listing, text, u8, u16
from dissect.protocols.tls_extension import KnownExtension, has_content

__all__ = [
    "ALPN",
    "ALPNProtocol",
    "ApplicationSettings",
    "NameType",
    "NextProtocol",
    "NextProtocols",
    "ServerName",
    "ServerNames",
    "SettingsProtocol",
]


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
        "handshake.extensions_server_name_list_len", when=has_content, title="List length", default=0
    )
    names: Listing[ServerName] = listing(
        RecordList(ServerName, clipped=True),
        "",
        length="list_length",
        when=has_content,
        kw_only=False,
        title="Server Names",
        default=(),
    )


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
