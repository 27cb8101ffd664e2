"""Usual frames: of which protocols their headers are, where the numbers stand that tell so, and what may follow.

Frames are nearly all alike: a usual protocol in a usual network in the link's header, without options, whole or
cut by the capture alone. In such frames the numbers stand at fixed places. Which protocols are usual, by which numbers
they are carried, and where the fields stand, all of that the declarations say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dissect.declaration.automatic import HeaderLength, Selector, TotalLength
from dissect.declaration.decoder import LINKS, field_of_role, plain_byte
from dissect.declaration.gathering import Span, span_of
from dissect.declaration.header import Header
from dissect.declaration.pending import claimed_numbers, declare_pending
from dissect.flows.learner import Learner, learner_of
from dissect.wireshark.types import declared_headers

__all__ = ["Sieve", "Usual", "UsualNetwork", "all_carried", "leading_on", "usual_chain", "usual_networks"]


class Usual(NamedTuple):
    """Frames of one chain of headers: the classes, and where each begins."""

    classes: tuple[type[Header], ...]
    starts: tuple[int, ...]
    learner: Learner | None
    """The learner of the last one, None where nothing is to be learnt of it."""
    fixed: frozenset[int]
    """The bits of the frame that are the same in all frames of the chain whose last header ends at the same byte."""


class UsualNetwork(NamedTuple):
    """A usual header of a link, and the network header that one of its numbers stands for."""

    outer: type[Header]
    network: type[Header]
    places: Mapping[str, Span]
    """Where "total", "onward" (the number of what is carried), "source" and "destination" stand, and what is tested."""
    tests: tuple[str, ...]
    """Python over the places' names: what holds for a frame whose network header is as usual."""
    end: str
    """Python for where in the frame the datagram ends."""
    fixed: frozenset[int]
    """The bits that the tests, and the number of what is carried, hold fast."""

    @property
    def size(self) -> int:
        """How many bytes both headers take."""
        return self.outer.least_size + self.network.least_size


class Sieve(NamedTuple):
    """Which frames of a chain somebody wants to look at."""

    places: Mapping[str, Span]
    """Where the numbers stand that the test asks for, by its names for them."""
    test: str
    """Python for whether the frame may be wanted."""
    sure: str
    """Python for whether it is wanted for certain, where it may be; "False" where nobody can tell."""
    names: Mapping[str, Any]
    """What else the test calls by a name."""


def usual_networks(link: int) -> Iterator[UsualNetwork]:
    """Yield what frames of a link type usually begin with; nothing where their first header needs a closer look."""
    if link not in LINKS:
        declare_pending()
    decode = LINKS.get(link)
    outer: type[Header] | None = None if decode is None else type(decode(b"", 0, 0, 0))
    if outer is None or outer.is_network or learner_of(outer) is not None:
        return
    for number, network in outer.usually_carries().items():
        found = _usual_network(outer, int(number), network)
        if found is not None:
            yield found


def _usual_network(outer: type[Header], number: int, network: type[Header]) -> UsualNetwork | None:
    selector, onward = field_of_role(outer, Selector), field_of_role(network, Selector)
    total, plain = field_of_role(network, TotalLength), plain_byte(network)
    kind = learner_of(network)
    if selector is None or onward is None or total is None or plain is None:
        return None
    if kind is None or not kind.silent or not network.is_network:
        return None
    start = outer.least_size
    fields = {"total": total.name, "onward": onward.name, "source": "src", "destination": "dst"}
    fields |= {f"partial{place}": name for place, name in enumerate(network.partial)}
    places = {name: span_of(network, field).behind(start) for name, field in fields.items()}
    places |= {"which": span_of(outer, selector.name), "plain": Span(8 * plain[0], 8).behind(start)}
    partial = [name for name in places if name.startswith("partial")]
    tests = (f"which == {number}", f"plain & {plain[1]} == {plain[2]}", *(f"not {name}" for name in partial))
    fixed = _bits(*(places[name] for name in ("which", "onward", *partial))) | {
        8 * (start + plain[0]) + bit for bit in range(8) if plain[1] << bit & 0x80
    }
    role: Any = total.factory
    end = f"total + {start if role.with_header else start + network.least_size}"
    return UsualNetwork(outer, network, places, tests, end, fixed)


def usual_chain(around: UsualNetwork, last: type[Header], learner: Learner | None) -> Usual:
    """Return what the frames have in common in which the network header carries one of this class."""
    measured = field_of_role(last, HeaderLength)
    fixed = around.fixed
    if measured is not None:
        fixed |= _bits(span_of(last, measured.name).behind(around.size))
    return Usual((around.outer, around.network, last), (0, around.outer.least_size, around.size), learner, fixed)


def _bits(*places: Span) -> frozenset[int]:
    return frozenset(bit for place in places for bit in range(place.bit, place.bit + place.width))


def all_carried(cls: type[Header]) -> set[int] | None:
    """Return all numbers of what a header carries; None where that is told in another way, too."""
    waiting = _waiting(cls)
    if cls.guessed_decoders() or cls.always_carries is not None or cls.looks_further():
        return None
    return {*waiting, *map(int, cls.decoders())}


def leading_on(cls: type[Header]) -> set[int] | None:
    """Return the numbers of what a header carries that there is something to learn of; None for any number."""
    waiting = _waiting(cls)
    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in declared_headers()}
    if any(_leads_on(decode, by_decoder) for decode in cls.guessed_decoders()):
        return None
    # Of a protocol with messages in a stream, there is to be learnt where these are.
    framed = {decode for decode, each in by_decoder.items() if cls.carries_stream and each.framing is not None}
    # Nobody knows yet what there is to learn of those that wait.
    told = cls.decoders().items()
    leading = {int(number) for number, decode in told if decode in framed or _leads_on(decode, by_decoder)}
    return leading | waiting


def _waiting(cls: type[Header]) -> frozenset[int]:
    """Return the numbers that are claimed by what is not declared yet; where nobody can tell, all is declared now."""
    claimed = claimed_numbers(cls.__name__)
    if claimed is None:
        declare_pending()
        return frozenset()
    return claimed


def _leads_on(decode: Any, by_decoder: Mapping[Any, type[Header]]) -> bool:
    """Whether there is something to learn of a header, or of what may stand behind it."""
    seen, waiting = {decode}, [decode]
    while waiting:
        cls = by_decoder.get(waiting.pop())
        if cls is None or cls.quotes or learner_of(cls) is not None:
            return True
        further = cls.may_carry()
        if further is None:
            # The class looks for its payload by itself.
            return True
        waiting += [each for each in further if each not in seen]
        seen.update(further)
    return False
