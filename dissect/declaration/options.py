"""Options: records of kind, length and value that a header lists, kept whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declaration.automatic import Variant
from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.fields import Automatic, Field
from dissect.declaration.pending import declare_pending
from dissect.declaration.problems import Problem

__all__ = ["Option", "OptionKind", "OptionLength", "OptionList"]


EXPERIMENTAL = 254
"""The kind of an unknown option whose kind was left out (RFC 4727)."""


class OptionKind(Variant):
    """The number that says which option this is; each class has its own."""


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
    byte without length. With `subtype=` too, it holds those options of the number whose value begins with
    these four bits (Multipath TCP). The class with `unknown=True` holds the others, and bytes that are no
    option at all go into the one with `malformed=True`.
    """

    __slots__ = ()

    number: ClassVar[int | None] = None
    single: ClassVar[bool] = False
    last: ClassVar[bool] = False
    """Whether what follows this option is not read as options (end of list)."""
    malformed: ClassVar[bool] = False
    _variant_number: ClassVar[int] = 0
    _registry: ClassVar[dict[int, type[Option]]] = {}
    _subtypes: ClassVar[dict[tuple[int, int], type[Option]]] = {}
    _unknown_class: ClassVar[type[Option]]
    _malformed_class: ClassVar[type[Option]]

    @classmethod
    def _declare(cls, own: dict[str, Field], options: dict[str, Any]) -> None:
        for key in ("number", "single", "last", "malformed", "branch"):
            if key in options:
                setattr(cls, key, options.pop(key))
        family, unknown = options.pop("family", False), options.pop("unknown", False)
        subtype: int | None = options.pop("subtype", None)
        cls._variant_number = EXPERIMENTAL if cls.number is None else cls.number
        super()._declare(own, options)
        parent: Any = cls.__mro__[1]
        if family:
            cls._registry, cls._subtypes = {}, {}
        elif cls.malformed:
            parent._malformed_class = cls
        elif unknown:
            parent._unknown_class = cls
        elif cls.number is not None and subtype is not None:
            cls._subtypes[cls.number, subtype] = cls
        elif cls.number is not None:
            cls._registry[cls.number] = cls

    @classmethod
    def _subtype_of(cls, raw: bytes, start: int) -> type[Option] | None:
        """Return the class of this family for the option's kind and subtype; None where there is none."""
        return cls._subtypes.get((raw[start], raw[start + 2] >> 4)) if start + 2 < len(raw) else None

    def _silent(self, field: Field) -> bool:
        if isinstance(field.factory, OptionKind):
            return bool(self.number is not None and self.raw(field) == self.number)
        if isinstance(field.factory, OptionLength):
            return bool(self.raw(field) * field.factory.unit + field.factory.uncounted == len(self))
        return super()._silent(field)

    @classmethod
    def _usual_title(cls) -> str:
        return cls.title

    def _adds_up(self) -> bool:
        # An option is as long as it says.
        return True

    @property
    def copied(self) -> bool:
        """Whether every fragment carries this option (the top bit of an IPv4 option's type, RFC 791)."""
        return bool(self._buffer[self._start] & 0x80)

    def problems(self) -> Iterator[Problem | str]:
        """Yield what is wrong with this option; a sentence alone where display filters have no name for it."""
        yield from super().problems()
        if self.malformed:
            yield "is no well-formed option"


class OptionList(EntryList):
    """A header's options: read to the last byte, whatever they hold, and written as they were."""

    family: type[Option]

    def __init__(self, family: type[Option]) -> None:
        self.family = family
        # The one without a meaning of its own has nothing but what all of them have.
        layout = family._unknown_class.layout
        self.kind_field = next(field for field in layout if isinstance(field.factory, OptionKind))
        self.length_field = next(field for field in layout if isinstance(field.factory, OptionLength))
        self.length: Any = self.length_field.factory
        # What must be there of an option for its kind and length to be known.
        self.head = (self.length_field.bit + self.length_field.width + 7) // 8
        places = [(field.bit, field.width) for field in (self.kind_field, self.length_field)]
        self.in_two_bytes = places == [(0, 8), (8, 8)]

    def classes(self) -> tuple[type[Option], ...]:
        """Return the classes that its options may have."""
        return tuple(self.family._registry.values())

    def load(self, raw: bytes, missing: int = 0) -> tuple[Option, ...]:
        """Return the options in `raw`; every byte belongs to one of them.

        Of the list, `missing` bytes are not there, for its header was cut: then the last option may be cut, too.
        """
        if raw.__class__ is not bytes and hasattr(raw, "entries"):
            # It stands for the options of a packet that is traced (`dissect.wireshark.tracing`).
            return raw.entries()  # type: ignore[no-any-return]
        family, registry = self.family, self.family._registry
        unit, uncounted, head = self.length.unit, self.length.uncounted, self.head
        options: list[Option] = []
        start, end = 0, len(raw)
        while start < end:
            kind, units = self._head_of(raw, start, end)
            cls = registry.get(kind)
            if cls is None and declare_pending():
                cls = registry.get(kind)
            if cls is not None and cls.single:
                stop = end if cls.last else start + 1
                options.append(cls._from(raw, start, stop))
                start = stop
                continue
            length = units * unit + uncounted if start + head <= end else 0
            stop = start + length
            if end < stop <= end + missing or end - head < start < end < end + missing:
                options.append((cls or family._unknown_class)._from(raw, start, end))
                break
            if length < head or stop > end:
                options.append(family._malformed_class._from(raw, start, end))
                break
            part = family._subtype_of(raw, start) if length > 2 and family._subtypes else None
            if part is not None and _fits(part, raw, start, stop):
                cls = part
            elif cls is None or not _fits(cls, raw, start, stop):
                cls = family._unknown_class
            options.append(cls._from(raw, start, stop))
            start = stop
        return tuple(options)

    def _head_of(self, raw: bytes, start: int, end: int) -> tuple[int, int]:
        """Return kind and length field of the option that begins at `start`; 0 for what is not there."""
        if self.in_two_bytes:
            return raw[start], raw[start + 1] if start + 1 < end else 0
        head = raw[start : start + self.head]
        number = int.from_bytes(head.ljust(self.head, b"\0"), "big")
        kind, length = (
            number >> 8 * self.head - field.bit - field.width & (1 << field.width) - 1
            for field in (self.kind_field, self.length_field)
        )
        return (kind, length) if len(head) == self.head else (-1, 0)


def _fits(cls: type[Option], raw: bytes, start: int, stop: int) -> bool:
    """Whether an option of this length can be of this class: the fixed fields, then whole groups."""
    rest = stop - start - cls.least_size
    variable = next((field for field in cls.layout if not field.width), None)
    if variable is None:
        return rest == 0
    return rest >= 0 and rest % getattr(variable.kind, "size", 1) == 0
