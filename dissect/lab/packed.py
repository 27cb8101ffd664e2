"""Usual datagrams and segments put together as bytes: what hosts send most has no need of headers that are asked."""

from __future__ import annotations

from socket import inet_aton
from struct import Struct

from dissect.declaration.checksum import internet_checksum

__all__ = ["packed_datagram", "packed_segment"]

_IPV4 = Struct("!BBHHHBBH4s4s")
_TCP = Struct("!HHIIHHHH")
_PSEUDO = Struct("!4s4sHH")
_HEADER, _NO_OPTIONS = 0x45, 20
_TCP_PROTOCOL = 6
_DO_NOT_FRAGMENT = 0x4000


def packed_datagram(
    src: str, dst: str, protocol: int, data: bytes, *, ttl: int, tos: int = 0, identification: int = 0, whole: bool
) -> bytes:
    """Return an IPv4 datagram without options around some data; `whole` sets DF (RFC 791, section 3.1).

    >>> from dissect import IPv4
    >>> same = IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9, id=7, flags="DF", protocol=17, payload=b"data")
    >>> packed_datagram("10.0.0.1", "10.0.0.2", 17, b"data", ttl=9, identification=7, whole=True) == bytes(same)
    True
    """
    flags = _DO_NOT_FRAGMENT if whole else 0
    total = _NO_OPTIONS + len(data)
    fields = (_HEADER, tos, total, identification, flags, ttl, protocol)
    ends = inet_aton(src), inet_aton(dst)
    checksum = internet_checksum(_IPV4.pack(*fields, 0, *ends))
    return _IPV4.pack(*fields, checksum, *ends) + data


def packed_segment(
    src: str, dst: str, sport: int, dport: int, seq: int, ack: int, flags: int, window: int, urgent: int,
    options: bytes, data: bytes,
) -> bytes:  # fmt: skip
    """Return a TCP segment with its checksum (RFC 9293, section 3.1); the options have whole words.

    >>> from dissect import IPv4, TCP
    >>> same = IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1, dport=2, seq=3, flags="SA", ack=5) / b"data"
    >>> packed_segment("10.0.0.1", "10.0.0.2", 1, 2, 3, 5, 18, 8192, 0, b"", b"data") == bytes(same)[20:]
    True
    """
    words = _NO_OPTIONS + len(options) >> 2
    fields = (sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, words << 12 | flags, window)
    body = options + data if options else data
    pseudo = _PSEUDO.pack(inet_aton(src), inet_aton(dst), _TCP_PROTOCOL, _NO_OPTIONS + len(body))
    checksum = internet_checksum(pseudo + _TCP.pack(*fields, 0, urgent) + body)
    return _TCP.pack(*fields, checksum, urgent) + body
