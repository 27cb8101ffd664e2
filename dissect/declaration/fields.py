"""Fields: what a declaration says about each piece of a header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.kinds import Address as AddressKind
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
from dissect.errors import FieldAbsentError

if TYPE_CHECKING:
    from dissect.declaration.problems import Problem

__all__ = [
    "AUTOMATIC",
    "Address",
    "Automatic",
    "Coding",
    "Derived",
    "Expert",
    "Field",
    "Flagging",
    "Listing",
    "address_list",
    "bits",
    "code",
    "derived",
    "expert",
    "flag",
    "flag_set",
    "hardware_address",
    "i8",
    "i16",
    "i32",
    "i64",
    "ipv4",
    "ipv6",
    "listing",
    "mac",
    "octets",
    "overlay",
    "protocol_address",
    "text",
    "u8",
    "u16",
    "u24",
    "u32",
    "u64",
]


class _Automatic:
    """The value of a field that is left to be computed when the frame is built."""

    def __repr__(self) -> str:
        return "AUTOMATIC"


AUTOMATIC: Any = _Automatic()


class Automatic:
    """What computes a field that was left out; the subclasses stand in `automatic`.

    `own` says that the value depends on nothing but the header itself, so that it is stored at once;
    the others are filled in when the bytes of the payload are known.
    """

    own = False
    last = False
    tells = False
    """Whether it is how long other fields are, or how many there are in one."""

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        """Return the number that a header of `fixed` bytes and these pieces of variable length stores."""
        raise NotImplementedError

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield what is wrong with the field of a parsed header."""
        return iter(())

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        """Return the raw value for `field` of `record`, whose bytes so far are `header`."""
        raise NotImplementedError

    def expression(self, name: str) -> str:
        """Return Python for the same value, from `self`, `header`, `body` and `network`; quicker where it can be."""
        return f"fill_{name}(self, header, body, network, field_{name})"


When: TypeAlias = str | Mapping[str, int] | Callable[[Any], object] | None
"""What says whether a field is there: a field that is not 0, fields with their values, or a function of the record."""


class Field:
    """One declared field: where it lies, what it means, and its name in display filters.

    `width` is in bits; 0 is a field of variable length. Its `length` is the name of the field that tells it, a
    function of the record that returns bytes, or "rest" for what the header's own length leaves; a kind that is
    `delimited` needs none. With `when` the field is there only where the others say so: where the field of that name
    is not 0, the fields of those names have those values, or a function of the record is true.

    Fields stand in the order of their declaration. Those of variable length and those with `when` are *elastic*:
    `anchor` is how many of these stand in front, and `bit` counts from the end of the last one, or from the start of
    the header. A field that is elastic or stands behind one *floats*: only a record knows its place.

    `label` is the    display-filter name, `digits` the hexadecimal digits that Wireshark prints, `scale` what the
    raw value is multiplied by where Wireshark shows bytes for words. `wrong` is the display-filter
    name of the problem that the value is not one that may stand there; `within` ends that of the field
    below which this one stands in the details, where its bits do not tell.
    """

    __slots__ = (
        "also",
        "anchor",
        "base",
        "bit",
        "companions",
        "default",
        "digits",
        "doc",
        "expected",
        "factory",
        "floats",
        "kind",
        "kw_only",
        "label",
        "length",
        "little",
        "mask",
        "name",
        "over",
        "owner",
        "scale",
        "title",
        "when",
        "width",
        "within",
        "wrong",
    )

    def __init__(
        self,
        width: int,
        kind: Kind,
        label: str,
        *,
        default: Any = 0,
        factory: Automatic | None = None,
        title: str = "",
        doc: str = "",
        base: int = 10,
        size: int = 0,
        scale: int = 1,
        also: str = "",
        length: Callable[[Any], int] | str = "",
        kw_only: bool = True,
        expected: int | None = None,
        over: str = "",
        wrong: str = "",
        within: str = "",
        little: bool = False,
        when: When = None,
    ) -> None:
        self.width = width
        self.kind = kind
        self.label = label
        self.default = default
        self.factory = factory
        self.title = title
        self.doc = doc
        self.base = base
        self.digits = (size or width + -width % 8) // 4
        self.scale = scale
        self.also = also
        self.length = length
        self.kw_only = kw_only
        self.expected = expected
        self.over = over
        self.wrong = wrong
        self.within = within
        self.little = little
        self.when = when
        self.anchor = 0
        self.floats = False
        self.bit = 0
        self.mask = 0  # this field's bit in a record's set of automatic fields
        self.name = ""
        self.owner: type[Any] | None = None
        # What display filters find beside a field of the class: of a checksum, whether it is right.
        self.companions: tuple[Derived, ...] = ()

    def values(self, record: Any) -> list[Any]:
        """Return the field's raw values in `record`: one, or none where a cut header does not reach it."""
        try:
            return [self.whole(record)]
        except FieldAbsentError:
            return []

    def whole(self, record: Any) -> Any:
        """Return the field's raw value in `record`, with what it refers to elsewhere in the message."""
        raw = record.raw(self)
        return self.kind.whole(raw, record._message_around()) if self.kind.refers else raw

    def __repr__(self) -> str:
        owner = self.owner.__name__ if self.owner else "?"
        return f"<Field {owner}.{self.name} {self.label!r}>"

    @property
    def elastic(self) -> bool:
        """Whether only a record knows how many bytes the field has."""
        return not self.width or self.when is not None

    @property
    def place(self) -> tuple[int, int]:
        """What the fields of a class, and their overlays, are sorted by to stand in the order of the wire."""
        return self.anchor, self.bit

    def overlaps(self, other: Field) -> bool:
        """Whether the two have bits in common, as far as the class tells."""
        return self.anchor == other.anchor and self.bit < other.bit + other.width and other.bit < self.bit + self.width

    def holds(self, other: Field) -> bool:
        """Whether all bits of the other field are this one's too, as far as the class tells."""
        return (
            bool(self.width and other.width)
            and self.anchor == other.anchor
            and self.bit <= other.bit
            and other.bit + other.width <= self.bit + self.width
        )

    def is_there(self, record: Any) -> bool:
        """Whether the record has the field, as its other fields say (`when`)."""
        when = self.when
        if when is None:
            return True
        if isinstance(when, str):
            return bool(record.raw(when))
        if isinstance(when, Mapping):
            return all(record.raw(name) == value for name, value in when.items())
        return bool(when(record))

    def size_in(self, record: Any) -> int:
        """Return the bytes of this field of variable length in `record`, as its other fields tell."""
        if callable(self.length):
            return max(int(self.length(record)), 0)
        if self.length == "rest":
            return max(int(record._body - record._start - record.least_size), 0)
        measure = record.field(self.length)
        size = getattr(measure.factory, "size", None)
        return int(record.raw(measure)) if size is None else max(int(size(record.raw(measure))), 0)

    def text(self, raw: Any) -> str:
        """Return the raw value as Wireshark prints the field alone."""
        return self.kind.text(raw * self.scale if self.scale != 1 else raw, self.base, self.digits)


_Value = TypeVar("_Value")


class Derived(Field):
    """A field that is computed: a function of its record gives the value.

    None means that the record has none, a list several of them. The function may return the value as declared
    fields of this kind give it, or in raw form; the attribute in Python is what declared ones are, an address text. A
    cut header that lacks what the function looks at has none either. `at` tells of a record the first byte of what
    the value is computed from, counted from the record's start, and how many bytes that is, or is None; a field that
    is computed from one other alone names that one with `over`. `with_options` says that only a header with options
    can have it, `when_zero` that only one whose field of this name is 0 can.
    """

    __slots__ = ("at", "function", "when_zero", "with_options")

    def __init__(
        self,
        function: Callable[[Any], Any],
        width: int,
        kind: Kind,
        label: str,
        *,
        at: Callable[[Any], tuple[int, int] | None] | None = None,
        with_options: bool = False,
        when_zero: str = "",
        **options: Any,
    ) -> None:
        super().__init__(width, kind, label, **options)
        self.at = at
        self.function = function
        self.with_options = with_options
        self.when_zero = when_zero

    def values(self, record: Any) -> list[Any]:
        """Return the values that the function gives."""
        try:
            value = self.function(record)
        except FieldAbsentError:
            return []
        if value is None:
            return []
        found = list(value) if isinstance(value, list) else [value]
        if self.kind.octets:
            return [self.kind.store(each, 0) if isinstance(each, str) else each for each in found]
        return found

    def given(self, record: Any) -> Any:
        """Return what the attribute in Python gives: the function's value, in the form of declared fields."""
        value = self.function(record)
        if not isinstance(self.kind, AddressKind):
            return value
        load = self.kind.load
        if isinstance(value, list):
            return [load(each) if isinstance(each, bytes) else each for each in value]
        return load(value) if isinstance(value, bytes) else value

    def bytes_in(self, record: Any) -> tuple[int, int] | None:
        """Return the first byte, from the record's start, of what the value is computed from, and how many there are.

        None where the declaration does not tell. Raises FieldAbsentError where they are not there.
        """
        if self.at is not None:
            return self.at(record)
        if not self.over:
            return None
        first, width = record.span(self.over)
        return (first // 8, width // 8) if width else None


def derived(
    label: str, *, kind: Kind | None = None, width: int = 32, **options: Any
) -> Callable[[Callable[[Any], _Value]], _Value]:
    """Declare a method as a field that is computed: a property in Python, a name in filters."""

    def declare(function: Callable[[Any], _Value]) -> _Value:
        field: Any = Derived(function, width, kind or _INTEGER, label, doc=function.__doc__ or "", **options)
        return field  # type: ignore[no-any-return]

    return declare


class Expert(Derived):
    """The name by which display filters find problems of one kind: 1 for each that a record has."""

    __slots__ = ()

    def values(self, record: Any) -> list[int]:
        """Return 1 for each problem of the record that bears this name."""
        return [1 for name in record.problem_names() if name == self.label]


def expert(label: str, title: str) -> Any:
    """Declare the display-filter name that some problems of the record bear (`problem(..., name=label)`).

    In Python the attribute tells whether there is one.
    """

    def there(record: Any) -> bool:
        return bool(field.values(record))

    field = Expert(there, 1, _BOOLEAN, label, title=title)
    return field


_Member = TypeVar("_Member", bound=Code, covariant=True)
_Item = TypeVar("_Item")
_FlagsType = TypeVar("_FlagsType", bound=Flags, covariant=True)


# What follows is for type checkers: a field that takes more than it gives is annotated with one of
# these, whose __get__ and __set__ say so. At run time the declaration puts properties in their place.


class Coding(Generic[_Member]):
    """The type of an enumerated field: gives the enumeration's member, takes a number or a name."""

    def __get__(self, record: object, owner: Any = None) -> _Member:
        raise NotImplementedError

    def __set__(self, record: object, value: int | str) -> None:
        raise NotImplementedError


class Flagging(Generic[_FlagsType]):
    """The type of a field of flags: gives the flags, takes a number or letters."""

    def __get__(self, record: object, owner: Any = None) -> _FlagsType:
        raise NotImplementedError

    def __set__(self, record: object, value: int | str) -> None:
        raise NotImplementedError


class Listing(Generic[_Item]):
    """The type of a list: gives a tuple, takes anything that iterates over such items, or bytes."""

    def __get__(self, record: object, owner: Any = None) -> tuple[_Item, ...]:
        raise NotImplementedError

    def __set__(self, record: object, value: Iterable[_Item] | bytes) -> None:
        raise NotImplementedError


class Address:
    """The type of an address: gives text, takes text, bytes or an integer."""

    def __get__(self, record: object, owner: Any = None) -> str:
        raise NotImplementedError

    def __set__(self, record: object, value: str | bytes | int) -> None:
        raise NotImplementedError


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
    encoding: str = "utf-8",
    default: str = "",
    **options: Any,
) -> Any:
    """Declare text: in `size` bytes filled up with zeros, in as many bytes as `length` says, or up to a zero.

    `terminated` is for the last of these: the zero belongs to the field.
    """
    if terminated and (size or length):
        raise TypeError(f"text {label!r} is terminated by a zero, so that it has no size and no length of its own")
    kind = Characters(terminated=terminated, filled=size > 0, encoding=encoding)
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
