"""What a filter says, as a tree: each node knows the characters that it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "All",
    "And",
    "Arithmetic",
    "Call",
    "Character",
    "Comparison",
    "Existence",
    "Membership",
    "MistakeError",
    "Name",
    "Negative",
    "Node",
    "Not",
    "Or",
    "Place",
    "Quantifier",
    "Range",
    "Search",
    "Slice",
    "Text",
    "Value",
]


class Place(NamedTuple):
    """The characters of a node in the filter: from `start` to before `end`, counted from 0."""

    start: int
    end: int


class Range(NamedTuple):
    """A piece of a sequence: from `start` (negative: counted from the end), `length` items, or all that follow."""

    start: int
    length: int | None


class MistakeError(Exception):
    """What is wrong in a part of a filter, raised where the filter as a whole is not at hand."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


Quantifier: TypeAlias = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class Name:
    """A word without quotes: a field, a protocol, or a value that the other side gives its meaning.

    `layers` are the occurrences of the protocol that are meant, counted from 1: `ip.src#2`.
    """

    place: Place
    text: str
    layers: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A string in double quotes, its escapes resolved; `source` is what stood between the quotes."""

    place: Place
    value: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Character:
    """A character in single quotes, as its number."""

    place: Place
    value: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes of a field or protocol: `eth.src[0:3]`."""

    place: Place
    operand: Value
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of fields: `len(tcp.payload)`."""

    place: Place
    name: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Negative:
    """A value with a minus in front."""

    place: Place
    operand: Value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two values and one of `& + - * / %` between them."""

    place: Place
    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and one of `== != < <= > >=`; `quantifier` says how many of the occurrences must agree."""

    place: Place
    operator: str
    quantifier: Quantifier
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Search:
    """`contains` or `matches`."""

    place: Place
    operator: Literal["contains", "matches"]
    quantifier: Quantifier
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Membership:
    """`in {...}`: values, and pairs of the first and the last value of a range."""

    place: Place
    quantifier: Quantifier
    left: Value
    elements: tuple[tuple[Value, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Existence:
    """A field, protocol or slice that must be there, or a sum that must not be zero."""

    place: Place
    operand: Value


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    place: Place
    operand: Node


@dataclass(frozen=True, slots=True)
class And:
    """What must all hold."""

    place: Place
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Of which one must hold."""

    place: Place
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class All:
    """The empty filter, which everything passes."""

    place: Place


Value: TypeAlias = Name | Text | Character | Slice | Call | Negative | Arithmetic
Node: TypeAlias = Comparison | Search | Membership | Existence | Not | And | Or | All
