"""Signatures in the TLS handshake as Wireshark sees them: hash and algorithm apart (RFC 5246, section 7.4.1.4.1)."""

from __future__ import annotations

import pytest

from dissect.protocols.tls_handshake import HandshakeMessage
from dissect.protocols.tls_hellos import ServerHello
from dissect.protocols.tls_key_exchange import CertificateVerify, DHServerKeyExchange, ServerKeyExchange
from tests.wireshark.tls_records import recorded


@pytest.mark.parametrize(
    "message",
    [
        ServerKeyExchange(point=b"\x04\x01", scheme=0x0403, signature=b"sig"),
        DHServerKeyExchange(prime=b"\x17", generator=b"\x05", key=b"\x08", scheme=0x0403, signature=b"sig"),
        CertificateVerify(b"sig", scheme=0x0403),
    ],
)
def test_a_scheme_is_a_hash_and_an_algorithm(message: HandshakeMessage) -> None:
    # Without a cipher suite, Wireshark does not know how keys are exchanged.
    packet = recorded(ServerHello(cipher_suite=0xC02B), message, from_server=True)
    assert packet.get("tls.handshake.sig_hash_alg") == [0x0403]
    # SHA256 is 4, ECDSA is 3.
    assert (packet.get("tls.handshake.sig_hash_hash"), packet.get("tls.handshake.sig_hash_sig")) == ([4], [3])


def test_before_tls_1_2_there_is_none() -> None:
    packet = recorded(bytes.fromhex("0f 000005 0003 736967"))
    assert packet.get("tls.handshake.client_cert_vrfy.sig") == [b"sig"]
    assert packet.get("tls.handshake.sig_hash_hash") == packet.get("tls.handshake.sig_hash_sig") == []
