"""Extensions of TLS about certificates as Wireshark sees them: a mark for schemes, moments of logs as times."""

from __future__ import annotations

from dissect.protocols.tls_certificate_extensions import SignatureSchemes
from dissect.protocols.tls_certificates import Certificate, CertificateInChain
from dissect.protocols.tls_hellos import ClientHello
from tests.wireshark.tls_records import recorded


def test_schemes_have_a_mark() -> None:
    packet = recorded(ClientHello(cipher_suites=[0x1301], extensions=[SignatureSchemes(["ed25519", 0x0403])]))
    assert packet.get("tls.handshake.sig_hash_algs") == [1]
    assert packet.get("tls.handshake.sig_hash_alg") == [0x0807, 0x0403]
    without = recorded(ClientHello(cipher_suites=[0x1301], extensions=[SignatureSchemes([])]))
    assert without.get("tls.handshake.sig_hash_algs") == []


def test_a_log_tells_milliseconds_since_1970() -> None:
    """RFC 6962, section 3.2: a version, 32 bytes of the log, 8 of the time, extensions and a signature."""
    moment = 1_700_000_000_123
    stamp = b"\0" + bytes(32) + moment.to_bytes(8, "big") + bytes.fromhex("0000 0403 0001 73")
    listed = (len(stamp) + 2).to_bytes(2, "big") + len(stamp).to_bytes(2, "big") + stamp
    inner = b"\x04" + bytes([len(listed)]) + listed
    certificate = bytes.fromhex("060a 2b06010401d679020402") + b"\x04" + bytes([len(inner)]) + inner
    packet = recorded(Certificate([CertificateInChain(certificate)]), from_server=True)
    assert packet.get("tls.sct.sct_timestamp") == [moment * 1_000_000]
