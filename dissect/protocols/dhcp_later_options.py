"""Options of DHCP that have parts: clients' names and architectures, routes, domains to search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dissect.declare import (
    Address,
    Code,
    Coding,
    DomainName,
    Entry,
    IPv4Address,
    Kind,
    Listing,
    address_list,
    bits,
    code,
    flag,
    ipv4,
    listing,
    octets,
    records,
    u8,
    u32,
)
from dissect.protocols.dhcp_options import NUMBERS, DHCPValueOption

__all__ = [
    "DHCPArchitecture",
    "DHCPAssociatedAddresses",
    "DHCPAutoConfiguration",
    "DHCPClasslessRoutes",
    "DHCPClientArchitecture",
    "DHCPClientInterface",
    "DHCPClientName",
    "DHCPDomainSearch",
    "DHCPLastTransaction",
    "DHCPMachineIdentifier",
    "DHCPMicrosoftRoutes",
    "DHCPNodeType",
    "DHCPRoute",
    "DHCPSubnetSelection",
    "DHCPUserClass",
    "DHCPUserClasses",
]

_HEAD = 2
_DESTINATION = re.compile(r"(\d+\.\d+\.\d+\.\d+)/(\d+)")
_WIDEST = 32


class NodeType(Code):
    """How a host finds names of NetBIOS (RFC 1001, section 10)."""

    B_NODE = 1, "B-node"
    P_NODE = 2, "P-node"
    M_NODE = 4, "M-node"
    H_NODE = 8, "H-node"


class DHCPNodeType(DHCPValueOption, number=46, title="NetBIOS over TCP/IP Node Type"):
    """How the client finds names of NetBIOS."""

    value: Coding[NodeType] = code(
        8,
        NodeType,
        "option.netbios_over_tcpip_node_type",
        default=0,
        kw_only=False,
        title="NetBIOS over TCP/IP Node Type",
    )


class DHCPUserClass(Entry, name="dhcp", title="Instance of User Class"):
    """One class that a user belongs to."""

    length: int = u8("option.user_class.length", default=0, title="User Class Length")
    data: bytes = octets("option.user_class.data", default=b"", length="length", kw_only=False, title="User Class Data")


class DHCPUserClasses(DHCPValueOption, number=77, title="User Class Information", source="RFC 3004, section 4"):
    """The classes that a client's user belongs to; many clients write one text instead, which stays as bytes."""

    values: Listing[DHCPUserClass] = records(
        "", default=(), of=DHCPUserClass, kw_only=False, title="User Class Information"
    )


class DHCPClientName(
    DHCPValueOption, number=81, title="Client Fully Qualified Domain Name", source="RFC 4702, section 2"
):
    """The client's name, and who tells it to DNS; the name is text, or where `is_encoded`, as DNS writes names."""

    reserved: int = bits(4, "fqdn.mbz", default=0, base=16, size=8, title="Reserved flags")
    no_updates: bool = flag("fqdn.n", default=False, title="Server DDNS")
    is_encoded: bool = flag("fqdn.e", default=False, title="Encoding")
    overrides: bool = flag("fqdn.o", default=False, title="Server overrides")
    server_updates: bool = flag("fqdn.s", default=False, title="Server")
    address_result: int = u8("fqdn.rcode1", default=0, title="A-RR result")
    pointer_result: int = u8("fqdn.rcode2", default=0, title="PTR-RR result")
    name_bytes: bytes = octets("", default=b"", length="rest", kw_only=False, title="Client name")


class DHCPLastTransaction(
    DHCPValueOption, number=91, title="Client last transaction time", source="RFC 4388, section 6.1"
):
    """How many seconds ago the server last heard of the client."""

    value: int = u32(
        "option.client_last_transaction_time", default=0, kw_only=False, title="Client last transaction time"
    )


class DHCPAssociatedAddresses(
    DHCPValueOption, number=92, tolerant=True, title="Associated IP option", source="RFC 4388, section 6.1"
):
    """All addresses that the client has."""

    values: Listing[str] = address_list(
        "option.associated_ip_option", default=(), length="rest", kw_only=False, title="Associated IP option"
    )


class DHCPArchitecture(Code):
    """What kind of machine boots (RFC 4578, section 2.1; RFC 5970, section 3.3)."""

    X86_BIOS = 0, "IA x86 PC"
    NEC_PC98 = 1, "NEC/PC98"
    ITANIUM = 2, "IA64 PC"
    ALPHA = 3, "DEC Alpha"
    ARC_X86 = 4, "ArcX86"
    INTEL_LEAN = 5, "Intel Lean Client"
    X86_EFI = 6, "EFI IA32"
    X64_EFI = 7, "EFI x64"
    XSCALE_EFI = 8, "EFI Xscale"
    EBC = 9, "EFI BC"
    ARM_32_EFI = 10, "ARM 32-bit UEFI"
    ARM_64_EFI = 11, "ARM 64-bit UEFI"


class DHCPClientArchitecture(
    DHCPValueOption, number=93, tolerant=True, title="Client System Architecture", source="RFC 4578, section 2.1"
):
    """What kinds of machine the client can boot as."""

    values: Listing[int] = listing(
        NUMBERS,
        "option.client_system_architecture",
        default=(),
        length="rest",
        kw_only=False,
        title="Client System Architecture",
    )


class DHCPClientInterface(
    DHCPValueOption, number=94, tolerant=True, title="Client Network Device Interface", source="RFC 4578, section 2.2"
):
    """Which version of the network device interface the client has; the type is always 1, for UNDI."""

    type: int = u8("", default=1, title="Type")
    major: int = u8("client_network_id_major", default=0, title="Major Version")
    minor: int = u8("client_network_id_minor", default=0, title="Minor Version")


class DHCPMachineIdentifier(
    DHCPValueOption, number=97, title="UUID/GUID-based Client Identifier", source="RFC 4578, section 2.3"
):
    """What the machine is known by: 0 and a UUID."""

    type: int = u8("", default=0, title="Type")
    identifier: bytes = octets("", default=b"", length="rest", title="Identifier")


class AutoConfiguration(Code):
    """Whether a host may give itself an address."""

    NO = 0, "DoNotAutoConfigure"
    YES = 1, "AutoConfigure"


class DHCPAutoConfiguration(DHCPValueOption, number=116, title="DHCP Auto-Configuration", source="RFC 2563, section 2"):
    """Whether a client that gets no address may give itself one."""

    value: Coding[AutoConfiguration] = code(
        8,
        AutoConfiguration,
        "option.dhcp_auto_configuration",
        default=0,
        kw_only=False,
        title="DHCP Auto-Configuration",
    )


class DHCPSubnetSelection(
    DHCPValueOption, number=118, tolerant=True, title="Subnet Selection Option", source="RFC 3011, section 2"
):
    """The network from which an address is wanted."""

    values: Listing[str] = address_list(
        "option.subnet_selection_option", default=(), length="rest", kw_only=False, title="Subnet Selection Option"
    )


class NameList(Kind):
    """Names as DNS writes them, whose pointers count from the first byte of the value (RFC 3397, section 2)."""

    code = "string"
    octets = True
    _name = DomainName()

    def load(self, raw: bytes) -> tuple[str, ...]:
        """Return the names; one that is none ends the list."""
        return tuple(self._name.load(self._name.whole(each, raw)) for each in names_in(raw))

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError("a list of names, or bytes")
        return b"".join(self._name.store(each, 0) for each in value)

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return ",".join(self.load(raw))

    def source(self, raw: bytes, base: int) -> str:
        names = self.load(raw)
        try:
            return repr(names if self.store(names, 0) == raw else raw)
        except ValueError:
            return repr(raw)


def names_in(raw: bytes) -> Iterator[bytes]:
    """Yield the bytes of each name that stands in `raw`, up to one that is none."""
    kind, place = DomainName(), 0
    while place < len(raw):
        size = kind.extent(raw, place, len(raw))
        if size < 0:
            return
        yield raw[place : place + size]
        place += size


class DHCPDomainSearch(DHCPValueOption, number=119, title="Domain Search", source="RFC 3397, section 2"):
    r"""The domains in which names are looked for; a long list stands in several of these options.

    >>> bytes(DHCPDomainSearch(["lab.example", "example"]))[2:]
    b'\x03lab\x07example\x00\x07example\x00'
    """

    names: Listing[str] = listing(NameList(), "", default=(), length="rest", kw_only=False, title="Domain Search")


class _Destination(Kind):
    """A network as text: "10.0.0.0/8"; of its address, no more bytes are written than are needed."""

    code = "string"
    octets = True
    delimited = True

    def load(self, raw: bytes) -> str:
        return f"{IPv4Address.load(raw[1:5].ljust(4, bytes(1)))}/{raw[0]}"

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, bytes) and self.extent(value, 0, len(value)) == len(value):
            return value
        found = _DESTINATION.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[2]) > _WIDEST:
            raise ValueError('a network like "10.0.0.0/8"')
        mask = int(found[2])
        address = IPv4Address.store(found[1], 32)
        if any(address[_bytes_of(mask) :]):
            raise ValueError('a network whose address ends with its mask, like "10.0.0.0/8"')
        return bytes([mask]) + address[: _bytes_of(mask)]

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return self.load(raw)

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        if start >= end or buffer[start] > _WIDEST:
            return -1
        size = 1 + _bytes_of(buffer[start])
        return size if start + size <= end else -1


def _bytes_of(mask: int) -> int:
    return (mask + 7) // 8


class DHCPRoute(Entry, name="dhcp", ends_early=True, title="Classless Static Route"):
    """A network, and the router that leads there; 0.0.0.0 is for one that is on the link."""

    destination: str = octets("", kind=_Destination(), default=bytes(1), kw_only=False, title="Destination")
    router: Address = ipv4("", default="0.0.0.0", kw_only=False, title="Router")


class DHCPClasslessRoutes(DHCPValueOption, number=121, title="Classless Static Route", source="RFC 3442"):
    """Routes, which a client takes in place of the routers and routes of other options.

    >>> bytes(DHCPClasslessRoutes([DHCPRoute("10.0.0.0/8", "192.0.2.1")])).hex(" ")
    '79 06 08 0a c0 00 02 01'
    """

    routes: Listing[DHCPRoute] = records("", default=(), of=DHCPRoute, kw_only=False, title="Classless Static Route")


class DHCPMicrosoftRoutes(
    DHCPValueOption, number=249, title="Private/Classless Static Route (Microsoft)", source="[MS-DHCPE], section 2.2.8"
):
    """The same under a private number, which older clients of Windows take."""

    routes: Listing[DHCPRoute] = records("", default=(), of=DHCPRoute, kw_only=False, title="Classless Static Route")
