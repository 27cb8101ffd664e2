"""Fields: what a declaration says about each piece of a header."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from dissect.declaration.kinds import Kind
from dissect.errors import FieldAbsentError

if TYPE_CHECKING:
    from dissect.declaration.problems import Problem

__all__ = ["AUTOMATIC", "Automatic", "Field", "SetOfValues", "When"]


class _Automatic:
    """The value of a field that is left to be computed when the frame is built."""

    def __repr__(self) -> str:
        return "AUTOMATIC"


AUTOMATIC: Any = _Automatic()


class SetOfValues:
    """What a constructor of a header takes in the place of one value: several, of which frames have one each."""

    __slots__ = ()


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

    def counted(self, cls: type[Any], field: Field, pieces: dict[str, bytes]) -> tuple[int, dict[str, bytes]]:
        """Return what `measure` is given for `field` of a class: how many bytes are fixed, and those that vary."""
        return cls.least_size, pieces

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield what is wrong with the field of a parsed header."""
        return iter(())

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        """Return the raw value for `field` of `record`, whose bytes so far are `header`."""
        raise NotImplementedError

    def expression(self, name: str) -> str:
        """Return Python for the same value; quicker where it can be.

        It is made of `self`, of `number` and `size`, the header's bytes so far as one number and how many they are, of
        `body`, what the header carries, and of `network`.
        """
        return f"fill_{name}(self, bytearray(number.to_bytes(size, 'big')), body, network, field_{name})"


When: TypeAlias = str | Mapping[str, int] | Callable[[Any], object] | None
"""What says whether a field is there: a field that is not 0, fields with their values, or a function of the record."""


def field_of(cls: Any, name: str) -> Field | None:
    """Return the field of a class of records that has this name; None where none has."""
    return cls._by_name.get(name)  # type: ignore[no-any-return]  # it has no type here


class Field:
    """One declared field: where it lies, what it means, and its name in display filters.

    `width` is in bits; 0 is a field of variable length. Its `length` is the name of the field that tells it, a
    function of the record that returns bytes, or "rest" for what the header's own length leaves; a kind that is
    `delimited` needs none. With `when` the field is there only where the others say so: where the field of that name
    is not 0, the fields of those names have those values, or a function of the record is true.

    Fields stand in the order of their declaration. Those of variable length and those with `when` are *elastic*:
    `anchor` is how many of these stand in front, and `bit` counts from the end of the last one, or from the start of
    the header. A field that is elastic or stands behind one *floats*: only a record knows its place.

    `label` is the display-filter name, `digits` the hexadecimal digits that Wireshark prints, `scale` what the
    raw value is multiplied by where Wireshark shows bytes for words. `wrong` is the display-filter
    name of the problem that the value is not one that may stand there; `within` ends that of the field
    below which this one stands in the details, where its bits do not tell. A parsed header keeps the value of a field
    that is `kept` beside its bytes, for what nearly every program asks for; that costs memory for each header.
    `varies` is for values that are others whenever the same is done again: "transaction-ids" for numbers that an answer
    repeats, "varying" for the rest (lease times, dates, random numbers); goldens can leave that out. A function of the
    record tells it where that depends on what stands beside the value.
    """

    __slots__ = (
        "also",
        "anchor",
        "base",
        "bit",
        "cell",
        "companions",
        "default",
        "digits",
        "doc",
        "expected",
        "factory",
        "floats",
        "kept",
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
        "varies",
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
        kept: bool = False,
        varies: str | Callable[[Any], str] = "",
    ) -> None:
        given: tuple[object, object] = (width, label)
        if not (isinstance(given[0], int) and isinstance(given[1], str)):
            raise TypeError(
                f"a field has the width {width!r} and the label {label!r}, expected bits, and a text behind"
            )
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
        self.kept = kept
        self.varies = varies
        self.anchor = 0
        self.cell: tuple[int, int, int, int] | None = None
        self.floats = False
        self.bit = 0
        self.mask = 0  # this field's bit in a record's set of automatic fields
        self.name = ""
        self.owner: type[Any] | None = None
        # What display filters find beside a field of the class: of a checksum, whether it is right.
        self.companions: tuple[Field, ...] = ()

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

    def __copy__(self) -> Self:
        # Sights copy hundreds of fields. What `copy` does by itself finds the slots out each time, and takes longer.
        cls: Any = type(self)
        made: Self = object.__new__(cls)
        for slot in _slots_of(cls):
            if hasattr(self, slot):
                setattr(made, slot, getattr(self, slot))
        return made

    def __repr__(self) -> str:
        owner = self.owner.__name__ if self.owner else "?"
        return f"<Field {owner}.{self.name} {self.label!r}>"

    @property
    def elastic(self) -> bool:
        """Whether only a record knows how many bytes the field has."""
        return not self.width or self.when is not None

    @property
    def is_read_in_place(self) -> bool:
        """Whether the raw value is the field's bits as they stand, at the same place in every record of the class."""
        return not (self.floats or self.little or self.kind.signed)

    def take_cell(self) -> tuple[int, int, int, int]:
        """Note the bytes in which a number stands, from the start of its record, and its bits there: shift and mask.

        All are 0 for other values. To be called once the class that has the field is made.
        """
        last = (self.bit + self.width + 7) // 8
        is_number = self.is_read_in_place and self.width and not self.kind.octets
        shift = 8 * last - self.bit - self.width
        self.cell = (self.bit // 8, last, shift, (1 << self.width) - 1) if is_number else (0, 0, 0, 0)
        return self.cell

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

    def found_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Return what gives the field, and what it is called with; None of a field that stands in no class."""
        return None if self.owner is None else (field_of, (self.owner, self.name))

    def text(self, raw: Any) -> str:
        """Return the raw value as Wireshark prints the field alone."""
        return self.kind.text(raw * self.scale if self.scale != 1 else raw, self.base, self.digits)


@cache
def _slots_of(cls: type[Any]) -> tuple[str, ...]:
    """Return the names of all that fields of a class hold; each class of fields names its own as slots."""
    return tuple(slot for base in cls.__mro__ for slot in base.__dict__.get("__slots__", ()))
