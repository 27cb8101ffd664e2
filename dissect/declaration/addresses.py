"""Addresses as text and as bytes; nothing is ever looked up."""

from __future__ import annotations

import re

# Not `socket`, which wraps these same functions and brings selectors and enumerations that take a tenth of the
# time of the whole import; nothing here opens a socket.
from _socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop, inet_pton
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ipaddress

__all__ = [
    "hardware_address_bytes",
    "hardware_address_text",
    "ipv4_bytes",
    "ipv4_text",
    "ipv6_bytes",
    "ipv6_text",
    "mac_bytes",
]

# Patterns are compiled where they are first needed, for most programs only read addresses.
_HARDWARE = r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2})*)?\Z"
_DOTTED = r"[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4})+\Z"


def hardware_address_text(address: bytes) -> str:
    """Return the address as pairs of hex digits joined by colons; an empty one as ''."""
    return address.hex(":")


def hardware_address_bytes(address: str | bytes) -> bytes:
    """Return the bytes of a hardware address of any length.

    Text is pairs of hex digits joined by colons or dashes, or groups of four joined by dots.
    Raises ValueError for anything else.

    >>> hardware_address_bytes("00-05-5d-a1-b8-40").hex()
    '00055da1b840'
    """
    if isinstance(address, str):
        if not address:
            return b""
        if re.match(_HARDWARE, address) or re.match(_DOTTED, address):
            return bytes.fromhex(address.replace(":", "").replace("-", "").replace(".", ""))
        raise ValueError('text like "00:05:5d:a1:b8:40"')
    if isinstance(address, bytes):
        return address
    raise ValueError('text like "00:05:5d:a1:b8:40", or bytes')


def mac_bytes(address: str | bytes | int) -> bytes:
    """Return the 6 bytes of a MAC address given as text, 6 bytes or an integer below 2**48.

    Raises ValueError for anything else.
    """
    if isinstance(address, int):
        if 0 <= address < 1 << 48:
            return address.to_bytes(6, "big")
    else:
        data = hardware_address_bytes(address)
        if len(data) == 6:
            return data
    raise ValueError('6 bytes, or text like "00:05:5d:a1:b8:40"')


ipv4_text = inet_ntoa


def ipv4_bytes(address: str | bytes | int | ipaddress.IPv4Address) -> bytes:
    """Return the 4 bytes of an IPv4 address given as dotted text, 4 bytes, an integer below 2**32 or by `ipaddress`.

    The text needs four decimal numbers of at most 255. Raises ValueError for anything else.
    """
    if isinstance(address, str):
        try:
            return inet_pton(AF_INET, address)
        except (OSError, ValueError):
            pass
    elif isinstance(address, int):
        if 0 <= address < 1 << 32:
            return address.to_bytes(4, "big")
    else:
        # Objects of the standard library's `ipaddress` have it.
        packed: object = getattr(address, "packed", address)
        if isinstance(packed, bytes) and len(packed) == 4:
            return packed
    raise ValueError('4 numbers of at most 255 as in "192.168.0.2", or 4 bytes')


def ipv6_text(address: bytes) -> str:
    """Return the 16 bytes as text in the form of RFC 5952."""
    return inet_ntop(AF_INET6, address)


def ipv6_bytes(address: str | bytes | int | ipaddress.IPv6Address) -> bytes:
    """Return the 16 bytes of an IPv6 address given as text, 16 bytes, an integer below 2**128 or by `ipaddress`.

    Raises ValueError for anything else, scoped text like "fe80::1%eth0" included.
    """
    if isinstance(address, str):
        try:
            return inet_pton(AF_INET6, address)
        except (OSError, ValueError):
            pass
    elif isinstance(address, int):
        if 0 <= address < 1 << 128:
            return address.to_bytes(16, "big")
    else:
        # Objects of the standard library's `ipaddress` have it.
        packed: object = getattr(address, "packed", address)
        if isinstance(packed, bytes) and len(packed) == 16:
            return packed
    raise ValueError('text like "2001:db8::1", or 16 bytes')
