"""Numbers and bytes that note what is done with them, so that the code that makes a text of them can be followed.

They stand for those of one packet that is traced (`dissect.wireshark.tracing`). One that is only printed leaves a hole
in the text; one that decides something makes a condition. Code that wants to print what it computes by a function of
its own, or in columns, does so through `told` and `padded`, which do the plain thing with plain values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from dissect.declaration.fields import Field
from dissect.declaration.gathering import Span
from dissect.declaration.kinds import Address, Octets
from dissect.declaration.options import OptionList

__all__ = [
    "FIRST_HOLE",
    "MOST_HOLES",
    "RUNNING",
    "Symbol",
    "Trace",
    "TracedBuffer",
    "TracedOctets",
    "TracedText",
    "UntraceableError",
    "number_in",
    "padded",
    "printed",
    "size_of",
    "told",
]

FIRST_HOLE = 0x2F800
"""The first of the characters that stand for holes: ideographs that are there for round trips alone, all printable."""
MOST_HOLES = 500
_NAMES: dict[Callable[..., str], str] = {}
"""What functions are called in expressions."""
_MOST_NAMES = 4096
RUNNING: list[Trace] = []
"""The trace that is being made; none where packets are what they are."""
_MOST_CONCRETE = 256
"""How many bytes at once a text may depend on; longer ones hardly come again."""


class UntraceableError(BaseException):
    """The code cannot be followed. No `except Exception` of a protocol shall take it for its own."""


class Trace:
    """One run over a packet: the conditions that were met, and the holes that were left.

    With `keeps_bytes` no bytes are traced, for functions that are written in C: the run depends on all that it sees.
    """

    def __init__(self, *, keeps_bytes: bool = False) -> None:
        self.keeps_bytes = keeps_bytes
        self.conditions: dict[str, Any] = {}
        """Python expressions and the values that they had."""
        self.holes: dict[str, int] = {}
        """The insides of the braces of an f-string, and which character stands for each."""
        self.places: dict[str, Span] = {}
        """The names of numbers and octets, and where in the frame they stand."""
        self.facts: dict[str, tuple[int, str]] = {}
        """The names of facts: which header, and the name there."""
        self.checksums: dict[str, tuple[int, Field]] = {}
        """The names of right checksums: which header, and which field."""
        self.functions: dict[str, Any] = {}
        """The names of the functions that expressions call."""
        self.parts: dict[str, str] = {}
        """The names of texts with holes in them that stand in a hole of their own."""
        self.alone: dict[str, str] = {}
        """The expressions of holes in which they stand as they are, by the characters for these."""

    def holds(self, expression: str, value: Any) -> None:
        """Note that the run depends on the expression having this value."""
        self.conditions.setdefault(expression, value)

    def hole(self, expression: str, specification: str = "") -> str:
        """Return the character that stands for an expression's text."""
        inside = f"{expression}:{specification}" if specification else expression
        index = self.holes.setdefault(inside, len(self.holes))
        if index >= MOST_HOLES or "{" in specification:
            raise UntraceableError("more holes than characters for them")
        character = chr(FIRST_HOLE + index)
        if not specification:
            self.alone[character] = expression
        return character

    def number(self, bit: int, width: int, value: int) -> Symbol:
        """Return the symbol of a number at this bit of the frame."""
        name = f"n{bit}_{width}"
        self.places[name] = Span(bit, width)
        return Symbol(self, name, value)

    def part(self, text: str) -> str:
        """Return the name of a text that has holes itself."""
        return next((name for name, each in self.parts.items() if each == text), None) or self._name_part(text)

    def _name_part(self, text: str) -> str:
        name = f"p{len(self.parts)}"
        self.parts[name] = text
        return name

    def call(self, function: Callable[..., str], values: tuple[Any, ...]) -> str:
        """Return what stands for the text that a function makes of the values."""
        name = _NAMES.get(function)
        if name is None:
            if len(_NAMES) >= _MOST_NAMES:
                raise UntraceableError("functions that are made for one packet")
            name = _NAMES[function] = f"t{len(_NAMES)}"
        self.functions[name] = function
        return self.hole(f"{name}({', '.join(_expression(each) for each in values)})")


def _expression(value: Any) -> str:
    if isinstance(value, (Symbol, TracedOctets)):
        return value.expression
    if value is None or value.__class__ in (int, str, bool):
        return repr(value)
    raise UntraceableError(f"{value!r} has no expression")


def told(function: Callable[..., str], *values: Any) -> str:
    """Return the text that a function makes of the values; traced ones make a hole that calls it."""
    for value in values:
        if isinstance(value, (Symbol, TracedOctets)):
            return str(value) if function is str else value.trace.call(function, values)
    return function(*values)


def padded(text: str, width: int) -> str:
    """Return a text of at least so many characters, blanks in front of it; behind it where the width is negative."""
    if RUNNING and any(map(_is_hole, text)):
        trace = RUNNING[-1]
        return trace.hole(trace.alone.get(text) or trace.part(text), f">{width}" if width > 0 else f"<{-width}")
    return text.rjust(width) if width > 0 else text.ljust(-width)


def _is_hole(character: str) -> bool:
    return FIRST_HOLE <= ord(character) < FIRST_HOLE + MOST_HOLES


def size_of(octets: Any) -> Any:
    """Return how many bytes there are: a symbol where they are traced and that is not always the same."""
    return octets.length if octets.__class__ is TracedOctets else len(octets)


def number_in(octets: Any) -> Any:
    """Return the number that bytes in network order make, traced or not."""
    return octets.number() if octets.__class__ is TracedOctets else int.from_bytes(octets, "big")


def printed(field: Field, raw: Any) -> str:
    """Return a field's raw value as tshark prints it (`Field.text`), traced or not."""
    return raw.printed(field) if raw.__class__ is TracedOctets else field.text(raw)


class Symbol:
    """A number of the packet that is traced: it is computed with, printed, and compared, which makes a condition.

    One that has been a key of a table is printed as it is from then on: what is made of it may be kept in the table.
    """

    __slots__ = ("expression", "is_key", "trace", "value")

    def __init__(self, trace: Trace, expression: str, value: Any) -> None:
        self.trace = trace
        self.expression = expression
        self.value = value
        self.is_key = False

    def known(self) -> int:
        """Return the number itself: from here on the run depends on it."""
        self.trace.holds(self.expression, self.value)
        return self.value  # type: ignore[no-any-return]  # some are fractions

    __index__ = __int__ = known

    def __hash__(self) -> int:
        self.is_key = True
        return hash(self.known())

    def __float__(self) -> float:
        return float(self.known())

    def __bool__(self) -> bool:
        return bool(_compared(operator.ne, "!=", self, 0))

    def __str__(self) -> str:
        return str(self.value) if self.is_key else self.trace.hole(self.expression)

    __repr__ = __str__

    def __format__(self, specification: str) -> str:
        return format(self.value, specification) if self.is_key else self.trace.hole(self.expression, specification)

    def bit_length(self) -> int:
        return self.known().bit_length()

    def to_bytes(self, *arguments: Any, **options: Any) -> bytes:
        return self.known().to_bytes(*arguments, **options)


def _computed(apply: Callable[[Any, Any], Any], sign: str, one: Any, other: Any) -> Any:
    one, other = (each.value if isinstance(each, Symbol) and each.is_key else each for each in (one, other))
    if not isinstance(one, Symbol) and not isinstance(other, Symbol):
        return apply(one, other)
    mine, theirs = (each.value if isinstance(each, Symbol) else each for each in (one, other))
    if mine.__class__ in (int, bool) and theirs.__class__ in (int, bool):
        symbol = one if isinstance(one, Symbol) else other
        texts = [each.expression if isinstance(each, Symbol) else repr(int(each)) for each in (one, other)]
        try:
            value = apply(mine, theirs)
        except (ArithmeticError, ValueError):
            return apply(*(each.known() if isinstance(each, Symbol) else each for each in (one, other)))
        if value.__class__ is int:
            return Symbol(symbol.trace, f"({texts[0]} {sign} {texts[1]})", value)
    # The number meets something else than a number: an enumeration, a float, text.
    return apply(*(each.known() if isinstance(each, Symbol) else each for each in (one, other)))


def _compared(apply: Callable[[Any, Any], Any], sign: str, one: Symbol, other: Any) -> Any:
    theirs = other.value if isinstance(other, Symbol) else other
    if theirs.__class__ in (int, bool):
        text = other.expression if isinstance(other, Symbol) else repr(int(other))
        value = bool(apply(one.value, theirs))
        one.trace.holds(f"({one.expression} {sign} {text})", value)
        return value
    if theirs is None or theirs.__class__ in (bytes, str, tuple):
        # No number is like one of these.
        return apply(one.value, theirs)
    return apply(one.known(), theirs)


def _give_operators() -> None:
    computed = {
        "add": "+", "sub": "-", "mul": "*", "floordiv": "//", "mod": "%", "lshift": "<<", "rshift": ">>",
        "and_": "&", "or_": "|", "xor": "^",
    }  # fmt: skip
    for name, sign in computed.items():
        apply = getattr(operator, name)
        plain = name.rstrip("_")
        setattr(Symbol, f"__{plain}__", lambda one, other, a=apply, s=sign: _computed(a, s, one, other))
        setattr(Symbol, f"__r{plain}__", lambda one, other, a=apply, s=sign: _computed(a, s, other, one))
    for name, sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items():
        apply = getattr(operator, name)
        setattr(Symbol, f"__{name}__", lambda one, other, a=apply, s=sign: _compared(a, s, one, other))
    for name in ("truediv", "pow", "divmod"):
        apply = divmod if name == "divmod" else getattr(operator, name)
        setattr(Symbol, f"__{name}__", lambda one, other, a=apply: a(one.known(), other))
        setattr(Symbol, f"__r{name}__", lambda one, other, a=apply: a(other, one.known()))
    for name in ("neg", "pos", "invert", "abs"):
        apply = getattr(operator, name)
        setattr(Symbol, f"__{name}__", lambda one, a=apply: a(one.known()))


_give_operators()


class TracedOctets:
    """Bytes of the packet that is traced: they are printed, or asked whether there are any; all else depends on them.

    What has once been a key is printed as it is, as with symbols.
    """

    __slots__ = ("begin", "data", "expression", "is_key", "length", "trace")

    def __init__(self, trace: Trace, expression: str, data: bytes, begin: int, length: Any) -> None:
        self.begin = begin
        """Where in the frame they begin; -1 where that is not always the same."""
        self.is_key = False
        self.trace = trace
        self.expression = expression
        self.data = data
        self.length = length
        """How many they are: a symbol where that is not always the same."""

    def known(self) -> bytes:
        """Return the bytes themselves: from here on the run depends on them."""
        if len(self.data) > _MOST_CONCRETE:
            raise UntraceableError("bytes that hardly come again")
        self.trace.holds(self.expression, self.data)
        return self.data

    def printed(self, field: Field) -> str:
        """Return what stands for them as a field's value: `Field.text`."""
        kind = field.kind
        if self.is_key:
            return field.text(self.data)
        if isinstance(kind, Address):
            return self.trace.call(kind.load, (self,))
        if isinstance(kind, (Octets, OptionList)):
            return self.hex()
        return self.trace.call(field.text, (self,))

    def number(self) -> Any:
        """Return the number that they make in network order: a symbol where they stand at a place of their own."""
        if self.begin < 0 or self.length.__class__ is not int or self.is_key:
            return int.from_bytes(self.known(), "big")
        return self.trace.number(8 * self.begin, 8 * self.length, int.from_bytes(self.data, "big"))

    def groups(self, widths: tuple[int, ...]) -> Iterator[Any]:
        """Yield numbers of these widths in bytes, group after group; a group of one number stands as itself."""
        size = sum(widths)
        for start in range(0, len(self) // size * size, size):
            ends = [start + sum(widths[:place]) for place in range(len(widths) + 1)]
            group = tuple(number_in(self[one:other]) for one, other in pairwise(ends))
            yield group if len(group) > 1 else group[0]

    def hex(self, *separator: str) -> str:
        if self.is_key:
            return self.data.hex(*separator)  # type: ignore[arg-type]  # with an optional separator
        return self.trace.hole(f"{self.expression}.hex({', '.join(map(repr, separator))})")

    def __bool__(self) -> bool:
        return bool(self.length)

    def __len__(self) -> int:
        return int(self.length)

    def __eq__(self, other: object) -> bool:
        if other == b"":
            return not self
        if other.__class__ is not bytes:
            return self.known() == other
        value = self.data == other
        self.trace.holds(f"({self.expression} == {other!r})", value)
        return value

    def removesuffix(self, end: bytes) -> Any:
        return self.known().removesuffix(end) if end else self

    def startswith(self, start: bytes) -> bool:
        value = self.data.startswith(start)
        self.trace.holds(f"{self.expression}.startswith({start!r})", value)
        return value

    def __hash__(self) -> int:
        self.is_key = True
        return hash(self.known())

    def __getitem__(self, place: Any) -> Any:
        if place.__class__ is int and self.begin >= 0 and 0 <= place < len(self.data) and self.length.__class__ is int:
            return self.trace.number(8 * (self.begin + place), 8, self.data[place])
        if isinstance(place, slice) and place.step is None and not self.is_key:
            first, last, _ = place.indices(len(self))
            if first >= last:
                return b""
            at = self.begin + first if self.begin >= 0 else -1
            return TracedOctets(
                self.trace, f"{self.expression}[{first}:{last}]", self.data[first:last], at, last - first
            )
        return self.known()[place]

    def __iter__(self) -> Iterator[int]:
        return iter(self.known())

    def __bytes__(self) -> bytes:
        return self.known()

    def __contains__(self, what: Any) -> bool:
        return what in self.known()

    def __add__(self, other: Any) -> bytes:
        return self.known() + bytes(other)

    def __radd__(self, other: Any) -> bytes:
        return bytes(other) + self.known()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.known(), name)


class TracedText:
    """The text of bytes, such as an address: it is printed, and all else depends on it."""

    __slots__ = ("load", "octets")

    def __init__(self, octets: TracedOctets, load: Callable[[bytes], str]) -> None:
        self.octets = octets
        self.load = load

    def known(self) -> str:
        """Return the text itself: from here on the run depends on it."""
        return self.load(self.octets.known())

    def __str__(self) -> str:
        return self.octets.trace.call(self.load, (self.octets,))

    def __format__(self, specification: str) -> str:
        if not specification:
            return str(self)
        trace = self.octets.trace
        return trace.hole(trace.alone[str(self)], specification)

    def __eq__(self, other: object) -> bool:
        return self.known() == other

    def __hash__(self) -> int:
        return hash(self.known())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.known(), name)


class TracedBuffer:
    """The bytes of the frame, from the place on where a header's or option's buffer begins."""

    __slots__ = ("begin", "data", "size", "trace")

    def __init__(self, trace: Trace, data: bytes, begin: int, size: Symbol | int) -> None:
        self.trace = trace
        self.data = data
        self.begin = begin
        self.size = size

    def __len__(self) -> int:
        return int(self.size)

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, slice):
            index = int(place)
            if index < 0:
                raise UntraceableError("a place from the end on")
            return self.trace.number(8 * (self.begin + index), 8, self.data[self.begin + index])
        if place.step is not None:
            raise UntraceableError("a slice with steps")
        if self.trace.keeps_bytes:
            return self._kept(place)
        return self._cut(place)

    def _kept(self, place: slice) -> bytes:
        """Return the bytes themselves: the run depends on them."""
        octets = self._cut(place)
        return octets if octets.__class__ is bytes else octets.known()

    def _cut(self, place: slice) -> Any:
        first = 0 if place.start is None else place.start
        last = self.size if place.stop is None else place.stop
        return _slice(self.trace, self.data, self.begin, first, last)

    def startswith(self, start: Any, place: Any = 0) -> bool:
        """Whether these bytes stand at a place; a frame starts with itself."""
        if start.__class__ is TracedBuffer:
            return start is self
        end = place + len(start)
        return not end > self.size and bool(self[place:end] == start)

    def __getattr__(self, name: str) -> Any:
        raise UntraceableError(f"{name} of the whole frame")


def _slice(trace: Trace, data: bytes, begin: int, first: Any, last: Any) -> Any:
    """Return the bytes between two places of a buffer that begins at `begin` of the frame."""
    start, end = (each.value if isinstance(each, Symbol) else each for each in (first, last))
    if not start >= 0 or end < 0:
        raise UntraceableError("a place from the end on")
    if first.__class__ is int and last.__class__ is int:
        if end <= start:
            return b""
        if begin + end > len(data):
            raise UntraceableError("more bytes than there are")
        name = f"o{begin + start}_{begin + end}"
        trace.places[name] = Span(8 * (begin + start), 8 * (end - start), is_octets=True)
        return TracedOctets(trace, name, data[begin + start : begin + end], begin + start, end - start)
    if first >= last:
        return b""
    texts = [each.expression if isinstance(each, Symbol) else repr(each) for each in (first, last)]
    expression = f"buffer[base + {begin} + {texts[0]}:base + {begin} + {texts[1]}]"
    at = begin + start if first.__class__ is int else -1
    return TracedOctets(trace, expression, data[begin + start : begin + end], at, last - first)
