"""The walk through usual frames down to TCP or UDP, for those who count chains of headers and ask for no field.

A chain is what loops over usual frames take for one (`dissect.flows.usual`): a link's header, tags, a network header,
and a segment or datagram that carries nothing which a declaration reads. All other frames are objects. So no protocol
has to be declared but these: of all others the numbers are known, and how their messages begin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

from dissect.declaration.header import Header
from dissect.declaration.pending import waiting_numbers
from dissect.declaration.selection import changes
from dissect.flows.usual import (
    UsualNetwork,
    all_carried,
    further_networks,
    guesses_behind,
    outermost,
    usual_networks,
)
from dissect.tables.program import (
    BEGINS,
    CAPTURED,
    CHAIN,
    CHAIN_BITS,
    DONE,
    ENDS,
    UNUSUAL,
    Place,
    Program,
    Step,
    begins,
    ends,
    header_step,
    looks_of,
)

__all__ = ["CAPTURED_BYTES", "CHAIN_OF_STEPS", "chain_program", "classes_of"]

CHAIN_OF_STEPS, CAPTURED_BYTES = "chain", "captured bytes"
"""The columns that have the steps to the last header of each frame (`classes_of`), and how much it carries that was
captured."""


def chain_program(link: int, last: Collection[type[Header]]) -> Program | None:
    """Return the walk to headers of these classes, which carry nothing more; None where no frames of the link have any.

    It tells where they stand (`begins`, `ends`), for those who follow their conversations: a stream may carry what its
    beginning told, which the walk does not know.
    """
    return _program(link, frozenset(last), changes())


@lru_cache(maxsize=16)
def _program(link: int, last: frozenset[type[Header]], change: int) -> Program | None:
    classes: list[type[Header]] = []
    edges: dict[type[Header], dict[int, type[Header]]] = {}
    networks = []
    for usual in _networks(link):
        networks.append(usual.network)
        steps = *usual.outers, usual.network
        classes += steps
        for cls, number, inner in zip(steps, usual.numbers, steps[1:], strict=False):
            edges.setdefault(cls, {})[number] = inner
        carried = {int(number): cls for number, cls in usual.network.usually_carries().items() if cls in last}
        edges.setdefault(usual.network, {}).update(carried)
        classes += carried.values()
    ended = {cls: step for cls in classes if cls in last and (step := _last_step(cls)) is not None}
    classes = [cls for cls in dict.fromkeys(classes) if cls not in last or cls in ended]
    if not ended or len(classes) >> CHAIN_BITS:
        return None
    places = {cls: place for place, cls in enumerate(classes)}
    found = []
    for cls in classes:
        targets = {number: places[inner] for number, inner in edges.get(cls, {}).items() if inner in places}
        found.append(ended.get(cls) or header_step(cls)._replace(edges=tuple(sorted(targets.items()))))
    columns: dict[str, tuple[Place, ...]] = {
        begins(cls): (Place(places[cls], BEGINS, 1),) for cls in [*ended, *networks]
    }
    columns |= {ends(cls): (Place(places[cls], ENDS, 1),) for cls in ended}
    columns[CHAIN_OF_STEPS] = tuple(Place(places[cls], CHAIN, 1) for cls in ended)
    columns[CAPTURED_BYTES] = tuple(Place(places[cls], CAPTURED, 1) for cls in ended)
    return Program(tuple(found), columns, {begins(cls): cls for cls in networks})


def _networks(link: int) -> Iterator[UsualNetwork]:
    """Yield the usual networks of a link, and those in tags."""
    yield from usual_networks(link)
    outer = outermost(link)
    if outer is not None:
        waiting = waiting_numbers(outer) or {}
        # What carries nothing is no tag, and need not be declared.
        tags = sorted({*map(int, outer.decoders()), *(number for number, told in waiting.items() if told.carries)})
        for number in tags:
            yield from further_networks(link, number)


def _last_step(cls: type[Header]) -> Step | None:
    """Return the step of a class that carries bytes which no declaration reads; None where that is never known."""
    numbers, guesses = all_carried(cls), guesses_behind(cls)
    if numbers is None or guesses is None:
        return None
    edges = tuple((number, UNUSUAL) for number in sorted(numbers) if number >= 0)
    return header_step(cls)._replace(edges=edges, otherwise=DONE, guesses=looks_of(guesses))


def classes_of(program: Program, chain: int) -> tuple[type[Header], ...]:
    """Return the classes of the headers of a chain, the outermost first."""
    found: list[type[Header]] = []
    while chain:
        found.append(program.steps[(chain & (1 << CHAIN_BITS) - 1) - 1].cls)
        chain >>= CHAIN_BITS
    return tuple(reversed(found))
