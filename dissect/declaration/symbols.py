"""Numbers that note what is done with them, so that the code that makes a text of them can be followed.

They stand for those of one packet that is traced (`dissect.wireshark.tracing`). One that is only printed leaves a hole
in the text; one that decides something makes a condition. Code that wants to print what it computes by a function of
its own, or in columns, does so through `told` and `padded`, which do the plain thing with plain values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from dissect.declaration.fields import Field
from dissect.declaration.gathering import Span
from dissect.declaration.references import UntellableError, name_in, reference

__all__ = [
    "FIRST_HOLE",
    "MOST_CONDITIONS",
    "MOST_HOLES",
    "RUNNING",
    "Symbol",
    "Trace",
    "Traced",
    "UntraceableError",
    "changed",
    "has_holes",
    "padded",
    "retold",
    "told",
]

FIRST_HOLE = 0x2F800
"""The first of the characters that stand for holes: ideographs that are there for round trips alone, all printable."""
MOST_HOLES = 500
MOST_CONDITIONS = 1024
"""A run that depends on more of its packet tells nothing of others, and to ask them takes longer than to run."""
_LONGEST_EXPRESSION = 1 << 12
_NAMES: dict[Callable[..., Any], str] = {}
"""What functions are called in expressions."""
_MOST_NAMES = 4096
RUNNING: list[Trace] = []
"""The trace that is being made; none where packets are what they are."""


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
        self.harmless: set[str] = set()
        """The characters of holes for numbers, addresses and digits: for texts of letters, digits and `.:-+` alone."""
        self._shifted: dict[str, tuple[str, int]] = {}
        """Numbers that were shifted to the left: the name of the place, and how far, by their expressions."""

    def holds(self, expression: str, value: Any) -> None:
        """Note that the run depends on the expression having this value; UntraceableError where that is too much."""
        self.conditions.setdefault(expression, value)
        if len(self.conditions) > MOST_CONDITIONS:
            raise UntraceableError("more conditions than frames have in common")

    def hole(self, expression: str, specification: str = "", *, is_harmless: bool = False) -> str:
        """Return the character that stands for an expression's text, which may be one of the harmless."""
        inside = f"{expression}:{specification}" if specification else expression
        index = self.holes.setdefault(inside, len(self.holes))
        if index >= MOST_HOLES or "{" in specification:
            raise UntraceableError("more holes than characters for them")
        character = chr(FIRST_HOLE + index)
        if is_harmless:
            self.harmless.add(character)
        if not specification:
            self.alone[character] = expression
        return character

    def number(self, bit: int, width: int, value: int) -> Symbol:
        """Return the symbol of a number at this bit of the frame."""
        name = f"n{bit}_{width}"
        self.places[name] = Span(bit, width)
        return Symbol(self, name, value)

    def joined(self, one: str, sign: str, other: str, value: int) -> Symbol | None:
        """Return the number that bytes make which stand side by side: `one << 8 | other`; None for other expressions.

        It is read at once then, and is known by one name, however it is asked for.
        """
        if sign == "<<" and one in self.places and other.isdecimal():
            self._shifted[f"({one} << {other})"] = one, int(other)
        if sign != "|" or one not in self._shifted:
            return None
        name, up = self._shifted[one]
        end, down = self._shifted.get(other, (other, 0))
        first, last = self.places[name], self.places.get(end)
        if last is None or first.bit + first.width != last.bit or up - down != last.width:
            return None
        number = self.number(first.bit, first.width + last.width, value >> down)
        if not down:
            return number
        expression = f"({number.expression} << {down})"
        self._shifted[expression] = number.expression, down
        return Symbol(self, expression, value)

    def part(self, text: str) -> str:
        """Return the name of a text that has holes itself."""
        return next((name for name, each in self.parts.items() if each == text), None) or self._name_part(text)

    def _name_part(self, text: str) -> str:
        name = f"p{len(self.parts)}"
        self.parts[name] = text
        return name

    def call(self, function: Callable[..., str], values: tuple[Any, ...], *, is_harmless: bool = False) -> str:
        """Return what stands for the text that a function makes of the values."""
        expression = f"{self.name_of(function)}({', '.join(_expression(each) for each in values)})"
        return self.hole(expression, is_harmless=is_harmless)

    def name_of(self, function: Callable[..., Any]) -> str:
        """Return what expressions call a function."""
        name = _NAMES.get(function)
        if name is None:
            if len(_NAMES) >= _MOST_NAMES:
                raise UntraceableError("functions that are made for one packet")
            name = _NAMES[function] = _name_for(function)
        self.functions[name] = function
        return name


def _name_for(function: Callable[..., Any]) -> str:
    """Return a name that no other function has; the same in every process where the function is found by a name."""
    number = f"t{len(_NAMES)}"
    try:
        name = f"t_{name_in(reference(function))}"
    except UntellableError:
        return number
    return number if name in _NAMES.values() else name


def _expression(value: Any) -> str:
    if isinstance(value, Traced):
        return value.expression
    if value is None or value.__class__ in (int, str, bool):
        return repr(value)
    raise UntraceableError(f"{value!r} has no expression")


def told(function: Callable[..., str], *values: Any) -> str:
    """Return the text that a function makes of the values; traced ones make a hole that calls it."""
    for value in values:
        if isinstance(value, Traced):
            return str(value) if function is str else value.trace.call(function, values)
    return function(*values)


def retold(function: Callable[..., str], *values: str | int) -> str:
    """Return the text that a function makes of texts and numbers; texts with holes in them make a hole that calls it.

    For what looks at a text that is printed: `told` is for what makes one of values.
    """
    if not RUNNING or not any(value.__class__ is str and any(map(_is_hole, value)) for value in values):
        return function(*values)
    trace = RUNNING[-1]
    # No text stands in an expression as it is: there it may hold no backslash.
    arguments = [trace.part(value) if isinstance(value, str) else _expression(value) for value in values]
    return trace.hole(f"{trace.name_of(function)}({', '.join(arguments)})")


def changed(function: Callable[[str], str], text: str) -> str:
    """Return the text that a function makes of another: it changes characters one by one, and may put others around.

    It leaves letters, digits and `.:-+` as they are, so that it is not called for what only has holes for such texts.
    """
    if RUNNING and not all(character in RUNNING[-1].harmless for character in text if _is_hole(character)):
        return retold(function, text)
    return function(text)


def padded(text: str, width: int) -> str:
    """Return a text of at least so many characters, blanks in front of it; behind it where the width is negative."""
    if RUNNING and any(map(_is_hole, text)):
        trace = RUNNING[-1]
        return trace.hole(trace.alone.get(text) or trace.part(text), f">{width}" if width > 0 else f"<{-width}")
    return text.rjust(width) if width > 0 else text.ljust(-width)


def has_holes(text: str) -> bool:
    """Whether a text has holes in it."""
    return bool(RUNNING) and any(map(_is_hole, text))


def _is_hole(character: str) -> bool:
    return FIRST_HOLE <= ord(character) < FIRST_HOLE + MOST_HOLES


class Traced:
    """What stands for a number or for bytes of the packet that is traced, with an expression that gives the same."""

    __slots__ = ()

    expression: str
    trace: Trace


class Symbol(Traced):
    """A number of the packet that is traced: it is computed with, printed, and compared, which makes a condition.

    One that has been a key of a table is printed as it is from then on: what is made of it may be kept in the table.
    """

    __slots__ = ("expression", "is_key", "trace", "value")

    def __init__(self, trace: Trace, expression: str, value: Any) -> None:
        if len(expression) > _LONGEST_EXPRESSION:
            # Each record that tells where the next one begins may double it.
            raise UntraceableError("an expression that is too long")
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
        return str(self.value) if self.is_key else self.trace.hole(self.expression, is_harmless=True)

    __repr__ = __str__

    def __format__(self, specification: str) -> str:
        if self.is_key:
            return format(self.value, specification)
        return self.trace.hole(self.expression, specification, is_harmless=True)

    def bit_length(self) -> int:
        return self.known().bit_length()

    def to_bytes(self, *arguments: Any, **options: Any) -> bytes:
        return self.known().to_bytes(*arguments, **options)


_NUMBERS = (int, bool)


def _computed(apply: Callable[[Any, Any], Any], sign: str, one: Any, other: Any) -> Any:
    if one.__class__ is Symbol and one.is_key:
        one = one.value
    if other.__class__ is Symbol and other.is_key:
        other = other.value
    is_traced, is_other = one.__class__ is Symbol, other.__class__ is Symbol
    if not (is_traced or is_other):
        return apply(one, other)
    mine, theirs = one.value if is_traced else one, other.value if is_other else other
    if mine.__class__ in _NUMBERS and theirs.__class__ in _NUMBERS:
        trace = (one if is_traced else other).trace
        text = one.expression if is_traced else repr(int(one))
        further = other.expression if is_other else repr(int(other))
        try:
            value = apply(mine, theirs)
        except (ArithmeticError, ValueError):
            return apply(one.known() if is_traced else one, other.known() if is_other else other)
        if value.__class__ is int:
            joined = trace.joined(text, sign, further, value)
            return Symbol(trace, f"({text} {sign} {further})", value) if joined is None else joined
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
