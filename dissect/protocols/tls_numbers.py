"""The numbers that TLS gives names to: content types, versions, alerts, and what clients and servers agree on.

The long lists (cipher suites, extensions, groups, signature schemes) are read from files of their own when
somebody asks for a name, so that captures without TLS, and those whose numbers alone are wanted, don't wait for them.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Self

from dissect.declare import Code

__all__ = [
    "AlertDescription",
    "AlertLevel",
    "CertificateType",
    "CipherSpec",
    "CipherSuite",
    "Compression",
    "ContentType",
    "CurveType",
    "ExtensionType",
    "Group",
    "HandshakeType",
    "HashAlgorithm",
    "ProtocolVersion",
    "SignatureAlgorithm",
    "SignatureScheme",
    "is_grease",
]


_GREASE = "Reserved (GREASE)"
_GREASE_NUMBERS = range(0x0A0A, 1 << 16, 0x1010)
"""Those that `is_grease` tells."""


def is_grease(number: int) -> bool:
    """Whether the number of 16 bits is one that means nothing on purpose (RFC 8701, section 2).

    >>> is_grease(0x2A2A), is_grease(0x2A3A)
    (True, False)
    """
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


class ContentType(Code):
    """What a record carries (RFC 8446, section 5.1; RFC 6520)."""

    CHANGE_CIPHER_SPEC = 20, "Change Cipher Spec"
    ALERT = 21, "Alert"
    HANDSHAKE = 22, "Handshake"
    APPLICATION_DATA = 23, "Application Data"
    HEARTBEAT = 24, "Heartbeat"
    CONNECTION_ID = 25, "Connection ID"


_DRAFTS = {0x7F00 | draft: f"TLS 1.3 (draft {draft})" for draft in range(14, 29)}
_DRAFTS |= {0xFB17: "TLS 1.3 (Facebook draft 23)", 0xFB1A: "TLS 1.3 (Facebook draft 26)"}


class ProtocolVersion(Code):
    """A version of the protocol."""

    SSL_2_0 = 0x0002, "SSL 2.0"
    SSL_3_0 = 0x0300, "SSL 3.0"
    TLS_1_0 = 0x0301, "TLS 1.0"
    TLS_1_1 = 0x0302, "TLS 1.1"
    TLS_1_2 = 0x0303, "TLS 1.2"
    TLS_1_3 = 0x0304, "TLS 1.3"

    @classmethod
    def other_titles(cls) -> MappingProxyType[int, str]:
        """Titles of the drafts of TLS 1.3."""
        return MappingProxyType(_DRAFTS)

    @property
    def is_1_3(self) -> bool:
        """Whether it is TLS 1.3, or a draft of it."""
        return self == ProtocolVersion.TLS_1_3 or int(self) in _DRAFTS


class HandshakeType(Code):
    """What a message of the handshake is (RFC 8446, section 4; RFC 5246, section 7.4)."""

    HELLO_REQUEST = 0, "Hello Request"
    CLIENT_HELLO = 1, "Client Hello"
    SERVER_HELLO = 2, "Server Hello"
    HELLO_VERIFY_REQUEST = 3, "Hello Verify Request"
    NEW_SESSION_TICKET = 4, "New Session Ticket"
    END_OF_EARLY_DATA = 5, "End of Early Data"
    HELLO_RETRY_REQUEST = 6, "Hello Retry Request"
    ENCRYPTED_EXTENSIONS = 8, "Encrypted Extensions"
    CERTIFICATE = 11, "Certificate"
    SERVER_KEY_EXCHANGE = 12, "Server Key Exchange"
    CERTIFICATE_REQUEST = 13, "Certificate Request"
    SERVER_HELLO_DONE = 14, "Server Hello Done"
    CERTIFICATE_VERIFY = 15, "Certificate Verify"
    CLIENT_KEY_EXCHANGE = 16, "Client Key Exchange"
    FINISHED = 20, "Finished"
    CERTIFICATE_URL = 21, "Client Certificate URL"
    CERTIFICATE_STATUS = 22, "Certificate Status"
    SUPPLEMENTAL_DATA = 23, "Supplemental Data"
    KEY_UPDATE = 24, "Key Update"
    COMPRESSED_CERTIFICATE = 25, "Compressed Certificate"
    NEXT_PROTOCOL = 67, "Encrypted Extensions"


class AlertLevel(Code):
    """How bad what an alert tells is."""

    WARNING = 1, "Warning"
    FATAL = 2, "Fatal"


class AlertDescription(Code):
    """What an alert tells (RFC 8446, section 6)."""

    CLOSE_NOTIFY = 0, "Close Notify"
    END_OF_EARLY_DATA = 1, "End of Early Data"
    UNEXPECTED_MESSAGE = 10, "Unexpected Message"
    BAD_RECORD_MAC = 20, "Bad Record MAC"
    DECRYPTION_FAILED = 21, "Decryption Failed"
    RECORD_OVERFLOW = 22, "Record Overflow"
    DECOMPRESSION_FAILURE = 30, "Decompression Failure"
    HANDSHAKE_FAILURE = 40, "Handshake Failure"
    NO_CERTIFICATE = 41, "No Certificate"
    BAD_CERTIFICATE = 42, "Bad Certificate"
    UNSUPPORTED_CERTIFICATE = 43, "Unsupported Certificate"
    CERTIFICATE_REVOKED = 44, "Certificate Revoked"
    CERTIFICATE_EXPIRED = 45, "Certificate Expired"
    CERTIFICATE_UNKNOWN = 46, "Certificate Unknown"
    ILLEGAL_PARAMETER = 47, "Illegal Parameter"
    UNKNOWN_CA = 48, "Unknown CA"
    ACCESS_DENIED = 49, "Access Denied"
    DECODE_ERROR = 50, "Decode Error"
    DECRYPT_ERROR = 51, "Decrypt Error"
    EXPORT_RESTRICTION = 60, "Export Restriction"
    PROTOCOL_VERSION = 70, "Protocol Version"
    INSUFFICIENT_SECURITY = 71, "Insufficient Security"
    INTERNAL_ERROR = 80, "Internal Error"
    INAPPROPRIATE_FALLBACK = 86, "Inappropriate Fallback"
    USER_CANCELED = 90, "User Canceled"
    NO_RENEGOTIATION = 100, "No Renegotiation"
    MISSING_EXTENSION = 109, "Missing Extension"
    UNSUPPORTED_EXTENSION = 110, "Unsupported Extension"
    CERTIFICATE_UNOBTAINABLE = 111, "Certificate Unobtainable"
    UNRECOGNIZED_NAME = 112, "Unrecognized Name"
    BAD_CERTIFICATE_STATUS_RESPONSE = 113, "Bad Certificate Status Response"
    BAD_CERTIFICATE_HASH_VALUE = 114, "Bad Certificate Hash Value"
    UNKNOWN_PSK_IDENTITY = 115, "Unknown PSK Identity"
    CERTIFICATE_REQUIRED = 116, "Certificate Required"
    NO_APPLICATION_PROTOCOL = 120, "No application Protocol"
    ECH_REQUIRED = 121, "ECH Required"


class Compression(Code):
    """How records are compressed (RFC 3749, RFC 3943); nearly always not at all."""

    NULL = 0, "null"
    DEFLATE = 1, "DEFLATE"
    LZS = 64, "LZS"


class CertificateType(Code):
    """By which kind of certificate a client may prove who it is (RFC 5246, section 7.4.4; RFC 8422, section 5.5)."""

    RSA_SIGN = 1, "RSA Sign"
    DSS_SIGN = 2, "DSS Sign"
    RSA_FIXED_DH = 3, "RSA Fixed DH"
    DSS_FIXED_DH = 4, "DSS Fixed DH"
    ECDSA_SIGN = 64, "ECDSA Sign"
    RSA_FIXED_ECDH = 65, "RSA Fixed ECDH"
    ECDSA_FIXED_ECDH = 66, "ECDSA Fixed ECDH"


class CurveType(Code):
    """How an elliptic curve is told (RFC 8422, section 5.4)."""

    EXPLICIT_PRIME = 1, "explicit_prime"
    EXPLICIT_CHAR2 = 2, "explicit_char2"
    NAMED_CURVE = 3, "named_curve"


class HashAlgorithm(Code):
    """The hash of a signature in TLS 1.2 (RFC 5246, section 7.4.1.4.1)."""

    NONE = 0, "None"
    MD5 = 1, "MD5"
    SHA1 = 2, "SHA1"
    SHA224 = 3, "SHA224"
    SHA256 = 4, "SHA256"
    SHA384 = 5, "SHA384"
    SHA512 = 6, "SHA512"
    SM3 = 7, "SM3"


class SignatureAlgorithm(Code):
    """How a hash is signed in TLS 1.2 (RFC 5246, section 7.4.1.4.1)."""

    ANONYMOUS = 0, "Anonymous"
    RSA = 1, "RSA"
    DSA = 2, "DSA"
    ECDSA = 3, "ECDSA"
    SM2 = 4, "SM2"


class _Listed(Code):
    """A number whose name stands in one of the long lists; texts are taken in any case, as of every code."""

    @classmethod
    def lists(cls) -> tuple[str, ...]:
        """Return the lists; of two names for a number, that of the later one counts."""
        raise NotImplementedError

    @classmethod
    @cache
    def titles(cls) -> MappingProxyType[int, str]:
        """Return the names by their numbers."""
        found = dict.fromkeys(_GREASE_NUMBERS, _GREASE) if cls._has_grease() else {}
        for lines in cls.lists():
            for line in lines.splitlines():
                number, _, title = line.partition(" ")
                if title:
                    found[int(number, 16)] = title
        return MappingProxyType(found)

    @classmethod
    def _has_grease(cls) -> bool:
        """Whether some of the numbers mean nothing on purpose."""
        return True

    @classmethod
    @cache
    def _numbers(cls) -> dict[str, int]:
        """Return the numbers by their names in upper case, those that have one of their own."""
        names = cls.titles().items()
        return {cls.written_name(title): number for number, title in names if title != _GREASE}

    @classmethod
    def other_titles(cls) -> MappingProxyType[int, str]:
        return cls.titles()

    @classmethod
    def member_written(cls, text: str) -> Self | None:
        number = cls._numbers().get(cls.written_name(text))
        return super().member_written(text) if number is None else cls(number)

    @property
    def known(self) -> bool:
        return self.titles().get(int(self), _GREASE) != _GREASE

    @property
    def word(self) -> str:
        return self.titles()[int(self)] if self.known else f"{int(self):#x}"


class CipherSuite(_Listed):
    """What a connection is encrypted and authenticated with."""

    TLS_NULL_WITH_NULL_NULL = 0x0000, "TLS_NULL_WITH_NULL_NULL"

    @classmethod
    def lists(cls) -> tuple[str, ...]:
        from dissect.protocols.tls_cipher_suites import CIPHER_SUITES

        return (CIPHER_SUITES,)


class CipherSpec(_Listed):
    """A cipher suite in the three bytes that SSL 2.0 gives it."""

    TLS_NULL_WITH_NULL_NULL = 0x000000, "TLS_NULL_WITH_NULL_NULL"

    @classmethod
    def lists(cls) -> tuple[str, ...]:
        from dissect.protocols.tls_cipher_suites import CIPHER_SPECS, CIPHER_SUITES

        return CIPHER_SUITES, CIPHER_SPECS

    @classmethod
    def _has_grease(cls) -> bool:
        return False


class ExtensionType(_Listed):
    """What an extension of a hello message tells."""

    SERVER_NAME = 0, "server_name"

    @classmethod
    def lists(cls) -> tuple[str, ...]:
        from dissect.protocols.tls_extension_numbers import EXTENSION_TYPES

        return (EXTENSION_TYPES,)


class Group(_Listed):
    """A group in which keys are exchanged: an elliptic curve, or a finite field."""

    X25519 = 0x001D, "x25519"

    @classmethod
    def lists(cls) -> tuple[str, ...]:
        from dissect.protocols.tls_extension_numbers import GROUPS

        return (GROUPS,)


class SignatureScheme(_Listed):
    """How something is signed: an algorithm with its hash."""

    RSA_PSS_RSAE_SHA256 = 0x0804, "rsa_pss_rsae_sha256"

    @classmethod
    def lists(cls) -> tuple[str, ...]:
        from dissect.protocols.tls_extension_numbers import SIGNATURE_SCHEMES

        return (SIGNATURE_SCHEMES,)
