"""The keys of QUIC's first packets, which everybody can compute, and what they open.

Source: RFC 9001, section 5; RFC 9369, section 3.3 for version 2. The AES is that of the library `cryptography`, without
which nothing is decrypted.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.protocols.quic_numbers import Version

__all__ = ["Opened", "PacketKeys", "can_decrypt", "initial_keys"]

_SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_SALT_OF_SECOND = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_SALT_OF_29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_SALT_OF_23 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_SALT_OF_22 = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_SALTS = {
    Version.SECOND: _SALT_OF_SECOND,
    Version.Q050: bytes.fromhex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45"),
    Version.T050: bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310"),
    Version.T051: bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"),
}
"""Of single versions; those of drafts depend on their numbers."""
_SAMPLE = 16
_TAG = 16
_BEHIND_NUMBER = 4


def can_decrypt() -> bool:
    """Whether the library is installed that decrypts."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return False
    return True


class Opened(NamedTuple):
    """A packet without its protection: its number, and what it holds; None where the key is another one."""

    number: int
    number_size: int
    first_byte: int
    content: bytes | None


def expand(secret: bytes, label: bytes, size: int) -> bytes:
    """Return HKDF-Expand-Label of TLS 1.3 with SHA-256, for at most 32 bytes (RFC 8446, section 7.1)."""
    full = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(full)]) + full + b"\0\1"
    return hmac.digest(secret, info, sha256)[:size]


class PacketKeys:
    """What protects the packets of one direction."""

    __slots__ = ("_header", "_iv", "_key", "largest")

    def __init__(self, secret: bytes, *, is_second: bool = False) -> None:
        prefix = b"quicv2 " if is_second else b"quic "
        self._key = expand(secret, prefix + b"key", 16)
        self._iv = int.from_bytes(expand(secret, prefix + b"iv", 12), "big")
        self._header = expand(secret, prefix + b"hp", 16)
        self.largest = -1
        """The largest number of a packet that was opened."""

    def open(self, packet: bytes, place: int) -> Opened | None:
        """Take the protection off a packet whose number stands at this place; None for one that is too short."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        sample = packet[place + _BEHIND_NUMBER : place + _BEHIND_NUMBER + _SAMPLE]
        if len(sample) < _SAMPLE or len(packet) < place + _BEHIND_NUMBER + _TAG:
            return None
        encryptor: Any = Cipher(algorithms.AES(self._header), modes.ECB()).encryptor()
        mask = encryptor.update(sample)
        first = packet[0] ^ mask[0] & (0x0F if packet[0] & 0x80 else 0x1F)
        size = (first & 3) + 1
        shown = bytes(a ^ b for a, b in zip(packet[place : place + size], mask[1:], strict=False))
        number = self._whole_number(int.from_bytes(shown, "big"), 8 * size)
        head = bytes([first]) + packet[1:place] + shown
        nonce = (self._iv ^ number).to_bytes(12, "big")
        try:
            content = AESGCM(self._key).decrypt(nonce, packet[place + size :], head)
        except InvalidTag:
            return Opened(number, size, first, None)
        self.largest = max(self.largest, number)
        return Opened(number, size, first, content)

    def _whole_number(self, shown: int, bits: int) -> int:
        """Return the number of which the lowest bits are shown: the one nearest to what is expected next."""
        window = 1 << bits
        candidate = (self.largest + 1 & -window) | shown
        if candidate <= self.largest + 1 - window // 2 and candidate + window < 1 << 62:
            return candidate + window
        if candidate > self.largest + 1 + window // 2 and candidate >= window:
            return candidate - window
        return candidate


def _salt_of_draft(draft: int) -> bytes:
    """Return the salt of a draft of version 1; 0 stands for the version itself."""
    if not draft or draft > _LAST_OF_29:
        return _SALT
    return _SALT_OF_29 if draft >= 29 else _SALT_OF_23 if draft >= 23 else _SALT_OF_22


_LAST_OF_29 = 32


def initial_keys(identifier: bytes, version: Version) -> tuple[PacketKeys, PacketKeys]:
    """Return the keys of the client's first packets, and those of the server's.

    `identifier` is the destination connection identifier of the client's first packet.
    """
    salt = _SALTS.get(version) or _salt_of_draft(version.draft)
    common = hmac.digest(salt, identifier, sha256)
    client, server = (
        PacketKeys(expand(common, label, 32), is_second=version.is_second) for label in (b"client in", b"server in")
    )
    return client, server
