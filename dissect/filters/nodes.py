"""What a filter says, as a tree: each node knows the characters that it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, TypeAlias, dataclass_transform

from dissect.declaration.named_tuples import NamedTuple

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


@dataclass_transform(frozen_default=True)
class _NodeType(type):
    """Gives a class of nodes its slots: `dataclasses`, which does the same, takes longer than all compilation."""

    _names: tuple[str, ...]
    _defaults: tuple[Any, ...]

    def __new__(metacls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _NodeType:
        parts = tuple(body.get("__annotations__", ()))
        defaults = tuple(body.pop(part) for part in parts if part in body)
        made = super().__new__(metacls, name, bases, {"__slots__": parts, "__match_args__": parts} | body)
        made._names, made._defaults = parts, defaults
        return made


class _Node(metaclass=_NodeType):
    """What filters are made of: parts that do not change."""

    __slots__ = ("_hash",)

    if TYPE_CHECKING:
        # Where it stood in the body, it would be taken for a part.
        _hash: ClassVar[int]

    def __init__(self, *values: Any) -> None:
        names, defaults = type(self)._names, type(self)._defaults
        missing = len(names) - len(values)
        for name, value in zip(names, (*values, *defaults[len(defaults) - missing :]), strict=True):
            object.__setattr__(self, name, value)

    def _parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in type(self)._names)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Node) and type(self) is type(other) and self._parts() == other._parts()

    def __hash__(self) -> int:
        try:
            known: int = self._hash
        except AttributeError:
            known = hash((type(self), self._parts()))
            object.__setattr__(self, "_hash", known)
        return known

    def __repr__(self) -> str:
        parts = (f"{name}={part!r}" for name, part in zip(type(self)._names, self._parts(), strict=True))
        return f"{type(self).__name__}({', '.join(parts)})"


class Name(_Node):
    """A word without quotes: a field, a protocol, or a value that the other side gives its meaning.

    `layers` are the occurrences of the protocol that are meant, counted from 1: `ip.src#2`.
    """

    place: Place
    text: str
    layers: tuple[Range, ...] = ()


class Text(_Node):
    """A string in double quotes, its escapes resolved; `source` is what stood between the quotes."""

    place: Place
    value: bytes
    source: str


class Character(_Node):
    """A character in single quotes, as its number."""

    place: Place
    value: int


class Slice(_Node):
    """Bytes of a field or protocol: `eth.src[0:3]`."""

    place: Place
    operand: Value
    ranges: tuple[Range, ...]


class Call(_Node):
    """A function of fields: `len(tcp.payload)`."""

    place: Place
    name: str
    arguments: tuple[Value, ...]


class Negative(_Node):
    """A value with a minus in front."""

    place: Place
    operand: Value


class Arithmetic(_Node):
    """Two values and one of `& + - * / %` between them."""

    place: Place
    operator: str
    left: Value
    right: Value


class Comparison(_Node):
    """Two values and one of `== != < <= > >=`; `quantifier` says how many of the occurrences must agree."""

    place: Place
    operator: str
    quantifier: Quantifier
    left: Value
    right: Value


class Search(_Node):
    """`contains` or `matches`."""

    place: Place
    operator: Literal["contains", "matches"]
    quantifier: Quantifier
    left: Value
    right: Value


class Membership(_Node):
    """`in {...}`: values, and pairs of the first and the last value of a range."""

    place: Place
    quantifier: Quantifier
    left: Value
    elements: tuple[tuple[Value, Value | None], ...]


class Existence(_Node):
    """A field, protocol or slice that must be there, or a sum that must not be zero."""

    place: Place
    operand: Value


class Not(_Node):
    """What must not hold."""

    place: Place
    operand: Node


class And(_Node):
    """What must all hold."""

    place: Place
    operands: tuple[Node, ...]


class Or(_Node):
    """Of which one must hold."""

    place: Place
    operands: tuple[Node, ...]


class All(_Node):
    """The empty filter, which everything passes."""

    place: Place


Value: TypeAlias = Name | Text | Character | Slice | Call | Negative | Arithmetic
Node: TypeAlias = Comparison | Search | Membership | Existence | Not | And | Or | All
