"""Open Shortest Path First, versions 2 and 3: routers find each other, and keep one picture of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissect.declare import (
    Address,
    Automatic,
    Boolean,
    Checksum,
    Code,
    Coding,
    Field,
    Header,
    LengthOf,
    Listing,
    Option,
    OptionList,
    Problem,
    Variant,
    address_list,
    bits,
    code,
    derived,
    ipv4,
    listing,
    octets,
    records,
    text,
    u8,
    u16,
    u32,
)
from dissect.protocols import ospf_opaque  # noqa: F401 - its advertisements are found by their types
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ospf_local import OSPFLocalSignaling
from dissect.protocols.ospf_lsa import OSPFLSA, OSPFLSAHeader, OSPFLSARequest
from dissect.protocols.ospf_v3_lsa import OSPFv3LSA, OSPFv3LSAHeader, OSPFv3LSARequest

__all__ = ["OSPF", "OSPFAuthentication", "OSPFType", "OSPFv2", "OSPFv3"]

_HEAD_2, _HEAD_3 = 24, 16
"""The bytes of the header that all messages have (RFC 2328, A.3.1; RFC 5340, A.3.1)."""
_BEHIND = ("digest", "local", "unread")
"""The fields that stand behind the message, so that its length leaves them out."""


class OSPFType(Code):
    """What a message is for."""

    HELLO = 1, "Hello Packet"
    DATABASE_DESCRIPTION = 2, "DB Description"
    REQUEST = 3, "LS Request"
    UPDATE = 4, "LS Update"
    ACKNOWLEDGMENT = 5, "LS Acknowledge"


_WORDS = {1: "hello", 2: "dbdesc", 3: "lsreq", 4: "lsupdate", 5: "lsack"}


class OSPFAuthentication(Code):
    """How a message of version 2 shows who sent it (RFC 2328, appendix D)."""

    NULL = 0, "Null"
    SIMPLE = 1, "Simple password"
    CRYPTOGRAPHIC = 2, "Cryptographic"


class _PacketLength(Automatic):
    """The length of the message, without what authenticates it and what stands behind that."""

    own = True

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        return fixed + sum(len(piece) for name, piece in pieces.items() if name not in _BEHIND)

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        there, claimed = header.own_size, header.raw(field)
        if claimed > there and not header.is_cut_by_capture(claimed - there):
            yield header.problem(field.name, "runs past the end of the data", f"at most {there}", claimed)
        elif claimed < header.least_size:
            yield header.problem(field.name, "is shorter than the header", f"at least {header.least_size}", claimed)


class _AdvertisementCount(Automatic):
    """How many advertisements an update holds."""

    own = True

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        family = OptionList(OSPFLSA) if "digest" in pieces else OptionList(OSPFv3LSA)
        return len(family.load(pieces["updates"]))

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        if not header.has("updates"):
            return
        there, claimed = len(header.updates), header.raw(field)
        if there != claimed:
            yield header.problem(field.name, "differs from the advertisements that are there", there, claimed)


class _OSPFChecksum(Checksum):
    """The checksum over the message alone, of version 2 without its authentication (RFC 2328, D.4.1)."""

    is_judged = False

    def ranges(self, header: Any) -> list[tuple[int, int]]:
        end = min(header.raw("packet_length"), header.own_size)
        return [(0, end)] if self.pseudo_header is not None else [(0, min(16, end)), (min(24, end), end)]

    def over(self, header: Any, network: Any, field: Field) -> int:
        message = bytearray(header.own_bytes[: header.raw("packet_length")])
        message[12:14] = b"\0\0"
        if self.pseudo_header is None:
            del message[16:24]
        return super().fill(header, message, b"", network, field)

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        length = int.from_bytes(header[2:4], "big")
        message = header[:length]
        if self.pseudo_header is None:
            if int.from_bytes(header[14:16], "big") == OSPFAuthentication.CRYPTOGRAPHIC:
                return 0
            del message[16:24]
        return super().fill(record, message, b"", network, field)

    def _is_left_to_hardware(self, header: Any, found: int) -> bool:
        # Of a message with a digest it is not computed.
        return found == 0


def is_type(*types: int) -> Callable[[Any], bool]:
    """Return what says that a field is there in messages of these types."""
    return lambda message: message.raw("type") in types


def _up_to_end(used: int) -> Callable[[Any], int]:
    """Return what tells how many bytes of the message are left behind so many of it."""

    def left(message: Any) -> int:
        there = message.own_end - message.own_start - used
        told = message.raw("packet_length")
        return int(min(told - used, there) if told else there)

    return left


def _type_flag(word: str, title: str) -> Any:
    @derived(f"msg.{word}", kind=Boolean(), width=1, title=title)
    def is_of_type(message: Any) -> int | None:
        """1 for messages of this type."""
        return 1 if _WORDS.get(int(message.raw("type"))) == word else None

    return is_of_type


def _flag(label: str, over: str, mask: int, title: str) -> Any:
    """Declare a bit of a field that not all messages have."""

    @derived(label, kind=Boolean(), width=1, over=over, title=title)
    def is_set(message: Any) -> int | None:
        """Whether the bit is set; None where there is no such field."""
        value = getattr(message, over)
        return None if value is None else int(bool(value & mask))

    return is_set


class OSPF(
    Header,
    name="ospf",
    title="Open Shortest Path First",
    source="RFC 2328, A.3.1; RFC 5340, A.3.1",
    over={IPv4: IPProtocol.OSPF},
    leaf=True,
):
    """The version, the type and the length of a message, and the router and the area that it is of.

    Both versions have classes of their own, so this one stands for others.
    """

    version: int = u8("version", factory=Variant(), title="Version")
    type: Coding[OSPFType] = code(8, OSPFType, "msg", default=OSPFType.HELLO, title="Message Type")
    packet_length: int = u16("packet_length", factory=_PacketLength(), title="Packet Length")
    router: Address = ipv4("srcrouter", default="0.0.0.0", title="Source OSPF Router")
    area: Address = ipv4("area_id", default="0.0.0.0", title="Area ID")

    is_hello = _type_flag("hello", "Hello")
    is_description = _type_flag("dbdesc", "Database Description")
    is_request = _type_flag("lsreq", "Link State Adv Request")
    is_update = _type_flag("lsupdate", "Link State Adv Update")
    is_acknowledgment = _type_flag("lsack", "Link State Adv Acknowledgement")

    def check(self) -> Iterator[Problem]:
        """Yield an unknown type, and wrong advertisements."""
        if self.is_cut:
            return
        if not self.type.known:
            yield self.problem("type", "is unknown", "1 to 5", int(self.type))
        yield from self.option_problems()

    def info(self) -> str:
        """Return what the message is for."""
        return self.type.title if self.type.known else f"Unknown ({int(self.type)})"


class OSPFv2(OSPF, variant=2, source="RFC 2328, A.3"):
    """A message of version 2, over IPv4; which of the fields are there is a matter of its type.

    >>> hello = OSPFv2(router="192.0.2.1", netmask="255.255.255.0", neighbors=["192.0.2.2"])
    >>> hello.packet_length, hello.info()
    (48, 'Hello Packet')
    """

    checksum: int = u16("checksum", factory=_OSPFChecksum(), base=16, title="Checksum")
    authentication: Coding[OSPFAuthentication] = code(16, OSPFAuthentication, "auth.type", default=0, title="Auth Type")
    no_authentication: bytes | None = octets(
        "auth.none", size=8, default=bytes(8), when={"authentication": 0}, title="Auth Data (none)"
    )
    password: str | None = text(
        "auth.simple", size=8, default="", when={"authentication": 1}, title="Auth Data (Simple)"
    )
    key_reserved: int | None = u16("", default=0, when={"authentication": 2}, title="Reserved")
    key_id: int | None = u8("auth.crypt.key_id", default=1, when={"authentication": 2}, title="Auth Crypt Key id")
    digest_length: int | None = u8(
        "auth.crypt.data_length", factory=LengthOf(), when={"authentication": 2}, title="Auth Crypt Data Length"
    )
    key_sequence: int | None = u32(
        "auth.crypt.seq_nbr", default=0, when={"authentication": 2}, title="Auth Crypt Sequence Number"
    )
    other_authentication: bytes | None = octets(
        "", size=8, default=bytes(8), when=lambda message: message.raw("authentication") > 2, title="Auth Data"
    )
    # Hello
    netmask: str | None = ipv4("hello.network_mask", default="0.0.0.0", when={"type": 1}, title="Network Mask")
    hello_interval: int | None = u16(
        "hello.hello_interval", default=10, size=32, when={"type": 1}, title="Hello Interval [sec]"
    )
    # Database description
    mtu: int | None = u16("db.interface_mtu", default=1500, when={"type": 2}, title="Interface MTU")
    options: int | None = u8("v2.options", default=2, base=16, when=is_type(1, 2), title="Options")
    priority: int | None = u8("hello.router_priority", default=1, when={"type": 1}, title="Router Priority")
    dead_interval: int | None = u32(
        "hello.router_dead_interval", default=40, when={"type": 1}, title="Router Dead Interval [sec]"
    )
    designated: str | None = ipv4(
        "hello.designated_router", default="0.0.0.0", when={"type": 1}, title="Designated Router"
    )
    backup: str | None = ipv4(
        "hello.backup_designated_router", default="0.0.0.0", when={"type": 1}, title="Backup Designated Router"
    )
    neighbors: Listing[str] = address_list(
        "hello.active_neighbor", default=(), length=_up_to_end(44), when={"type": 1}, title="Active Neighbor"
    )
    description: int | None = u8("dbd", default=0, base=16, when={"type": 2}, title="DB Description")
    description_sequence: int | None = u32("db.dd_sequence", default=0, when={"type": 2}, title="DD Sequence")
    described: Listing[OSPFLSAHeader] = records(
        "", default=(), of=OSPFLSAHeader, length=_up_to_end(32), when={"type": 2}, title="LSA headers"
    )
    requests: Listing[OSPFLSARequest] = records(
        "", default=(), of=OSPFLSARequest, length=_up_to_end(24), when={"type": 3}, title="Requests"
    )
    update_count: int | None = u32(
        "ls.number_of_lsas", factory=_AdvertisementCount(), when={"type": 4}, title="Number of LSAs"
    )
    updates: Listing[Option] = listing(
        OptionList(OSPFLSA), "", default=(), length=_up_to_end(28), when={"type": 4}, title="LSAs"
    )
    acknowledged: Listing[OSPFLSAHeader] = records(
        "", default=(), of=OSPFLSAHeader, length=_up_to_end(24), when={"type": 5}, title="LSA headers"
    )
    digest: bytes | None = octets(
        "auth.crypt.data",
        default=bytes(16),
        length="digest_length",
        when={"authentication": 2},
        title="Auth Crypt Data",
    )
    local: Listing[OSPFLocalSignaling] = records(
        "", default=(), of=OSPFLocalSignaling, length="rest", when=is_type(1, 2), title="OSPF LLS Data Block"
    )
    unread: bytes | None = octets("", default=b"", length="rest", when=is_type(0, *range(3, 256)), title="Unread")

    option_dn = _flag("v2.options.dn", "options", 0x80, "DN")
    option_o = _flag("v2.options.o", "options", 0x40, "O")
    option_dc = _flag("v2.options.dc", "options", 0x20, "(DC) Demand Circuits")
    option_l = _flag("v2.options.l", "options", 0x10, "(L) LLS Data block")
    option_n = _flag("v2.options.n", "options", 0x8, "(N) NSSA")
    option_mc = _flag("v2.options.mc", "options", 0x4, "(MC) Multicast")
    option_e = _flag("v2.options.e", "options", 0x2, "(E) External Routing")
    option_mt = _flag("v2.options.mt", "options", 0x1, "(MT) Multi-Topology Routing")
    description_r = _flag("dbd.r", "description", 8, "(R) OOBResync")
    description_i = _flag("dbd.i", "description", 4, "(I) Init")
    description_m = _flag("dbd.m", "description", 2, "(M) More")
    description_ms = _flag("dbd.ms", "description", 1, "(MS) Master")


class OSPFv3(OSPF, variant=3, source="RFC 5340, A.3"):
    """A message of version 3, over IPv6; which of the fields are there is a matter of its type.

    >>> OSPFv3(router="192.0.2.1", type="acknowledgment", acknowledged=[OSPFv3LSAHeader()]).packet_length
    36
    """

    checksum: int = u16("checksum", factory=_OSPFChecksum(pseudo_header=89), base=16, title="Checksum")
    instance: int = u8("instance_id", default=0, title="Instance ID")
    reserved: bytes = octets("reserved", size=1, default=bytes(1), title="Reserved")
    # Hello
    interface: int | None = u32("hello.interface_id", default=0, when={"type": 1}, title="Interface ID")
    priority: int | None = u8("hello.router_priority", default=1, when={"type": 1}, title="Router Priority")
    # Database description
    description_reserved: bytes | None = octets(
        "reserved", size=1, default=bytes(1), when={"type": 2}, title="Reserved"
    )
    options: int | None = bits(24, "v3.options", default=0x13, base=16, when=is_type(1, 2), title="Options")
    hello_interval: int | None = u16(
        "hello.hello_interval", default=10, size=32, when={"type": 1}, title="Hello Interval [sec]"
    )
    dead_interval: int | None = u16(
        "hello.router_dead_interval", default=40, size=32, when={"type": 1}, title="Router Dead Interval [sec]"
    )
    designated: str | None = ipv4(
        "hello.designated_router", default="0.0.0.0", when={"type": 1}, title="Designated Router"
    )
    backup: str | None = ipv4(
        "hello.backup_designated_router", default="0.0.0.0", when={"type": 1}, title="Backup Designated Router"
    )
    neighbors: Listing[str] = address_list(
        "hello.active_neighbor", default=(), length=_up_to_end(36), when={"type": 1}, title="Active Neighbor"
    )
    mtu: int | None = u16("db.interface_mtu", default=1500, when={"type": 2}, title="Interface MTU")
    flags_reserved: bytes | None = octets("reserved", size=1, default=bytes(1), when={"type": 2}, title="Reserved")
    description: int | None = u8("dbd", default=0, base=16, when={"type": 2}, title="DB Description")
    description_sequence: int | None = u32("db.dd_sequence", default=0, when={"type": 2}, title="DD Sequence")
    described: Listing[OSPFv3LSAHeader] = records(
        "", default=(), of=OSPFv3LSAHeader, length=_up_to_end(28), when={"type": 2}, title="LSA headers"
    )
    requests: Listing[OSPFv3LSARequest] = records(
        "", default=(), of=OSPFv3LSARequest, length=_up_to_end(16), when={"type": 3}, title="Requests"
    )
    update_count: int | None = u32(
        "ls.number_of_lsas", factory=_AdvertisementCount(), when={"type": 4}, title="Number of LSAs"
    )
    updates: Listing[Option] = listing(
        OptionList(OSPFv3LSA), "", default=(), length=_up_to_end(20), when={"type": 4}, title="LSAs"
    )
    acknowledged: Listing[OSPFv3LSAHeader] = records(
        "", default=(), of=OSPFv3LSAHeader, length=_up_to_end(16), when={"type": 5}, title="LSA headers"
    )
    unread: bytes = octets("", default=b"", length="rest", title="Unread")

    option_at = _flag("v3.options.at", "options", 0x400, "AT")
    option_l = _flag("v3.options.l", "options", 0x200, "L")
    option_af = _flag("v3.options.af", "options", 0x100, "AF")
    option_dc = _flag("v3.options.dc", "options", 0x20, "DC")
    option_r = _flag("v3.options.r", "options", 0x10, "R")
    option_n = _flag("v3.options.n", "options", 0x8, "N")
    option_mc = _flag("v3.options.mc", "options", 0x4, "MC")
    option_e = _flag("v3.options.e", "options", 0x2, "E")
    option_v6 = _flag("v3.options.v6", "options", 0x1, "V6")
    description_r = _flag("dbd.r", "description", 8, "(R) OOBResync")
    description_i = _flag("dbd.i", "description", 4, "(I) Init")
    description_m = _flag("dbd.m", "description", 2, "(M) More")
    description_ms = _flag("dbd.ms", "description", 1, "(MS) Master")
