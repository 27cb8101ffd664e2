"""Certificates in the handshake: the forms of three versions, told apart by their lengths."""

from __future__ import annotations

import pytest

from dissect.protocols import tls_certificates as tls
from dissect.protocols.tls_certificates import CertificateInChain
from dissect.protocols.tls_handshake import HandshakeMessage
from tests.protocols.tls_messages import holds, read


@pytest.mark.parametrize(
    ("message", "body"),
    [
        # RFC 5246, section 7.4.2: each behind its length, and all behind theirs.
        (
            tls.Certificate([CertificateInChain(b"one"), CertificateInChain(b"two")]),
            "00000c 000003 6f6e65 000003 74776f",
        ),
        (tls.Certificate([]), "000000"),
        # RFC 8446, section 4.4.2: a context in front, and extensions behind each.
        (tls.CertificateWithContext([tls.CertificateEntry(b"one")]), "00 000008 000003 6f6e65 0000"),
        (tls.CertificateWithContext([], context=b"\x07"), "01 07 000000"),
        # RFC 5246, section 7.4.4; RFC 4346, section 7.4.4; RFC 8446, section 4.3.2.
        (
            tls.CertificateRequest(kinds=[1, 64], schemes=[0x0804], authorities=[tls.DistinguishedName(b"ca")]),
            "02 0140 0002 0804 0004 0002 6361",
        ),
        (tls.PlainCertificateRequest(kinds=[1], authorities=[tls.DistinguishedName(b"ca")]), "01 01 0004 0002 6361"),
        (tls.CertificateRequestByExtensions(context=b""), "00 0000"),
        # RFC 6066, section 8.
        (tls.CertificateStatus(b"ocsp"), "01 000004 6f637370"),
    ],
)
def test_bytes(message: HandshakeMessage, body: str) -> None:
    holds(message, body)


TIMESTAMPS = bytes.fromhex("0004 0002 abcd")
"""A list with one timestamp of two bytes (RFC 6962, section 3.3)."""
IDENTIFIER = bytes.fromhex("060a 2b06010401d679020402")


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        (b"\x04\x08\x04\x06" + TIMESTAMPS, TIMESTAMPS),
        # It may say that it is critical, and lengths may be long.
        (b"\x01\x01\xff\x04\x08\x04\x06" + TIMESTAMPS, TIMESTAMPS),
        (b"\x04\x81\x08\x04\x06" + TIMESTAMPS, TIMESTAMPS),
        (b"\x30\x08\x04\x06" + TIMESTAMPS, None),
        (b"\x04", None),
    ],
)
def test_what_logs_say_stands_in_an_extension_of_a_certificate(behind: bytes, found: bytes | None) -> None:
    assert CertificateInChain(b"der" + IDENTIFIER + behind).signed_timestamps == found
    assert CertificateInChain(b"der").signed_timestamps is None


def test_what_is_no_certificate_is_refused_when_it_is_read() -> None:
    pytest.importorskip("cryptography")
    with pytest.raises(ValueError, match="parsing"):
        _ = CertificateInChain(b"der").x509


def test_a_chain_that_is_cut_keeps_its_bytes() -> None:
    raw = bytes(tls.Certificate([CertificateInChain(b"one")]))
    assert bytes(read(raw)) == raw
    cut = bytes.fromhex("0b 000008 000005 000009 6f6e")
    assert bytes(read(cut)) == cut
