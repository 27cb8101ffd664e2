"""Kinds of value: how a field's raw integer or bytes become what people type and read, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    "Characters",
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
    "ObjectIdentifier",
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
    octets = False  # whether raw is bytes, also in a field of a number of bits
    item = ""  # of a list, the family of what it lists
    delimited = False  # whether the bytes themselves tell where a value of any length ends
    signed = False  # whether raw may be negative
    stays = False  # whether display filters find a value of no bytes as well
    refers = False  # whether raw may refer to other bytes of the message that it stands in

    def load(self, raw: Any) -> Any:
        """Return the value of `raw`."""
        return raw

    def store(self, value: Any, width: int) -> Any:
        """Return the raw form of `value` for a field of `width` bits (0: any length)."""
        raise NotImplementedError

    def text(self, raw: Any, base: int, digits: int) -> str:
        """Return `raw` as tshark prints it: decimal, or hexadecimal of so many digits."""
        return f"0x{raw:0{digits}x}" if base == 16 else str(raw)

    def compared(self, raw: Any) -> Any:
        """Return what display filters compare of a text."""
        return self.load(raw)

    def source(self, raw: Any, base: int) -> str:
        """Return Python that a constructor takes for `raw`."""
        return hex(raw) if base == 16 else repr(self.load(raw))

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        """Return how many bytes from `start` on are a value, of a kind that is `delimited`; -1 where they end early."""
        raise NotImplementedError

    def beginning(self, raw: Any) -> int:
        """Return how many bytes at the beginning of raw only part the value from what stands in front of it."""
        return 0

    def ending(self, raw: Any) -> int:
        """Return how many bytes at the end of raw only tell that the value ends there."""
        return 0

    def whole(self, raw: Any, message: bytes) -> Any:
        """Return raw with the bytes of the message in place of what refers to them, of a kind that `refers`.

        `message` is the header that holds the value, from its first byte on. What leads nowhere stays as it is;
        the work is bounded, whatever the message holds.
        """
        return raw

    def faults(self, raw: Any, message: bytes, place: int) -> Iterator[str]:
        """Yield what is wrong with what raw refers to; it stands at byte `place` of the message."""
        return iter(())


class Integer(Kind):
    """An unsigned number."""

    plain = True

    def store(self, value: Any, width: int) -> int:
        return self._counted(value, width)

    @staticmethod
    def _counted(value: Any, width: int, or_else: str = "") -> int:
        """Return a number that fits; ValueError says what would, and what else is taken."""
        try:
            number = index(value)
        except TypeError:
            raise ValueError(f"a whole number from 0 to {(1 << width) - 1}{or_else and ', or ' + or_else}") from None
        if not 0 <= number < 1 << width:
            raise ValueError(f"0 to {(1 << width) - 1}")
        return number


class Signed(Integer):
    """A signed number, in two's complement."""

    plain = False
    code = "int"
    signed = True

    def store(self, value: Any, width: int) -> int:
        least, most = -1 << width - 1, (1 << width - 1) - 1
        try:
            number = index(value)
        except TypeError:
            raise ValueError(f"a whole number from {least} to {most}") from None
        if not least <= number <= most:
            raise ValueError(f"{least} to {most}")
        return number


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


def _refuse_other(given: object, wanted: type) -> None:
    """Refuse, with a TypeError, what names no numbers or bits."""
    if not (isinstance(given, type) and issubclass(given, wanted)):
        raise TypeError(f"{given!r} names nothing, expected a class of {wanted.__name__}")


class Coded(Integer):
    """A number that an enumeration names."""

    plain = False

    def __init__(self, codes: type[Code]) -> None:
        _refuse_other(codes, Code)
        self.codes = codes
        self.members: dict[int, Code] = codes._value2member_map_  # type: ignore[assignment]

    def load(self, raw: int) -> Code:
        member = self.members.get(raw)
        return self.codes(int(raw)) if member is None else member

    def store(self, value: Any, width: int) -> int:
        if isinstance(value, str):
            return int(self.codes.named(value))
        return self._counted(value, width, "a name of one")

    def source(self, raw: int, base: int) -> str:
        member = self.load(raw)
        return repr(member.word) if member.known else hex(raw) if base == 16 else str(raw)


class FlagSet(Integer):
    """Bits with letters."""

    plain = False

    def __init__(self, flags: type[Flags]) -> None:
        _refuse_other(flags, Flags)
        self.flags = flags
        self.members: dict[int, Flags] = flags._value2member_map_  # type: ignore[assignment]

    def load(self, raw: int) -> Flags:
        member = self.members.get(raw)
        return self.flags(int(raw)) if member is None else member

    def store(self, value: Any, width: int) -> int:
        if isinstance(value, str):
            value = int(self.flags.read(value))
        return self._counted(value, width, f"letters of {self.flags.separator().join(self.flags.letters())!r}")

    def source(self, raw: int, base: int) -> str:
        return repr(str(self.load(raw)))


class Address(Kind):
    """An address that is text outside and a fixed number of bytes inside."""

    octets = True

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
        return hardware_address_bytes(getattr(value, "packed", value))


ProtocolAddress = _ProtocolAddress()


_LONGEST_IDENTIFIER = 128
"""The most bytes of an object identifier whose numbers are told: SMI has at most 128 numbers (RFC 2578, 3.5)."""


class _ObjectIdentifier(Address):
    """The numbers of an object identifier, "1.3.6.1", as BER writes them (ITU-T X.690, section 8.19).

    Bytes that BER would write otherwise, and more than 128 of them, stand in hexadecimal digits behind "0x".
    """

    def __init__(self) -> None:
        super().__init__(self._load, self._store, "oid")

    @classmethod
    def _load(cls, raw: bytes) -> str:
        numbers: list[int] = []
        number = 0
        for octet in raw if len(raw) <= _LONGEST_IDENTIFIER else b"":
            number = number << 7 | octet & 0x7F
            if not octet & 0x80:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2) if numbers else 0
        text = ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:]))) if numbers else ""
        return text if cls._written(text) == raw else f"0x{raw.hex()}"

    @classmethod
    def _store(cls, value: Any) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        try:
            return bytes.fromhex(value[2:]) if value.startswith("0x") else cls._written(value)
        except (ValueError, AttributeError, TypeError):
            raise ValueError('numbers with dots between them, like "1.3.6.1"') from None

    @staticmethod
    def _written(text: str) -> bytes:
        if not text:
            return b""
        first, second, *rest = map(int, text.split("."))
        if not 0 <= first <= 2 or second < 0 or (first < 2 and second > 39) or min(rest, default=0) < 0:
            raise ValueError(text)
        written = b""
        for number in (40 * first + second, *rest):
            digits = [number & 0x7F]
            while number := number >> 7:
                digits.append(number & 0x7F | 0x80)
            written += bytes(reversed(digits))
        return written


ObjectIdentifier = _ObjectIdentifier()


class Octets(Kind):
    """Bytes as they are; `empty` is what tshark prints where a field that has none is there all the same.

    Of a field of a fixed size, bytes that are too few are filled up with zeros.
    """

    code = "bytes"
    octets = True

    def __init__(self, empty: str = "") -> None:
        self.empty = empty
        self.stays = bool(empty)

    def store(self, value: Any, width: int) -> bytes:
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise ValueError(f"{width // 8} bytes" if width else "bytes")
        return _filled(bytes(value), width)

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return raw.hex() or self.empty

    def source(self, raw: bytes, base: int) -> str:
        return repr(raw)


def _filled(raw: bytes, width: int) -> bytes:
    """Return the bytes filled up with zeros to `width` bits (0: as they are); ValueError where they are too many."""
    if width and len(raw) > width // 8:
        raise ValueError(f"at most {width // 8} bytes")
    return raw.ljust(width // 8, b"\0")


class Text(Kind):
    """Text as it is, of a field that is computed."""

    code = "string"


class Characters(Kind):
    """Text in UTF-8; zeros that fill up its bytes are no part of it.

    What is no UTF-8 is kept as Python keeps it in file names (`surrogateescape`), so that no byte is lost.
    With `terminated` a zero ends the text, wherever that is; with `filled` a field has so many bytes in any case. With
    `stays` display filters find an empty text, too.
    """

    code = "string"
    octets = True

    def __init__(
        self, *, terminated: bool = False, filled: bool = False, stays: bool = False, encoding: str = "utf-8"
    ) -> None:
        self.delimited = terminated
        self.filled = filled
        self.stays = stays
        self.encoding = encoding

    def load(self, raw: bytes) -> str:
        data = raw[:-1] if self.delimited and raw.endswith(b"\0") else raw.rstrip(b"\0")
        return data.decode(self.encoding, "surrogateescape")

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw = bytes(value)
            if self.delimited and not width and (not raw.endswith(b"\0") or b"\0" in raw[:-1]):
                raise ValueError("bytes of which the last one alone is zero")
            return _filled(raw, width)
        if not isinstance(value, str):
            raise ValueError("text")
        try:
            raw = value.encode(self.encoding, "surrogateescape")
        except UnicodeEncodeError:
            raise ValueError(f"text that {self.encoding} can write") from None
        if self.delimited and not width:
            if b"\0" in raw:
                raise ValueError("text without a zero")
            return raw + b"\0"
        return _filled(raw, width)

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return raw.partition(b"\0")[0].decode(self.encoding, "replace")

    def source(self, raw: bytes, base: int) -> str:
        value = self.load(raw)
        # Of a length of its own, zeros at the end would be lost as text.
        return repr(value) if self.delimited or self.filled or not raw.endswith(b"\0") else repr(raw)

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        found = buffer.find(b"\0", start, end)
        return -1 if found < 0 else found + 1 - start


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
    octets = True

    def __init__(
        self,
        layout: str,
        what: str,
        load_item: Callable[[Any], Any] | None = None,
        store_item: Callable[[Any], Any] | None = None,
        item: str = "",
    ) -> None:
        self.item = item
        self._struct = Struct(layout)
        self.size = self._struct.size
        # How many bytes each number of a group has, where a group is nothing but numbers that stand as they are.
        is_plain = load_item is None and layout.strip("!BHIQ") == "" and layout.startswith("!")
        self.widths = tuple("BHIQ".index(code) for code in layout[1:]) if is_plain else ()
        self.widths = tuple(1 << width for width in self.widths)
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
