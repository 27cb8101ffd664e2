"""What a class body declares its fields with: numbers, flags, addresses, octets, text and lists."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.fields import AUTOMATIC, Automatic, Field
from dissect.declaration.kinds import (
    Boolean,
    Characters,
    Coded,
    FlagSet,
    HardwareAddress,
    Integer,
    IPv4Address,
    IPv6Address,
    Kind,
    MacAddress,
    Octets,
    ProtocolAddress,
    Signed,
    StructList,
)

__all__ = [
    "address_list",
    "bits",
    "code",
    "digits",
    "flag",
    "flag_set",
    "hardware_address",
    "i8",
    "i16",
    "i32",
    "i64",
    "ipv4",
    "ipv6",
    "line",
    "lines",
    "listing",
    "mac",
    "octets",
    "overlay",
    "protocol_address",
    "records",
    "text",
    "u8",
    "u16",
    "u24",
    "u32",
    "u64",
    "word",
]

_INTEGER = Integer()
_SIGNED = Signed()
_BOOLEAN = Boolean()
_OCTETS = Octets()
_ADDRESSES = {
    "ipv4": StructList("!4s", 'addresses like "192.168.0.2"', IPv4Address.load, IPv4Address._bytes, IPv4Address.code),
    "ipv6": StructList("!16s", 'addresses like "2001:db8::1"', IPv6Address.load, IPv6Address._bytes, IPv6Address.code),
    "ether": StructList(
        "!6s", 'addresses like "00:05:5d:a1:b8:40"', MacAddress.load, MacAddress._bytes, MacAddress.code
    ),
}


def bits(width: int, label: str, **options: Any) -> Any:
    """Declare an unsigned number of `width` bits."""
    return Field(width, options.pop("kind", None) or _INTEGER, label, **options)


def i8(label: str, *, default: int = 0, **options: Any) -> Any:
    """Declare a signed number of 8 bits."""
    return Field(8, _SIGNED, label, default=default, **options)


def i16(label: str, *, default: int = 0, **options: Any) -> Any:
    """Declare a signed number of 16 bits; with `little=True`, as all numbers, its low byte comes first."""
    return Field(16, _SIGNED, label, default=default, **options)


def i32(label: str, *, default: int = 0, **options: Any) -> Any:
    """Declare a signed number of 32 bits."""
    return Field(32, _SIGNED, label, default=default, **options)


def i64(label: str, *, default: int = 0, **options: Any) -> Any:
    """Declare a signed number of 64 bits."""
    return Field(64, _SIGNED, label, default=default, **options)


def u8(label: str, *, default: int = 0, factory: Automatic | None = None, **options: Any) -> Any:
    """Declare an unsigned number of 8 bits."""
    return Field(8, _INTEGER, label, default=default, factory=factory, **options)


def u16(label: str, *, default: int = 0, factory: Automatic | None = None, **options: Any) -> Any:
    """Declare an unsigned number of 16 bits."""
    return Field(16, _INTEGER, label, default=default, factory=factory, **options)


def u24(label: str, *, default: int = 0, factory: Automatic | None = None, **options: Any) -> Any:
    """Declare an unsigned number of 24 bits."""
    return Field(24, _INTEGER, label, default=default, factory=factory, **options)


def u32(label: str, *, default: int = 0, factory: Automatic | None = None, **options: Any) -> Any:
    """Declare an unsigned number of 32 bits."""
    return Field(32, _INTEGER, label, default=default, factory=factory, **options)


def u64(label: str, *, default: int = 0, factory: Automatic | None = None, **options: Any) -> Any:
    """Declare an unsigned number of 64 bits."""
    return Field(64, _INTEGER, label, default=default, factory=factory, **options)


def flag(label: str, *, default: bool = False, **options: Any) -> Any:
    """Declare a single bit that is True or False."""
    return Field(1, _BOOLEAN, label, default=default, **options)


def code(
    width: int, codes: type[Code], label: str, *, default: int = 0, factory: Automatic | None = None, **options: Any
) -> Any:
    """Declare a number of `width` bits that `codes` names."""
    return Field(width, Coded(codes), label, default=default, factory=factory, **options)


def flag_set(width: int, flags: type[Flags], label: str, *, default: int = 0, **options: Any) -> Any:
    """Declare `width` bits of flags."""
    return Field(width, FlagSet(flags), label, default=default, base=16, **options)


def mac(label: str, *, default: str = "00:00:00:00:00:00", **options: Any) -> Any:
    """Declare a MAC address of 6 bytes."""
    return Field(48, MacAddress, label, default=default, **options)


def ipv4(label: str, *, default: str = "0.0.0.0", **options: Any) -> Any:
    """Declare an IPv4 address of 4 bytes."""
    return Field(32, IPv4Address, label, default=default, **options)


def ipv6(label: str, *, default: str = "::", **options: Any) -> Any:
    """Declare an IPv6 address of 16 bytes."""
    return Field(128, IPv6Address, label, default=default, **options)


def octets(
    label: str,
    *,
    length: Callable[[Any], int] | str = "",
    size: int = 0,
    default: bytes = b"",
    kind: Kind | None = None,
    **options: Any,
) -> Any:
    """Declare bytes: `size` of them, or as many as `length` says (see `Field`).

    A value shorter than a fixed size is filled up with zeros.
    """
    return Field(8 * size, kind or _OCTETS, label, default=default, length=length, **options)


def text(
    label: str,
    *,
    length: Callable[[Any], int] | str = "",
    size: int = 0,
    terminated: bool = False,
    stays: bool = False,
    encoding: str = "utf-8",
    default: str = "",
    **options: Any,
) -> Any:
    """Declare text: in `size` bytes filled up with zeros, in as many bytes as `length` says, or up to a zero.

    `terminated` is for the last of these: the zero belongs to the field. Display filters find an empty text where it
    `stays`.
    """
    if terminated and (size or length):
        raise TypeError(f"text {label!r} is terminated by a zero, so that it has no size and no length of its own")
    kind = Characters(terminated=terminated, filled=size > 0, stays=stays, encoding=encoding)
    return Field(8 * size, kind, label, default=default, length=length, **options)


def hardware_address(label: str, *, length: Callable[[Any], int] | str, default: str = "", **options: Any) -> Any:
    """Declare a hardware address of as many bytes as `length(record)` says."""
    return Field(0, HardwareAddress, label, default=default, length=length, **options)


def protocol_address(label: str, *, length: Callable[[Any], int] | str, default: str = "", **options: Any) -> Any:
    """Declare a protocol address of as many bytes as `length(record)` says: dotted text where it has 4."""
    return Field(0, ProtocolAddress, label, default=default, length=length, **options)


def listing(kind: Kind, label: str, *, length: Callable[[Any], int] | str, default: Any = (), **options: Any) -> Any:
    """Declare a list of equal groups, or of options, in as many bytes as `length(record)` says."""
    return Field(0, kind, label, default=default, length=length, **options)


def address_list(
    label: str,
    *,
    length: Callable[[Any], int] | str,
    of: Kind = IPv4Address,
    default: Any = (),
    **options: Any,
) -> Any:
    """Declare a list of addresses in as many bytes as `length` says: IPv4 addresses, or those of another kind.

    `of` is `IPv4Address`, `IPv6Address` or `MacAddress`.
    """
    return Field(0, _ADDRESSES[of.code], label, default=default, length=length, **options)


def overlay(
    width: int,
    label: str,
    *,
    over: str,
    skip: int = 0,
    kind: Kind | None = None,
    default: Any = AUTOMATIC,
    **options: Any,
) -> Any:
    """Declare a second reading of bits that other fields hold already.

    It begins `skip` bits into the field `over`. It is no part of the layout: a constructor takes
    it in place of the fields below it, and an assignment changes their bits.
    """
    field = Field(width, kind or (_BOOLEAN if width == 1 else _INTEGER), label, default=default, over=over, **options)
    field.bit = skip
    return field


def word(
    label: str,
    *,
    end: str = " ",
    of: str = "",
    needed: bool = False,
    blanks: bool = False,
    apart: bool = True,
    encoding: str = "utf-8",
    valid: str = "",
    default: str = "",
    **options: Any,
) -> Any:
    """Declare a word of a line of text: up to `end`, a character that belongs to the field, or to the line's end.

    Where `end` is "" the next field has what parts the two.

    `needed`, `blanks`, `apart`, `of` and `valid` are those of `Word`.
    """
    # Loaded for protocols of text.
    from dissect.declaration.line_kinds import Word

    kind = Word(end, of=of, needed=needed, blanks=blanks, apart=apart, encoding=encoding, valid=valid)
    return Field(0, kind, label, default=default, length="", **options)


def digits(label: str, *, end: str = " ", most: int = 999, size: int = 0, default: int = 0, **options: Any) -> Any:
    """Declare a number in decimal digits, 0 to `most`, which is a word of a line of text.

    With `size` it has so many digits, whatever follows them, or it is not there.
    """
    from dissect.declaration.line_kinds import Digits

    return Field(0, Digits(end, most=most, size=size), label, default=default, length="", **options)


def line(
    label: str,
    *,
    of: bytes = b"",
    apart: bool = False,
    encoding: str = "utf-8",
    valid: str = "",
    default: str = "",
    **options: Any,
) -> Any:
    """Declare the rest of a line of text, with the end of the line; `valid` is a pattern of what a constructor takes.

    `of` is a pattern of the whole, its first group being the text: a line of another form is none. With `apart` a
    blank stands in front of it where it says something.
    """
    from dissect.declaration.line_kinds import RestOfLine

    kind = RestOfLine(of=of, apart=apart, encoding=encoding, valid=valid)
    return Field(0, kind, label, default=default, length="", **options)


def records(
    label: str,
    *,
    of: type[Any],
    count: str = "",
    length: Any = "",
    default: Any = (),
    clipped: bool = False,
    until: Callable[[Any], object] | None = None,
    **options: Any,
) -> Any:
    """Declare a list of records of the class `of`: as many as the field `count` says, or in `length` bytes.

    Without either it goes on to the end of the header. With both, the length tells where the list ends, and another
    number of records than the count's is a problem. A record that does not fit leaves the rest as bytes, or is there
    as far as it goes if the list is `clipped`. Of a family (`Entry`) each record has the class of its form. `until` is
    a function of a record: the first for which it is true ends the list.
    """
    kind = _list_of_records("record_lists", "RecordList")(of, count, clipped=clipped, until=until)
    return Field(0, kind, label, default=default, length=length or ("" if count or until else "rest"), **options)


def lines(label: str, *, of: type[Any], default: Any = (), **options: Any) -> Any:
    """Declare lines of the class `of`, a name and a value each, up to a blank line, which belongs to the field.

    They are given as a dictionary, or as pairs where a name comes twice, and read by name or in their order.
    """
    return Field(0, _list_of_records("lines", "LineList")(of), label, default=default, length="", **options)


def _list_of_records(module: str, name: str) -> Any:
    """Return a kind of list whose module is loaded late: records are made of what is declared here."""
    return getattr(import_module(f"dissect.declaration.{module}"), name)
