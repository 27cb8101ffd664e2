"""Names of hosts and protocols in extensions of TLS as Wireshark sees them: a mark for each list."""

from __future__ import annotations

from dissect.protocols.tls_name_extensions import ALPN, ALPNProtocol, ApplicationSettings, ServerName
from dissect.wireshark.tls_vectors import VectorSight, marked

__all__ = ["ALPNProtocolSight", "ALPNSight", "ServerNameSight", "SettingsSight"]


class ServerNameSight(VectorSight, of=ServerName):
    """A name of a server."""


class ALPNProtocolSight(VectorSight, of=ALPNProtocol):
    """A protocol."""


class ALPNSight(VectorSight, of=ALPN):
    """Protocols."""

    mark = marked("handshake.extensions_alpn_list", "ALPN Protocol", "protocols")


class SettingsSight(VectorSight, of=ApplicationSettings):
    """Protocols with settings."""

    mark = marked("handshake.extensions_alps_alpn_list", "Supported ALPN List", "protocols")
