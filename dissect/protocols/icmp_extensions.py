"""What can stand behind the datagram that an ICMP error quotes: RFC 4884's structure and its objects.

The structure is the same in ICMP and ICMPv6, and so are its display-filter names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from dissect.declare import (
    Automatic,
    Boolean,
    Characters,
    ChecksumState,
    Code,
    Coded,
    Coding,
    Entry,
    Field,
    IPv4Address,
    IPv6Address,
    Kind,
    LengthOf,
    Listing,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    OptionSubtype,
    Problem,
    bits,
    code,
    derived,
    flag,
    internet_checksum,
    listing,
    octets,
    records,
    u8,
    u16,
    u32,
)

__all__ = [
    "ExtensionClass",
    "ExtensionObject",
    "ICMPExtensions",
    "InterfaceByAddress",
    "InterfaceByIndex",
    "InterfaceByName",
    "InterfaceIdentification",
    "InterfaceInformation",
    "InterfaceRole",
    "MPLSLabel",
    "MPLSLabelStack",
    "MalformedExtension",
    "UnknownExtension",
]

VERSIONS = (1, 2)
"""The versions of the structure whose objects are read: that of RFC 4884, and that of drafts before it."""
LEAST = 4
"""The bytes of a structure, and of an object, without what it holds."""


class ExtensionClass(Code):
    """What an object is about (IANA, icmp-parameters)."""

    MPLS_LABEL_STACK = 1, "MPLS Label Stack Class"
    INTERFACE_INFORMATION = 2, "Interface Information Object"
    INTERFACE_IDENTIFICATION = 3, "Interface Identification Object"


class ExtensionObject(Option, name="icmp", title="ICMP Extension Object", source="RFC 4884, section 7.1", family=True):
    """An object of the structure: its class and type say what it tells."""


class _Object(ExtensionObject, tolerant=True):
    """What every object begins with; `length` counts these bytes too."""

    length: int = u16("ext.length", factory=OptionLength(), title="Length", doc="Of the whole object, in bytes")
    class_number: Coding[ExtensionClass] = code(8, ExtensionClass, "ext.class", factory=OptionKind(), title="Class")

    def problems(self) -> Iterator[Problem | str]:
        """Yield an object that says that it is longer than it is, and one too short for its fields."""
        yield from super().problems()
        if self.length != len(self):
            yield f"has {self.length} bytes of which {len(self)} are there"
        elif not self.is_filled():
            yield f"has {self.length} bytes, too few for what it tells of"


class UnknownExtension(_Object, unknown=True, title="Unknown object"):
    """An object of a class and type without a class here."""

    c_type: int = u8("ext.ctype", default=0, title="C-Type")
    data: bytes = octets("ext.data", default=b"", length="rest", title="Data")


class MalformedExtension(ExtensionObject, malformed=True, title="Malformed object"):
    """Bytes behind the last object that are none."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Data")


class MPLSLabel(Entry, name="icmp", title="MPLS label", source="RFC 4950, section 3; RFC 3032, section 2.1"):
    """One entry of the label stack that a datagram came with."""

    label: int = bits(20, "mpls.label", default=0, size=24, title="Label")
    traffic_class: int = bits(3, "mpls.exp", default=0, size=24, title="Experimental")
    bottom: bool = flag("mpls.s", default=False, title="Stack bit")
    ttl: int = u8("mpls.ttl", default=64, title="Time to live")


class MPLSLabelStack(
    _Object, number=ExtensionClass.MPLS_LABEL_STACK, subtype=1, title="MPLS Stack Entry", source="RFC 4950, section 3"
):
    """The label stack that a datagram came with, the outermost label first.

    >>> MPLSLabelStack(labels=[MPLSLabel(label=1000, bottom=True)]).length
    8
    """

    c_type: int = u8("ext.ctype", factory=OptionSubtype(), title="C-Type")
    labels: Listing[MPLSLabel | bytes] = records("", of=MPLSLabel, default=(), title="Labels")

    @derived("mpls.data", kind=Octets(), title="Data")
    def behind_labels(self) -> bytes | None:
        """The bytes behind the last label that are none; None where there are none."""
        last = self.labels[-1] if self.labels else None
        return last if isinstance(last, bytes) else None


class InterfaceRole(Code):
    """Which interface an object is about (RFC 5837, section 4.1)."""

    ARRIVED = 0, "IP interface upon which datagram arrived"
    ARRIVED_PART = 1, "sub-IP component of an IP interface upon which datagram arrived"
    FORWARDED = 2, "IP interface through which datagram would be forwarded"
    NEXT_HOP = 3, "IP next-hop to which datagram would be forwarded"


class _AddressFamily(Automatic):
    """The family of the address, as its length tells (IANA, address-family-numbers)."""

    own = True

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        return {4: 1, 16: 2}.get(len(pieces["address"]), 0)


def _address_size(interface: Any) -> int:
    """Return the bytes of an address of the family that is told; KeyError for one of another."""
    return {1: 4, 2: 16}[interface.family]


class _InterfaceAddress(Kind):
    """An address of IPv4 or IPv6 as text, one of another length in hexadecimal digits."""

    code = "bytes"
    octets = True

    def load(self, raw: bytes) -> str:
        kind = _ADDRESSES.get(len(raw))
        return raw.hex() if kind is None else str(kind.load(raw))

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, bytes):
            return value
        text = str(value)
        if text and not {".", ":"} & set(text):
            return bytes.fromhex(text)
        return (IPv6Address if ":" in text else IPv4Address).store(value, width) if text else b""

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return self.load(raw)

    def source(self, raw: bytes, base: int) -> str:
        return repr(self.load(raw)) if len(raw) in _ADDRESSES else repr(raw)


_ADDRESSES = {4: IPv4Address, 16: IPv6Address}


class _FilledName(Characters):
    """A name filled up with zeros to whole 32-bit words."""

    in_front: ClassVar[int] = 0
    """The bytes in front of the name that are a part of its first word."""

    def store(self, value: Any, width: int) -> bytes:
        raw = super().store(value, width)
        return raw + bytes(-(len(raw) + self.in_front) % 4) if isinstance(value, str) else raw

    def source(self, raw: bytes, base: int) -> str:
        name = self.load(raw)
        return repr(name) if self.store(name, 0) == raw else repr(raw)


class _InterfaceName(_FilledName):
    """A name of at most 63 bytes behind its length (RFC 5837, section 4.3)."""

    in_front: ClassVar[int] = 1

    def store(self, value: Any, width: int) -> bytes:
        raw = super().store(value, width)
        if len(raw) > LONGEST_NAME:
            raise ValueError(f"at most {LONGEST_NAME} bytes")
        return raw


LONGEST_NAME = 63
"""The longest name of an interface in bytes (RFC 5837, section 4.3)."""


class InterfaceInformation(
    _Object,
    number=ExtensionClass.INTERFACE_INFORMATION,
    title="Interface Information Object",
    source="RFC 5837, section 4",
):
    """An interface that a datagram came in by, or would have gone out by; None stands for what it does not tell.

    The bits of the type say what it tells. `address` is that of an IPv4 or IPv6 interface, `mtu` is in bytes.

    >>> InterfaceInformation(role=2, address="192.0.2.9", interface_name="eth0").length
    20
    """

    role: Coding[InterfaceRole] = bits(2, "int_info.role", kind=Coded(InterfaceRole), default=0, title="Interface Role")
    reserved: int = bits(2, "int_info.reserved", default=0, size=8, title="Reserved")
    tells_index: bool = flag("int_info.ifindex", default=False, title="ifIndex")
    tells_address: bool = flag("int_info.ipaddr", default=False, title="IP Address")
    tells_name: bool = flag("int_info.name_present", default=False, title="Interface Name")
    tells_mtu: bool = flag("int_info.mtu_present", default=False, title="MTU")
    interface_index: int | None = u32("int_info.index", default=0, when="tells_index", title="Interface Index")
    family: int | None = u16(
        "int_info.afi", factory=_AddressFamily(), when="tells_address", title="Address Family Identifier"
    )
    address_reserved: bytes | None = octets("reserved", size=2, default=b"", when="tells_address", title="Reserved")
    address: str | None = listing(
        _InterfaceAddress(), "", length=_address_size, default="", when="tells_address", title="Address"
    )
    name_length: int | None = u8(
        "int_info.name_length", factory=LengthOf(uncounted=-1), when="tells_name", title="Name Length"
    )
    interface_name: str | None = listing(
        _InterfaceName(), "int_info.name", length="name_length", default="", when="tells_name", title="Name"
    )
    mtu: int | None = u32("int_info.mtu", default=0, when="tells_mtu", title="Maximum Transmission Unit")
    rest: bytes = octets("", default=b"", length="rest", title="What none of the bits tells of")

    @derived("ext.ctype", width=8, title="C-Type")
    def c_type(self) -> int:
        """The role in the two highest bits, then what there is in the four lowest."""
        return self.buffer[self.own_start + 3]

    @derived("int_info.ipv4", kind=IPv4Address, over="address", title="Source")
    def ipv4(self) -> str | None:
        """The address, where it is one of IPv4."""
        return self.address if self.family == 1 else None

    @derived("int_info.ipv6", kind=IPv6Address, over="address", title="Source")
    def ipv6(self) -> str | None:
        """The address, where it is one of IPv6."""
        return self.address if self.family == 2 else None

    @derived("int_info.ipunknown", kind=Octets(), title="Source")
    def other_address(self) -> bytes | None:
        """Nothing: Wireshark has the name, and gives up where the family is neither of IPv4 nor of IPv6."""
        return None


class InterfaceIdentification(
    _Object,
    number=ExtensionClass.INTERFACE_IDENTIFICATION,
    title="Interface Identification Object",
    source="RFC 8335, section 2.1",
):
    """The interface that an extended echo request asks for, named in a way without a class here."""

    c_type: int = u8("ext.ctype", factory=OptionSubtype(other=0), title="C-Type")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class _Identification(_Object, title="Interface Identification Object", source="RFC 8335, section 2.1"):
    c_type: int = u8("ext.ctype", factory=OptionSubtype(), title="C-Type")


class InterfaceByName(_Identification, number=ExtensionClass.INTERFACE_IDENTIFICATION, subtype=1):
    """The interface of this name, which an extended echo request asks for."""

    interface_name: str = listing(
        _FilledName(), "int_ident.name", default="", length="rest", kw_only=False, title="Name"
    )


class InterfaceByIndex(_Identification, number=ExtensionClass.INTERFACE_IDENTIFICATION, subtype=2):
    """The interface of this number, which an extended echo request asks for."""

    interface_index: int = u32("int_ident.index", default=0, kw_only=False, title="Interface Index")
    rest: bytes = octets("", default=b"", length="rest", title="What an index does not have")


class InterfaceByAddress(_Identification, number=ExtensionClass.INTERFACE_IDENTIFICATION, subtype=3):
    """The interface with this address, which an extended echo request asks for.

    >>> InterfaceByAddress("192.0.2.1").family
    1
    """

    family: int = u16("int_ident.afi", factory=_AddressFamily(), title="Address Family Identifier")
    address_length: int = u8("int_ident.addr_length", factory=LengthOf(), title="Address Length")
    reserved: bytes = octets("int_ident.reserved", size=1, default=b"", title="Reserved")
    address: str = listing(_InterfaceAddress(), "", default="", length="address_length", kw_only=False, title="Address")
    rest: bytes = octets("", default=b"", length="rest", title="What stands behind the address")

    @derived("int_ident.ipv4", kind=IPv4Address, over="address", title="Address")
    def ipv4(self) -> str | None:
        """The address, where it is one of IPv4."""
        return self.address if self.family == 1 and self.address_length == 4 else None

    @derived("int_ident.ipv6", kind=IPv6Address, over="address", title="Address")
    def ipv6(self) -> str | None:
        """The address, where it is one of IPv6."""
        return self.address if self.family == 2 and self.address_length == 16 else None

    @derived("int_ident.address", kind=Octets(), over="address", title="Address")
    def other_address(self) -> bytes | None:
        """The address, where it is of another family."""
        return None if self.family in (1, 2) else bytes(self.raw("address"))


class _StructureChecksum(Automatic):
    """The Internet checksum over the whole structure; 0 says that its sender computed none."""

    last = True

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        return internet_checksum(header)


class ICMPExtensions(
    Entry, name="icmp", branch="ext", title="ICMP Multi-Part Extensions", source="RFC 4884, section 7"
):
    """The structure: a version, a checksum over all of it, and objects.

    >>> structure = ICMPExtensions([MPLSLabelStack(labels=[MPLSLabel(label=102672, bottom=True, ttl=1)])])
    >>> hex(structure.checksum), structure.checksum_state.value
    ('0xc4e4', 'good')
    """

    version: int = bits(4, "ext.version", default=2, expected=2, title="Version")
    reserved: int = bits(12, "ext.res", default=0, size=16, base=16, title="Reserved")
    checksum: int = u16("ext.checksum", factory=_StructureChecksum(), base=16, title="Checksum")
    objects: Listing[ExtensionObject] = listing(
        OptionList(ExtensionObject, clipped=True),
        "",
        length="rest",
        default=(),
        when=lambda structure: structure.version in VERSIONS,
        kw_only=False,
        title="Objects",
    )
    rest: bytes | None = octets(
        "",
        default=b"",
        length="rest",
        when=lambda structure: structure.version not in VERSIONS,
        title="What another version has",
    )

    @derived("ext", kind=Boolean(), width=1, title="ICMP Extensions")
    def is_there(self) -> int:
        """1: a structure is there."""
        return 1

    @derived("ext.checksum.status", width=8, title="Checksum Status")
    def checksum_status(self) -> int:
        """What Wireshark prints for the state: 1 good, 0 bad, 3 for none."""
        return {ChecksumState.GOOD: 1, ChecksumState.BAD: 0}.get(self.checksum_state, 3)

    @derived("ext.checksum_bad", kind=Boolean(), width=1, title="Bad checksum")
    def has_bad_checksum(self) -> int | None:
        """1 where the checksum is wrong."""
        return 1 if self.checksum_state is ChecksumState.BAD else None

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """Return the structure in these bytes, which it fills; None where they are too few for one."""
        return cls.cut(data) if len(data) >= LEAST else None

    @property
    def right_checksum(self) -> int:
        """The checksum that the structure should have."""
        data = bytes(self)
        return internet_checksum(data[:2] + b"\0\0" + data[4:])

    @property
    def checksum_state(self) -> ChecksumState:
        """Whether the checksum is good, bad or absent (0: the sender computed none)."""
        if self.checksum == 0:
            return ChecksumState.ABSENT
        found = {self.checksum, self.right_checksum}
        return ChecksumState.GOOD if len(found) == 1 or found == {0, 0xFFFF} else ChecksumState.BAD

    def problems(self) -> Iterator[Problem | str]:
        """Yield another version, a wrong checksum, and what is wrong with the objects."""
        yield from super().problems()
        if self.checksum_state is ChecksumState.BAD:
            yield f"has checksum {self.checksum:#06x}, expected {self.right_checksum:#06x}"
