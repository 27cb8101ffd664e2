"""Hellos of TLS as Wireshark sees them: with fingerprints."""

from __future__ import annotations

from typing import Any

from dissect.declaration.symbols import retold
from dissect.protocols.tls_fingerprints import ja3_of_client, ja3_of_server, ja4, md5_of
from dissect.protocols.tls_hellos import ClientHello, ServerHelloMessage
from dissect.wireshark.field_types import NONE, STRING
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.tls_handshake import MessageSight

__all__ = ["ClientHelloSight", "ServerHelloSight"]


class ClientHelloSight(MessageSight, of=ClientHello):
    """A client's hello, with its fingerprints; JA4 is Wireshark's from version 4.2 on."""

    @computed("handshake.ciphersuites", NONE, title="Cipher Suites")
    def suites_mark(self, message: Any) -> int | None:
        """1 where suites are listed."""
        return 1 if message.cipher_suites else None

    @computed("handshake.comp_methods", NONE, title="Compression Methods")
    def methods_mark(self, message: Any) -> int | None:
        """1 where methods are listed."""
        return 1 if message.compression_methods else None

    @computed("handshake.ja3_full", STRING, title="JA3 Fullstring")
    def ja3_full(self, message: Any) -> str:
        """What JA3 is the hash of."""
        return ja3_of_client(message)

    @computed("handshake.ja3", STRING, title="JA3")
    def ja3(self, message: Any) -> str:
        """The fingerprint of the client."""
        return retold(md5_of, ja3_of_client(message))

    @computed("handshake.ja4", STRING, title="JA4")
    def ja4(self, message: Any) -> str:
        """The fingerprint of the client by FoxIO's method."""
        return ja4(message)


class ServerHelloSight(MessageSight, of=ServerHelloMessage):
    """A server's hello, with its fingerprint."""

    @computed("handshake.ja3s_full", STRING, title="JA3S Fullstring")
    def ja3s_full(self, message: Any) -> str:
        """What JA3S is the hash of."""
        return ja3_of_server(message)

    @computed("handshake.ja3s", STRING, title="JA3S")
    def ja3s(self, message: Any) -> str:
        """The fingerprint of the server."""
        return retold(md5_of, ja3_of_server(message))
