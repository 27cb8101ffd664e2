"""Headers in datagrams, however few bytes of them there are."""

from __future__ import annotations

import dissect
from dissect.declaration.header import Header
from dissect.protocols.ipv4 import IPv4


def in_ipv4(protocol: str | int, data: bytes) -> Header:
    """Return a parsed datagram of IPv4 that carries these bytes and no more, and says so."""
    return dissect.parse(bytes(IPv4(protocol=protocol, total_length=20 + len(data))) + data, link="ipv4")
