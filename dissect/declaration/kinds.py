"""Kinds of value: how a field's raw integer or bytes become what people type and read, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import index
from struct import Struct, iter_unpack
from struct import error as StructError
from typing import Any

from dissect.declaration.addresses import (
    hardware_address_bytes,
    hardware_address_text,
    ipv4_bytes,
    ipv4_text,
    ipv6_bytes,
    ipv6_text,
    mac_bytes,
)
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.times import moment_text, seconds_text

__all__ = [
    "Address",
    "Boolean",
    "Coded",
    "Duration",
    "FlagSet",
    "HardwareAddress",
    "IPv4Address",
    "IPv6Address",
    "Integer",
    "Kind",
    "MacAddress",
    "Moment",
    "Number",
    "Octets",
    "ProtocolAddress",
    "Signed",
    "StructList",
    "Text",
]


class Kind:
    """How one kind of field converts: `load` from raw, `store` to raw, `text` as Wireshark prints it.

    Raw is an int for fields of a number of bits and bytes for the others. `store` raises
    ValueError, whose text says what would have fitted.
    """

    plain = False  # whether the raw integer is the value
    code = "uint"  # the family that filters and tables see
    members: Mapping[int, Any] = {}  # values that are at hand for raw integers

    def load(self, raw: Any) -> Any:
        """Return the value of `raw`."""
        return raw

    def store(self, value: Any, width: int) -> Any:
        """Return the raw form of `value` for a field of `width` bits (0: any length)."""
        raise NotImplementedError

    def text(self, raw: Any, base: int, digits: int) -> str:
        """Return `raw` as tshark prints it: decimal, or hexadecimal of so many digits."""
        return f"0x{raw:0{digits}x}" if base == 16 else str(raw)

    def source(self, raw: Any, base: int) -> str:
        """Return Python that a constructor takes for `raw`."""
        return hex(raw) if base == 16 else repr(self.load(raw))


class Integer(Kind):
    """An unsigned number."""

    plain = True

    def store(self, value: Any, width: int) -> int:
        try:
            number = index(value)
        except TypeError:
            raise ValueError(f"a whole number from 0 to {(1 << width) - 1}") from None
        if not 0 <= number < 1 << width:
            raise ValueError(f"0 to {(1 << width) - 1}")
        return number


class Signed(Integer):
    """A signed number, of a field that is computed."""

    code = "int"


class Boolean(Integer):
    """A single bit, read as True or False."""

    plain = False
    code = "bool"

    def load(self, raw: int) -> bool:
        return bool(raw)

    def store(self, value: Any, width: int) -> int:
        try:
            number = index(value)
        except TypeError:
            number = -1
        if number not in (0, 1):
            raise ValueError("True or False")
        return number


class Coded(Integer):
    """A number that an enumeration names."""

    plain = False

    def __init__(self, codes: type[Code]) -> None:
        self.codes = codes
        self.members: dict[int, Code] = codes._value2member_map_  # type: ignore[assignment]

    def load(self, raw: int) -> Code:
        member = self.members.get(raw)
        return self.codes(raw) if member is None else member

    def store(self, value: Any, width: int) -> int:
        if isinstance(value, str):
            return int(self.codes.named(value))
        return super().store(value, width)

    def source(self, raw: int, base: int) -> str:
        member = self.load(raw)
        return repr(member.word) if member.known else hex(raw) if base == 16 else str(raw)


class FlagSet(Integer):
    """Bits with letters."""

    plain = False

    def __init__(self, flags: type[Flags]) -> None:
        self.flags = flags
        self.members: dict[int, Flags] = flags._value2member_map_  # type: ignore[assignment]

    def load(self, raw: int) -> Flags:
        member = self.members.get(raw)
        return self.flags(raw) if member is None else member

    def store(self, value: Any, width: int) -> int:
        if isinstance(value, str):
            value = int(self.flags.read(value))
        return super().store(value, width)

    def source(self, raw: int, base: int) -> str:
        return repr(str(self.load(raw)))


class Address(Kind):
    """An address that is text outside and a fixed number of bytes inside."""

    def __init__(self, load: Callable[[bytes], str], store: Callable[[Any], bytes], code: str) -> None:
        self.load = load  # type: ignore[method-assign,assignment]
        self._bytes = store
        self.code = code

    def store(self, value: Any, width: int) -> bytes:
        return self._bytes(value)

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return str(self.load(raw))

    def source(self, raw: bytes, base: int) -> str:
        return repr(self.load(raw))


MacAddress = Address(hardware_address_text, mac_bytes, "ether")
IPv4Address = Address(ipv4_text, ipv4_bytes, "ipv4")
IPv6Address = Address(ipv6_text, ipv6_bytes, "ipv6")
HardwareAddress = Address(hardware_address_text, hardware_address_bytes, "ether")


class _ProtocolAddress(Address):
    """Dotted text where the address has 4 bytes, hex pairs otherwise."""

    def __init__(self) -> None:
        super().__init__(self._load, self._store, "ipv4")

    @staticmethod
    def _load(raw: bytes) -> str:
        return ipv4_text(raw) if len(raw) == 4 else raw.hex(":")

    @staticmethod
    def _store(value: Any) -> bytes:
        if isinstance(value, int):
            return ipv4_bytes(value)
        if isinstance(value, str) and "." in value:
            return ipv4_bytes(value)
        return hardware_address_bytes(value)


ProtocolAddress = _ProtocolAddress()


class Octets(Kind):
    """Bytes as they are; `empty` is what tshark prints where a field that has none is there all the same."""

    code = "bytes"

    def __init__(self, empty: str = "") -> None:
        self.empty = empty

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        raise ValueError("bytes")

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return raw.hex() or self.empty

    def source(self, raw: bytes, base: int) -> str:
        return repr(raw)


class Text(Kind):
    """Text, of a field that is computed."""

    code = "string"


class Number(Kind):
    """A number with decimals, of a field that is computed."""

    code = "double"

    def text(self, raw: float, base: int, digits: int) -> str:
        return f"{raw:.15g}"


class Moment(Kind):
    """A time, of a field that is computed: nanoseconds since the epoch."""

    code = "moment"

    def text(self, raw: int, base: int, digits: int) -> str:
        return moment_text(raw)


class Duration(Kind):
    """A time span, of a field that is computed: nanoseconds."""

    code = "duration"

    def text(self, raw: int, base: int, digits: int) -> str:
        return seconds_text(raw)


class StructList(Kind):
    """A tuple of equal groups, each converted by `load_item` and `store_item`.

    `layout` is the struct format of one group; a group of one number stands as itself.
    Bytes behind the last whole group do not fit: the option or header counts as malformed.
    """

    code = "list"

    def __init__(
        self,
        layout: str,
        what: str,
        load_item: Callable[[Any], Any] | None = None,
        store_item: Callable[[Any], Any] | None = None,
    ) -> None:
        self._struct = Struct(layout)
        self.size = self._struct.size
        self._what = what
        self._load_item = load_item
        self._store_item = store_item

    def load(self, raw: bytes) -> tuple[Any, ...]:
        groups: Iterable[Any] = iter_unpack(self._struct.format, raw[: len(raw) // self.size * self.size])
        items = (group[0] if len(group) == 1 else group for group in groups)
        return tuple(items if self._load_item is None else map(self._load_item, items))

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        try:
            items = list(value)
            if self._store_item is not None:
                items = [self._store_item(item) for item in items]
            return b"".join(
                self._struct.pack(*item) if isinstance(item, (tuple, list)) else self._struct.pack(item)
                for item in items
            )
        except (TypeError, ValueError, StructError):
            raise ValueError(self._what) from None

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return ",".join(str(item) for item in self.load(raw))

    def source(self, raw: bytes, base: int) -> str:
        return repr(raw) if len(raw) % self.size else repr(self.load(raw))
