"""Fields whose values parsed headers keep (`kept=True`): those that nearly every program asks for.

They are read together when a header is made, which costs less than to read one of them later, and asking for one is
asking for a slot. A header that was made in another way has nothing in these slots until somebody asks, and loses what
is in them when it changes, so that the bytes stay the truth. Before the first such header of a class comes into being,
the getters of its kept fields are the slots' own; from then on they look whether a slot is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import count
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from dissect.declaration.fields import Field
from dissect.declaration.gathering import gathered, span_of
from dissect.declaration.generated import compiled

__all__ = [
    "NUMBERS",
    "empty_slots",
    "fill_lines",
    "kept_getter",
    "look_for_empty_slots",
    "numbered",
    "reading_lines",
    "slots_of",
]


NUMBERS: list[int] = []
"""The numbers of 16 bits, each at its own place: one object is enough for all headers that keep it.

The list is empty before many have been asked for, as few programs hold few headers, and to make it takes two
milliseconds.
"""
_FEW = 2000
_ASKED = count(1)


def numbered(number: int) -> int:
    """Return a number of 16 bits where `NUMBERS` is empty, which it is no more once this was often asked."""
    if next(_ASKED) == _FEW:
        NUMBERS.extend(range(1 << 16))
    return number


def slots_of(fields: Iterable[Field], bases: Iterable[type[Any]]) -> tuple[str, ...]:
    """Return the slots that a class needs for fields that it declares and none of its bases does."""
    names = (f"_kept_{field.name}" for field in fields if field.kept)
    return tuple(name for name in names if not any(hasattr(base, name) for base in bases))


def empty_slots(header: Any) -> None:
    """Empty the slots, for the header's bytes are about to change."""
    look_for_empty_slots(type(header))
    for field in type(header)._kept:
        try:
            delattr(header, f"_kept_{field.name}")
        except AttributeError:
            # Nobody has asked for it.
            continue


def fill_lines(
    cls: type[Any],
    header: str,
    values: Mapping[str, str],
    names: dict[str, Any],
    known: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Return the lines that fill the slots of `header`; `values` are expressions for the fields' raw numbers.

    `known` are expressions for the values themselves, where they are known already. What the lines need beside these is
    put into `names`.
    """
    lines = []
    for field in cls._kept:
        value, slot = values[field.name], f"{header}._kept_{field.name}"
        if field.name in known:
            lines.append(f"{slot} = {known[field.name]}")
        elif not field.kind.plain:
            loaded, load = f"loaded_{cls.__name__}_{field.name}", f"load_{cls.__name__}_{field.name}"
            table: dict[int, Any] = {}
            names |= {loaded: table, load: partial(_loaded, table, field.kind.load)}
            # One look at a table is quicker than a call.
            lines += [f"try: {slot} = {loaded}[{value}]", f"except KeyError: {slot} = {load}({value})"]
        elif 8 < field.width <= 16:
            names |= {"NUMBERS": NUMBERS, "numbered": numbered}
            lines += [f"try: {slot} = NUMBERS[{value}]", f"except IndexError: {slot} = numbered({value})"]
        else:
            lines.append(f"{slot} = {value}")
    return lines


def _loaded(known: dict[int, Any], load: Callable[[int], Any], number: int) -> Any:
    value = known[number] = load(number)
    return value


def reading_lines(cls: type[Any], names: dict[str, Any], buffer: str = "buffer", start: str = "start") -> list[str]:
    """Return the lines that read the kept fields of `header` from the buffer, and fill its slots."""
    if not cls._kept:
        return []
    how = gathered({field.name: span_of(cls, field.name) for field in cls._kept})
    names["read_kept"] = how.unpack
    lines = [f"{', '.join(how.variables)}, = read_kept({buffer}, {start})"]
    return [*lines, *fill_lines(cls, "header", how.values, names)]


_READERS: dict[Field, Callable[[Any], Any]] = {}
"""What reads the kept fields of classes of which no header had an empty slot so far."""


def kept_getter(field: Field, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the getter of a kept field: its slot alone, until `look_for_empty_slots` gives it `read` as well."""
    _READERS[field] = read
    return attrgetter(f"_kept_{field.name}")


def look_for_empty_slots(cls: type[Any]) -> None:
    """Have the getters look whether there is something in the slots: a header that has nothing there is to be made."""
    for field in cls._kept:
        read = _READERS.get(field)
        if read is not None:
            slot: property = vars(field.owner)[field.name]
            setattr(field.owner, field.name, property(_looking(field, read), slot.fset, slot.fdel, slot.__doc__))
            # Not before the other getter is there, for another thread may ask.
            _READERS.pop(field, None)


def _looking(field: Field, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a getter that looks into the field's slot, and calls `read` with a header that has nothing there."""
    name = f"_kept_{field.name}"

    def refill(header: Any) -> Any:
        value = read(header)
        if not header._automatic & field.mask:
            setattr(header, name, value)
        return value

    lines = ["def get(header):", " try:", f"  return header.{name}", " except AttributeError:", "  pass"]
    written: dict[str, Any] = {"refill": refill}
    exec(compiled([*lines, " return refill(header)"], field.owner or object, f"{field.name} kept"), written)
    getter: Callable[[Any], Any] = written["get"]
    return getter
