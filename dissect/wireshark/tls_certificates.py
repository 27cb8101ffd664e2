"""Certificates in TLS as Wireshark sees them: a mark for each list."""

from __future__ import annotations

from dissect.protocols.tls_certificates import (
    Certificate,
    CertificateRequest,
    CertificateWithContext,
    DistinguishedName,
    PlainCertificateRequest,
)
from dissect.wireshark.sight import Sight
from dissect.wireshark.tls_handshake import MessageSight
from dissect.wireshark.tls_vectors import marked

__all__ = ["CertificateSight"]


class CertificateSight(MessageSight, of=Certificate):
    """A chain."""

    chain_mark = marked("handshake.certificates", "Certificates", "chain")


class ContextSight(CertificateSight, of=CertificateWithContext):
    """A chain of TLS 1.3."""


class PlainRequestSight(MessageSight, of=PlainCertificateRequest):
    """Kinds and names."""

    types_mark = marked("handshake.cert_types", "Certificate types", "kinds")
    names_mark = marked("handshake.dnames", "Distinguished Names", "authorities")


class RequestSight(MessageSight, of=CertificateRequest):
    """Kinds, schemes and names."""

    types_mark = marked("handshake.cert_types", "Certificate types", "kinds")
    schemes_mark = marked("handshake.sig_hash_algs", "Signature Algorithms", "schemes")
    names_mark = marked("handshake.dnames", "Distinguished Names", "authorities")


class NameSight(Sight, of=DistinguishedName):
    """A name."""

    mark = marked("handshake.dname", "Distinguished Name", "data")
