"""What can stand behind the datagram that an ICMP error quotes: RFC 4884's structure and its objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Self

from dissect.declaration.addresses import ipv4_bytes, ipv4_text, ipv6_bytes, ipv6_text
from dissect.declaration.checksum import ChecksumState, internet_checksum
from dissect.errors import FieldError

__all__ = ["ExtensionObject", "ICMPExtensions", "InterfaceInformation", "MPLSLabel"]

VERSION = 2
STRUCTURE_HEADER = OBJECT_HEADER = 4
MPLS_LABEL_STACK = 1
INTERFACE_INFORMATION = 2
INTERFACE_IDENTIFICATION = 3
INTERFACE_NAME = 63
"""The longest name of an interface in bytes (RFC 5837, section 4.3)."""


def _in_range(owner: object, **greatest: int) -> None:
    for name, most in greatest.items():
        value = getattr(owner, name)
        if value is not None and not (isinstance(value, int) and 0 <= value <= most):
            raise FieldError(f"{type(owner).__name__}.{name} is {value!r}, expected 0 to {most}")


# Named tuples and not dataclasses, whose module brings `inspect` and a sixth of the time that
# `import dissect` takes.


class _MPLSLabel(NamedTuple):
    label: int
    traffic_class: int
    bottom: bool
    ttl: int


class MPLSLabel(_MPLSLabel):
    """One entry of the label stack that a datagram came with (RFC 4950, RFC 3032)."""

    __slots__ = ()

    def __new__(cls, *, label: int, traffic_class: int = 0, bottom: bool = False, ttl: int = 64) -> Self:
        entry = super().__new__(cls, label, traffic_class, bottom, ttl)
        _in_range(entry, label=0xFFFFF, traffic_class=7, bottom=1, ttl=255)
        return entry

    def __bytes__(self) -> bytes:
        return (self.label << 12 | self.traffic_class << 9 | self.bottom << 8 | self.ttl).to_bytes(4, "big")

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Return the entry in these 4 bytes."""
        number = int.from_bytes(data, "big")
        return cls(label=number >> 12, traffic_class=number >> 9 & 7, bottom=bool(number >> 8 & 1), ttl=number & 255)


class _InterfaceInformation(NamedTuple):
    role: int
    # Not `index`, which tuples have as a method.
    interface_index: int | None
    address: str | None
    name: str | None
    mtu: int | None


class InterfaceInformation(_InterfaceInformation):
    """An interface that a datagram came in by, or would have gone out by (RFC 5837, section 4).

    `role`: 0 the interface that it arrived on, 1 a part of that one, 2 the one that it would leave by,
    3 the next hop. None stands for what the object does not tell. `address` is that of an IPv4 or
    IPv6 interface, as text; `name` has at most 63 bytes of UTF-8; `mtu` is in bytes.
    """

    __slots__ = ()

    def __new__(
        cls,
        *,
        role: int = 0,
        interface_index: int | None = None,
        address: str | None = None,
        name: str | None = None,
        mtu: int | None = None,
    ) -> Self:
        told = super().__new__(cls, role, interface_index, address, name, mtu)
        _in_range(told, role=3, interface_index=0xFFFFFFFF, mtu=0xFFFFFFFF)
        if name is not None and len(name.encode()) > INTERFACE_NAME:
            raise FieldError(f"InterfaceInformation.name is {name!r}, expected at most {INTERFACE_NAME} bytes")
        try:
            told._packed_address()
        except ValueError as reason:
            raise FieldError(f"InterfaceInformation.address is {address!r}, expected {reason}") from None
        return told

    def _packed_address(self) -> bytes:
        if self.address is None:
            return b""
        return ipv6_bytes(self.address) if ":" in self.address else ipv4_bytes(self.address)

    @property
    def c_type(self) -> int:
        """The role in the two highest bits, then what there is in the four lowest."""
        there = (self.interface_index, self.address, self.name, self.mtu)
        return self.role << 6 | sum(8 >> place for place, value in enumerate(there) if value is not None)

    @property
    def name_object(self) -> bytes:
        """The name as the object holds it: a length that counts itself, then the name padded to whole 32-bit words."""
        if self.name is None:
            return b""
        text = self.name.encode()
        length = 1 + len(text) + -(1 + len(text)) % 4
        return bytes((length,)) + text.ljust(length - 1, b"\0")

    def __bytes__(self) -> bytes:
        data = b"" if self.interface_index is None else self.interface_index.to_bytes(4, "big")
        if self.address is not None:
            packed = self._packed_address()
            data += bytes((0, 1 if len(packed) == 4 else 2, 0, 0)) + packed
        data += self.name_object
        return data if self.mtu is None else data + self.mtu.to_bytes(4, "big")

    @classmethod
    def read(cls, c_type: int, data: bytes) -> Self:
        """Return what an object of this type tells; where its data end early, the rest is None."""
        index = address = name = mtu = None
        whole = True
        if c_type & 8:
            whole = len(data) >= 4
            index, data = int.from_bytes(data[:4], "big") if whole else None, data[4:]
        if c_type & 4 and whole:
            size = {1: 4, 2: 16}.get(int.from_bytes(data[:2], "big"), 0)
            whole = bool(size) and len(data) >= 4 + size
            if whole:
                packed = data[4 : 4 + size]
                address, data = ipv4_text(packed) if size == 4 else ipv6_text(packed), data[4 + size :]
        if c_type & 2 and whole:
            whole = bool(data) and 0 < data[0] <= len(data)
            if whole:
                name, data = (
                    data[1 : data[0]].rstrip(b"\0").decode("utf-8", "replace")[:INTERFACE_NAME],
                    data[data[0] :],
                )
                name = name.encode()[:INTERFACE_NAME].decode("utf-8", "ignore")
        if c_type & 1 and whole and len(data) >= 4:
            mtu = int.from_bytes(data[:4], "big")
        return cls(role=c_type >> 6, interface_index=index, address=address, name=name, mtu=mtu)


class _ExtensionObject(NamedTuple):
    class_number: int
    c_type: int
    data: bytes = b""
    length: int | None = None


class ExtensionObject(_ExtensionObject):
    """One object: its class and type say what its data mean (RFC 4884, section 7.1).

    `length` is the one that stands in the object, header included, in bytes; None is the right one.

    >>> ExtensionObject.mpls(MPLSLabel(label=1000, bottom=True)).labels
    (MPLSLabel(label=1000, traffic_class=0, bottom=True, ttl=64),)
    """

    __slots__ = ()

    def __new__(cls, class_number: int, c_type: int, data: bytes = b"", length: int | None = None) -> Self:
        made = super().__new__(cls, class_number, c_type, data, length)
        _in_range(made, class_number=255, c_type=255, length=0xFFFF)
        if len(data) > 0xFFFF - OBJECT_HEADER:
            raise FieldError(f"ExtensionObject.data has {len(data)} bytes, expected at most 65531")
        return made

    @classmethod
    def mpls(cls, *labels: MPLSLabel) -> Self:
        """Return the label stack of the datagram, the outermost label first (RFC 4950)."""
        return cls(MPLS_LABEL_STACK, 1, b"".join(map(bytes, labels)))

    @classmethod
    def about(cls, interface: InterfaceInformation) -> Self:
        """Return the object that tells of an interface (RFC 5837)."""
        return cls(INTERFACE_INFORMATION, interface.c_type, bytes(interface))

    @property
    def labels(self) -> tuple[MPLSLabel, ...]:
        """The label stack; () where the object is of another kind."""
        if (self.class_number, self.c_type) != (MPLS_LABEL_STACK, 1):
            return ()
        return tuple(MPLSLabel.read(self.data[at : at + 4]) for at in range(0, len(self.data) - 3, 4))

    @property
    def interface(self) -> InterfaceInformation | None:
        """What the object tells of an interface; None where it is of another kind."""
        if self.class_number != INTERFACE_INFORMATION:
            return None
        return InterfaceInformation.read(self.c_type, self.data)

    def __bytes__(self) -> bytes:
        length = OBJECT_HEADER + len(self.data) if self.length is None else self.length
        return length.to_bytes(2, "big") + bytes((self.class_number, self.c_type)) + self.data


class _ICMPExtensions(NamedTuple):
    objects: tuple[ExtensionObject, ...]
    checksum: int | None
    version: int
    reserved: int
    rest: bytes


class ICMPExtensions(_ICMPExtensions):
    """The structure: a version, a checksum over all of it, and objects (RFC 4884, section 7).

    `checksum` None is the right one; `rest` are bytes behind the last object that are none.
    """

    __slots__ = ()

    def __new__(
        cls,
        objects: tuple[ExtensionObject, ...] = (),
        checksum: int | None = None,
        version: int = VERSION,
        reserved: int = 0,
        rest: bytes = b"",
    ) -> Self:
        made = super().__new__(cls, objects, checksum, version, reserved, rest)
        _in_range(made, checksum=0xFFFF, version=15, reserved=0xFFF)
        return made

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """Return the structure in these bytes, which it fills; None where they are too few for one."""
        if len(data) < STRUCTURE_HEADER:
            return None
        version = data[0] >> 4
        objects: list[ExtensionObject] = []
        start = STRUCTURE_HEADER
        while version in (1, VERSION) and start + OBJECT_HEADER <= len(data):
            length = int.from_bytes(data[start : start + 2], "big")
            if length < OBJECT_HEADER:
                break
            stop = min(start + length, len(data))
            objects.append(
                ExtensionObject(
                    data[start + 2],
                    data[start + 3],
                    data[start + OBJECT_HEADER : stop],
                    None if stop == start + length else length,
                )
            )
            start = stop
        return cls(
            tuple(objects),
            int.from_bytes(data[2:4], "big"),
            version,
            int.from_bytes(data[:2], "big") & 0xFFF,
            data[start:],
        )

    def __bytes__(self) -> bytes:
        checksum = self._right_checksum() if self.checksum is None else self.checksum
        return self._with(checksum)

    def _with(self, checksum: int) -> bytes:
        head = (self.version << 12 | self.reserved).to_bytes(2, "big") + checksum.to_bytes(2, "big")
        return head + b"".join(map(bytes, self.objects)) + self.rest

    def _right_checksum(self) -> int:
        return internet_checksum(self._with(0))

    @property
    def checksum_state(self) -> ChecksumState:
        """Whether the checksum is good, bad or absent (0: the sender computed none)."""
        if self.checksum is None:
            return ChecksumState.GOOD
        if self.checksum == 0:
            return ChecksumState.ABSENT
        right = {self.checksum, self._right_checksum()}
        return ChecksumState.GOOD if len(right) == 1 or right == {0, 0xFFFF} else ChecksumState.BAD

    def problems(self) -> Iterator[str]:
        """Yield sentences about what is wrong with the structure."""
        if self.version != VERSION:
            yield f"has version {self.version}, expected {VERSION}"
        if self.checksum_state is ChecksumState.BAD:
            yield f"has checksum {self.checksum:#06x}, expected {self._right_checksum():#06x}"
        for each in self.objects:
            if each.length is not None:
                yield f"has an object of {each.length} bytes of which {OBJECT_HEADER + len(each.data)} are there"
        if self.rest and self.version == VERSION:
            yield f"ends with {len(self.rest)} bytes that are no object"
