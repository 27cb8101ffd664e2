"""Messages of the TLS handshake in a record of a connection, as a reading pass sees them."""

from __future__ import annotations

from dissect import TCP, Ethernet, IPv4, Packet
from dissect.protocols.tls_handshake import HandshakeMessage
from tests.talk import seen

__all__ = ["recorded"]


def recorded(*messages: HandshakeMessage | bytes, from_server: bool = False) -> Packet:
    """A packet with one record of these messages (RFC 8446, section 5.1)."""
    raw = b"".join(map(bytes, messages))
    ports = (443, 50000) if from_server else (50000, 443)
    segment = TCP(sport=ports[0], dport=ports[1], seq=1, flags="PA")
    frame = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / segment / (
        b"\x16\x03\x03" + len(raw).to_bytes(2, "big") + raw
    )  # fmt: skip
    (packet,) = seen([Packet(bytes(frame))])
    return packet
