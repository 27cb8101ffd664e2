"""Chains of headers (`dissect.flows.chains`), kept for the next start: how frames are told apart is learnt once.

What tells the frames of a chain apart is kept as questions and answers, which name the classes of headers
(`dissect.declaration.named`). So a class is imported only where there is something to learn of such a header, or where
its text is made in a way that nobody knows yet.

It is kept as texts are (`dissect.views.kept_forms`), under a setting that tells what else it depends on: of which
headers a reading pass learns, and what a user chose.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterable
from importlib.util import source_hash
from marshal import dumps, loads
from typing import Any

from dissect.declaration.branches import Path
from dissect.declaration.gathering import Span
from dissect.declaration.kept_entries import KeptEntries
from dissect.declaration.named import is_told, named
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.references import Reference, UntellableError, are_there, reference, restored, told_value
from dissect.declaration.symbols import UntraceableError
from dissect.declaration.traced_decoding import Decoded, ports_of
from dissect.flows.chain_questions import Questions
from dissect.flows.known_chain import ToldChain

__all__ = ["DAMAGED", "Asked", "Chain", "ChainsOfLink", "KeptChains", "place_of"]

_MOST = 4 << 20
"""How many bytes are kept of all chains."""
_MOST_OF_LINK = 192
"""So many chains of one link type are kept, those first that came."""
_MOST_MISSED = 1024
"""Of so many frames that are of no chain it is counted how often such came."""
_MOST_COUNTED = 8
"""More of them change nothing."""
DAMAGED = (ValueError, EOFError, TypeError, LookupError, AttributeError, UntellableError)
"""What is raised where something that was kept is damaged."""


class Asked(NamedTuple):
    """What tells whether a frame is of a chain."""

    path: Path
    """Questions, and answers in told values."""
    functions: dict[str, Reference]
    """What questions call by a name."""
    places: dict[str, Span]

    def answers(self) -> Path:
        """Return the questions with the answers as they are given here."""
        return [(question, restored(answer)) for question, answer in self.path]


class Chain:
    """A chain of headers that was traced, here or by an earlier process: how its frames are known, and what is."""

    __slots__ = ("_asked", "_told", "_told_asked", "_whole", "goes_on", "is_of_use")

    def __init__(self, asked: Asked | None = None, *, goes_on: bool = False) -> None:
        self._asked = asked
        self.goes_on = goes_on
        """As in `ToldChain`."""
        self.is_of_use = False
        """Whether such a frame came to this process."""
        self._told = self._told_asked = b""
        self._whole: ToldChain | None = None

    @classmethod
    def traced(cls, path: Path, functions: dict[str, Any], chain: ToldChain) -> Chain:
        """Return one of this process; raises UntellableError where another one would not understand it."""
        if not all(is_told(each.name) and is_told(each.carried) for each in chain.headers):
            raise UntellableError("classes that have no name elsewhere")
        told = [(question, told_value(answer)) for question, answer in path]
        told_functions = {name: reference(each) for name, each in functions.items()}
        made = cls(Asked(told, told_functions, dict(chain.places)), goes_on=chain.goes_on)
        for answer in chain.conditions.values():
            told_value(answer)
        made._whole = chain
        return made

    @classmethod
    def of_another(cls, told: tuple[Any, ...]) -> Chain:
        """Return one that was told by `told`; most are found without a look at what is asked."""
        asked, goes_on, rest = told
        made = cls(goes_on=goes_on)
        made._told_asked, made._told = asked, rest
        return made

    @property
    def asked(self) -> Asked:
        """What tells whether a frame is of the chain; raises ValueError, EOFError or TypeError where it is damaged."""
        if self._asked is None:
            path, functions, places = loads(self._told_asked)
            self._asked = Asked(path, functions, {name: Span(*place) for name, place in places.items()})
        return self._asked

    @property
    def chain(self) -> ToldChain:
        """All that is known of the chain."""
        if self._whole is None:
            headers, conditions, unobserved, whole = loads(self._told)
            decoded = tuple(Decoded(*each) for each in headers)
            known = {question: restored(answer) for question, answer in conditions.items()}
            self._whole = ToldChain(
                decoded, known, self.asked.places, set(unobserved), whole, _never_asked, goes_on=self.goes_on
            )
        return self._whole

    def told(self) -> tuple[Any, ...]:
        """Return what `of_another` takes."""
        if self._whole is not None:
            chain = self._whole
            conditions = {question: told_value(answer) for question, answer in chain.conditions.items()}
            headers = [tuple(each) for each in chain.headers]
            self._told = dumps((headers, conditions, sorted(chain.unobserved), chain.whole))
        if not self._told_asked:
            path, functions, places = self.asked
            self._told_asked = dumps((path, functions, {name: tuple(place) for name, place in places.items()}))
        return self._told_asked, self.goes_on, self._told


class ChainsOfLink:
    """The chains of one link type, and how often frames came that are of none."""

    def __init__(self, chains: Iterable[Chain] = (), missed: dict[bytes, int] | None = None) -> None:
        self.chains = [*chains]
        self._missed = missed or {}
        self._written: tuple[Questions, list[Chain | None]] | None = None
        self.is_new = False
        """Whether something is known that was not known at first."""

    def add(self, chain: Chain) -> None:
        """Take up a chain that was found."""
        self.chains.append(chain)
        self.is_new = True

    def misses(self, place: bytes, *, count: int = 1) -> int:
        """Return how often frames came that are of no chain and end at this place, `count` of them now."""
        missed = self._missed.get(place, 0) + count
        if count:
            if len(self._missed) >= _MOST_MISSED:
                self._missed.clear()
            self._missed[place] = missed
            self.is_new |= missed <= _MOST_COUNTED
        return missed

    def write_out(self, chains: Iterable[Chain | None], questions: Questions) -> None:
        """Take up the questions that find these chains, in this order, written out; None is one that is not kept."""
        self._written = questions, [*chains]
        self.is_new = True

    def questions(self) -> tuple[Questions, list[int | None]] | None:
        """Return the questions written out, and the places of their chains, None for one that is gone.

        None where nobody has written them out.
        """
        return self._written_among(self.chains)

    def told(self) -> tuple[Any, ...]:
        """Return what `of_another` takes."""
        kept = sorted(self.chains, key=lambda each: not each.is_of_use)[:_MOST_OF_LINK]
        found = self._written_among(kept)
        written = None if found is None else (tuple(found[0]), found[1])
        return [each.told() for each in kept], _ports_of(kept), self._missed, written

    def _written_among(self, chains: list[Chain]) -> tuple[Questions, list[int | None]] | None:
        if self._written is None:
            return None
        questions, found = self._written
        places = {chain: place for place, chain in enumerate(chains)}
        return questions, [None if chain is None else places.get(chain) for chain in found]

    @classmethod
    def of_another(cls, told: tuple[Any, ...]) -> ChainsOfLink:
        """Return what another process has told."""
        chains, ports, missed, written = told
        made = cls(map(Chain.of_another, chains), dict(missed))
        if written is not None:
            questions, places = written
            made._written = Questions(*questions), [None if place is None else made.chains[place] for place in places]
        for name, numbers in ports.items():
            if are_there([tuple(name.split(":"))]):
                ports_of(named(name)).numbers |= numbers
        return made


def _never_asked(place: int, name: str) -> Any:
    """Stand for the bytes of a frame that is gone."""
    raise UntraceableError("what nobody asked for before")


def place_of(asked: tuple[str, ...], key: tuple[Any, ...]) -> bytes:
    """Return what stands for the answers to questions that lead nowhere, in all processes."""
    return source_hash(f"{asked} {key}".encode(errors="surrogateescape"))


class KeptChains:
    """The chains from earlier processes and for later ones, for one setting.

    `told` gives what they depend on beside it (`KeptEntries`).
    """

    def __init__(self, setting: str, folder: str, told: Callable[[], tuple[Any, ...]], *, most: int = _MOST) -> None:
        self._setting = setting
        self._entries = KeptEntries(folder, "chains", most=most, told=told)
        self._links: dict[tuple[int, str], ChainsOfLink] = {}

    def of_link(self, link: int, learnt: str = "") -> ChainsOfLink:
        """Return the chains of a link type; those that are added are kept.

        `learnt` tells apart passes that learn of different headers in one setting.
        """
        key = link, learnt
        if key not in self._links:
            if not self._links:
                atexit.register(self.keep)
            self._links[key] = self._found(key)
        return self._links[key]

    def _found(self, key: tuple[int, str]) -> ChainsOfLink:
        entry = self._hash_of(key)
        found = self._entries.found(entry)
        if found is None:
            return ChainsOfLink()
        try:
            made = ChainsOfLink.of_another(loads(found))
        except DAMAGED:
            return ChainsOfLink()
        self._entries.need(entry, len(found))
        return made

    def keep(self) -> None:
        """Write what was not known before."""
        for key, known in self._links.items():
            if known.is_new:
                known.is_new = False
                self._entries.add(self._hash_of(key), dumps(known.told()))
        self._entries.keep()

    def _hash_of(self, key: tuple[int, str]) -> bytes:
        return source_hash(f"{self._setting}\n{key}".encode(errors="surrogateescape"))


def _ports_of(chains: Iterable[Chain]) -> dict[str, dict[int, str]]:
    """Return what ports stand for, by the names of the classes that chains ask for theirs."""
    names = {each.name for chain in chains if chain.is_of_use for each in chain.chain.headers}
    found = {}
    for name in names:
        numbers = ports_of(named(name)).numbers if are_there([tuple(name.split(":"))]) else {}
        told = {number: decoder for number, decoder in numbers.items() if is_told(decoder)}
        if told:
            found[name] = told
    return found
