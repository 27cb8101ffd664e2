"""The headers of loopback interfaces: a protocol family in the byte order of the capturing host, or of the network."""

from __future__ import annotations

from dissect.declaration.annotations import Coding
from dissect.declaration.automatic import Selector
from dissect.declaration.decoder import LINKS
from dissect.declaration.enumerated import Code
from dissect.declaration.header import Header
from dissect.declaration.specifiers import code, u16, u24
from dissect.protocols.ethernet import MAXIMUM_LENGTH, Ethernet, EtherType
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ppp import HDLCFraming

__all__ = ["AddressFamily", "Loop", "Null", "NullType"]

LINKTYPE_NULL = 0


class AddressFamily(Code):
    """Address families as the BSDs number them; each of them has its own number for IPv6."""

    UNSPECIFIED = 0, "unspecified"
    UNIX = 1, "Unix"
    IPV4 = 2, "IP"
    NS = 6, "XNS"
    OSI = 7, "OSI"
    APPLETALK = 16, "Appletalk"
    IPX = 23, "Netware IPX/SPX"
    IPV6_OPENBSD = 24, "IPv6 (BSD)"
    IPV6_FREEBSD = 28, "IPv6 (FreeBSD)"
    IPV6 = 30, "IPv6 (Darwin)"


IPV6_FAMILIES = (AddressFamily.IPV6, AddressFamily.IPV6_FREEBSD, AddressFamily.IPV6_OPENBSD)


class _Loopback(Header, name="null"):
    """What both byte orders have in common."""

    family: Coding[AddressFamily]

    def info(self) -> str:
        """Return the family."""
        return str(self.family.title)


class Null(
    _Loopback,
    name="null",
    title="Null/Loopback",
    source="LINKTYPE_NULL, written by a little-endian host",
    unless="high",
    link_type=LINKTYPE_NULL,
    carries={AddressFamily.IPV4: IPv4, **dict.fromkeys(IPV6_FAMILIES, IPv6)},
):
    """The protocol family of a BSD loopback interface, its low byte first.

    A frame of link type 0 that a big-endian host wrote is a `Loop`, for so are its bytes.
    """

    family: Coding[AddressFamily] = code(8, AddressFamily, "family", factory=Selector(), title="Family")
    high: int = u24("", default=0, base=16, title="High bytes of the family", doc="0: there is no family above 255")


class Loop(
    _Loopback,
    form_of=Null,
    title="Null/Loopback",
    source="LINKTYPE_LOOP",
    links=(108,),
    carries={
        AddressFamily.IPV4: IPv4,
        **dict.fromkeys(reversed(IPV6_FAMILIES), IPv6),
        EtherType.IPV4: IPv4,
        EtherType.IPV6: IPv6,
    },
):
    """The protocol family of an OpenBSD loopback interface, in network byte order.

    Some systems write an EtherType there, so numbers above 1500 are read as one.
    """

    family: Coding[AddressFamily] = code(32, AddressFamily, "family", factory=Selector(), title="Family")


class NullType(
    _Loopback,
    form_of=Null,
    title="Null/Loopback",
    source="LINKTYPE_NULL, as some write it",
    link_type=LINKTYPE_NULL,
    carries_like=Ethernet,
):
    """An EtherType in the place of a protocol family, behind two bytes that mean nothing."""

    unused: int = u16("", default=0, base=16, title="Unused")
    type: Coding[EtherType] = code(16, EtherType, "type", factory=Selector(), base=16, title="Type")

    def info(self) -> str:
        """Return what is carried."""
        return str(self.type.title)


def _decode(buffer: bytes, start: int, end: int, outer: int) -> Header:
    """Decode a frame of LINKTYPE_NULL, whose byte order shows in where the zeros are."""
    first = buffer[start : start + 2]
    if first == b"\xff\x03":
        # AIX captures PPP with this link type.
        framed: Header = HDLCFraming._decode(buffer, start, end, outer)
        return framed
    behind = buffer[start + 2 : start + 4]
    cls: type[Header] = Loop if first == b"\0\0" and any(behind) else Null
    if any(first) and int.from_bytes(behind, "big") > MAXIMUM_LENGTH:
        cls = NullType
    header: Header = cls._decode(buffer, start, end, outer)
    return header


LINKS[LINKTYPE_NULL] = _decode
