"""Signatures in the TLS handshake as Wireshark sees them: with hash and algorithm apart."""

from __future__ import annotations

from typing import Any

from dissect.protocols.tls_key_exchange import CertificateVerify, DHServerKeyExchange, ServerKeyExchange
from dissect.wireshark.field_types import UINT8
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.tls_handshake import MessageSight

__all__ = ["SignedSight"]


class SignedSight(MessageSight, of=ServerKeyExchange):
    """A signature that names its scheme, whose two bytes are a hash and an algorithm in TLS 1.2."""

    @computed("handshake.sig_hash_hash", UINT8, within="handshake.sig_hash_alg", title="Signature Hash Algorithm Hash")
    def hash_number(self, message: Any) -> int | None:
        """The first byte of the scheme."""
        return None if message.scheme is None else int(message.scheme) >> 8

    @computed(
        "handshake.sig_hash_sig", UINT8, within="handshake.sig_hash_alg", title="Signature Hash Algorithm Signature"
    )
    def signature_number(self, message: Any) -> int | None:
        """The second byte of the scheme."""
        return None if message.scheme is None else int(message.scheme) & 0xFF


class SignedInFieldSight(SignedSight, of=DHServerKeyExchange):
    """The same in a finite field."""


class CertificateVerifySight(SignedSight, of=CertificateVerify):
    """The same of what a client signs."""
