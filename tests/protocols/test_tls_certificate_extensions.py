from __future__ import annotations

from dissect.protocols.tls_certificate_extensions import (
    CertificateCompressions,
    CertificateSchemes,
    CertificateStatusRequest,
    DelegatedCredentials,
    SignatureSchemeNumber,
    SignatureSchemes,
    SignedCertificateTimestamp,
    SignedCertificateTimestamps,
)
from dissect.protocols.tls_hellos import ServerHello
from tests.protocols.tls_hello_bytes import extensions_of


def test_schemes_are_asked_for_three_things_in_one_form() -> None:
    tail = bytes.fromhex("0006 0004 0403 0804")
    for cls, number in ((SignatureSchemes, 13), (DelegatedCredentials, 34), (CertificateSchemes, 50)):
        assert bytes(cls(["ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"])) == number.to_bytes(2, "big") + tail


def test_a_scheme_is_also_a_hash_and_an_algorithm() -> None:
    # RFC 5246, section 7.4.1.4.1: sha256 is 4, ecdsa is 3.
    scheme = SignatureSchemeNumber(0x0403)
    assert (scheme.raw("hash_algorithm"), scheme.raw("signature_algorithm")) == (4, 3)


def test_servers_answer_a_status_request_with_nothing() -> None:
    asked = CertificateStatusRequest(status_type=1, responders_length=0, request_length=0)
    assert bytes(asked) == bytes.fromhex("0005 0005 01 0000 0000")
    (answered,) = extensions_of(bytes.fromhex("0005 0000"), ServerHello)
    assert isinstance(answered, CertificateStatusRequest)
    assert (answered.status_type, list(answered.problems())) == (None, [])


def test_what_a_log_says_is_signed() -> None:
    said = SignedCertificateTimestamp(log=bytes(32), moment=1, signature=b"signed")
    assert (
        bytes(said)
        == bytes.fromhex("0035 00") + bytes(32) + bytes.fromhex("0000000000000001 0000 0403 0006") + b"signed"
    )
    listed = SignedCertificateTimestamps([said])
    assert bytes(listed) == bytes.fromhex("0012 0039 0037") + bytes(said)


def test_ways_to_compress_are_numbers() -> None:
    assert bytes(CertificateCompressions([2, 1])) == bytes.fromhex("001b 0005 04 0002 0001")
