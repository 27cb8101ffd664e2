"""Records that a header lists: values of a declared class, one behind the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, ClassVar, NoReturn, Self

from dissect.declaration.automatic import LengthBehind, Variant
from dissect.declaration.constructor import FILL_IN
from dissect.declaration.fields import Field
from dissect.declaration.kinds import Kind
from dissect.declaration.layout import measure, patched
from dissect.declaration.problems import Problem
from dissect.declaration.record import Record
from dissect.declaration.specifiers import octets
from dissect.errors import FieldAbsentError, FieldError

__all__ = ["Entry", "EntryList", "Unread", "lists_end_early", "lists_in"]


class Entry(Record):
    """One record of a list: a value, which cannot be changed but can be replaced.

    Its fields have places of their own, and names in display filters where the class has a `name`.

    Records whose form a number tells are a family: the class that has `family=True` declares what all of them begin
    with, among it a field with `factory=Variant()`, the number, and one with `factory=LengthBehind()`, the bytes
    behind it. Each form is a subclass with `variant=` and fields of its own, and the one with `unknown=True` is for
    numbers without a form.
    """

    __slots__ = ("_automatic", "_holder", "_message", "_place")

    branch: ClassVar[str] = ""
    """What the entry as a whole is called in display filters, behind the protocol's name."""
    ends_early: ClassVar[bool] = False
    """Whether the header ends with it where bytes of its fields are missing, and is malformed to those who list it."""
    _forms: ClassVar[dict[int, type[Entry]]] = {}
    _other_form: ClassVar[type[Entry] | None] = None
    _told_by: ClassVar[tuple[Field, Field] | None] = None
    """Of a family, the field that tells the form of a record, and that of the bytes behind it."""

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        options.setdefault("title", cls._usual_title())
        for key in ("branch", "ends_early"):
            if key in options:
                setattr(cls, key, options.pop(key))
        family, unknown = options.pop("family", False), options.pop("unknown", False)
        number: int | None = options.pop("variant", None)
        super()._declare(own, options)
        if family:
            cls._found_family()
        elif unknown or number is not None:
            cls._join_family(number)

    @classmethod
    def _found_family(cls) -> None:
        """Have forms of the class be told by its fields; TypeError where it has none that tell."""
        told = [next((f for f in cls.layout if isinstance(f.factory, role)), None) for role in (Variant, LengthBehind)]
        if told[0] is None or told[1] is None or cls.layout[-1] is not told[1]:
            raise TypeError(
                f"{cls.__name__} has family=True, so that it needs a field with factory=Variant() and, as its last, "
                "one with factory=LengthBehind()"
            )
        cls._told_by = told[0], told[1]
        cls._forms, cls._other_form = {}, None

    @classmethod
    def _join_family(cls, number: int | None) -> None:
        """Be the form of this number, or that of all others; TypeError where another class is it."""
        parent: Any = next((base for base in cls.__mro__[1:] if "_forms" in base.__dict__ and base is not Entry), None)
        if parent is None:
            raise TypeError(f"{cls.__name__} has variant= or unknown=, and inherits no class that has family=True")
        if number is None:
            parent._other_form = cls
            return
        if number in parent._forms:
            raise TypeError(
                f"{cls.__name__} has variant={number}, which {parent._forms[number].__name__} has; choose another"
            )
        parent._forms[number] = cls
        cls._variant_number = number

    @classmethod
    def of_form(cls, number: int) -> type[Entry] | None:
        """Return the class of this family for records of this number; None where it has none of its own."""
        return cls._forms.get(number)

    @classmethod
    def _usual_title(cls) -> str:
        return cls.title or cls.__name__

    @classmethod
    def _constructor_tail(cls) -> tuple[list[str], list[str]]:
        return [], [" self._automatic = automatic", *([FILL_IN] if cls._computed else [])]

    @classmethod
    def _constructor_names(cls) -> dict[str, Any]:
        return {"fill_in": _fill_in}

    @classmethod
    def _from(cls, buffer: bytes, start: int, end: int) -> Self:
        entry = object.__new__(cls)
        entry._buffer, entry._start, entry._body, entry._automatic = buffer, start, end, 0
        return entry

    @property
    def message(self) -> bytes:
        """The bytes of the header that lists this record, into which names may point; b"" where none does."""
        try:
            return self._message
        except AttributeError:
            return b""

    @property
    def holder(self) -> Any:
        """The header or record that lists this one; None where none does."""
        try:
            return self._holder
        except AttributeError:
            return None

    @property
    def place_in_message(self) -> int:
        """At which byte of the message the record begins; 0 where no header lists it."""
        return self._place_in_message()

    def _message_around(self) -> bytes:
        return self.message

    def _place_in_message(self) -> int:
        return self._place if self.message else 0

    def __bytes__(self) -> bytes:
        return self._buffer[self._start : self._body]

    def __len__(self) -> int:
        return self._body - self._start

    def _own(self) -> NoReturn:
        name = type(self).__name__
        raise FieldError(
            f"{name} stands in a list and cannot be changed in place; assign a new list with another {name}"
        )

    def _copy(self) -> Self:
        return self._from(bytes(self), 0, len(self))

    def replace(self, **values: Any) -> Self:
        """Return an entry with the fields changed; FieldError for an unknown name or a value that does not fit."""
        kept = {
            # What refers to other bytes of the message goes on to do so.
            field.name: self.raw(field) if field.kind.refers else getattr(self, field.name)
            for field in self.layout
            # Lengths follow the others.
            if not field.mask or isinstance(field.factory, Variant)
        }
        for name in values:
            if name not in self._by_name:
                raise FieldError(self.unknown_field(name))
        return type(self)(**(kept | values))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return type(self) is type(other) and bytes(self) == bytes(other)

    def __hash__(self) -> int:
        return hash((type(self), bytes(self)))

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            if self._adds_up():
                return f"{name}({self._arguments()})"
        except FieldAbsentError:
            pass
        return f"{name}.cut({bytes(self).hex(' ')!r})"

    def _adds_up(self) -> bool:
        """Whether a constructor can make the entry from its fields."""
        return self.is_filled()

    def can_be_left_out(self, field: Field) -> bool:
        factory = field.factory
        if factory is None or self._automatic & field.mask:
            return super().can_be_left_out(field)
        if isinstance(factory, Variant):
            return bool(self.raw(field) == factory.number_in(type(self)))
        if not factory.own:
            return bool(_computed(self, field) == self.raw(field))
        try:
            return bool(measure(type(self), field, self._pieces()) == self.raw(field))
        except ValueError:
            return False

    @property
    def is_cut(self) -> bool:
        """Whether a record of a family lacks bytes that its length tells of."""
        if self._told_by is None:
            return False
        length = self._told_by[1]
        try:
            first, width = self.span(length)
        except FieldAbsentError:
            return True
        return bool((first + width) // 8 + self.raw(length) > len(self))

    def is_whole(self) -> bool:
        """Whether all bytes of its fields are there; there may be more."""
        return all(map(self.reaches, filter(self._has, self.layout)))

    def reaching(self, size: int | None = None) -> Self:
        """Return the record as if it had so many bytes, those of its message behind it too; without a number, all."""
        buffer, start = self._buffer, self._start
        if self.message and (size is None or size > len(self)):
            buffer = self.message[self._place - start :]
        made = self._from(buffer, start, len(buffer) if size is None else min(start + size, len(buffer)))
        if self.message:
            made._message, made._place, made._holder = self.message, self._place, self.holder
        return made

    @classmethod
    def cut(cls, data: bytes | str) -> Self:
        """Return an entry of which only the first bytes are there, from bytes or hexadecimal text.

        Fields beyond them raise FieldAbsentError. The last option of a header that is cut is such a one.
        """
        given = bytes.fromhex(data) if isinstance(data, str) else bytes(data)
        return cls._from(given, 0, len(given))

    def headline(self) -> str:
        """Return the entry's line in the details of a frame: its title and size; a declaration may say more."""
        count = len(self)
        return f"{self.title} ({count} byte{'' if count == 1 else 's'})"

    def is_short(self) -> bool:
        """Whether bytes of it, or of what it lists, are missing, of a class where the header `ends_early` with that."""
        return self._lacks_fields() or lists_end_early(self)

    def _lacks_fields(self) -> bool:
        return self.ends_early and not all(map(self.reaches, filter(self._has, self.layout)))

    def problem(self, message: str, severity: str = "error", *, name: str = "") -> Problem:
        """Return a problem of this entry, whose header gives it a place; `name` is its display-filter name."""
        name = f"{self.name}.{name}" if name else ""
        return Problem(self.name, "", None, message, severity=severity, name=name)

    def problem_names(self) -> Iterator[str]:
        """Yield the display-filter names of this entry's problems, those that have one."""
        return (found.name for found in self.problems() if isinstance(found, Problem) and found.name)

    def problems(self) -> Iterator[Problem | str]:
        """Yield what is wrong with this entry; a sentence alone where display filters have no name for it."""
        if self._told_by is not None and not self.is_filled():
            yield "is cut short" if self.is_cut else "has data of another length than its fields"
        for field in self.layout:
            if field.expected is not None and self.reaches(field) and self.raw(field) != field.expected:
                yield f"has {field.name} {self.raw(field)}, expected {field.expected}"
            if field.kind.refers and self.message and self.reaches(field):
                for fault in self._reference_faults(field):
                    yield f"has a {field.name} that {fault}"
            if isinstance(field.kind, EntryList) and self._has(field) and self.reaches(field):
                for entry in field.kind.entries(self, self.raw(field)):
                    for found in entry.problems():
                        sentence = found if isinstance(found, str) else found.message
                        yield f"holds {type(entry).__name__}, which {sentence}"


def _fill_in(entry: Entry) -> None:
    """Compute the fields of a new entry that were left out and stand for the entry's own bytes."""
    for field in entry._computed:
        if entry._automatic & field.mask:
            first, width = entry.span(field)
            entry._buffer = patched(entry._buffer, first, width, _computed(entry, field), little=field.little)


def _computed(entry: Entry, field: Field) -> int:
    """Return what a computed field of an entry stands for, the field itself as zero."""
    first, width = entry.span(field)
    zeroed = patched(bytes(entry), first, width, 0)
    return field.factory.fill(entry, bytearray(zeroed), b"", None, field)  # type: ignore[union-attr]


@cache
def _ending(cls: type[Record]) -> tuple[tuple[Field, EntryList], ...]:
    """Return the fields of a class that list entries with which a header may end early, and what they list."""
    lists = ((field, field.kind) for field in cls.layout)
    return tuple((field, kind) for field, kind in lists if isinstance(kind, EntryList) and kind.may_end_early())


def lists_end_early(record: Any) -> bool:
    """Whether a list of the record holds an entry of which bytes are missing, with which the header ends."""
    return any(
        entry.is_short() or (isinstance(entry, Unread) and kind.family.ends_early)
        for field, kind in _ending(record.__class__)
        if record.reaches(field)
        for entry in kind.entries(record, record.raw(field))
    )


class Unread(Entry, title="Unread"):
    """Bytes at the end of a list that make no whole record."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Data")


DEEPEST = 16
"""How many lists of entries may stand in each other; what the innermost holds is bytes."""
_WRITTEN = [0]
"""In how many lists the list stands that is being written as Python."""


def _depth(entry: Entry) -> int:
    """Return in how many entries an entry stands, as far as these know."""
    depth, holder = 0, entry.holder
    while isinstance(holder, Entry) and depth < DEEPEST:
        depth, holder = depth + 1, holder.holder
    return depth


@cache
def lists_in(cls: type[Record]) -> tuple[Field, ...]:
    """Return the fields that list options or other records, computed ones too."""
    return tuple(field for field in (*cls.layout, *cls.derived) if isinstance(field.kind, EntryList))


class EntryList(Kind):
    """A list of entries: read to the last byte, whatever they hold, and written as they were."""

    code = "options"
    octets = True
    of_records = False
    """Whether a header tells of itself what is wrong with the entries; of options its class does."""
    family: type[Entry]

    def classes(self) -> tuple[type[Entry], ...]:
        """Return the classes that its entries may have."""
        return (self.family,)

    def possible(self) -> tuple[type[Entry], ...]:
        """Return the classes that its entries may have, with those that only their bytes tell."""
        return self.classes()

    def may_list(self, classes: Iterable[type[Any]]) -> bool:
        """Whether its entries, or those that these list in turn, may be of one of the classes."""
        wanted = tuple(classes)
        return any(kind.lists_one_of(wanted) for kind in self._reached())

    def lists_one_of(self, classes: tuple[type[Any], ...]) -> bool:
        """Whether its entries themselves may be of one of the classes."""
        return any(issubclass(cls, self.family) or issubclass(self.family, cls) for cls in classes)

    def _reached(self) -> Iterator[EntryList]:
        """Yield this kind of list, and each kind of those that its entries may list, and theirs in turn."""
        found: list[EntryList] = [self]
        for kind in found:
            yield kind
            inner = dict.fromkeys(field.kind for cls in kind.possible() for field in lists_in(cls))
            found += [each for each in inner if isinstance(each, EntryList) and each not in found]

    def may_end_early(self, within: tuple[EntryList, ...] = ()) -> bool:
        """Whether there are classes of entries, or of those that these list in turn, with which a header ends early."""
        family: Any = self.family
        others = [getattr(family, name, family) for name in ("_unknown_class", "_malformed_class")]
        classes = (*self.possible(), *others)
        if any(cls.ends_early for cls in classes):
            return True
        inner = (field.kind for cls in classes for field in cls.layout)
        lists = [kind for kind in inner if isinstance(kind, EntryList) and kind not in within]
        return any(kind.may_end_early((*within, self)) for kind in lists)

    def load(self, raw: bytes, missing: int = 0) -> tuple[Entry, ...]:
        """Return the entries in `raw`; every byte belongs to one of them.

        Of the list, `missing` bytes are not there, for its header was cut.
        """
        raise NotImplementedError

    def entries(self, record: Any, raw: bytes) -> tuple[Entry, ...]:
        """Return the entries of a list that is part of this record.

        Where lists stand in each other `DEEPEST` times, what the innermost one holds is not read any more.
        """
        if raw and isinstance(record, Entry) and _depth(record) >= DEEPEST:
            return (Unread._from(raw, 0, len(raw)),)
        return self.load(raw, record.missing())

    def settle(self, record: Any, found: Iterable[Entry]) -> None:
        """Tell entries of a list that is part of this record which message they stand in, and where."""
        message, place = record._message_around(), record._place_in_message()
        cls = type(record)
        listed: Any = next((field for field in (*cls.layout, *cls.derived) if field.kind is self), None)
        if listed in cls.layout:
            place += record.span(listed)[0] // 8
        elif listed is not None:
            place += (listed.bytes_in(record) or (0, 0))[0]
        for entry in found:
            entry._message, entry._place, entry._holder = message, place + entry._start, record

    def items(self, raw: bytes, record: Any = None) -> tuple[Any, ...]:
        """Return the entries as a header gives them: what is no entry stands as bytes at the end."""
        found = self.load(raw) if record is None else self.entries(record, raw)
        return tuple(bytes(entry) if isinstance(entry, Unread) else entry for entry in found)

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        if isinstance(value, Iterable) and not isinstance(value, (str, Record)):
            items = list(value)
            if all(isinstance(item, (self.family, bytes)) for item in items):
                return b"".join(map(bytes, items))
        raise ValueError(f"a list of {self.family.__name__}, or bytes")

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return raw.hex()

    def source(self, raw: bytes, base: int) -> str:
        if _WRITTEN[0] >= DEEPEST:
            return repr(raw)
        _WRITTEN[0] += 1
        try:
            return f"[{', '.join(map(self.item_source, self.items(raw)))}]"
        finally:
            _WRITTEN[0] -= 1

    def item_source(self, item: Any) -> str:
        """Return Python for an item of a list."""
        return repr(item)
