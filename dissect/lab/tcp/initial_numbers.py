"""Initial sequence numbers that nobody guesses, and that old segments don't meet (RFC 9293, 3.4.1; RFC 6528)."""

from __future__ import annotations

from hashlib import blake2s

from dissect.declaration.named_tuples import NamedTuple
from dissect.lab.tcp.sequence import LARGEST

__all__ = ["Addresses", "InitialNumbers"]

_TICK_NS = 4_000
"""The clock M goes on by one in 4 microseconds: around in 4.55 hours (RFC 9293, section 3.4.1)."""


class Addresses(NamedTuple):
    """Which connection: both sides' addresses and ports."""

    local: str
    local_port: int
    remote: str
    remote_port: int

    def __str__(self) -> str:
        return f"{self.local}:{self.local_port} - {self.remote}:{self.remote_port}"


class InitialNumbers:
    """ISN = M + F(addresses, secret), where M is the clock and F a keyed hash (RFC 6528, section 3).

    >>> numbers = InitialNumbers("secret")
    >>> first = numbers.number(Addresses("10.0.0.1", 40000, "10.0.0.2", 80), 0)
    >>> numbers.number(Addresses("10.0.0.1", 40000, "10.0.0.2", 80), 8_000) - first
    2
    """

    def __init__(self, secret: str) -> None:
        self._key = blake2s(secret.encode()).digest()

    def hash(self, *values: object) -> int:
        """Return a number of 32 bits that depends on the values and the secret."""
        text = "/".join(map(str, values)).encode()
        return int.from_bytes(blake2s(text, key=self._key, digest_size=4).digest(), "big")

    def number(self, addresses: Addresses, now_ns: int) -> int:
        """Return the initial sequence number of a connection that begins at a time."""
        return (now_ns // _TICK_NS + self.hash("isn", *addresses)) & LARGEST

    def stamp_offset(self, addresses: Addresses) -> int:
        """Return the timestamp of a connection at time 0 (RFC 7323, section 5.4)."""
        return self.hash("stamp", addresses.local, addresses.remote)
