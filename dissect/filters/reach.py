"""What can stand behind a header: the graph of which protocols carry which, as far as a filter has to know."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from functools import lru_cache, reduce
from typing import Any

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.pending import Waiting, waiting_guesses, waiting_numbers
from dissect.declaration.selection import changes
from dissect.flows.learner import learner_of
from dissect.wireshark.field_tables import LEARNT
from dissect.wireshark.loading import load_named
from dissect.wireshark.sight_fields import Computed
from dissect.wireshark.types import declared_fields, declared_headers, protocols

__all__ = [
    "NOTHING",
    "OPENED",
    "Reach",
    "behind",
    "carried_reach",
    "carriers_of",
    "classes_to_learn",
    "classes_to_look_into",
    "costly_facts",
    "may_be_behind",
    "names_of",
    "stands_alone",
]

# Data that came before or late are not looked into; numbers in columns and some flags depend on the connection.
_IN_THE_LIGHT_OF_OTHERS = ("_ws.", "data", "tcp.flags.ace", "tcp.flags.str")
_OF_THE_WHOLE_FRAME = ("frame.protocols", "frame.coloring_rule")
"""Fields of the frame that tell what its headers are taken for."""


class Reach(NamedTuple):
    """The protocols that can stand behind a header, by their names; `anything` where the declarations cannot tell."""

    names: frozenset[str]
    anything: bool = False

    def joined(self, other: Reach) -> Reach:
        """Return what can stand behind one or the other."""
        return Reach(self.names | other.names, self.anything or other.anything)

    def has(self, protocol: str) -> bool:
        """Whether a protocol of this name can be there."""
        return self.anything or protocol in self.names

    def declares(self, name: str) -> bool:
        """Whether a field of this display-filter name can be there."""
        if self.anything or not self.names:
            return self.anything
        return any(field.owner is None or field.owner.name in ("", *self.names) for field in declared_fields(name))


OPENED = -1
NOTHING = Reach(frozenset())
"""The reach of bytes that no declaration reads."""
_ANYTHING = Reach(frozenset(), True)


def carried_reach(cls: type[Header]) -> Mapping[int | None, Reach]:
    """Return what a frame can hold from this header's payload on, by the number that says so.

    Under None stands what is told by a look at its bytes instead, and under OPENED what any number may stand for, since
    other headers open conversations for it.
    """
    return _carried_reach(cls, changes())


@lru_cache(maxsize=256)
def _carried_reach(cls: type[Header], change: int) -> dict[int | None, Reach]:
    """Return what `carried_reach` does, when what headers carry had changed so often."""
    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in declared_headers()}
    known: dict[Any, Reach] = {}

    def reach(decode: Any) -> Reach:
        if decode not in known:
            known[decode] = _reach(decode, by_decoder)
        return known[decode]

    found: dict[int | None, Reach] = {number: reach(decode) for number, decode in cls.decoders().items()}
    for opened in (each for each in cls.carried_protocols() if each.opened):
        found[OPENED] = found.get(OPENED, NOTHING).joined(reach(opened.decode))
    guesses = waiting_guesses(cls)
    for other in (*map(reach, cls.guessed_decoders()), *map(_of_waiting, guesses or ())):
        found[None] = found.get(None, NOTHING).joined(other)
    numbers = waiting_numbers(cls)
    for number, waiting in (numbers or {}).items():
        found[number] = found.get(number, NOTHING).joined(_of_waiting(waiting))
    if numbers is None or guesses is None:
        found[None] = _ANYTHING
    return found


def names_of(cls: type[Header]) -> set[str]:
    """Return the name of a class, and those of the headers from which it has fields, as LLMNR has DNS's."""
    return {each.name for each in cls.__mro__ if issubclass(each, Header) and each.name}


def _of_waiting(waiting: Waiting) -> Reach:
    """Return the reach of what is not declared yet."""
    return Reach(waiting.names, waiting.carries)


def _reach(decode: Any, by_decoder: dict[Any, type[Header]]) -> Reach:
    names: set[str] = set()
    seen, unseen = {decode}, [decode]
    while unseen:
        cls = by_decoder.get(unseen.pop())
        further = None if cls is None else cls.may_carry()
        if cls is None or further is None:
            # A decoder of its own, or a payload that the class looks for by itself.
            return _ANYTHING
        numbers, guesses = waiting_numbers(cls), waiting_guesses(cls)
        if numbers is None or guesses is None:
            return _ANYTHING
        for waiting in (*numbers.values(), *guesses):
            if waiting.carries:
                return _ANYTHING
            names |= waiting.names
        names |= names_of(cls)
        unseen += [each for each in further if each not in seen]
        seen.update(further)
    return Reach(frozenset(names))


def stands_alone(names: Collection[str]) -> bool:
    """Whether the fields of these names have the same values whatever other packets say.

    Times that refer to others, and what fragments carry together, are left out of account.
    """
    for name in names:
        # Its sight says whether it is learnt.
        load_named(name)
    opened = {each.name for each in declared_headers() if each.opened}
    return not any(
        name in LEARNT or name.startswith(_IN_THE_LIGHT_OF_OTHERS) or name.partition(".")[0] in opened for name in names
    )


def classes_to_learn(names: Collection[str]) -> Container[type[Header]] | None:
    """Return the classes of headers of which a reading pass has to learn to tell these fields (`ReadingPass`'s `only`).

    None where it has to learn of all. Of what stands alone, only that depends on others which may stand behind a header
    whose learner says whether anybody looks at what it carries. Some fields are told by the learner of their header.
    """
    if any(name.startswith(_OF_THE_WHOLE_FRAME) for name in names) or not protocols().isdisjoint(names):
        # A protocol's own text may hold whatever is known of the header.
        return None
    owners = {None if stands_alone([name]) else _telling(name) for name in names} - {None}
    return None if Header in owners else _Learning(names, owners)


def classes_to_look_into(names: Collection[str]) -> Container[type[Header]] | None:
    """Return the classes of headers of which a reading pass has to know what they carry (`ReadingPass`'s `into`).

    None where it has to know that of all.
    """
    return None if classes_to_learn(names) is None else _Carriers(names)


def carriers_of(names: Collection[str], facts: Collection[str] | None) -> Container[type[Header]] | None:
    """Return the classes of headers of which a filter that asks for these fields has to know what they carry.

    None where that may be all of them, also to tell the facts that are learnt of those which take long (None for all).
    A protocol is asked for by its name.
    """
    if not stands_alone(names) or any(name.startswith(_OF_THE_WHOLE_FRAME) for name in names):
        return None
    streams = (learner_of(each) for each in declared_headers() if each.carries_stream)
    opened = frozenset[str]().union(*(kind.opened for kind in streams if kind is not None))
    return _Carriers(names) if facts is not None and opened.isdisjoint(facts) else None


def may_be_behind(cls: type[Header], name: str) -> bool:
    """Whether a field or protocol of this name may stand behind a header of a class, where that carries a stream.

    What carries none is looked into in any case.
    """
    return not cls.carries_stream or _may_be_in_stream(cls, name, changes())


@lru_cache(maxsize=1024)
def _may_be_in_stream(cls: type[Header], name: str, change: int) -> bool:
    """Return what `may_be_behind` does, when what headers carry had changed so often."""
    into = carriers_of([name], ())
    return into is None or cls in into


def _telling(name: str) -> type[Header]:
    """Return the class whose learner tells a field by headers of that class alone; Header where none does."""
    fields = [field for field in declared_fields(name) if isinstance(field, Computed) and field.is_learnt]
    owners = {field.owner for field in fields}
    owner = owners.pop() if len(owners) == 1 else None
    if owner is None or not issubclass(owner, Header):
        return Header
    kind = learner_of(owner)
    return owner if kind is not None and all(field.fact in kind.own for field in fields) else Header


class _Carriers(Container[type[Header]]):
    """The classes of headers behind which one of some fields may stand, those left out that carry streams without any.

    It is told of each when it is asked for, as some are declared by then only.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = tuple(names)
        self._known: dict[object, bool] = {}

    def __contains__(self, cls: object) -> bool:
        known = self._known.get(cls)
        if known is None:
            known = self._known[cls] = isinstance(cls, type) and issubclass(cls, Header) and self._may_hold(cls)
        return known

    def _may_hold(self, cls: type[Header]) -> bool:
        # Behind a message, and behind its body, stands the next one of its stream: that is told of the stream alone.
        return not cls.carries_stream or _may_carry(cls, self._names, changes())


class _Learning(_Carriers):
    """Those that have a learner among such classes, and some others."""

    def __init__(self, names: Collection[str], others: Collection[type[Header] | None]) -> None:
        super().__init__(names)
        self._known |= dict.fromkeys(others, True)

    def _may_hold(self, cls: type[Header]) -> bool:
        return cls.is_declared and learner_of(cls) is not None and _may_carry(cls, self._names, changes())


def costly_facts(names: Collection[str]) -> frozenset[str]:
    """Return the facts that a reading pass learns only where they are asked for, and that tell these fields.

    >>> sorted(costly_facts(["tcp.analysis.ack_rtt", "tcp.stream"]))
    ['ack_rtt']
    """
    fields = (field for name in names for field in declared_fields(name))
    return frozenset(fact for field in fields if isinstance(field, Computed) for fact in field.facts)


@lru_cache(maxsize=1024)
def _may_carry(cls: type[Header], names: tuple[str, ...], change: int) -> bool:
    """Whether one of the fields may stand behind a header of this class, when such had changed so often."""
    reach, known = behind(cls), protocols()
    return any(reach.has(name) if name in known else reach.declares(name) for name in names)


def behind(cls: type[Header]) -> Reach:
    """Return what a frame can hold behind a header of this class, whatever tells it."""
    return _behind(cls, changes())


@lru_cache(maxsize=256)
def _behind(cls: type[Header], change: int) -> Reach:
    reaches = list(carried_reach(cls).values())
    if cls.looks_further() or cls.always_carries is not None:
        further = cls.may_carry()
        if further is None:
            return _ANYTHING
        by_decoder: dict[Any, type[Header]] = {each.decode: each for each in declared_headers()}
        reaches += [_reach(decode, by_decoder) for decode in further]
        # What was encrypted, or begins behind a switch to another protocol, is read as beside it.
        around = (each for each in by_decoder.values() if not each.carried_protocols().keys().isdisjoint(cls.__mro__))
        reaches += [reach for each in around for reach in carried_reach(each).values()]
    return reduce(Reach.joined, reaches, NOTHING)
