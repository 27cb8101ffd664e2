"""Link types that begin with the IP header itself, whose version says which one it is."""

from __future__ import annotations

from dissect.declare import LINKS, NETWORKS, Data, Header

__all__ = ["IP_LINKS", "RAW_LINKS"]

RAW_LINKS = (12, 14, 101)
"""DLT_RAW on the BSDs and on OpenBSD, LINKTYPE_RAW."""
IP_LINKS = (228, 229)
"""LINKTYPE_IPV4 and LINKTYPE_IPV6, which tell the version themselves."""


def _decode(buffer: bytes, start: int, end: int, outer: int) -> Header:
    decode = NETWORKS.get(buffer[start] >> 4) if start < end else None
    header: Header = (decode or Data.decode)(buffer, start, end, outer)
    return header


for _link in (*RAW_LINKS, *IP_LINKS):
    LINKS[_link] = _decode
