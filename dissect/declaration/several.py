"""Several values in the place of one: a header that stands for many, until it is expanded.

A constructor that is given a set for a field makes a header that remembers its arguments. It is stacked, copied and
printed as any other, and refuses to be built: `expand` gives the headers that it stands for, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from math import prod
from typing import Any, TypeVar, overload

from dissect.declaration.assembly import complete_assembly
from dissect.declaration.automatic import Variant
from dissect.declaration.fields import AUTOMATIC, SetOfValues
from dissect.errors import FieldError

__all__ = ["Expansion", "Several", "expand", "several", "stand_for_several"]

_Value = TypeVar("_Value")
_MOST_TRIED = 1024
"""Of how many members of a set each is tried when it is given to a constructor; of more the first and the last."""


class Several(SetOfValues, Sequence[_Value]):
    """Values of which a field has each in turn (`expand`): what `several`, `hosts` and `ports` return.

    They are those of sequences, one after the other; `said` is the Python by which they were asked for. Raises
    FieldError where there is none.
    """

    def __init__(self, parts: Sequence[Sequence[_Value]], said: str) -> None:
        self._parts, self._said = list(parts), said
        if not self.size:
            raise FieldError(f"{said} has no member, expected one or more")

    @property
    def size(self) -> int:
        """How many members there are, however many."""
        return sum(map(_size, self._parts))

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> _Value: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[_Value]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self.size))]
        left = place + self.size if place < 0 else place
        for part in self._parts if left >= 0 else ():
            if left < _size(part):
                return part[left]
            left -= _size(part)
        raise IndexError(f"{self._said} has {self.size} members, and number {place} is none of them")

    def __iter__(self) -> Iterator[_Value]:
        return chain.from_iterable(self._parts)

    def __eq__(self, other: object) -> bool:
        return self._said == other._said if isinstance(other, Several) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._said)

    def __repr__(self) -> str:
        return self._said


def _size(part: Sequence[Any]) -> int:
    """Return the length of a sequence, which may be longer than `len` counts."""
    size = getattr(part, "size", None)
    return size if isinstance(size, int) else len(part)


def several(*values: Any) -> Any:
    """Return values of which a field has each in turn, for a frame that is expanded: those given, and those of ranges.

    A list or another iterable that is the only argument has the values.

    >>> several(1, 2, range(10, 13))
    several(1, 2, range(10, 13))
    >>> list(several(1, 2, range(10, 13))), list(several(["S", "SA"]))
    ([1, 2, 10, 11, 12], ['S', 'SA'])

    The result is `Several`; its type is told as Any, because fields take it in place of one value. Raises FieldError
    where there is none.
    """
    if len(values) == 1 and isinstance(values[0], Iterable) and not isinstance(values[0], (str, bytes, range)):
        values = tuple(values[0])
    parts = [each if isinstance(each, range) else (each,) for each in values]
    return Several(parts, f"several({', '.join(map(repr, values))})")


class _Arguments(bytes):
    """The bytes of the first header that one stands for, with the arguments of all."""

    values: dict[str, Any]


def stand_for_several(header: Any, values: dict[str, Any], automatic: int, payload: Any, trailer: bytes) -> None:
    """Let a header that is being made stand for several, because some of its arguments are sets.

    `values` has all arguments by their names, the defaults among them, and those that were converted already in their
    raw form; `automatic` tells of which of them nothing was said. Raises FieldError for members that do not fit.
    """
    sets = {name: value for name, value in values.items() if isinstance(value, Several)}
    cls: Any = type(header)
    defaults = dict(zip(values, _defaults(cls, values), strict=True))
    given = {
        name: value for name, value in values.items() if value is not defaults[name] and _is_said(cls, name, automatic)
    }
    first = given | {name: each[0] for name, each in sets.items()}
    made = cls(**first, payload=payload, trailer=trailer)
    for name, each in sets.items():
        for member in each if each.size <= _MOST_TRIED else (each[0], each[-1]):
            cls(**(first | {name: member}))
    buffer = _Arguments(made._buffer)
    buffer.values = {name: sets[name] if name in sets else getattr(made, name) for name in given}
    header.__class__ = _standing_for(cls)
    for slot in ("_start", "_body", "_end", "_outer", "_payload"):
        object.__setattr__(header, slot, getattr(made, slot))
    object.__setattr__(header, "_buffer", buffer)
    # Not the state that usual headers share, by which these are known when a chain is put together in one step.
    tail, computed, _ = made._state
    object.__setattr__(header, "_state", (tail, computed, None))


def _is_said(cls: type[Any], name: str, automatic: int) -> bool:
    """Whether a field was given, and is neither left to be computed nor a number that belongs to the class."""
    field = cls._by_name[name]
    return not automatic & field.mask and not isinstance(field.factory, Variant)


def _defaults(cls: type[Any], names: dict[str, Any]) -> list[Any]:
    """Return the constructor's defaults of these parameters."""
    code = cls.__init__.__code__
    parameters = code.co_varnames[: code.co_argcount]
    by_name = dict(zip(parameters[::-1], cls.__init__.__defaults__[::-1], strict=False))
    # Second readings of bits have no parameter.
    return [by_name.get(name, AUTOMATIC) for name in names]


@cache
def _standing_for(cls: Any) -> Any:
    """Return the class of headers that stand for several of a class."""
    body: dict[str, Any] = {
        "__slots__": (),
        "__module__": __name__,
        "is_traced": True,
        "is_declared": False,
        "__getattribute__": _get,
        "__setattr__": _set,
        "__delattr__": _delete,
        # What it carries comes behind, for that may know the header around it.
        "__reduce__": lambda header: (_again, (cls, header._buffer.values, header.trailer), header._payload),
        "__setstate__": lambda header, payload: object.__setattr__(header, "_payload", payload),
        "own_repr": _own_repr,
        "compared": lambda header: header._buffer.values,
        "own_bytes": property(_refuse),
        "parts": _refuse,
    }
    # Not by the metaclass's own `__new__`, which declares a header.
    made: type[Any] = type.__new__(type(cls), cls.__name__, (cls,), body)
    complete_assembly(made)
    for method in ("_assemble", "_filled", "_detach", "raw"):
        setattr(made, method, _refuse)
    return made


def _refuse(header: Any, *_: Any) -> Any:
    name, several = next(_sets(header))
    raise FieldError(
        f"{type(header).__name__}.{name} has {several.size} values, {several!r}: expand(frame) gives the frames with "
        "one of them each"
    )


def _sets(header: Any) -> Iterator[tuple[str, Several[Any]]]:
    values = object.__getattribute__(header, "_buffer").values
    return ((name, value) for name, value in values.items() if isinstance(value, Several))


def _get(header: Any, name: str) -> Any:
    get = object.__getattribute__
    if name in type(header)._by_name:
        values = get(header, "_buffer").values
        if name in values:
            return values[name]
        # What was left out is as in the first of those that it stands for.
        return getattr(_chosen(header, {each: several[0] for each, several in _sets(header)}), name)
    return get(header, name)


def _set(header: Any, name: str, value: Any) -> None:
    if name not in type(header)._by_name:
        object.__setattr__(header, name, value)
        return
    _replace(header, header._buffer.values | {name: value})


def _delete(header: Any, name: str) -> None:
    if name not in type(header)._by_name:
        object.__delattr__(header, name)
        return
    _replace(header, {each: value for each, value in header._buffer.values.items() if each != name})


def _replace(header: Any, values: dict[str, Any]) -> None:
    """Let a header have other arguments, those that make it an ordinary one again included."""
    made = type(header).__mro__[1](**values, trailer=header.trailer)
    payload, outer = header._payload, header._outer
    header.__class__ = type(made)
    for slot in ("_start", "_body", "_end", "_state", "_buffer"):
        object.__setattr__(header, slot, getattr(made, slot))
    object.__setattr__(header, "_payload", payload)
    object.__setattr__(header, "_outer", outer)


def _own_repr(header: Any) -> str:
    values = header._buffer.values
    first = _chosen(header, {each: several[0] for each, several in _sets(header)})
    arguments = [f"trailer={header.trailer!r}"] if header.trailer else []
    for name in reversed(values):
        field = first.field(name)
        value = values[name]
        text = repr(value) if isinstance(value, Several) else field.kind.source(first.raw(field), field.base)
        arguments.insert(0, f"{name}={text}")
    return f"{type(header).__name__}({', '.join(arguments)})"


def _again(cls: type[Any], values: dict[str, Any], trailer: bytes) -> Any:
    return cls(**values, trailer=trailer)


def _chosen(header: Any, choice: dict[str, Any]) -> Any:
    """Return the header that one stands for where its sets have these members; it carries nothing."""
    get = object.__getattribute__
    return type(header).__mro__[1](**(get(header, "_buffer").values | choice), trailer=header.trailer)


class Expansion(Sequence[Any]):
    """The frames that one with sets stands for: made when somebody looks at them; the last set changes fastest."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame.copy()
        self._sets = [
            (place, name, several)
            for place, header in enumerate(_layers(self._frame))
            if isinstance(header._buffer, _Arguments)
            for name, several in _sets(header)
        ]
        self.size = prod(each.size for _, _, each in self._sets)
        """How many frames there are, however many."""

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self.size))]
        number = place + self.size if place < 0 else place
        if not 0 <= number < self.size:
            raise IndexError(f"there are {self.size} frames, and number {place} is none of them")
        choice: dict[int, dict[str, Any]] = {}
        for layer, name, several in reversed(self._sets):
            number, member = divmod(number, several.size)
            choice.setdefault(layer, {})[name] = several[member]
        return self._made(choice)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, _Numbers(self.size))

    def __repr__(self) -> str:
        return f"expand({self._frame!r})"

    def _made(self, choice: dict[int, dict[str, Any]]) -> Any:
        frame = self._frame.copy()
        before = None
        for place, header in enumerate(list(_layers(frame))):
            made = header
            if place in choice:
                made = _chosen(header, choice[place])
                made._payload = header._payload
                if before is None:
                    frame = made
                else:
                    before._payload = made
            before = made
        return frame


class _Numbers:
    """The numbers up to one that may be larger than ranges count."""

    def __init__(self, count: int) -> None:
        self.size = count

    def __iter__(self) -> Iterator[int]:
        number = 0
        while number < self.size:
            yield number
            number += 1


def expand(frame: Any) -> Expansion:
    """Return the frames that a frame stands for whose fields have sets of values (`several`, `hosts`, `ports`).

    They are made one by one, in the order in which nested loops would make them, the last field in the inner one; `len`
    tells how many there are. A frame without sets stands for itself alone. FieldError for what is no header.

    >>> from dissect import IPv4, TCP, expand, hosts, ports
    >>> frames = expand(IPv4(dst=hosts("10.0.0.0/30")) / TCP(dport=ports(20, 22)))
    >>> len(frames), frames[0], frames[-1]
    (6, IPv4(dst='10.0.0.1') / TCP(dport=20), IPv4(dst='10.0.0.2') / TCP(dport=22))
    """
    if not hasattr(frame, "own_repr"):
        raise FieldError(f"{frame!r} is no frame to expand, expected a header whose fields may have sets of values")
    return Expansion(frame)


def _layers(frame: Any) -> Iterator[Any]:
    header = frame
    while header is not None:
        yield header
        header = header.payload
