"""How keys are exchanged up to TLS 1.2 (RFC 5246, sections 7.4.3 and 7.4.7; RFC 8422).

What the messages hold depends on the cipher suite, which they don't tell. Their lengths tell elliptic curves, finite
fields and RSA apart, but for a client's key of a finite field, which is found by those who know the suite
(`DHClientKeyExchange`).
"""

from __future__ import annotations

from typing import Any

from dissect.declare import Coding, Option, code, octets, u8, u16
from dissect.protocols.tls_handshake import HEAD, Known
from dissect.protocols.tls_numbers import CurveType, Group, SignatureScheme

__all__ = [
    "CertificateVerify",
    "ClientKeyExchange",
    "DHClientKeyExchange",
    "DHServerKeyExchange",
    "ECDHClientKeyExchange",
    "SSL3ClientKeyExchange",
    "ServerKeyExchange",
    "UnreadClientKeyExchange",
    "UnreadServerKeyExchange",
]

_NAMED_CURVE = 3
_KEY_SIZES = (64, 128, 256, 384, 512)
"""The bytes of what is encrypted with keys of usual sizes."""


def names_scheme(message: Any, field: str = "") -> bool:
    """Whether a signature behind the field, or at the beginning, says how it was made, as it does from TLS 1.2 on.

    Then two numbers stand in front of it, and the second is its length.
    """
    place = HEAD
    if field:
        first, width = message.span(field)
        place = (first + width) // 8
    left = message.length + HEAD - place
    start = message.own_start + place
    length = message.buffer[start + 2 : min(start + 4, message.own_end)]
    # Of a message that is being built nothing is there yet.
    return bool(left >= 4 and (not length or int.from_bytes(length, "big") == left - 4))


class ServerKeyExchange(Known, number=12, title="Server Key Exchange", source="RFC 8422, section 5.4"):
    """A point of a named curve, the server's half of a key exchange, signed."""

    curve_type: Coding[CurveType] = code(
        8, CurveType, "handshake.server_curve_type", default=_NAMED_CURVE, base=16, title="Curve Type"
    )
    curve: Coding[Group] = code(
        16, Group, "handshake.server_named_curve", default=Group.X25519, base=16, title="Named Curve"
    )
    point_length: int = u8("handshake.server_point_len", title="Pubkey Length", default=0)
    point: bytes = octets(
        "handshake.server_point", length="point_length", title="Pubkey", default=b"", varies="varying"
    )
    scheme: Coding[SignatureScheme] = code(
        16,
        SignatureScheme,
        "handshake.sig_hash_alg",
        base=16,
        when=lambda message: names_scheme(message, "point"),
        title="Signature Algorithm",
        default=0,
    )
    signature_length: int = u16("handshake.sig_len", title="Signature Length", default=0)
    signature: bytes = octets(
        "handshake.sig", length="signature_length", title="Signature", default=b"", varies="varying"
    )

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a number of a finite field where no named curve stands first."""
        is_curve = len(data) > HEAD and data[HEAD] == _NAMED_CURVE
        return cls if is_curve else DHServerKeyExchange


class DHServerKeyExchange(Known, number=12, apart=True, title="Server Key Exchange", source="RFC 5246, section 7.4.3"):
    """A number of a finite field, the server's half of a key exchange, signed unless nobody is authenticated."""

    prime_length: int = u16("handshake.p_len", title="p Length", default=0)
    prime: bytes = octets("handshake.p", length="prime_length", title="p", default=b"")
    generator_length: int = u16("handshake.g_len", title="g Length", default=0)
    generator: bytes = octets("handshake.g", length="generator_length", title="g", default=b"")
    key_length: int = u16("handshake.ys_len", title="Pubkey Length", default=0)
    key: bytes = octets("handshake.ys", length="key_length", title="Pubkey", default=b"", varies="varying")
    scheme: Coding[SignatureScheme] = code(
        16,
        SignatureScheme,
        "handshake.sig_hash_alg",
        base=16,
        when=lambda message: names_scheme(message, "key"),
        title="Signature Algorithm",
        default=0,
    )
    signature_length: int = u16("handshake.sig_len", title="Signature Length", default=0)
    signature: bytes = octets(
        "handshake.sig", length="signature_length", title="Signature", default=b"", varies="varying"
    )


class ClientKeyExchange(Known, number=16, title="Client Key Exchange", source="RFC 5246, section 7.4.7.1"):
    """A secret of the client's, encrypted with the key of the server's certificate."""

    secret_length: int = u16("handshake.epms_len", title="Encrypted PreMaster length", default=0)
    secret: bytes = octets(
        "handshake.epms",
        length="secret_length",
        kw_only=False,
        title="Encrypted PreMaster",
        default=b"",
        varies="varying",
    )

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a point of a curve where the first byte is the length of the rest."""
        size = len(data) - HEAD
        if size > 0 and data[HEAD] == size - 1:
            return ECDHClientKeyExchange
        has_length = int.from_bytes(data[HEAD : HEAD + 2], "big") == size - 2
        return cls if has_length or size not in _KEY_SIZES else SSL3ClientKeyExchange


class SSL3ClientKeyExchange(
    Known, number=16, apart=True, title="Client Key Exchange", source="RFC 6101, section 5.6.7.1"
):
    """The same in SSL 3.0, where it has no length."""

    secret: bytes = octets(
        "handshake.epms", length="rest", kw_only=False, title="Encrypted PreMaster", default=b"", varies="varying"
    )


class ECDHClientKeyExchange(Known, number=16, apart=True, title="Client Key Exchange", source="RFC 8422, section 5.7"):
    """A point of a curve, the client's half of a key exchange."""

    point_length: int = u8("handshake.client_point_len", title="Pubkey Length", default=0)
    point: bytes = octets(
        "handshake.client_point", length="point_length", kw_only=False, title="Pubkey", default=b"", varies="varying"
    )


class DHClientKeyExchange(
    Known, number=16, apart=True, title="Client Key Exchange", source="RFC 5246, section 7.4.7.2"
):
    """A number of a finite field, the client's half of a key exchange."""

    key_length: int = u16("handshake.yc_len", title="Pubkey Length", default=0)
    key: bytes = octets(
        "handshake.yc", length="key_length", kw_only=False, title="Pubkey", default=b"", varies="varying"
    )


class UnreadServerKeyExchange(
    Known, number=12, apart=True, title="Server Key Exchange", source="RFC 5246, section 7.4.3"
):
    """A server's half of a key exchange of which nobody knows the cipher suite."""

    data: bytes = octets("", length="rest", kw_only=False, title="Data", default=b"", varies="varying")


class UnreadClientKeyExchange(
    Known, number=16, apart=True, title="Client Key Exchange", source="RFC 5246, section 7.4.7"
):
    """A client's half of a key exchange of which nobody knows the cipher suite."""

    data: bytes = octets("", length="rest", kw_only=False, title="Data", default=b"", varies="varying")


class CertificateVerify(Known, number=15, title="Certificate Verify", source="RFC 8446, section 4.4.3"):
    """The proof that the sender has the key of its certificate: a signature of what was said so far."""

    scheme: Coding[SignatureScheme] = code(
        16,
        SignatureScheme,
        "handshake.sig_hash_alg",
        base=16,
        when=names_scheme,
        title="Signature Algorithm",
        default=0,
    )
    signature_length: int = u16("handshake.client_cert_vrfy.sig_len", title="Signature length", default=0)
    signature: bytes = octets(
        "handshake.client_cert_vrfy.sig",
        length="signature_length",
        kw_only=False,
        title="Signature",
        default=b"",
        varies="varying",
    )
