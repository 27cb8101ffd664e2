"""The Virtual Router Redundancy Protocol, versions 2 and 3: which of several routers answers for an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    AUTOMATIC,
    Checksum,
    Code,
    Coding,
    Header,
    IPv6Address,
    LengthOf,
    Listing,
    Octets,
    Problem,
    Variant,
    address_list,
    bits,
    code,
    derived,
    octets,
    overlay,
    text,
    u8,
    u16,
)
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv6 import IPv6

__all__ = ["VRRP", "VRRPAuthentication", "VRRPType", "VRRPv2", "VRRPv3", "VRRPv3IPv6"]

UNTOUCHED = 255
"""The time to live, or hop limit, that shows that no router passed the message on (RFC 5798, section 5.1.1.3)."""


class VRRPType(Code):
    """The kind of message, of which there is one."""

    ADVERTISEMENT = 1, "Advertisement"


class VRRPAuthentication(Code):
    """How version 2 shows who sent a message: not at all since RFC 3768; the last one is Cisco's."""

    NONE = 0, "No Authentication"
    SIMPLE_TEXT = 1, "Simple Text Authentication [RFC 2338] / Reserved [RFC 3768]"
    IP_AUTHENTICATION_HEADER = 2, "IP Authentication Header [RFC 2338] / Reserved [RFC 3768]"
    MD5 = 254, "Cisco VRRP MD5 authentication"


class VRRP(
    Header,
    name="vrrp",
    title="Virtual Router Redundancy Protocol",
    source="RFC 5798, section 5; RFC 3768, section 5",
    over={IPv4: IPProtocol.VRRP},
    leaf=True,
):
    """Who speaks for which virtual router, and how much it wants to; what follows is a matter of the version.

    Every version that there is has a class of its own, so this one stands for others.
    """

    version: int = bits(4, "version", factory=Variant(), title="VRRP protocol version")
    type: Coding[VRRPType] = code(4, VRRPType, "type", default=VRRPType.ADVERTISEMENT, title="VRRP packet type")
    router_id: int = u8("virt_rtr_id", default=1, title="Virtual Rtr ID")
    priority: int = u8("prio", default=100, title="Priority", doc="255: owns the addresses; 0: gives up being master")
    version_and_type: int = overlay(
        8, "typever", default=AUTOMATIC, over="version", title="VRRP message version and type"
    )

    def check(self) -> Iterator[Problem]:
        """Yield another kind of message, and one that a router passed on."""
        if not self.is_cut and not self.type.known:
            yield self.problem("type", "is unknown", 1, int(self.type))
        network: Any = self.network_header
        left = 255 if network is None else network.hop_limit if isinstance(network, IPv6) else network.ttl
        if left != UNTOUCHED:
            yield self.problem("", "came with a time to live that a router may have lowered", UNTOUCHED, left)

    def info(self) -> str:
        """Return the version of the announcement."""
        return f"Announcement (v{self.version})" if self.has("version") else ""


class VRRPv2(VRRP, source="RFC 3768, section 5.1; RFC 2338, section 5.3", variant=(2, 1, *range(4, 15))):
    """The master of a virtual router says so, in version 2: over IPv4, with an interval in seconds.

    >>> message = VRRPv2(router_id=7, addresses=["192.0.2.254"])
    >>> message.address_count, bytes(message).hex(" ", 4)
    (1, '21076401 0001b7f7 c00002fe')
    """

    address_count: int = u8("addr_count", factory=LengthOf(4), title="Addr Count")
    authentication: Coding[VRRPAuthentication] = code(8, VRRPAuthentication, "auth_type", default=0, title="Auth Type")
    interval: int = u8("adver_int", default=1, title="Adver Int", doc="In seconds")
    checksum: int = u16("checksum", factory=Checksum(), base=16, title="Checksum")
    addresses: Listing[str] = address_list("ip_addr", length="address_count", default=(), title="IP Address")
    password: str | None = text(
        "auth_string",
        size=8,
        default="",
        when={"authentication": VRRPAuthentication.SIMPLE_TEXT},
        title="Authentication String",
    )
    authentication_data: bytes = octets("", default=b"", length="rest", title="Authentication Data")

    @derived("md5_auth_data", kind=Octets(), title="MD5 Authentication Data")
    def digest(self) -> bytes | None:
        """The digest that Cisco's routers send behind eight other bytes."""
        is_there = self.authentication == VRRPAuthentication.MD5 and len(self.authentication_data) >= 24
        return self.authentication_data[8:24] if is_there else None

    def check(self) -> Iterator[Problem]:
        """Yield an unknown version, and a message without an address, besides what no version has."""
        yield from super().check()
        if self.is_cut:
            return
        if self.version != 2:
            yield self.problem("version", "is unknown", "2 or 3", self.version)
        if not self.addresses:
            yield self.problem("address_count", "is none", "at least 1", 0, "warning")


class _Version3(VRRP):
    """What version 3 has over both protocols of networks."""

    address_count: int

    def check(self) -> Iterator[Problem]:
        """Yield a message without an address, and an interval of nothing, besides what no version has."""
        yield from super().check()
        if self.is_cut:
            return
        if not self.raw("address_count"):
            yield self.problem("address_count", "is none", "at least 1", 0, "warning")
        if not self.raw("interval"):
            yield self.problem("interval", "is none", "at least 1", 0, "warning")


class VRRPv3(_Version3, source="RFC 5798, section 5.1", variant=3):
    """The master of a virtual router says so, in version 3 over IPv4, with an interval in hundredths of a second.

    >>> IPv4(ttl=255) / VRRPv3(addresses=["192.0.2.254"], interval=20)
    IPv4(ttl=255) / VRRPv3(interval=20, addresses=('192.0.2.254',))
    """

    address_count: int = u8("addr_count", factory=LengthOf(4), title="Addr Count")
    reserved: int = bits(4, "reserved_mbz", default=0, title="Reserved")
    interval: int = bits(12, "short_adver_int", default=100, title="Adver Int", doc="In hundredths of a second")
    checksum: int = u16("checksum", factory=Checksum(pseudo_header=IPProtocol.VRRP), base=16, title="Checksum")
    addresses: Listing[str] = address_list("ip_addr", length="address_count", default=(), title="IP Address")
    unread: bytes = octets("", default=b"", length="rest", title="Unread")


class VRRPv3IPv6(_Version3, source="RFC 5798, section 5.1"):
    """The same over IPv6: the first address is link-local.

    >>> message = IPv6(hop_limit=255) / VRRPv3IPv6(addresses=["fe80::1", "2001:db8::1"])
    >>> message[VRRPv3IPv6].address_count
    2
    """

    address_count: int = u8("addr_count", factory=LengthOf(16), title="Addr Count")
    reserved: int = bits(4, "reserved_mbz", default=0, title="Reserved")
    interval: int = bits(12, "short_adver_int", default=100, title="Adver Int", doc="In hundredths of a second")
    checksum: int = u16("checksum", factory=Checksum(pseudo_header=IPProtocol.VRRP), base=16, title="Checksum")
    addresses: Listing[str] = address_list(
        "ipv6_addr", length="address_count", default=(), of=IPv6Address, title="IPv6 Address"
    )
    unread: bytes = octets("", default=b"", length="rest", title="Unread")

    _variant_number: ClassVar[int] = 3


def _decode_version_3(buffer: bytes, start: int, end: int, outer: Any) -> VRRP:
    """Decode a message of version 3, whose addresses are those of the network that it came over."""
    header: VRRP = VRRPv3.decode(buffer, start, end, outer)
    if isinstance(header.network_header, IPv6):
        header = VRRPv3IPv6.decode(buffer, start, end, outer)
    return header


VRRP.read_variant(3, _decode_version_3)
