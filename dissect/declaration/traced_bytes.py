"""Bytes that note what is done with them, as numbers do (`dissect.declaration.symbols`).

They are those of a frame, of a part of it, or the text that is made of a part. Code that wants to know how many they
are, which number they make, how they are printed, which text they are, or what a function says of all of them, asks
`size_of`, `number_in`, `printed`, `spelt` and `answered`, which do the plain thing with plain bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from dissect.declaration.checksum import ones_complement_sum, sum_of_octets
from dissect.declaration.fields import Field
from dissect.declaration.gathering import Span
from dissect.declaration.kinds import Address, Duration, Octets
from dissect.declaration.named import name_of, named
from dissect.declaration.options import OptionList
from dissect.declaration.references import UntellableError, name_in, remembered
from dissect.declaration.selection import Heuristic, guessed
from dissect.declaration.symbols import Symbol, Trace, Traced, UntraceableError, told
from dissect.declaration.times import seconds_text

__all__ = ["TracedBuffer", "TracedOctets", "TracedText", "answered", "number_in", "printed", "size_of", "spelt"]

_SUM = "sum_of_octets"
"""What expressions call the function that sums bytes."""
_MOST_CONCRETE = 2048
"""How many bytes at once a text may depend on; longer ones hardly come again."""


def size_of(octets: Any) -> Any:
    """Return how many bytes there are: a symbol where they are traced and that is not always the same."""
    return octets.length if octets.__class__ is TracedOctets else len(octets)


def number_in(octets: Any) -> Any:
    """Return the number that bytes in network order make, traced or not."""
    return octets.number() if octets.__class__ is TracedOctets else int.from_bytes(octets, "big")


def answered(function: Callable[[bytes], Any], octets: Any) -> Any:
    """Return what a function says of bytes: where they are traced, the run depends on that, and on no byte of them.

    What it says is compared and looked up: two answers are equal where all that follows is the same.
    """
    return octets.answered(function) if octets.__class__ is TracedOctets else function(octets)


def printed(field: Field, raw: Any) -> str:
    """Return a field's raw value as tshark prints it (`Field.text`), traced or not."""
    if raw.__class__ is Symbol and isinstance(field.kind, Duration):
        # How many decimals there are is no matter of the number.
        return told(seconds_text, raw)
    return raw.printed(field) if raw.__class__ is TracedOctets else field.text(raw)


def spelt(function: Callable[[bytes], str], octets: Any) -> str:
    """Return the text that a function makes of bytes, which may be empty or have blanks at its ends.

    Who puts it into a line may take such blanks away, and what stands in front of them: where the bytes are traced, the
    run depends on there being any.
    """
    if octets.__class__ is not TracedOctets:
        return function(octets)
    blank: str | None = octets.answered(_blank_of(function))
    return told(function, octets) if blank is None else blank


@remembered
def _blank_of(function: Callable[[bytes], str]) -> Callable[[bytes], str | None]:
    """Return what gives a text that is empty or has blanks at its ends, and None in place of another one."""

    def blank(data: bytes) -> str | None:
        text = function(data)
        return None if text and text.strip() == text else text

    return blank


class TracedOctets(Traced):
    """Bytes of the packet that is traced: they are printed, or asked whether there are any; all else depends on them.

    What has once been a key is printed as it is, as with symbols.
    """

    __slots__ = ("begin", "data", "expression", "is_key", "length", "pieces", "trace")

    def __init__(self, trace: Trace, expression: str, data: bytes, begin: int, length: Any) -> None:
        self.begin = begin
        """Where in the frame they begin; -1 where that is not always the same."""
        self.is_key = False
        self.trace = trace
        self.expression = expression
        self.data = data
        self.length = length
        """How many they are: a symbol where that is not always the same."""
        self.pieces: tuple[Any, ...] = ()
        """The bytes that they were joined of."""

    def known(self) -> bytes:
        """Return the bytes themselves: from here on the run depends on them."""
        if self.pieces:
            return b"".join(map(bytes, self.pieces))
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
            return self.trace.call(kind.load, (self,), is_harmless=True)
        if isinstance(kind, (Octets, OptionList)):
            return self.hex()
        return spelt(field.text, self)

    def number(self) -> Any:
        """Return the number that they make in network order: a symbol where they stand at a place of their own."""
        if self.begin < 0 or self.length.__class__ is not int or self.is_key:
            return int.from_bytes(self.known(), "big")
        return self.trace.number(8 * self.begin, 8 * self.length, int.from_bytes(self.data, "big"))

    def answered(self, function: Callable[[bytes], Any]) -> Any:
        """Return what a function says of them: the run depends on that."""
        answer = function(self.data)
        if not self.is_key:
            self.trace.holds(f"{self.trace.name_of(function)}({self.expression})", answer)
        return answer

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
        return self.trace.hole(f"{self.expression}.hex({', '.join(map(repr, separator))})", is_harmless=True)

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
        if place.__class__ is int and self.begin >= 0 and place >= 0:
            if place >= self.length:
                raise IndexError(f"byte {place} of bytes of which there are fewer")
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

    def __add__(self, other: Any) -> Any:
        return self._joined(self, other)

    def __radd__(self, other: Any) -> Any:
        return self._joined(other, self)

    def _joined(self, *pieces: Any) -> Any:
        """Return bytes and others behind them."""
        if any(each.__class__ is TracedOctets and each.is_key for each in pieces):
            return b"".join(map(bytes, pieces))
        expression = " + ".join(each.expression if each.__class__ is TracedOctets else repr(each) for each in pieces)
        data = b"".join(each.data if each.__class__ is TracedOctets else each for each in pieces)
        joined = TracedOctets(self.trace, f"({expression})", data, -1, sum(map(size_of, pieces)))
        joined.pieces = pieces
        return joined

    def summed(self) -> Any:
        """Return the ones' complement sum of the bytes, as a symbol."""
        if self.is_key:
            return ones_complement_sum(self.data)
        self.trace.functions[_SUM] = sum_of_octets
        return Symbol(self.trace, f"{_SUM}({self.expression})", ones_complement_sum(self.data))

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

    def asked(self, name: str, function: Callable[[bytes, int, int], Any], start: Any, end: Any) -> Any:
        """Return what a function says of the bytes between two places: the run depends on that, and on no byte of them.

        Others call it by this name, and none but it.
        """
        if self.trace.functions.setdefault(name, function) != function:
            raise UntraceableError("two functions of one name")
        first, last = (int(each.value if isinstance(each, Symbol) else each) for each in (start, end))
        value = function(self.data, self.begin + first, self.begin + last)
        texts = [each.expression if isinstance(each, Symbol) else repr(each) for each in (start, end)]
        self.trace.holds(f"{name}(buffer, base + {self.begin} + {texts[0]}, base + {self.begin} + {texts[1]})", value)
        return value

    def guessed(self, heuristics: Sequence[tuple[Heuristic, Any]], start: Any, end: Any) -> Any:
        """Return what `guessed` of these bytes gives."""
        forms = _forms(heuristics)
        name = self.asked(forms.name, forms, start, end)
        return None if name is None else named(name)

    def startswith(self, start: Any, place: Any = 0) -> bool:
        """Whether these bytes stand at a place; a frame starts with itself."""
        if start.__class__ is TracedBuffer:
            return start is self
        end = place + len(start)
        return not end > self.size and bool(self[place:end] == start)

    def __getattr__(self, name: str) -> Any:
        raise UntraceableError(f"{name} of the whole frame")


class _Forms:
    """Which of the forms of a header claims bytes: gives the name of its decoder, or None."""

    def __init__(self, heuristics: Sequence[tuple[Heuristic, Any]]) -> None:
        self.heuristics = heuristics
        self._first = name_of(heuristics[0][1])
        self.name = f"forms_{name_in((self._first,))}"
        """What expressions call it."""

    def found_by(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Return what gives this, and what it is given."""
        return _forms_beginning_with, (self._first,)

    def __call__(self, buffer: bytes, start: int, end: int) -> str | None:
        decode = guessed(self.heuristics, buffer, start, end)
        return None if decode is None else name_of(decode)


_FORMS: dict[int, _Forms] = {}
"""By the identity of heuristics."""


def _forms(heuristics: Sequence[tuple[Heuristic, Any]]) -> _Forms:
    found = _FORMS.get(id(heuristics))
    if found is None:
        found = _FORMS[id(heuristics)] = _Forms(heuristics)
    return found


def _forms_beginning_with(name: str) -> _Forms:
    """Return the forms of which this decoder's is the first; raises UntellableError where there are none."""
    first = named(name)
    for base in named(name.rpartition(".")[0]).__mro__:
        heuristics = base.__dict__.get("_forms")
        if heuristics and heuristics[0][1] is first:
            return _forms(heuristics)
    raise UntellableError(f"{name} is not the first of several forms")


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
