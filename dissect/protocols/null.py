"""The headers of loopback interfaces: a protocol family in the byte order of the capturing host, or of the network."""

from __future__ import annotations

from dissect.declare import LINKS, Code, Coding, Header, Selector, code, u16
from dissect.protocols.ethernet import MAXIMUM_LENGTH, Ethernet, EtherType
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ppp import HDLCFraming

__all__ = ["AddressFamily", "Loop", "Null", "NullType", "ShortNull", "SwappedNullType", "SwappedShortNull"]

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


_FAMILIES = {AddressFamily.IPV4: IPv4, **dict.fromkeys(IPV6_FAMILIES, IPv6)}
_LEAST_FAMILY_OF_32_BITS = 6
"""Numbers below stand in 16 bits where the others are zeros, for in 32 bits they would be that number times 65536."""


class _Loopback(Header, name="null", link_type=LINKTYPE_NULL):
    """What all forms have in common."""

    family: Coding[AddressFamily]

    def info(self) -> str:
        """Return the family."""
        return str(self.family.title)


class Null(
    _Loopback,
    name="null",
    title="Null/Loopback",
    source="LINKTYPE_NULL, written by a little-endian host",
    carries=_FAMILIES,
):
    """The protocol family of a BSD loopback interface, its low byte first.

    A frame of link type 0 that a big-endian host wrote is a `Loop`, for so are its bytes.
    """

    family: Coding[AddressFamily] = code(32, AddressFamily, "family", factory=Selector(), little=True, title="Family")


class Loop(_Loopback, form_of=Null, title="Null/Loopback", source="LINKTYPE_LOOP", links=(108,), carries=_FAMILIES):
    """The protocol family of an OpenBSD loopback interface, in network byte order."""

    family: Coding[AddressFamily] = code(32, AddressFamily, "family", factory=Selector(), title="Family")


class ShortNull(
    _Loopback,
    form_of=Null,
    title="Null/Loopback",
    source="LINKTYPE_NULL, as IRIX and UNICOS write it",
    carries=_FAMILIES,
):
    """A protocol family in 16 bits, the high byte first, and two bytes that mean nothing."""

    family: Coding[AddressFamily] = code(16, AddressFamily, "family", factory=Selector(), size=32, title="Family")
    unused: int = u16("", default=0, base=16, title="Unused")


class SwappedShortNull(
    _Loopback, form_of=Null, title="Null/Loopback", source="LINKTYPE_NULL, as some write it", carries=_FAMILIES
):
    """The same from a host whose low bytes come first: the family stands behind the two bytes."""

    unused: int = u16("", default=0, base=16, title="Unused")
    family: Coding[AddressFamily] = code(
        16, AddressFamily, "family", factory=Selector(), little=True, size=32, title="Family"
    )


class _LoopbackType(Header, link_type=LINKTYPE_NULL):
    """An EtherType in the place of a protocol family."""

    type: Coding[EtherType]

    def info(self) -> str:
        """Return what is carried."""
        return str(self.type.title)


class NullType(
    _LoopbackType, form_of=Null, title="Null/Loopback", source="LINKTYPE_NULL, as some write it", carries_like=Ethernet
):
    """An EtherType in the place of a protocol family, behind two bytes that mean nothing."""

    unused: int = u16("", default=0, base=16, title="Unused")
    type: Coding[EtherType] = code(16, EtherType, "type", factory=Selector(), base=16, title="Type")


class SwappedNullType(
    _LoopbackType, form_of=Null, title="Null/Loopback", source="LINKTYPE_NULL, as some write it", carries_like=Ethernet
):
    """An EtherType whose low byte comes first, as a little-endian host has it, in front of two zeros."""

    type: Coding[EtherType] = code(16, EtherType, "type", factory=Selector(), base=16, little=True, title="Type")
    unused: int = u16("", default=0, base=16, title="Unused")


def _form_of(first: bytes) -> type[Header]:
    """Return the class of a header of LINKTYPE_NULL, whose byte order shows in where the zeros are."""
    number = int.from_bytes(first, "big")
    high, low = number >> 16, number & 0xFFFF
    if not low and high < _LEAST_FAMILY_OF_32_BITS:
        return ShortNull
    if not low:
        return Null if int.from_bytes(first, "little") <= MAXIMUM_LENGTH else SwappedNullType
    if not low & 0xFF and low >> 8 < _LEAST_FAMILY_OF_32_BITS:
        return SwappedShortNull
    return NullType if number > MAXIMUM_LENGTH else Loop


def _decode(buffer: bytes, start: int, end: int, outer: int) -> Header:
    """Decode a frame of LINKTYPE_NULL."""
    first = buffer[start : min(start + 4, end)]
    if first.startswith(b"\xff\x03"):
        # AIX captures PPP with this link type.
        framed: Header = HDLCFraming.decode(buffer, start, end, outer)
        return framed
    cls = Null if len(first) < 4 else _form_of(first)
    header: Header = cls.decode(buffer, start, end, outer)
    return header


LINKS[LINKTYPE_NULL] = _decode
