"""Certificates in TLS as Wireshark sees them: a mark where a list has entries."""

from __future__ import annotations

import pytest

from dissect.protocols import tls_certificates as tls
from dissect.protocols.tls_handshake import HandshakeMessage
from tests.wireshark.tls_records import recorded

NAME = tls.DistinguishedName(b"ca")


@pytest.mark.parametrize(
    ("message", "marks"),
    [
        (tls.Certificate([tls.CertificateInChain(b"one")]), {"certificates"}),
        (tls.Certificate([]), set()),
        (tls.CertificateWithContext([tls.CertificateEntry(b"one")]), {"certificates"}),
        (tls.CertificateRequest(kinds=[1], schemes=[0x0804], authorities=[NAME]),
         {"cert_types", "sig_hash_algs", "dnames", "dname"}),
        (tls.CertificateRequest(kinds=[1], schemes=[0x0804]), {"cert_types", "sig_hash_algs"}),
        (tls.PlainCertificateRequest(kinds=[1], authorities=[NAME]), {"cert_types", "dnames", "dname"}),
    ],
)  # fmt: skip
def test_marks_of_lists(message: HandshakeMessage, marks: set[str]) -> None:
    packet = recorded(message, from_server=True)
    known = ("certificates", "cert_types", "sig_hash_algs", "dnames", "dname")
    assert {name for name in known if packet.get(f"tls.handshake.{name}")} == marks
