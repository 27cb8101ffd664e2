"""The walk through a frame as numbers: of what a header looks like where nothing about it is unusual, and what follows.

It is made of the declarations, for a link type and the fields that somebody asks for, and run by an engine over all
frames of a buffer at once. A frame that is unusual in any way on the way to a field, or may hold the field where the
walk does not come, is left to the objects. So the walk knows each value for certain, or says that it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from dissect.declaration.automatic import HeaderLength, Ports, Selector, TotalLength, Variant
from dissect.declaration.decoder import LINKS, field_of_role
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.header import Data, Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.pending import declare_carrying
from dissect.declaration.selection import Guess, changes
from dissect.filters.reach import OPENED, Reach, carried_reach
from dissect.flows.usual import guesses_behind, telling_of_others
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_tables import LEARNT
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.loading import load_all
from dissect.wireshark.record_fields import fields_of
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.sight_fields import Computed
from dissect.wireshark.types import declared_fields, declared_headers, field_type, protocols

__all__ = [
    "ABSENT",
    "BEGINS",
    "CAPTURED",
    "CARRIED",
    "CHAIN",
    "CHAIN_BITS",
    "DEEPEST",
    "DONE",
    "ENDS",
    "LATEST",
    "LONGEST_CHAIN",
    "NOWHERE",
    "UNUSUAL",
    "Number",
    "Occurrence",
    "Place",
    "Program",
    "Step",
    "begins",
    "ends",
    "halves",
    "header_step",
    "learnt_fields",
    "looks_of",
    "program_for",
]

Occurrence: TypeAlias = Literal["first", "all"]
"""Which values of a field a row has: the first alone, or a list of all of them."""

ABSENT = -1
DONE, UNUSUAL = -1, -2
"""What a number may lead to in place of a step: nothing that is asked for, or what only objects tell."""

DEEPEST = 64
"""Headers of a frame at most."""
LATEST = 1 << 63
"""Nanoseconds that a moment or a span of time has no longer."""
_WIDEST = 128
"""Bits of the widest value that a walk takes."""


class Number(NamedTuple):
    """Where a number stands in a header: its first byte, how many bytes hold it, and its bits among theirs."""

    byte: int
    bytes: int
    shift: int
    mask: int

    @classmethod
    def of(cls, field: Field) -> Number:
        """Return where a field of fixed place stands."""
        first, last = field.bit // 8, (field.bit + field.width + 7) // 8
        return cls(first, last - first, 8 * last - field.bit - field.width, (1 << field.width) - 1)


NOWHERE, CARRIED, BEGINS, ENDS, CAPTURED, CHAIN = (Number(0, 0, 0, which) for which in range(6))
"""The places of what is no number in a header: of the header itself, of how many bytes it carries, of the byte in the
buffer at which it begins, of that behind which its datagram ends, of how many of the bytes that it carries were
captured, and of the steps that the walk has taken up to it (`CHAIN_BITS`)."""
CHAIN_BITS = 6
"""Bits that a step takes in a chain of them, counted from 1; the last one stands lowest. Of more than `LONGEST_CHAIN`
steps in one frame, that is unusual."""
LONGEST_CHAIN = 10


def halves(number: Number) -> list[Number]:
    """Return the numbers of 64 bits at most that make one of up to 128, the first ones in front."""
    if number.bytes <= 8:
        return [number]
    return [Number(number.byte + more, 8, 0, 0xFFFF_FFFF_FFFF_FFFF) for more in (0, 8)]


class Step(NamedTuple):
    """A header on the way: what it is like where nothing is unusual, and what its number leads to."""

    cls: type[Header]
    size: int
    """Its bytes without options."""
    length: Number | None
    """The number that tells its length, `unit` bytes each and `uncounted` on top."""
    unit: int
    uncounted: int
    longer: bool
    """Whether it may be longer than that."""
    tests: tuple[tuple[Number, int], ...]
    """Numbers that have to have these values."""
    total: Number | None
    """The number that tells how many bytes the header and what it carries take; or the latter alone."""
    with_header: bool
    ports: tuple[Number, ...]
    """The numbers that tell what it carries: one, or the two ports."""
    edges: tuple[tuple[int, int], ...]
    """What some of these numbers lead to: a step, DONE or UNUSUAL; in ascending order."""
    otherwise: int
    """What all others lead to: DONE or UNUSUAL."""
    guesses: tuple[tuple[tuple[int, bytes], ...], ...]
    """What makes the frame unusual where all looks of one of these say so: places behind the header, and for each a
    table by the byte that stands there, not 0 where it may be a message of some protocol."""


class Place(NamedTuple):
    """Where a column's value stands in the header of a step, and what it is multiplied by."""

    step: int
    number: Number
    scale: int


class Program(NamedTuple):
    """A walk: its steps, the first of which is the link's header, and the places of each name in them.

    Of a protocol's name there are the steps that are its headers, without a number.
    """

    steps: tuple[Step, ...]
    columns: Mapping[str, tuple[Place, ...]]
    networks: Mapping[str, type[Header]] = {}
    """The names of columns that say where network headers begin, for who follows conversations."""


def begins(cls: type[Header]) -> str:
    """Return the name of the column that says where headers of a class begin."""
    return f"{cls.name} begins"


def ends(cls: type[Header]) -> str:
    """Return the name of the column that says where the datagrams of a class of headers end."""
    return f"{cls.name} ends"


def program_for(
    link: int, names: Sequence[str], told: Mapping[str, type[Header]] = MappingProxyType({})
) -> Program | None:
    """Return the walk for frames of a link type that gives the fields of these names, and the protocols.

    None where one has no fixed place, or nothing is known of the first header without a closer look. Those of the names
    that are `told` are left to who follows the conversations of these classes: the walk tells where their headers stand
    (`begins`, `ends`), each right behind a network header.
    """
    if all(cls.carries_stream for cls in told.values()):
        declare_carrying()
    else:
        # What is carried may tell which headers of others belong together: its learners say so.
        load_all()
    return _program(link, tuple(names), frozenset(told.items()), changes())


def learnt_fields(name: str) -> list[Computed]:
    """Return the declarations of a field that other frames tell; none where it is no such field."""
    fields = declared_fields(name)
    found = [field for field in fields if isinstance(field, Computed) and field.is_learnt]
    return found if len(found) == len(fields) else []


@lru_cache(maxsize=64)
def _program(
    link: int, names: tuple[str, ...], told: frozenset[tuple[str, type[Header]]], change: int
) -> Program | None:
    """Return the walk, as long as headers carry what they did when they had changed so often."""
    learnt, followed = {name for name, _ in told}, {cls for _, cls in told}
    known = learnt | protocols()
    if any(name not in known and not _stands_in_headers(name) for name in names) or Data.name in names:
        return None
    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in declared_headers()}
    # What looks at a frame's bytes first, to tell which header it begins with, is no header's own decoder.
    first = by_decoder.get(LINKS.get(link))
    if first is None or not _is_plain(first):
        return None
    classes = [first]
    steps: list[Step] = []
    while len(steps) < len(classes):
        cls = classes[len(steps)]
        edges: dict[int, int] = {}
        reaches = carried_reach(cls)
        for number, carried in cls.decoders().items():
            inner = by_decoder.get(carried)
            if inner in followed and not cls.is_network:
                continue
            if inner is not None and _is_plain(inner) and _matters(inner, reaches[number], names):
                if inner not in classes:
                    classes.append(inner)
                edges[int(number)] = classes.index(inner)
        steps.append(_step(cls, edges, reaches, names, opens=cls in followed and not cls.carries_stream))
    columns: dict[str, tuple[Place, ...]] = {}
    networks: dict[str, type[Header]] = {}
    for step, cls in enumerate(classes):
        if cls in followed:
            columns[begins(cls)], columns[ends(cls)] = (Place(step, BEGINS, 1),), (Place(step, ENDS, 1),)
        elif followed and cls.is_network:
            columns[begins(cls)], networks[begins(cls)] = (Place(step, BEGINS, 1),), cls
    for name in names:
        if name in learnt:
            continue
        places = list(_places(classes, name))
        if None in places:
            return None
        columns[name] = tuple(place for place in places if place is not None)
    return Program(tuple(steps), columns, networks)


def _stands_in_headers(name: str) -> bool:
    """Whether all fields of a name are declared by headers, and say what they say by their own bytes."""
    if name in LEARNT or name in FRAME_FIELDS or name in RESOLVED or name in EXPERT_FIELDS:
        return False
    kind = field_type(name)
    if kind is not None and kind.family == "absolute_time":
        # The number in the header counts from another moment, in another unit.
        return False
    owners = [field.owner for field in declared_fields(name)]
    return bool(owners) and all(
        owner is not None and issubclass(owner, Header) and not issubclass(owner, Data) for owner in owners
    )


def _is_plain(cls: type[Header]) -> bool:
    """Whether headers of a class have all their fields of fixed size in front, and none that others are there for."""
    front = [field for field in cls.layout if not field.floats and not field.elastic]
    rest = [field for field in cls.layout if field.floats or field.elastic]
    selector = field_of_role(cls, Selector)
    return (
        not cls.quotes
        and field_of_role(cls, Variant) is None
        and cls.always_carries is None
        and sum(field.width for field in front) == 8 * cls.least_size > 0
        and (not rest or (field_of_role(cls, HeaderLength) is not None and all(each.length == "rest" for each in rest)))
        and (cls.may_carry() == [] if selector is None else selector.is_read_in_place)
        and all(field.when is None and not field.little for field in front)
    )


def _matters(cls: type[Header], reach: Reach, names: Sequence[str]) -> bool:
    """Whether one of the fields stands in headers of a class, or behind them."""
    return any(_declared(cls, name) or cls.name == name or _may_hold(reach, name) for name in names)


def _may_hold(reach: Reach, name: str) -> bool:
    return reach.has(name) or reach.declares(name)


def _declared(cls: type[Header], name: str) -> list[Field]:
    return [field for field in fields_of(cls) if name in (field.label, field.also)]


def _step(
    cls: type[Header],
    edges: dict[int, int],
    reaches: Mapping[int | None, Reach],
    names: Sequence[str],
    *,
    opens: bool,
) -> Step:
    """Return the step for headers of a class; what they carry may say which others belong together where it `opens`."""
    anywhere, guesses = _hidden(cls, reaches, names)
    otherwise = UNUSUAL if anywhere else DONE
    found = edges | {
        number: UNUSUAL if any(_may_hold(reach, name) for name in names) else DONE
        for number, reach in reaches.items()
        if number is not None and number != OPENED and number not in edges
    }
    if anywhere and cls.carries_stream:
        # What a stream carries is told by its beginning, whatever the number, and goes on in any segment.
        found |= dict.fromkeys((number for number, target in found.items() if target == DONE), UNUSUAL)
    if opens:
        telling = telling_of_others(cls)
        numbers, beginnings = telling or ((), ())
        found |= dict.fromkeys(numbers, UNUSUAL)
        otherwise = UNUSUAL if telling is None else otherwise
        guesses += looks_of(beginnings)
    if len(_telling_fields(cls)) > 1:
        # Which of two ports counts is a matter of both.
        found = {number: UNUSUAL if target >= 0 else target for number, target in found.items()}
    return header_step(cls, names)._replace(
        edges=tuple(sorted((int(number), target) for number, target in found.items() if target != otherwise)),
        otherwise=otherwise,
        guesses=guesses,
    )


def header_step(cls: type[Header], names: Sequence[str] = ()) -> Step:
    """Return the step for headers of a class, all of which are unusual for what they carry.

    `names` are the fields that somebody asks for.
    """
    length, total = field_of_role(cls, HeaderLength), field_of_role(cls, TotalLength)
    role: Any = None if length is None else length.factory
    extent: Any = None if total is None else total.factory
    return Step(
        cls=cls,
        size=cls.least_size,
        length=None if length is None else Number.of(length),
        unit=1 if role is None else role.unit,
        uncounted=0 if role is None else role.uncounted,
        longer=not cls.is_network,
        tests=_tests(cls, names),
        total=None if total is None else Number.of(total),
        with_header=extent is not None and extent.with_header,
        ports=tuple(map(Number.of, _telling_fields(cls))),
        edges=(),
        otherwise=UNUSUAL,
        guesses=(),
    )


def _telling_fields(cls: type[Header]) -> list[Field]:
    """Return the fields that tell what a header carries: one, two ports, or none."""
    ports = field_of_role(cls, Ports)
    if ports is not None:
        factory: Any = ports.factory
        return [cls.field(each) if isinstance(each, str) else each for each in factory.numbers(ports)]
    selector = field_of_role(cls, Selector)
    return [] if selector is None else [selector]


def _hidden(
    cls: type[Header], reaches: Mapping[int | None, Reach], names: Sequence[str]
) -> tuple[bool, tuple[tuple[tuple[int, bytes], ...], ...]]:
    """Return where one of the fields may stand behind a header though no number says so.

    That is: whether it may be behind any, and by which bytes it may be (`Step.guesses`).
    """
    asks = [key for key in (None, OPENED) if key in reaches and any(_may_hold(reaches[key], name) for name in names)]
    guesses = guesses_behind(cls)
    is_told = guesses is not None and not cls.carries_stream
    anywhere = cls.looks_further() or OPENED in asks or (bool(asks) and not is_told)
    return anywhere, looks_of(guesses or ()) if asks else ()


def looks_of(guesses: Iterable[Guess]) -> tuple[tuple[tuple[int, bytes], ...], ...]:
    """Return the looks of each guess; what is told by one byte is one guess for all that look at the same."""
    alone: dict[int, set[int]] = {}
    found = []
    for guess in guesses:
        looks = [(place, _table(numbers)) for place, numbers in guess.looks]
        if guess.begins:
            found += [tuple((place, _table((byte,))) for place, byte in enumerate(each)) for each in guess.begins]
            continue
        if len(looks) == 1 and not guess.then:
            ((place, numbers),) = guess.looks
            alone.setdefault(place, set()).update(numbers)
            continue
        short = {each[0] for each in guess.then if len(each) == 1}
        found += [
            (*looks, *((1 + place, _table((byte,))) for place, byte in enumerate(each)))
            for each in guess.then
            if len(each) > 1
        ]
        if short or not guess.then:
            found.append((*looks, *([(1, _table(short))] if short else [])))
    return (*(((place, _table(numbers)),) for place, numbers in alone.items()), *found)


def _table(numbers: Collection[int]) -> bytes:
    return bytes(number in numbers for number in range(256))


def _tests(cls: type[Header], names: Sequence[str]) -> tuple[tuple[Number, int], ...]:
    """Return which numbers have which values in a usual header."""
    tests = [(Number.of(field), field.expected) for field in cls.layout if field.expected is not None]
    for field in (field for name in names for field in _declared(cls, name)):
        if isinstance(field, Derived) and field.when_set:
            tests.append((Number.of(cls.field(field.when_set)), 0))
    tests += [(Number.of(cls.field(name)), 0) for name in {*cls.partial, *filter(None, [cls.unless])}]
    return tuple(dict.fromkeys(tests))


def _places(classes: list[type[Header]], name: str) -> Iterator[Place | None]:
    """Yield where a field stands in each class; None where it has no place of its own there."""
    for step, cls in enumerate(classes):
        if cls.name == name:
            yield Place(step, NOWHERE, 0)
            continue
        fields = [field for field in _declared(cls, name) if not _is_missing(cls, field)]
        if len(fields) > 1:
            yield None
        for field in fields:
            if isinstance(field, Derived) and field.counts_payload:
                yield Place(step, CARRIED, 1)
                continue
            fixed = not (isinstance(field, Derived) or field.floats or field.elastic or field.little)
            is_value = fixed and 0 < field.width <= _WIDEST and (field.width <= 64 or field.width % 64 == 0)
            is_value = is_value and not (field.width > 57 and field.bit % 8)
            yield Place(step, Number.of(field), field.scale) if is_value else None


def _is_missing(cls: type[Header], field: Field) -> bool:
    """Whether a header of a step has no such computed field, as nothing about it is unusual."""
    total = field_of_role(cls, TotalLength)
    return isinstance(field, Derived) and bool(
        (field.with_options and cls.is_network)
        or field.when_set
        or (field.when_zero and total is not None and field.when_zero == total.name)
    )
