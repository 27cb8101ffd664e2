"""Keys of TLS connections, as programs write them down, and the records that they open.

Programs write secrets into a file with a line for each (SSLKEYLOGFILE; draft-ietf-tls-keylogfile): a label, the
random of the client's hello, and the secret. From these come the keys of a connection (RFC 8446, section 7; RFC 5246,
section 6.3). The ciphers are those of the library `cryptography`, without which nothing is decrypted.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from dissect.errors import DissectError, MissingExtraError

__all__ = ["KeyLog", "RecordKeys", "can_decrypt", "keys_1_2", "keys_1_3", "next_secret"]

_MOST_SECRETS = 1 << 20
_NONCE = 12
_TAG = 16
_BLOCK = 16


def can_decrypt() -> bool:
    """Whether the library with the ciphers is installed."""
    return find_spec("cryptography") is not None


class KeyLog:
    """The secrets of a file, by their labels and the randoms of the clients; of 1048576, the rest is not read."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._secrets: dict[tuple[str, bytes], bytes] = {}
        self.add(lines)

    def add(self, lines: Iterable[str]) -> None:
        """Add what lines tell; what is no line with a secret is passed over."""
        for line in lines:
            parts = line.split()
            if len(parts) != 3 or line.startswith("#") or len(self._secrets) >= _MOST_SECRETS:
                continue
            try:
                self._secrets[parts[0], bytes.fromhex(parts[1])] = bytes.fromhex(parts[2])
            except ValueError:
                continue

    def __len__(self) -> int:
        """Return how many secrets there are."""
        return len(self._secrets)

    @classmethod
    def read(cls, path: str) -> KeyLog:
        """Read a file; DissectError where that can't be, MissingExtraError where nothing can decrypt."""
        if not can_decrypt():
            raise MissingExtraError(
                "Decrypting takes cryptography, which is not installed: pip install 'dissect-workbench[tls]'."
            )
        try:
            with open(path, encoding="ascii", errors="replace") as lines:  # noqa: PTH123 - no path is needed else
                return cls(lines)
        except OSError as reason:
            raise DissectError(f"the keys in {path} can't be read: {reason.strerror}") from None

    def find(self, label: str, random: bytes) -> bytes | None:
        """Return the secret of this label for the connection that began with this random; None where there is none."""
        return self._secrets.get((label, random))


class RecordKeys:
    """What protects the records of one direction: it counts them, so that it has to see each."""

    __slots__ = ("_cipher", "_is_mac_outside", "_iv", "_mac_size", "number", "secret")

    def __init__(
        self, cipher: Any, iv: bytes, *, mac_size: int = 0, is_mac_outside: bool = False, secret: bytes = b""
    ) -> None:
        self._cipher = cipher
        self._iv = iv
        self._mac_size = mac_size
        self._is_mac_outside = is_mac_outside
        self.secret = secret
        """In TLS 1.3, what the keys come from."""
        self.number = 0
        """How many records there were."""

    def open(self, kind: int, version: int, body: bytes) -> bytes | None:
        """Return what a record holds, in TLS 1.3 with its type behind; None where the key is another one."""
        from cryptography.exceptions import InvalidTag

        number, self.number = self.number, self.number + 1
        if self._mac_size:
            return self._open_blocks(body)
        explicit = b"" if self.secret or len(self._iv) == _NONCE else body[:8]
        sealed = body[len(explicit) :]
        if len(sealed) < _TAG:
            return None
        if explicit:
            nonce = self._iv + explicit
        else:
            nonce = (int.from_bytes(self._iv, "big") ^ number).to_bytes(_NONCE, "big")
        head = bytes([kind]) + version.to_bytes(2, "big")
        size = len(body) if self.secret else len(sealed) - _TAG
        beside = head + size.to_bytes(2, "big")
        try:
            opened: bytes = self._cipher.decrypt(
                nonce, sealed, beside if self.secret else number.to_bytes(8, "big") + beside
            )
        except InvalidTag:
            return None
        return opened

    def _open_blocks(self, body: bytes) -> bytes | None:
        """Decrypt blocks that depend on each other; the checksum in them, or behind them, is not looked at."""
        from cryptography.hazmat.primitives.ciphers import Cipher, modes

        if self._is_mac_outside:
            body = body[: -self._mac_size]
        if len(body) < 2 * _BLOCK or len(body) % _BLOCK:
            return None
        decryptor: Any = Cipher(self._cipher, modes.CBC(body[:_BLOCK])).decryptor()
        data: bytes = decryptor.update(body[_BLOCK:])
        end = len(data) - 1 - data[-1] - (0 if self._is_mac_outside else self._mac_size)
        return data[:end] if end >= 0 else None


def expand(secret: bytes, label: str, size: int, hash_name: str) -> bytes:
    """Return HKDF-Expand-Label with an empty context, for at most 255 blocks (RFC 8446, section 7.1)."""
    # Only now: captures with TLS hardly ever come with keys, and hashes take longer to import than all records.
    import hmac

    full = b"tls13 " + label.encode()
    info = size.to_bytes(2, "big") + bytes([len(full)]) + full + b"\0"
    found = last = b""
    number = 1
    while len(found) < size:
        last = hmac.digest(secret, last + info + bytes([number]), hash_name)
        found += last
        number += 1
    return found[:size]


def next_secret(secret: bytes, suite: str) -> bytes:
    """Return the secret behind one, after a KeyUpdate (RFC 8446, section 7.2)."""
    return expand(secret, "traffic upd", len(secret), _hash_of(suite))


def _hash_of(suite: str) -> str:
    return "sha384" if suite.endswith("SHA384") else "sha256"


def _aead(suite: str) -> tuple[Any, int] | None:
    """Return the cipher of a suite, and the bytes of its key; None for one that is not known here."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

    if "CHACHA20_POLY1305" in suite:
        return ChaCha20Poly1305, 32
    if "AES_128_GCM" in suite:
        return AESGCM, 16
    return (AESGCM, 32) if "AES_256_GCM" in suite else None


def keys_1_3(secret: bytes, suite: str) -> RecordKeys | None:
    """Return the keys of one direction of TLS 1.3; None for a cipher that is not known here."""
    found = _aead(suite)
    if found is None:
        return None
    cipher, size = found
    key, iv = (expand(secret, label, length, _hash_of(suite)) for label, length in (("key", size), ("iv", _NONCE)))
    return RecordKeys(cipher(key), iv, secret=secret)


def _prf(secret: bytes, label: bytes, seed: bytes, size: int, hash_name: str) -> bytes:
    """Return the bytes that TLS 1.2 makes of a secret (RFC 5246, section 5)."""
    import hmac

    seed = label + seed
    found, link = b"", seed
    while len(found) < size:
        link = hmac.digest(secret, link, hash_name)
        found += hmac.digest(secret, link + seed, hash_name)
    return found[:size]


def keys_1_2(
    master: bytes, suite: str, client: bytes, server: bytes, *, is_mac_outside: bool = False
) -> tuple[RecordKeys, RecordKeys] | None:
    """Return the keys of both directions of TLS 1.2, the client's first; None for a cipher that is not known here.

    `client` and `server` are the randoms of both hellos; `is_mac_outside` says that blocks are encrypted first
    (RFC 7366).
    """
    found = _aead(suite)
    if found is not None:
        cipher, size = found
        iv_size = _NONCE if "CHACHA20" in suite else 4
        block = _prf(master, b"key expansion", server + client, 2 * (size + iv_size), _hash_of(suite))
        keys, ivs = block[: 2 * size], block[2 * size :]
        first, second = (
            RecordKeys(cipher(keys[way * size : (way + 1) * size]), ivs[way * iv_size : (way + 1) * iv_size])
            for way in (0, 1)
        )
        return first, second
    if "_CBC_SHA" not in suite or "AES" not in suite:
        return None
    from cryptography.hazmat.primitives.ciphers import algorithms

    size = 32 if "AES_256" in suite else 16
    mac = {"SHA256": 32, "SHA384": 48}.get(suite.rpartition("_")[2], 20)
    block = _prf(master, b"key expansion", server + client, 2 * (mac + size), _hash_of(suite))[2 * mac :]
    one, other = (
        RecordKeys(
            algorithms.AES(block[way * size : (way + 1) * size]), b"", mac_size=mac, is_mac_outside=is_mac_outside
        )
        for way in (0, 1)
    )
    return one, other
