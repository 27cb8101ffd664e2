"""Certificates in the TLS handshake, and what asks for them.

Source: RFC 5246, sections 7.4.2 and 7.4.4; RFC 6066, section 8; RFC 8446, section 4.4.2.
"""

from __future__ import annotations

from typing import Any

from dissect.declare import Coding, Entry, Listing, Option, RecordList, code, derived, listing, octets, u8, u16, u24
from dissect.errors import MissingExtraError
from dissect.protocols.tls_certificate_extensions import SignatureSchemeNumber, TimestampList
from dissect.protocols.tls_extensions import CLIENT_EXTENSIONS
from dissect.protocols.tls_handshake import HEAD, Known
from dissect.protocols.tls_numbers import CertificateType
from dissect.protocols.tls_vectors import NumberList

__all__ = [
    "Certificate",
    "CertificateEntry",
    "CertificateInChain",
    "CertificateRequest",
    "CertificateRequestByExtensions",
    "CertificateStatus",
    "CertificateTypeNumber",
    "CertificateWithContext",
    "DistinguishedName",
    "PlainCertificateRequest",
]

_TIMESTAMPS = bytes.fromhex("060a2b06010401d679020402")
"""The identifier of the extension with what logs say, in DER."""
_OCTET_STRING = 4
_LONG = 0x80
"""From this on, the first byte of a length in DER says in how many bytes the length follows."""


class CertificateInChain(Entry, name="tls", title="Certificate", source="RFC 5246, section 7.4.2"):
    """A certificate, in the encoding of X.509 (DER); `x509` reads it."""

    size: int = u24("handshake.certificate_length", title="Certificate Length", default=0)
    data: bytes = octets("handshake.certificate", length="size", kw_only=False, title="Certificate", default=b"")

    @derived("", kind=RecordList(TimestampList), title="Signed Certificate Timestamps")
    def signed_timestamps(self) -> bytes | None:
        """What logs say of the certificate, in an extension of it; None where it has none."""
        return _timestamps_in(bytes(self.data)) or None

    @property
    def x509(self) -> Any:
        """The certificate as the library `cryptography` reads it.

        Raises MissingExtraError where that is not installed, ValueError where it is no certificate.
        """
        try:
            from cryptography import x509
        except ImportError:
            raise MissingExtraError(
                "certificates are read by cryptography: pip install 'dissect-workbench[tls]'"
            ) from None
        return x509.load_der_x509_certificate(self.data)


def _timestamps_in(certificate: bytes) -> bytes:
    """Return the list in the extension of a certificate that has one; b"" for none (RFC 6962, section 3.3).

    The extension is its identifier, and octets in octets; in front of them it may say that it is critical.
    """
    place = certificate.find(_TIMESTAMPS)
    if place < 0:
        return b""
    behind = certificate[place + len(_TIMESTAMPS) :].removeprefix(b"\x01\x01\xff")
    return _octets_in(_octets_in(behind))


def _octets_in(data: bytes) -> bytes:
    """Return the content of the octets in DER with which the data begin; b"" where there are none."""
    if len(data) < 2 or data[0] != _OCTET_STRING:
        return b""
    size, place = data[1], 2
    if size >= _LONG:
        place += size - _LONG
        size = int.from_bytes(data[2:place], "big")
    return data[place : place + size]


class Certificate(Known, number=11, title="Certificate", source="RFC 5246, section 7.4.2"):
    """A chain of certificates: the sender's own, then that of who signed it, and so on."""

    chain_length: int = u24("handshake.certificates_length", title="Certificates Length", default=0)
    chain: Listing[CertificateInChain] = listing(
        RecordList(CertificateInChain, clipped=True),
        "",
        length="chain_length",
        kw_only=False,
        title="Certificates",
        default=(),
    )

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a chain of TLS 1.3 where the length at the beginning is none."""
        is_older = len(data) < HEAD + 4 or int.from_bytes(data[HEAD : HEAD + 3], "big") == len(data) - HEAD - 3
        behind = HEAD + 1 + (data[HEAD] if len(data) > HEAD else 0)
        has_context = int.from_bytes(data[behind : behind + 3], "big") == len(data) - behind - 3
        return CertificateWithContext if has_context and not is_older else cls


class CertificateEntry(CertificateInChain, title="Certificate", source="RFC 8446, section 4.4.2"):
    """A certificate with extensions that tell about it."""

    extensions_length: int = u16("handshake.extensions_length", title="Extensions Length", default=0)
    extensions: Listing[Any] = listing(
        CLIENT_EXTENSIONS, "", length="extensions_length", default=(), title="Extensions"
    )


class CertificateWithContext(Known, number=11, apart=True, title="Certificate", source="RFC 8446, section 4.4.2"):
    """A chain of certificates in TLS 1.3, for the request of this context."""

    context_length: int = u8(
        "handshake.certificate_request_context_length", title="Certificate Request Context Length", default=0
    )
    context: bytes = octets(
        "handshake.certificate_request_context",
        length="context_length",
        title="Certificate Request Context",
        default=b"",
    )
    chain_length: int = u24("handshake.certificates_length", title="Certificates Length", default=0)
    chain: Listing[CertificateEntry] = listing(
        RecordList(CertificateEntry, clipped=True),
        "",
        length="chain_length",
        kw_only=False,
        title="Certificates",
        default=(),
    )


class CertificateTypeNumber(Entry, name="tls", title="Certificate type", source="RFC 5246, section 7.4.4"):
    """A kind of certificate."""

    type: Coding[CertificateType] = code(
        8, CertificateType, "handshake.cert_type", kw_only=False, title="Certificate type", default=0
    )


class DistinguishedName(Entry, name="tls", title="Distinguished Name", source="RFC 5246, section 7.4.4"):
    """The name of an authority that signs certificates, in DER."""

    size: int = u16("handshake.dname_len", title="Distinguished Name Length", default=0)
    data: bytes = octets("", length="size", kw_only=False, title="Distinguished Name", default=b"")


class CertificateRequest(Known, number=13, title="Certificate Request", source="RFC 5246, section 7.4.4"):
    """A server wants to see a certificate of one of these kinds, signed in one of these ways by one of these."""

    kinds_count: int = u8("handshake.cert_types_count", title="Certificate types count", default=0)
    kinds: Listing[Any] = listing(
        NumberList(CertificateTypeNumber), "", length="kinds_count", title="Certificate types", default=()
    )
    schemes_length: int = u16("handshake.sig_hash_alg_len", title="Signature Hash Algorithms Length", default=0)
    schemes: Listing[Any] = listing(
        NumberList(SignatureSchemeNumber), "", length="schemes_length", title="Signature Hash Algorithms", default=()
    )
    authorities_length: int = u16("handshake.dnames_len", title="Distinguished Names Length", default=0)
    authorities: Listing[DistinguishedName] = listing(
        RecordList(DistinguishedName, clipped=True),
        "",
        length="authorities_length",
        title="Distinguished Names",
        default=(),
    )

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a request of another version, as the lengths tell."""
        first = data[HEAD] if len(data) > HEAD else 0
        behind = HEAD + 1 + first
        length = int.from_bytes(data[behind : behind + 2], "big")
        if length != len(data) - behind - 2:
            return cls
        return PlainCertificateRequest if first else CertificateRequestByExtensions


class PlainCertificateRequest(
    Known, number=13, apart=True, title="Certificate Request", source="RFC 4346, section 7.4.4"
):
    """The same up to TLS 1.1: signatures are what the kind of certificate says."""

    kinds_count: int = u8("handshake.cert_types_count", title="Certificate types count", default=0)
    kinds: Listing[Any] = listing(
        NumberList(CertificateTypeNumber), "", length="kinds_count", title="Certificate types", default=()
    )
    authorities_length: int = u16("handshake.dnames_len", title="Distinguished Names Length", default=0)
    authorities: Listing[DistinguishedName] = listing(
        RecordList(DistinguishedName, clipped=True),
        "",
        length="authorities_length",
        title="Distinguished Names",
        default=(),
    )


class CertificateRequestByExtensions(
    Known, number=13, apart=True, title="Certificate Request", source="RFC 8446, section 4.3.2"
):
    """The same in TLS 1.3: extensions say what certificate is wanted."""

    context_length: int = u8(
        "handshake.certificate_request_context_length", title="Certificate Request Context Length", default=0
    )
    context: bytes = octets(
        "handshake.certificate_request_context",
        length="context_length",
        title="Certificate Request Context",
        default=b"",
    )
    extensions_length: int = u16("handshake.extensions_length", title="Extensions Length", default=0)
    extensions: Listing[Any] = listing(
        CLIENT_EXTENSIONS, "", length="extensions_length", default=(), title="Extensions"
    )


class CertificateStatus(Known, number=22, title="Certificate Status", source="RFC 6066, section 8"):
    """What the issuer of the server's certificate says of it now (OCSP, in DER)."""

    status_type: int = u8("handshake.extensions_status_request_type", default=1, title="Certificate Status Type")
    response_length: int = u24("handshake.ocsp_response_len", title="OCSP Response Length", default=0)
    response: bytes = octets("", length="response_length", kw_only=False, title="OCSP Response", default=b"")
