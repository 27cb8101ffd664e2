"""Wireshark's types of fields: how many bits a value has, and what it can be compared with."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["FieldType"]


class FieldType(NamedTuple):
    """One of Wireshark's field types.

    `family` is what decides how values compare; `bits` the width of a number; `words` what an
    error calls a value of the type. Values of the families "string", "bytes", "ether", "ipv4",
    "ipv6" and "protocol" are bytes, of times nanoseconds, of the others numbers.
    """

    name: str
    family: str
    bits: int
    words: str

    @property
    def is_number(self) -> bool:
        """Whether values are whole numbers: unsigned, signed, truth values and frame numbers alike."""
        return self.family in ("unsigned", "signed", "boolean", "framenum")

    @property
    def is_bytes(self) -> bool:
        """Whether values can be taken for bytes, and so cut in slices."""
        return self.family in ("string", "bytes", "ether", "ipv4", "ipv6", "protocol")

    @property
    def range(self) -> tuple[int, int]:
        """The least and the largest number."""
        if self.family == "signed":
            return -(1 << self.bits - 1), (1 << self.bits - 1) - 1
        return 0, (1 << self.bits) - 1

    def compares_with(self, other: FieldType) -> bool:
        """Whether values of this type, on the left side, can be compared with those of the other."""
        if self.family == "boolean":
            return other.family == "boolean" or (other.is_number and other.bits > 32)
        if self.is_number and other.is_number:
            return (self.bits > 32) == (other.bits > 32)
        return self.family == other.family or {self.family, other.family} == {"ether", "bytes"}


UINT8, UINT16, UINT24, UINT32, UINT64 = (
    FieldType(f"FT_UINT{bits}", "unsigned", bits, f"a number of {bits // 8} byte{'s' if bits > 8 else ''}")
    for bits in (8, 16, 24, 32, 64)
)
INT16, INT32 = (
    FieldType(f"FT_INT{bits}", "signed", bits, f"a signed number of {bits // 8} bytes") for bits in (16, 32)
)
BOOLEAN = FieldType("FT_BOOLEAN", "boolean", 32, "a truth value")
FRAMENUM = FieldType("FT_FRAMENUM", "framenum", 32, "a frame number")
DOUBLE = FieldType("FT_DOUBLE", "double", 64, "a number with decimals")
STRING = FieldType("FT_STRING", "string", 0, "text")
BYTES = FieldType("FT_BYTES", "bytes", 0, "bytes")
ETHER = FieldType("FT_ETHER", "ether", 48, "a MAC address")
EUI64 = FieldType("FT_EUI64", "bytes", 64, "an EUI-64 address")
OID = FieldType("FT_OID", "bytes", 0, "an object identifier")
IPV4 = FieldType("FT_IPv4", "ipv4", 32, "an IPv4 address")
IPV6 = FieldType("FT_IPv6", "ipv6", 128, "an IPv6 address")
PROTOCOL = FieldType("FT_PROTOCOL", "protocol", 0, "a protocol")
NONE = FieldType("FT_NONE", "none", 0, "a mark that is there or not")
ABSOLUTE_TIME = FieldType("FT_ABSOLUTE_TIME", "absolute_time", 0, "a date and time")
RELATIVE_TIME = FieldType("FT_RELATIVE_TIME", "relative_time", 0, "seconds")
