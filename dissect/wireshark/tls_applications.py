"""What Wireshark takes to be spoken above TLS: by the port, or by the protocol that both sides agreed on (ALPN)."""

from __future__ import annotations

__all__ = ["application_of"]

_HTTP = "Hypertext Transfer Protocol"
_BY_PORT = {
    324: "RPKI-Router Protocol",
    443: _HTTP,
    465: "Simple Mail Transfer Protocol",
    636: "Lightweight Directory Access Protocol",
    802: "Modbus/TCP",
    853: "Domain Name System",
    993: "Internet Message Access Protocol",
    995: "Post Office Protocol",
    1300: "Q.931",
    2221: "EtherNet/IP (Industrial Protocol)",
    2443: "Skinny Client Control Protocol",
    3249: "Intel Omni-Path - FE Header",
    3250: "Intel Omni-Path - FE Header",
    3251: "Intel Omni-Path - FE Header",
    3252: "Intel Omni-Path - FE Header",
    3389: "TPKT - ISO on TCP - RFC1006",
    3496: "DoIP (ISO13400) Protocol",
    5061: "Session Initiation Protocol",
    5671: "Advanced Message Queuing Protocol",
    5684: "Constrained Application Protocol",
    5868: "Diameter Protocol",
    8883: "MQ Telemetry Transport Protocol",
    11207: "Couchbase Protocol",
    19999: "Distributed Network Protocol 3.0",
    27017: "Mongo Wire Protocol",
}
_BY_NAME = {
    "http/0.9": _HTTP,
    "http/1.0": _HTTP,
    "http/1.1": _HTTP,
    "h2": "HyperText Transfer Protocol 2",
    "dot": "Domain Name System",
    "coap": "Constrained Application Protocol",
    "stun.turn": "TURN Channel",
    "stun.nat-discovery": "TURN Channel",
}


def application_of(name: str, *ports: int) -> str | None:
    """Return what is spoken above TLS: by a name that was agreed on ("" for none), or by the first port that tells.

    >>> application_of("", 50000, 443), application_of("h2", 443), application_of("", 4433)
    ('Hypertext Transfer Protocol', 'HyperText Transfer Protocol 2', None)
    """
    if name.startswith("spdy"):
        return "SPDY"
    named = _BY_NAME.get(name)
    return named or next((_BY_PORT[port] for port in ports if port in _BY_PORT), None)
