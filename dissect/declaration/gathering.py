"""Fields at fixed places, read together: one call unpacks all of them, and takes half the time of byte after byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from struct import Struct
from struct import error as StructError
from typing import Any

from dissect.declaration.generated import written
from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Gathering", "gather", "gathered", "reader_at", "span_of"]

_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_VARIABLE = re.compile(r"at\d+")


class Gathering(NamedTuple):
    """How values are read: `unpack(buffer)` or `unpack(buffer, start)` fills `variables`, `values` make the rest.

    `values` are Python expressions over the variables, by name; `size` is the bytes that must be there, and `sizes` are
    those that each variable takes.
    """

    unpack: Callable[..., tuple[Any, ...]]
    variables: tuple[str, ...]
    values: Mapping[str, str]
    size: int
    sizes: Mapping[str, int]

    @staticmethod
    def variable_of(value: str) -> str:
        """Return the variable that an expression for a value takes."""
        return str(_VARIABLE.findall(value)[0])

    def lines(self, call: str, kept: Iterable[str] = ()) -> list[str]:
        """Return the lines that give the values their names, where `call` is Python that calls `unpack`.

        The variables in the expressions `kept` are there under their own names behind the lines.

        >>> gathered({"version": Span(0, 4), "ttl": Span(64, 8)}).lines("unpack(data)")
        ['at0, ttl, = unpack(data)', 'version = at0 >> 4']
        """
        if not self.variables:
            return []
        called: dict[str, list[str]] = {variable: [] for variable in self.variables}
        computed: dict[str, str] = {}
        for name, value in self.values.items():
            if value in called:
                called[value].append(name)
            else:
                computed[name] = value
        needed = {variable for value in (*computed.values(), *kept) for variable in _VARIABLE.findall(value)}
        targets, further = [], dict(computed)
        for variable, names in called.items():
            target = variable if variable in needed or not names else names.pop(0)
            targets.append(target)
            further |= dict.fromkeys(names, target)
        return [f"{', '.join(targets)}, = {call}", *(f"{name} = {value}" for name, value in further.items())]


class Span(NamedTuple):
    """Where a value stands: its first bit, its bits, and whether it is bytes and not a number."""

    bit: int
    width: int
    is_octets: bool = False

    def behind(self, size: int) -> Span:
        """Return the same place behind `size` bytes."""
        return self._replace(bit=self.bit + 8 * size)


def span_of(cls: type[Any], name: str) -> Span:
    """Return where a field of fixed place stands, from the first byte of its header; TypeError for another field."""
    field = cls.field(name)
    if not field.is_read_in_place:
        raise TypeError(f"{cls.__name__}.{name} has no fixed place, expected a field that has one")
    return Span(field.bit, field.width, field.kind.octets)


@lru_cache(4096)
def reader_at(place: Span) -> Callable[[bytes, int], Any]:
    """Return what gives the value at a place of a frame in a buffer; it raises StructError where it is not there."""
    first, end = place.bit // 8, (place.bit + place.width + 7) // 8
    size, shift, mask = end - first, 8 * end - place.bit - place.width, (1 << place.width) - 1

    def octets_at(buffer: bytes, base: int) -> bytes:
        octets = buffer[base + first : base + end]
        if len(octets) < size:
            raise StructError("a place behind the end")
        return bytes(octets)

    def number_at(buffer: bytes, base: int) -> int:
        octets = buffer[base + first : base + end]
        if len(octets) < size:
            raise StructError("a place behind the end")
        return int.from_bytes(octets, "big") >> shift & mask

    return octets_at if place.is_octets else number_at


def gathered(places: Mapping[str, Span]) -> Gathering:
    """Return how to read values that stand at these places.

    >>> how = gathered({"version": Span(0, 4), "ihl": Span(4, 4), "ttl": Span(64, 8)})
    >>> how.variables, dict(how.values)
    (('at0', 'at8'), {'version': 'at0 >> 4', 'ihl': 'at0 & 15', 'ttl': 'at8'})
    """
    cells = _cells((place.bit // 8, (place.bit + place.width + 7) // 8) for place in places.values())
    layout, position, variables = "!", 0, []
    starts = [start for start, _ in cells]
    cell_of = {name: cells[bisect_right(starts, place.bit // 8) - 1] for name, place in places.items()}
    octets = {cell for cell in cells if cell[1] - cell[0] not in _CODES}
    octets |= {cell_of[name] for name, place in places.items() if place.is_octets}
    for start, end in cells:
        layout += f"{start - position}x" if start > position else ""
        layout += f"{end - start}s" if (start, end) in octets else _CODES[end - start]
        position = end
        variables.append(f"at{start}")
    values = {name: _value(place, cell_of[name], octets) for name, place in places.items()}
    sizes = {f"at{start}": end - start for start, end in cells}
    return Gathering(Struct(layout).unpack_from, tuple(variables), values, position, sizes)


def gather(cls: type[Any], names: Iterable[str]) -> tuple[Callable[[bytes, int], tuple[Any, ...]], int]:
    """Return a function that gives the raw values of these fields of a header at a byte, and the bytes that it needs.

    The function raises `struct.error` where fewer are there.

    >>> from dissect import UDP
    >>> ports, size = gather(UDP, ["sport", "dport"])
    >>> ports(bytes.fromhex("ffff 0035 d903"), 2), size
    ((53, 55555), 4)
    """
    how = gathered({name: span_of(cls, name) for name in names})
    values = "".join(f"{value}, " for value in how.values.values())
    if tuple(how.values.values()) == how.variables:
        return how.unpack, how.size
    lines = ["def gather(buffer, start):", f" {', '.join(how.variables)}, = unpack(buffer, start)", f" return {values}"]
    where = f"{cls.__module__}.{cls.__qualname__} gather"
    return written(lines, {"unpack": how.unpack}, "gather", where), how.size


def _cells(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans of bytes in order, those that overlap as one."""
    cells: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if cells and start < cells[-1][1]:
            cells[-1] = cells[-1][0], max(end, cells[-1][1])
        else:
            cells.append((start, end))
    return cells


def _value(place: Span, cell: tuple[int, int], octets: set[tuple[int, int]]) -> str:
    """Return Python for one value, given the variable of its cell; those of `octets` are bytes."""
    start, end = cell
    name = f"at{start}"
    if place.is_octets:
        first, last = place.bit // 8 - start, (place.bit + place.width) // 8 - start
        return name if last - first == end - start else f"{name}[{first}:{last}]"
    if cell in octets:
        name = f"int.from_bytes({name}, 'big')"
    down = 8 * end - place.bit - place.width
    shifted = f"{name} >> {down}" if down else name
    return shifted if down + place.width == 8 * (end - start) else f"{shifted} & {(1 << place.width) - 1}"
