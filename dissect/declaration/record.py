"""Records: a declared layout over bytes. Headers and options are records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from struct import error as StructError
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, dataclass_transform

from dissect.declaration import constructor, specifiers
from dissect.declaration.automatic import Variant
from dissect.declaration.changes import assign, make_automatic
from dissect.declaration.checks import check_field, check_names, check_places, check_references
from dissect.declaration.derived_fields import Derived
from dissect.declaration.domain_names import domain_name
from dissect.declaration.fields import AUTOMATIC, Field, SetOfValues
from dissect.declaration.layout import fields_above, lay_out, name_field, raw_default
from dissect.declaration.places import UNTOLD, condition_names, ends_of, is_mixed, size_at
from dissect.declaration.record_class import RecordMeta
from dissect.declaration.varints import varint
from dissect.declaration.verification import verify
from dissect.declaration.views import Drawing, view
from dissect.errors import FieldAbsentError, FieldError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["FIELDS", "Record"]

FIELDS: dict[str, list[Field]] = {}
"""Every declared field by its display-filter name."""


@dataclass_transform(
    kw_only_default=True,
    eq_default=False,
    field_specifiers=(
        specifiers.bits,
        specifiers.i8,
        specifiers.i16,
        specifiers.i32,
        specifiers.i64,
        specifiers.u8,
        specifiers.u16,
        specifiers.u24,
        specifiers.u32,
        specifiers.u64,
        specifiers.flag,
        specifiers.code,
        specifiers.flag_set,
        specifiers.mac,
        specifiers.ipv4,
        specifiers.ipv6,
        specifiers.octets,
        specifiers.text,
        domain_name,
        varint,
        specifiers.hardware_address,
        specifiers.protocol_address,
        specifiers.listing,
        specifiers.records,
        specifiers.address_list,
        specifiers.overlay,
        specifiers.word,
        specifiers.line,
        specifiers.lines,
        specifiers.digits,
    ),
)
class Record(metaclass=RecordMeta):
    """Bytes with a declared layout: `_buffer[_start:_body]` is the truth, and fields are windows on it.

    Buffers are never changed in place, so records share them freely; an assignment gives the
    record a buffer of its own. `_automatic` has a bit set for every field that is to be
    computed when the bytes are wanted.
    """

    __slots__ = ("_body", "_buffer", "_start")

    _buffer: bytes
    _start: int
    _body: int
    _automatic: int = 0
    # Slots of headers only; they are annotated here because annotations below this class are parameters.
    _end: int
    _outer: Any
    _payload: Any
    _state: tuple[bytes | None, int, dict[str, Any] | None] | None
    # One of entries, for the same reason.
    _holder: Any
    _message: bytes
    _place: int
    # The slots under the names that others read them by; see below the class.
    buffer: bytes
    own_start: int
    own_end: int
    carried_end: int

    fields: ClassVar[tuple[Field, ...]] = ()
    """The fields of the layout, in order, then the overlays."""
    derived: ClassVar[tuple[Derived, ...]] = ()
    """The fields that are computed from the others."""
    layout: ClassVar[tuple[Field, ...]] = ()
    """The fields that make up the bytes, in order: those of fixed size, then the others."""
    name: ClassVar[str] = ""
    """The short name, which begins its display-filter names."""
    title: ClassVar[str] = ""
    """The full name."""
    document: ClassVar[str] = ""
    """The document that defines the layout."""

    is_declared: ClassVar[bool] = False
    """Whether the class was made; False of one whose declaration was refused, which Python may keep for a while."""
    is_traced: ClassVar[bool] = False
    """Whether the class stands for another one: its records are traced (`dissect.wireshark.tracing`), or have sets of
    values (`dissect.declaration.several`)."""

    _told: ClassVar[tuple[Field, ...]] = ()
    """The fields that are found by name through this class, and not through one above it."""
    _by_name: ClassVar[dict[str, Field]] = {}
    least_size: ClassVar[int] = 0
    """The bytes of all fields of fixed size that are always there."""
    _head: ClassVar[int] = 0
    """The bytes in front of the first elastic field."""
    _elastic: ClassVar[tuple[Field, ...]] = ()
    """The fields whose size only a record knows, in order."""
    _behind: ClassVar[dict[str, int]] = {}
    """The bytes of fixed size behind each elastic field, by its name."""
    _decides: ClassVar[frozenset[Field]] = frozenset()
    """The fields that say whether others are there."""
    _mixed: ClassVar[bool] = False
    """Whether a record has to remember where its fields lie."""
    _computed: ClassVar[tuple[Field, ...]] = ()
    _kept: ClassVar[tuple[Field, ...]] = ()
    """The fields whose values a parsed header keeps beside its bytes."""
    _variant_number: ClassVar[int] = 0

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        for key, attribute in (("name", "name"), ("title", "title"), ("source", "document")):
            if key in options:
                setattr(cls, attribute, options.pop(key))
        if options:
            raise TypeError(f"{cls.__name__}: unknown options {', '.join(options)}")
        check_names(cls, own)
        # A base that was used already has its own constructor; every class makes one at its first use.
        cls.__init__ = cls.__mro__[-2].__init__  # type: ignore[method-assign,misc]
        above = {field.name: field for base in cls.__mro__[:0:-1] for field in base.__dict__.get("derived", ())}
        shared = {name: field for name, field in above.items() if not field.owner.name}
        inherited = {
            (field.name, field.label) for field in (*fields_above(cls), *above.values()) if field.name not in shared
        }
        computed = {name: field for name, field in own.items() if isinstance(field, Derived)}
        lay_out(cls, {name: field for name, field in own.items() if name not in computed})
        if cls.name:
            # What a class without a name declares is a field of each class below it, under that one's name.
            computed |= {name: computed.pop(name) if name in computed else copy(f) for name, f in shared.items()}
        for name, derived in computed.items():
            name_field(cls, name, derived)
            check_field(cls, derived)
        cls.derived = (*(field for name, field in above.items() if name not in computed), *computed.values())
        check_references(cls)
        check_places(cls)
        cls._mixed = is_mixed(cls.fields)
        conditional = [field for field in cls.layout if field.when is not None]
        named = {name for field in conditional for name in condition_names(field)}
        if any(callable(field.when) for field in conditional):
            named |= {field.name for field in cls.layout}
        cls._decides = frozenset(field for field in cls.layout if field.name in named)
        told: list[Field] = []
        for field in (*cls.fields, *cls.derived):
            # A field declared again is found through the class that declared it first, unless it has another name.
            if (
                cls.name
                and field.owner is cls
                and (field.label or field.also)
                and (field.name, field.label) not in inherited
            ):
                field.companions = verify(cls, field)
                told += [field, *field.companions]
        cls._told = tuple(told)

    @classmethod
    def _publish(cls) -> None:
        """Make the fields known by their names, now that nothing of the declaration was refused."""
        for field in cls._told:
            for label in (field.label, field.also):
                if label:
                    FIELDS.setdefault(label, []).append(field)
        cls.is_declared = True

    def __init__(self, *positional: Any, **values: Any) -> None:
        # Replaced, class by class, by a constructor with the declared fields as its keywords.
        constructor.complete(type(self))
        self.__init__(*positional, **values)  # type: ignore[misc]

    @classmethod
    def _refuse(cls, values: dict[str, Any], cause: Exception) -> NoReturn:
        """Raise the FieldError for the first of `values` that does not fit."""
        for name, value in values.items():
            field = cls._by_name.get(name)
            if field is None or value is AUTOMATIC or value is field.default:
                continue
            cls._store(field, value)
        if isinstance(cause, ValueError):
            raise FieldError(f"{cls.__name__}: {cause}") from None
        raise cause

    @classmethod
    def _store(cls, field: Field, value: Any) -> Any:
        """Return `value` in raw form, or raise the FieldError that says what would fit."""
        if isinstance(value, SetOfValues):
            raise FieldError(
                f"{cls.__name__}.{field.name} is {value!r}, and a set of values may only stand where a header is made: "
                "expand takes such a header"
            )
        try:
            return field.kind.store(value, field.width)
        except FieldError:
            raise
        except ValueError as reason:
            raise FieldError(f"{cls.__name__}.{field.name} is {value!r}, expected {reason}") from None

    @classmethod
    def unknown_field(cls, name: str) -> str:
        """Return the sentence about a field that does not exist, with the nearest one that does."""
        # Loaded for those who mistyped.
        from dissect.declaration.misspelt import unknown_field

        return unknown_field(cls, name)

    @classmethod
    def _not_positional(cls, value: Any) -> NoReturn:
        """Refuse a value without the name of its field."""
        given = repr(value)
        raise TypeError(
            f"{cls.__name__} takes its fields by name, and {given if len(given) < 60 else 'a value'} came without: "
            f"its fields are {', '.join(field.name for field in cls.layout)}"
        )

    def _absent(self, field: Field) -> FieldAbsentError:
        if field.when is not None and not self._has(field):
            return FieldAbsentError(f"{type(self).__name__}.{field.name} is not there: the other fields say so")
        there = self._body - self._start
        return FieldAbsentError(
            f"{type(self).__name__}.{field.name} is not there: the header was cut after {there} bytes"
        )

    def span(self, field: Field | str) -> tuple[int, int]:
        """Return (first bit, number of bits) of the field, from the start of this record.

        Raises FieldAbsentError where a cut header does not reach that far.
        """
        if isinstance(field, str):
            field = self.field(field)
        if not field.floats:
            if field.bit + field.width > 8 * (self._body - self._start):
                raise self._absent(field)
            return field.bit, field.width
        if self._mixed:
            return self._floating_span(field)
        offset = self.least_size
        for each in self._elastic:
            length = each.size_in(self)
            if each is field:
                if offset + length > self._body - self._start:
                    raise self._absent(field)
                return 8 * offset, 8 * length
            offset += length
        raise AssertionError(field)

    def _floating_span(self, field: Field) -> tuple[int, int]:
        """Return the span of a field behind others whose size only this record knows, or of one of these."""
        ends, anchor = ends_of(self), field.anchor
        if anchor > len(ends):
            raise self._absent(field)
        start = (8 * ends[anchor - 1] if anchor else 0) + field.bit
        if field.elastic:
            if anchor >= len(ends) or not self._has(field):
                raise self._absent(field)
            return start, 8 * ends[anchor] - start
        if start + field.width > 8 * (self._body - self._start):
            raise self._absent(field)
        return start, field.width

    def has(self, name: str) -> bool:
        """Whether all bytes of the field of this name are there."""
        return self.reaches(self.field(name))

    def is_filled(self) -> bool:
        """Whether the fields fill the record, and all that should be there are: lengths may say otherwise."""
        try:
            return sum(self.span(field)[1] for field in self.layout if self._has(field)) == 8 * self.own_size
        except FieldAbsentError:
            return False

    def _has(self, field: Field) -> bool:
        """Whether the field is there as far as its condition goes; a cut record may lack it all the same."""
        try:
            return field.is_there(self)
        except UNTOLD:
            return False

    def reaches(self, field: Field) -> bool:
        """Whether all bytes of the field are there."""
        if not field.floats:
            return field.bit + field.width <= 8 * (self._body - self._start)
        try:
            self.span(field)
        except FieldAbsentError:
            return False
        return True

    def places(self) -> Iterator[tuple[Field, int, int]]:
        """Yield each field of the layout that is there, its first bit and its bits, in the order of the wire."""
        return self._places_of(self.layout)

    def _places_of(self, fields: Iterable[Field]) -> Iterator[tuple[Field, int, int]]:
        for field in fields:
            try:
                first, width = self.span(field)
            except (FieldAbsentError, IndexError, StructError):
                continue
            yield field, first, width

    @classmethod
    def declares(cls, name: str) -> Field | None:
        """Return the declaration of the field of this name; None where there is none."""
        return cls._by_name.get(name)

    @classmethod
    def field(cls, name: str) -> Field:
        """Return the declaration of the field; AttributeError names the nearest when there is none."""
        field = cls._by_name.get(name)
        if field is None:
            raise AttributeError(cls.unknown_field(name))
        return field

    def raw(self, field: Field | str) -> Any:
        """Return the field's raw value, an int or bytes; automatic ones as they are now computed."""
        if isinstance(field, str):
            field = self.field(field)
        cell = field.cell or field.take_cell()
        if cell[1] and not (field.mask and self._automatic & field.mask):
            # Nearly every value is a number at a place that the class tells.
            start, last = self._start + cell[0], self._start + cell[1]
            if last > self._body:
                raise self._absent(field)
            return int.from_bytes(self._buffer[start:last], "big") >> cell[2] & cell[3]
        first, width = self.span(field)
        first += 8 * self._start
        buffer = self._buffer
        if field.mask and self._automatic & field.mask and not field.factory.own:  # type: ignore[union-attr]
            buffer, first = self.own_bytes, first - 8 * self._start
        if not field.width or field.kind.octets:
            return buffer[first // 8 : (first + width) // 8]
        last = (first + width + 7) // 8
        number = int.from_bytes(buffer[first // 8 : last], "little" if field.little else "big")
        number = number >> (8 * last - first - width) & (1 << width) - 1
        return number - (1 << width) if field.kind.signed and number >> width - 1 else number

    def _message_around(self) -> bytes:
        """Return the bytes to which values of this record may refer."""
        return self._buffer[self._start : self._body]

    def _place_in_message(self) -> int:
        """Return at which of these bytes the record begins."""
        return 0

    def _reference_faults(self, field: Field) -> Iterator[str]:
        """Yield what is wrong with what the value of a field refers to elsewhere in the message."""
        place = self._place_in_message() + self.span(field)[0] // 8
        return field.kind.faults(self.raw(field), self._message_around(), place)

    @classmethod
    def has_fixed_size(cls) -> bool:
        """Whether all records of the class are as long as their fields of fixed size, where they are whole."""
        return not cls._elastic and not cls._mixed

    def missing(self) -> int:
        """Return how many bytes of this record are not there, as far as its own length tells."""
        return 0

    @property
    def own_bytes(self) -> bytes:
        """The record's own bytes, without what it carries, the automatic fields filled in."""
        return self._buffer[self._start : self._body]

    @property
    def own_size(self) -> int:
        """How many of the record's own bytes are there; a cut one has fewer than its layout."""
        return self._body - self._start

    def _own(self) -> None:
        """Give this record a buffer of its own, before it changes."""
        self._buffer = self._buffer[self._start : self._body]
        self._start = 0
        self._body = len(self._buffer)

    _set = assign
    _reset = make_automatic

    def _pieces(self) -> dict[str, bytes]:
        """Return the bytes of each elastic field; none of one that is not there."""
        pieces: dict[str, bytes] = {}
        for each in self._elastic:
            pieces[each.name] = b""
            if self._has(each):
                first, width = self.span(each)
                start = self._start + first // 8
                pieces[each.name] = self._buffer[start : start + width // 8]
        return pieces

    def is_automatic(self, name: str) -> bool:
        """Whether the field is computed when the bytes are wanted."""
        return bool(self._automatic & self.field(name).mask)

    def has_automatic(self) -> bool:
        """Whether there are fields that are computed when the bytes are wanted."""
        return bool(self._automatic)

    def present_fields(self) -> Iterator[Field]:
        """Yield the fields that are there, overlays last; a cut header lacks some."""
        return (field for field, _, _ in self._places_of(self.fields))

    def _arguments(self) -> str:
        """Return the arguments that make this record again, those of default value left out."""
        arguments = []
        by_position = True
        for field in sorted(self.layout, key=lambda field: field.kw_only):
            if not self._has(field):
                by_position = by_position and field.kw_only
                if callable(field.when) and any(_is_measured(each) for each in self.layout):
                    # Its condition may say otherwise as long as what is measured is not known.
                    arguments.append(f"{field.name}=None")
                continue
            if self.can_be_left_out(field):
                by_position = by_position and field.kw_only
                continue
            value = field.kind.source(self.raw(field), field.base)
            # Behind one that is left out, a position would mean that one.
            arguments.append(value if by_position and not field.kw_only else f"{field.name}={value}")
        return ", ".join(arguments)

    def can_be_left_out(self, field: Field) -> bool:
        """Whether leaving the field out of a constructor gives the value that it has."""
        if field.mask:
            return bool(self._automatic & field.mask)
        is_told_by_what_is_measured = any(_is_measured(each) for each in self.layout)
        if callable(field.when) and is_told_by_what_is_measured:
            # What says that it is there may look at a length that is computed, and is left out as well.
            return False
        raw, default = self.raw(field), raw_default(field)
        if callable(field.length) and not is_told_by_what_is_measured:
            # Left out, it is filled up to the length that the others tell.
            default = default.ljust(self._size_without(field), b"\0")
        return bool(raw == default)

    def _size_without(self, field: Field) -> int:
        """Return the bytes that the others tell for a field where none of its own are there."""
        first, width = self.span(field)
        own = self.own_bytes
        try:
            return size_at(field, type(self).cut(own[: first // 8] + own[(first + width) // 8 :]), first // 8)  # type: ignore[attr-defined]
        except FieldAbsentError:
            return 0

    def replace(self, **values: Any) -> Self:
        """Return a copy with the fields changed; FieldError for an unknown name or a value that does not fit."""
        copy = self._copy()
        for name, value in values.items():
            if name not in self._by_name and name not in ("payload", "trailer"):
                raise FieldError(self.unknown_field(name))
            if value is AUTOMATIC:
                delattr(copy, name)
            else:
                setattr(copy, name, value)
        return copy

    def _copy(self) -> Self:
        raise NotImplementedError

    diagram = Drawing(
        "diagram",
        "Return the boxes of the RFC, 32 bits a row: of a class its layout, of a record its values in it.\n\n"
        "A header is drawn with all that it carries, each layer below its title.",
    )
    to_svg = Drawing("to_svg", "Return the same boxes as an SVG picture, which says in words what it shows.")
    to_mermaid = Drawing("to_mermaid", "Return the same boxes as the text of a Mermaid `packet` diagram.")

    @classmethod
    def strategy(cls, **fixed: Any) -> SearchStrategy[Self]:
        """Return a Hypothesis strategy for this class, with some fields fixed to values or strategies of their own.

        See `dissect.views.strategies.headers`. Raises MissingExtraError where Hypothesis is not
        installed, FieldError for an unknown name.
        """
        strategy: SearchStrategy[Self] = view("headers")(cls, **fixed)
        return strategy


def _is_measured(field: Field) -> bool:
    return field.factory is not None and field.factory.own and not isinstance(field.factory, Variant)


# A slot read by another name costs as little as the slot; a property would cost a call. Nobody else assigns to them.
for _public, _slot in (("buffer", "_buffer"), ("own_start", "_start"), ("own_end", "_body")):
    setattr(Record, _public, Record.__dict__[_slot])
