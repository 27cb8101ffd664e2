"""Options: records of kind, length and value that a header lists, kept whatever they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from dissect.declaration.automatic import Variant
from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.fields import Automatic, Field
from dissect.declaration.pending import PENDING, declare_derived
from dissect.declaration.places import extent
from dissect.declaration.problems import Problem

__all__ = ["Option", "OptionKind", "OptionLength", "OptionList", "OptionSubtype"]


EXPERIMENTAL = 254
"""The kind of an unknown option whose kind was left out (RFC 4727)."""


_FAR = 4096
"""Up to which byte of a list options that are too short know their place."""


class OptionKind(Variant):
    """The number that says which option this is; each class has its own."""


class OptionSubtype(Variant):
    """The number that says which form of an option of one kind this is; each class has its own (`subtype=`).

    A form that states none has `other`.
    """

    def __init__(self, other: int = 0) -> None:
        super().__init__()
        self.other = other

    def number_in(self, cls: type[Any]) -> int:
        return self.other if cls.subtype_number is None else int(cls.subtype_number)


class OptionLength(Automatic):
    """The length of the whole option in units of `unit` bytes, without the first `uncounted` bytes.

    An option whose length is automatic is padded with zeros to a whole unit.
    """

    own = True

    def __init__(self, unit: int = 1, *, uncounted: int = 0) -> None:
        self.unit = unit
        self.uncounted = uncounted

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        total = fixed + sum(map(len, pieces.values())) - self.uncounted
        if pieces and total % self.unit:
            last = next(reversed(pieces))
            pieces[last] += bytes(-total % self.unit)
        return -(-total // self.unit)


class Option(Entry):
    """One option of a header: a value, which cannot be changed but can be replaced.

    A subclass of a header's own option class gives `number=`; `single=True` is an option of one
    byte without length; with `runs=True` several of these in a row are one option. With `subtype=` too, it holds those
    options of the number whose field with `factory=OptionSubtype()` has this value. The class with `unknown=True` holds
    the others, and bytes that are no option at all go into the one with `malformed=True`.

    An option whose fields do not fill it is unknown, too. With `tolerant=True` it is of its class all the same: what
    stands behind its end is not there. Options of a family with `looks_around=True` know the `message` that they stand
    in, as records do. One with `apart=True` is found in those lists alone that name it (`instead=` of `OptionList`):
    what the kind means there differs from what it means elsewhere.

    Without a field with `factory=OptionLength()` in the family, each option is as long as the fields of its class.
    """

    __slots__ = ()

    number: ClassVar[int | None] = None
    subtype_number: ClassVar[int | None] = None
    has_forms: ClassVar[bool] = False
    """Whether classes with subtypes of their own may stand for options of this one's kind."""
    single: ClassVar[bool] = False
    runs: ClassVar[bool] = False
    tolerant: ClassVar[bool] = False
    looks_around: ClassVar[bool] = False
    last: ClassVar[bool] = False
    """Whether what follows this option is not read as options (end of list)."""
    malformed: ClassVar[bool] = False
    _variant_number: ClassVar[int] = 0
    is_apart: ClassVar[bool] = False
    """Whether the class is found in those lists alone that name it, and by the bytes of others of its kind."""
    _looks: ClassVar[bool] = False
    """Whether options of the class look at their bytes to tell which class reads them."""
    _registry: ClassVar[dict[int, type[Option]]] = {}
    _apart: ClassVar[list[type[Option]]] = []
    _subtypes: ClassVar[dict[int, tuple[Field, dict[int, type[Option]]]]] = {}
    _unknown_class: ClassVar[type[Option]]
    _malformed_class: ClassVar[type[Option]]

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        for key in ("number", "single", "runs", "tolerant", "looks_around", "last", "malformed"):
            if key in options:
                setattr(cls, key, options.pop(key))
        cls.is_apart = options.pop("apart", False)
        family, unknown = options.pop("family", False), options.pop("unknown", False)
        cls.subtype_number = options.pop("subtype", None)
        cls._variant_number = EXPERIMENTAL if cls.number is None else cls.number
        cls._looks = any("of_bytes" in base.__dict__ for base in cls.__mro__ if base.__name__ != "Option")
        super()._declare(own, options)
        cls.has_forms = cls.subtype_number is None and any(
            isinstance(field.factory, OptionSubtype) for field in cls.layout
        )
        told = next((field for field in cls.layout if isinstance(field.factory, OptionKind)), None)
        if cls.number is None and told is not None and told.width < EXPERIMENTAL.bit_length():
            # The last but one, as that is.
            cls._variant_number = (1 << told.width) - 2
        # Others may stand between the family and the class.
        parent: Any = next(base for base in cls.__mro__ if "_registry" in base.__dict__)
        if family:
            cls._registry, cls._apart, cls._subtypes = {}, [], {}
        elif cls.malformed:
            parent._malformed_class = cls
        elif unknown:
            parent._unknown_class = cls
        elif cls.number is not None and cls.subtype_number is not None:
            subtype = next((field for field in cls.layout if isinstance(field.factory, OptionSubtype)), None)
            if subtype is None:
                raise TypeError(f"{cls.__name__} has subtype= and no field with factory=OptionSubtype() that tells it")
            cls._subtypes.setdefault(cls.number, (subtype, {}))[1][cls.subtype_number] = cls
        elif cls.is_apart:
            parent._apart.append(cls)
        elif cls.number is not None:
            cls._registry[cls.number] = cls

    @classmethod
    def of_number(cls, number: int) -> type[Option] | None:
        """Return the class of this family for options of this kind; None where there is none."""
        return cls._registry.get(number)

    @classmethod
    def by_number(cls) -> dict[int, type[Option]]:
        """Return the classes of this family by the kinds of their options."""
        return dict(cls._registry)

    @classmethod
    def _subtype_of(cls, kind: int, raw: bytes, start: int, stop: int) -> type[Option] | None:
        """Return the class for the subtype of the option between these bytes; None where it has none of its own."""
        field, forms = cls._subtypes[kind]
        first, last = start + field.bit // 8, start + (field.bit + field.width + 7) // 8
        if last > stop:
            return None
        number = int.from_bytes(raw[first:last], "big") >> -(field.bit + field.width) % 8
        return forms.get(number & (1 << field.width) - 1)

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class that reads an option whose kind this class has: itself, unless its bytes tell another.

        To be overridden where no number tells the forms apart, but lengths or a magic value do. It may not raise.
        """
        return cls

    @classmethod
    def fits(cls, raw: bytes, start: int, stop: int) -> bool:
        """Whether the option between these bytes can be of this class: its fields fill it, or it is tolerant."""
        if cls.tolerant:
            return True
        if cls._mixed:
            option = object.__new__(cls)
            option._automatic = 0
            return extent(option, raw, start, stop) == stop
        rest = stop - start - cls.least_size
        variable = next((field for field in cls.layout if not field.width), None)
        if variable is None:
            return rest == 0
        return rest >= 0 and rest % getattr(variable.kind, "size", 1) == 0

    def can_be_left_out(self, field: Field) -> bool:
        if isinstance(field.factory, OptionSubtype):
            return bool(self.raw(field) == field.factory.number_in(type(self)))
        if isinstance(field.factory, OptionKind):
            return bool(self.number is not None and self.raw(field) == self.number)
        if isinstance(field.factory, OptionLength):
            return bool(self.raw(field) * field.factory.unit + field.factory.uncounted == len(self))
        return super().can_be_left_out(field)

    @classmethod
    def _usual_title(cls) -> str:
        return cls.title

    def _adds_up(self) -> bool:
        # An option is as long as it says, and a tolerant one may say something else than its fields.
        return not self.tolerant or self.is_filled()

    @property
    def copied(self) -> bool:
        """Whether every fragment carries this option (the top bit of an IPv4 option's type, RFC 791)."""
        return bool(self._buffer[self._start] & 0x80)

    def problems(self) -> Iterator[Problem | str]:
        """Yield what is wrong with this option; a sentence alone where display filters have no name for it."""
        yield from super().problems()
        for field in self.layout if self.subtype_number is not None else ():
            if isinstance(field.factory, OptionSubtype) and self.reaches(field):
                found, own = self.raw(field), field.factory.number_in(type(self))
                if found != own:
                    yield f"has {field.name} {found}, expected {own}"
        if self.malformed:
            yield "is no well-formed option"
        elif self._lacks_fields():
            yield "ends before its fields do"

    def is_short(self) -> bool:
        return (self.malformed and self.ends_early) or super().is_short()


def _window(cls: type[Option], raw: bytes, start: int, stop: int) -> Option:
    """Return the option between these bytes; of one that is too short, no field is to be read from what is behind."""
    if not cls.tolerant or stop - start >= cls._head:
        return cls._from(raw, start, stop)
    # What is in front of it keeps its place; in a long list, that of all such options would take too much memory.
    return cls._from(raw[:stop], start, stop) if stop <= _FAR else cls._from(raw[start:stop], 0, stop - start)


class OptionList(EntryList):
    """A header's options: read to the last byte, whatever they hold, and written as they were.

    With `clipped` an option that says that it is longer than what is there goes to the end, and else it is none. With
    `to_last` the list ends behind the first option of a class that is the `last`, or with the header; it needs no
    length, and the options of the family have one.
    `instead` are the classes of kinds that have a meaning of their own in this list: a server's answer to an extension.

    With `padding`, a class of entries of one field, each option is followed by such an entry up to a multiple of
    `padded` bytes, which its length does not count. Where options are given, those without such an entry get zeros; an
    empty one behind the last says that it has none.
    """

    family: type[Option]

    def __init__(
        self,
        family: type[Option],
        *,
        clipped: bool = False,
        to_last: bool = False,
        instead: Mapping[int, type[Option]] | None = None,
        padded: int = 1,
        padding: type[Entry] | None = None,
    ) -> None:
        self.family = family
        self.padded = padded
        self.padding: Any = padding
        self.delimited = to_last
        self.clipped = clipped
        self._instead = dict(instead or {})
        # The one without a meaning of its own has nothing but what all of them have.
        layout = family._unknown_class.layout
        self.kind_field = next(field for field in layout if isinstance(field.factory, OptionKind))
        self.length_field = next((field for field in layout if isinstance(field.factory, OptionLength)), None)
        telling = [self.kind_field, *([] if self.length_field is None else [self.length_field])]
        self.length: Any = None if self.length_field is None else self.length_field.factory
        # What must be there of an option for its kind and length to be known.
        self.head = max(max(field.bit + field.width + 7 for field in telling) // 8, family._unknown_class.least_size)
        self.in_two_bytes = [(field.bit, field.width) for field in telling] == [(0, 8), (8, 8)]

    def classes(self) -> tuple[type[Option], ...]:
        """Return the classes that its options may have."""
        forms = (cls for _, forms in self.family._subtypes.values() for cls in forms.values())
        return (*self.family._registry.values(), *self._instead.values(), *forms)

    def possible(self) -> tuple[type[Option], ...]:
        """Return the classes that its options may have, with those that only their bytes tell."""
        return (*self.classes(), *self.family._apart)

    def _of_number(self, kind: int) -> type[Option] | None:
        """Return the class for options of this kind in this list; None where there is none."""
        return self._instead.get(kind) or self.family._registry.get(kind)

    def lists_one_of(self, classes: tuple[type[Any], ...]) -> bool:
        return self.padding in classes or super().lists_one_of(classes)

    def load(self, raw: bytes, missing: int = 0) -> tuple[Option, ...]:
        """Return the options in `raw`; every byte belongs to one of them.

        Of the list, `missing` bytes are not there, for its header was cut: then the last option may be cut, too.
        """
        if raw.__class__ is not bytes and hasattr(raw, "entries"):
            # It stands for the options of a packet that is traced (`dissect.wireshark.tracing`).
            return raw.entries()  # type: ignore[no-any-return]
        if self.length_field is None:
            return tuple(self._load_by_class(raw, missing))
        family, class_of = self.family, self._of_number if self._instead else self.family._registry.get
        unit, uncounted, head = self.length.unit, self.length.uncounted, self.head
        options: list[Any] = []
        start, end = 0, len(raw)
        while start < end:
            kind, units = self._head_of(raw, start, end)
            cls = class_of(kind)
            if (cls is None or cls.has_forms) and PENDING and declare_derived(family, kind):
                cls = class_of(kind)
            if cls is not None and cls.single:
                stop = end if cls.last else start + 1
                while cls.runs and stop < end and raw[stop] == kind:
                    stop += 1
                options.append(cls._from(raw, start, stop))
                start = stop
                continue
            length = units * unit + uncounted if start + head <= end else 0
            stop = start + length
            if self.clipped and length >= head:
                stop = min(stop, end)
            if end < stop <= end + missing or end - head < start < end < end + missing:
                options.append((cls or family._unknown_class)._from(raw, start, end))
                break
            if length < head or stop > end:
                options.append(family._malformed_class._from(raw, start, end))
                break
            if cls is not None and cls.last:
                # What stands behind it is no option.
                stop = end
            if cls is not None and cls._looks:
                cls = cls.of_bytes(raw[start:stop])
            form = family._subtype_of(kind, raw, start, stop) if kind in family._subtypes else None
            if form is not None and form.fits(raw, start, stop):
                cls = form
            elif cls is None or not cls.fits(raw, start, stop):
                cls = family._unknown_class
            options.append(_window(cls, raw, start, stop))
            start, stop = stop, min(stop + -length % self.padded, end)
            if start < stop:
                options.append(self.padding._from(raw, start, stop))
                start = stop
        return tuple(options)

    def store(self, value: Any, width: int) -> bytes:
        if (
            self.padding is None
            or not isinstance(value, Iterable)
            or isinstance(value, (bytes, bytearray, memoryview, str))
        ):
            return super().store(value, width)
        given = list(value)
        filled: list[Any] = []
        for item, behind in zip(given, [*given[1:], None], strict=False):
            filled.append(bytes(item) if isinstance(item, self.padding) else item)
            if isinstance(item, Option) and not item.malformed and not isinstance(behind, self.padding):
                filled.append(bytes(-len(item) % self.padded))
        return super().store(filled, width)

    def items(self, raw: bytes, record: Any = None) -> tuple[Any, ...]:
        found = super().items(raw, record)
        last = found[-1] if found and self.padding is not None else None
        is_bare = isinstance(last, Option) and not last.malformed and len(last) % self.padded
        return (*found, self.padding()) if is_bare else found

    def item_source(self, item: Any) -> str:
        """Return Python for an item of a list: several of one byte in a row, one option, are as many again."""
        text = super().item_source(item)
        return f"*[{text}] * {len(item)}" if isinstance(item, Option) and item.runs and len(item) > 1 else text

    def extent_in(self, record: Any, start: int) -> int:
        """Return the bytes from `start` on up to the end of the last option; all where none says that it is."""
        raw = record._buffer[record._start + start : record._body]
        place, length = 0, self.length
        while place + self.head <= len(raw):
            kind, units = self._head_of(raw, place, len(raw))
            place += max(units * length.unit + length.uncounted, self.head)
            cls = self.family.of_number(kind)
            if cls is not None and cls.last:
                return min(int(place), len(raw))
        return len(raw)

    def entries(self, record: Any, raw: bytes) -> tuple[Entry, ...]:
        """Return the options of a list that is part of this record; some know the message that they stand in."""
        found = super().entries(record, raw)
        if self.family.looks_around:
            self.settle(record, found)
        return found

    def _load_by_class(self, raw: bytes, missing: int) -> Iterator[Option]:
        """Yield the options in `raw`, each as long as the fields of the class that its kind tells."""
        family, kind = self.family, self.kind_field
        if PENDING:
            declare_derived(family)
        start, end, head = 0, len(raw), (kind.bit + kind.width + 7) // 8
        while start < end:
            number = int.from_bytes(raw[start : start + head], "big") >> -(kind.bit + kind.width) % 8
            number &= (1 << kind.width) - 1
            cls = family._registry.get(number, family._unknown_class) if start + head <= end else family._unknown_class
            form = family._subtype_of(number, raw, start, end) if number in family._subtypes else None
            for each in (form, cls, family._unknown_class):
                if each is None:
                    continue
                option = object.__new__(each)
                option._automatic = 0
                stop = extent(option, raw, start, end)
                if stop > start:
                    while each.runs and stop < end and raw[stop] == number:
                        stop += 1
                    option._body = stop
                    yield option
                    break
                if missing:
                    # Its header is cut, and so is this one.
                    yield each._from(raw, start, end)
                    return
            else:
                yield family._malformed_class._from(raw, start, end)
                return
            start = end if cls.last else stop
            if start > stop:
                option._body = end

    def told_by(self, option: Any) -> int:
        """Return where the bytes end that tell the class and the length of an option of this list."""
        raw, start, end = option.buffer, option.own_start, option.own_end
        if not isinstance(option, Option):
            # The option in front of the padding tells.
            return int(start)
        if option.runs:
            # The byte behind it tells that it ends.
            return int(min(end + 1, len(raw)))
        if option.single:
            return int(start) + 1
        kind, _ = self._head_of(raw, start, end)
        field, forms = self.family._subtypes.get(kind, (self.kind_field, {}))
        classes = (self._of_number(kind), *forms.values())
        if any(cls is not None and (cls._looks or (cls._mixed and not cls.tolerant)) for cls in classes):
            # Whether its fields fill it, all of them tell.
            return int(end)
        return int(min(start + max(self.head, (field.bit + field.width + 7) // 8), end))

    def _head_of(self, raw: bytes, start: int, end: int) -> tuple[int, int]:
        """Return kind and length field of the option that begins at `start`; 0 for what is not there."""
        if self.in_two_bytes:
            return raw[start], raw[start + 1] if start + 1 < end else 0
        head = raw[start : start + self.head]
        number = int.from_bytes(head.ljust(self.head, b"\0"), "big")
        kind, length = (
            number >> 8 * self.head - field.bit - field.width & (1 << field.width) - 1
            for field in (self.kind_field, self.length_field or self.kind_field)
        )
        return (kind, length) if len(head) == self.head else (-1, 0)
