"""Extensions about certificates: how they may be signed, compressed, logged and asked after."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coded,
    Coding,
    Entry,
    LengthBehind,
    Listing,
    RecordList,
    code,
    listing,
    octets,
    overlay,
    u8,
    u16,
    u64,
)
from dissect.protocols.tls_extension import KnownExtension, has_content
from dissect.protocols.tls_numbers import HashAlgorithm, SignatureAlgorithm, SignatureScheme
from dissect.protocols.tls_vectors import NumberList

__all__ = [
    "CertificateCompression",
    "CertificateCompressions",
    "CertificateSchemes",
    "CertificateStatusRequest",
    "DelegatedCredentials",
    "SignatureSchemeList",
    "SignatureSchemeNumber",
    "SignatureSchemes",
    "SignedCertificateTimestamp",
    "SignedCertificateTimestamps",
    "TimestampList",
]


class CertificateStatusRequest(KnownExtension, number=5, title="status_request", source="RFC 6066, section 8"):
    """A client wants to see what the certificate's issuer says of it now; servers answer with an empty one."""

    status_type: int | None = u8(
        "handshake.extensions_status_request_type",
        default=1,
        when=has_content,
        title="Certificate Status Type",
    )
    responders_length: int | None = u16(
        "handshake.extensions_status_request_responder_ids_len",
        when=has_content,
        title="Responder ID list Length",
        default=0,
    )
    responders: bytes | None = octets(
        "", length="responders_length", when=has_content, title="Responder IDs", default=b""
    )
    request_length: int | None = u16(
        "handshake.extensions_status_request_exts_len",
        when=has_content,
        title="Request Extensions Length",
        default=0,
    )
    request: bytes | None = octets(
        "", length="request_length", when=has_content, title="Request Extensions", default=b""
    )


def _half(codes: type[Code], label: str, skip: int, title: str) -> Any:
    """Declare what one byte of a scheme meant in TLS 1.2 (RFC 5246, section 7.4.1.4.1)."""
    return overlay(
        8,
        f"handshake.sig_hash_{label}",
        default=AUTOMATIC,
        over="scheme",
        skip=skip,
        kind=Coded(codes),
        title=f"Signature Hash Algorithm {title}",
    )


class SignatureSchemeNumber(Entry, name="tls", title="Signature Algorithm", source="RFC 8446, section 4.2.3"):
    """How something may be signed; in TLS 1.2 hash and algorithm have a byte each."""

    scheme: Coding[SignatureScheme] = code(
        16, SignatureScheme, "handshake.sig_hash_alg", base=16, kw_only=False, title="Signature Algorithm", default=0
    )
    hash_algorithm: Coding[HashAlgorithm] = _half(HashAlgorithm, "hash", 0, "Hash")
    signature_algorithm: Coding[SignatureAlgorithm] = _half(SignatureAlgorithm, "sig", 8, "Signature")


class SignatureSchemeList(KnownExtension):
    """Ways to sign, the best first."""

    schemes_length: int = u16("handshake.sig_hash_alg_len", title="Signature Hash Algorithms Length", default=0)
    schemes: Listing[Any] = listing(
        NumberList(SignatureSchemeNumber),
        "",
        length="schemes_length",
        kw_only=False,
        title="Signature Hash Algorithms",
        default=(),
    )


class SignatureSchemes(SignatureSchemeList, number=13, title="signature_algorithms", source="RFC 8446, section 4.2.3"):
    """How a side can verify what the other signs."""


class CertificateSchemes(
    SignatureSchemeList, number=50, title="signature_algorithms_cert", source="RFC 8446, section 4.2.3"
):
    """How a side can verify what certificates are signed with."""


class DelegatedCredentials(SignatureSchemeList, number=34, title="delegated_credentials", source="RFC 9345, section 4"):
    """How a client can verify what is signed with a delegated credential."""


class SignedCertificateTimestamp(
    Entry, name="tls", title="Signed Certificate Timestamp", source="RFC 6962, section 3.2"
):
    """What a log says of a certificate: when it saw it, in milliseconds since 1970, signed."""

    sct_length: int = u16("sct.sct_length", factory=LengthBehind(), title="Serialized SCT Length")
    sct_version: int = u8("sct.sct_version", title="SCT Version", default=0)
    log: bytes = octets("sct.sct_logid", size=32, title="Log ID", default=b"")
    moment: int = u64("", default=0, title="Timestamp", doc="In milliseconds since 1970")
    extensions_length: int = u16("sct.sct_extensions_length", title="Extensions length", default=0)
    extensions: bytes = octets("", length="extensions_length", title="Extensions", default=b"")
    scheme: Coding[SignatureScheme] = code(
        16, SignatureScheme, "handshake.sig_hash_alg", default=0x0403, base=16, title="Signature Algorithm"
    )
    hash_algorithm: Coding[HashAlgorithm] = _half(HashAlgorithm, "hash", 0, "Hash")
    signature_algorithm: Coding[SignatureAlgorithm] = _half(SignatureAlgorithm, "sig", 8, "Signature")
    signature_length: int = u16("sct.sct_signature_length", title="Signature Length", default=0)
    signature: bytes = octets("sct.sct_signature", length="signature_length", title="Signature", default=b"")


class TimestampList(Entry, name="tls", title="Signed Certificate Timestamps", source="RFC 6962, section 3.3"):
    """What logs say of a certificate, as it stands in the certificate itself."""

    list_length: int = u16("sct.scts_length", title="Serialized SCT List Length", default=0)
    timestamps: Listing[SignedCertificateTimestamp] = listing(
        RecordList(SignedCertificateTimestamp, clipped=True),
        "",
        length="list_length",
        kw_only=False,
        title="Timestamps",
        default=(),
    )


class SignedCertificateTimestamps(
    KnownExtension, number=18, title="signed_certificate_timestamp", source="RFC 6962, section 3.3.1"
):
    """What logs say of the server's certificate; a client asks with an empty one."""

    list_length: int | None = u16("sct.scts_length", when=has_content, title="Serialized SCT List Length", default=0)
    timestamps: Listing[SignedCertificateTimestamp] = listing(
        RecordList(SignedCertificateTimestamp, clipped=True),
        "",
        length="list_length",
        when=has_content,
        kw_only=False,
        title="Timestamps",
        default=(),
    )


class CertificateCompression(Entry, name="tls", title="Algorithm", source="RFC 8879, section 3"):
    """A way to compress certificates: 1 zlib, 2 brotli, 3 zstd."""

    algorithm: int = u16("compress_certificate.algorithm", kw_only=False, title="Algorithm", default=0)


class CertificateCompressions(KnownExtension, number=27, title="compress_certificate", source="RFC 8879, section 3"):
    """How the other side may compress its certificates."""

    algorithms_length: int = u8("compress_certificate.algorithms_length", title="Algorithms Length", default=0)
    algorithms: Listing[Any] = listing(
        NumberList(CertificateCompression),
        "",
        length="algorithms_length",
        kw_only=False,
        title="Algorithms",
        default=(),
    )
