"""Usual frames: of which protocols their headers are, where the numbers stand that tell so, and what may follow.

Frames are nearly all alike: a usual protocol in a usual network in the link's header, without options, whole or
cut by the capture alone. In such frames the numbers stand at fixed places. Which protocols are usual, by which numbers
they are carried, and where the fields stand, all of that the declarations say.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Any

from dissect.declaration.automatic import HeaderLength, Selector, TotalLength, Variant
from dissect.declaration.decoder import LINKS, field_of_role, plain_byte
from dissect.declaration.gathering import Span, reader_at, span_of
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.pending import (
    PENDING,
    Waiting,
    declare_filling,
    declare_pending,
    waiting_guesses,
    waiting_numbers,
)
from dissect.declaration.selection import Guess, changes
from dissect.flows.learner import Learner, Plain, learner_of, takes_part_always, tells_of_others
from dissect.wireshark.types import declared_headers

__all__ = [
    "Sieve",
    "Usual",
    "UsualNetwork",
    "all_carried",
    "further_networks",
    "guesses_behind",
    "leading_on",
    "outermost",
    "selecting",
    "telling_of_others",
    "telling_unseen",
    "usual_chain",
    "usual_networks",
]

_MOST_TAGS = 2
"""So many tags may stand between a link's header and a usual network header."""


class Usual(NamedTuple):
    """Frames of one chain of headers: the classes, and where each begins."""

    classes: tuple[type[Header], ...]
    starts: tuple[int, ...]
    learner: Learner | None
    """The learner of the last one, None where nothing is to be learnt of it."""
    fixed: frozenset[int]
    """The bits of the frame that are the same in all frames of the chain whose last header ends at the same byte."""
    is_open: bool = False
    """Whether the last one may carry anything, at which nobody looks."""

    @property
    def plain(self) -> Plain | None:
        """How plain headers of the last class are taken in; all are plain of which nothing is learnt."""
        return _UNLEARNT if self.learner is None else self.learner.plain()


_UNLEARNT = Plain(states={}, state="state", test="True", lines=(), facts={})


class UsualNetwork(NamedTuple):
    """A usual header of a link with the tags behind it, and the network header that their numbers lead to."""

    outers: tuple[type[Header], ...]
    numbers: tuple[int, ...]
    """What each of these says that it carries."""
    network: type[Header]
    places: Mapping[str, Span]
    """Where "total", "onward" (the number of what is carried), "source" and "destination" stand, and what is tested."""
    tests: tuple[str, ...]
    """Python over the places' names: what holds for a frame whose network header is as usual."""
    end: str
    """Python for where in the frame the datagram ends."""
    fixed: frozenset[int]
    """The bits that the tests, and the number of what is carried, hold fast."""
    held: tuple[tuple[int, int, int], ...]
    """The bytes that the tests look at: the place of each, the bits that count, and what these are."""

    def is_like(self, data: bytes, base: int, stop: int) -> bool:
        """Whether the tests hold for the frame `data[base:stop]`, and what it carries is usual."""
        if stop - base < self.size:
            return False
        is_held = all(data[base + place] & mask == value for place, mask, value in self.held)
        return is_held and reader_at(self.places["onward"])(data, base) in self.network.usually_carries()

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each of these headers begins, and what the network header carries."""
        return tuple(accumulate((each.least_size for each in (*self.outers, self.network)), initial=0))

    @property
    def size(self) -> int:
        """How many bytes all these headers take."""
        return self.starts[-1]


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
    outer = outermost(link)
    if outer is not None:
        for number, network in outer.usually_carries().items():
            if network.is_network:
                yield from _behind((outer,), (int(number),), network)


def further_networks(link: int, number: int) -> Iterator[UsualNetwork]:
    """Yield what a number in a first header leads to: a network header that was not declared before, those in tags."""
    outer = outermost(link)
    if outer is None or outer.decoder_of(number) is None:
        return
    carried = outer.usually_carries().get(number)
    if carried is not None:
        yield from _behind((outer,), (number,), carried)


def selecting(link: int) -> Span | None:
    """Return where the number stands in a frame of a link type that says what its first header carries; or None."""
    outer = outermost(link)
    selector = None if outer is None else field_of_role(outer, Selector)
    is_there = outer is not None and selector is not None and selector.is_read_in_place
    return span_of(outer, selector.name) if is_there else None  # type: ignore[arg-type, union-attr]


def outermost(link: int) -> type[Header] | None:
    """Return the class of the first header; None where nothing is known of it without a closer look."""
    if link not in LINKS:
        declare_filling("LINKS", link)
    decode = LINKS.get(link)
    outer: type[Header] | None = None if decode is None else type(decode(b"", 0, 0, 0))
    return None if outer is None or outer.is_network or learner_of(outer) is not None else outer


def _behind(
    outers: tuple[type[Header], ...], numbers: tuple[int, ...], carried: type[Header]
) -> Iterator[UsualNetwork]:
    """Yield the networks that these numbers lead to, each of which stands in one of these headers."""
    if carried.is_network:
        found = _usual_network(outers, numbers, carried)
        if found is not None:
            yield found
    elif len(outers) <= _MOST_TAGS and _is_tag(carried):
        for number, inner in carried.usually_carries().items():
            yield from _behind((*outers, carried), (*numbers, int(number)), inner)


def _is_tag(cls: type[Header]) -> bool:
    """Whether headers of a class are no more than fields of fixed size in front of what their number says."""
    selector, kind = field_of_role(cls, Selector), learner_of(cls)
    measured = any(field_of_role(cls, role) is not None for role in (HeaderLength, TotalLength, Variant))
    expects = any(field.expected is not None for field in cls.layout)
    plain = cls.transparent and cls.has_fixed_size() and not (measured or expects or cls.unless)
    return plain and selector is not None and selector.is_read_in_place and (kind is None or kind.silent)


def _usual_network(
    outers: tuple[type[Header], ...], numbers: tuple[int, ...], network: type[Header]
) -> UsualNetwork | None:
    onward, total = field_of_role(network, Selector), field_of_role(network, TotalLength)
    kind = learner_of(network)
    if onward is None or total is None or kind is None or not kind.silent:
        return None
    asked = _Asked()
    start = 0
    for outer, number in zip(outers, numbers, strict=True):
        selector = field_of_role(outer, Selector)
        if selector is None or not selector.is_read_in_place:
            return None
        asked.hold(span_of(outer, selector.name).behind(start), number)
        start += outer.least_size
    plain = plain_byte(network)
    if plain is not None:
        index, mask, value = plain
        asked.hold(Span(8 * index, 8).behind(start), value, mask)
    else:
        for field in network.layout:
            if field.expected is not None:
                asked.hold(span_of(network, field.name).behind(start), field.expected)
    for partial in network.partial:
        asked.hold(span_of(network, partial).behind(start), 0)
    fields = {"total": total.name, "onward": onward.name, "source": "src", "destination": "dst"}
    told = {name: span_of(network, field).behind(start) for name, field in fields.items()}
    places, tests = asked.told()
    role: Any = total.factory
    end = f"total + {start if role.with_header else start + network.least_size}"
    fixed = asked.bits() | _bits(told["onward"])
    return UsualNetwork(outers, numbers, network, places | told, tests, end, fixed, asked.held())


class _Asked:
    """Bits of a frame that are to have certain values, and the fewest tests of that: bytes side by side are one."""

    def __init__(self) -> None:
        self._bytes: dict[int, tuple[int, int]] = {}
        """By the place of a byte, a mask and what is behind it."""

    def hold(self, place: Span, value: int, mask: int = -1) -> None:
        """Ask for a number at a place, of which the bits of the mask count."""
        first, last = place.bit // 8, (place.bit + place.width + 7) // 8
        down = 8 * last - place.bit - place.width
        whole = mask & ((1 << place.width) - 1)
        masks, values = ((each << down).to_bytes(last - first, "big") for each in (whole, value & whole))
        for byte, more, told in zip(range(first, last), masks, values, strict=True):
            before, known = self._bytes.get(byte, (0, 0))
            self._bytes[byte] = before | more, known | told

    def held(self) -> tuple[tuple[int, int, int], ...]:
        """Return the bytes that are asked for: the place, the mask and what is behind it, of each."""
        return tuple((place, mask, value) for place, (mask, value) in sorted(self._bytes.items()))

    def bits(self) -> frozenset[int]:
        """Return the bits of the frame that are held fast."""
        return frozenset(
            8 * byte + bit for byte, (mask, _) in self._bytes.items() for bit in range(8) if mask << bit & 0x80
        )

    def told(self) -> tuple[dict[str, Span], tuple[str, ...]]:
        """Return the places that are asked for, by names, and the tests of them."""
        places: dict[str, Span] = {}
        tests: list[str] = []
        for first, masks, value in self._runs():
            name, size = f"fixed{first}", len(masks)
            number, mask = int.from_bytes(value, "big"), int.from_bytes(masks, "big")
            is_whole = mask == (1 << 8 * size) - 1
            is_text = is_whole and size > _LONGEST_NUMBER
            places[name] = Span(8 * first, 8 * size, is_octets=is_text)
            if is_text:
                tests.append(f"{name} == {value!r}")
            elif number:
                tests.append(f"{name} == {number}" if is_whole else f"{name} & {mask} == {number}")
            else:
                tests.append(f"not {name}" if is_whole else f"not {name} & {mask}")
        return places, tuple(tests)

    def _runs(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield bytes side by side, whole ones apart from those of which some bits count: a place, masks and values."""
        run: list[tuple[int, int, int]] = []
        for byte, (mask, value) in sorted(self._bytes.items()):
            if run:
                begins_whole = run[0][1] == 0xFF
                goes_on = byte == run[-1][0] + 1 and (mask == 0xFF if begins_whole else len(run) < _LONGEST_NUMBER)
                if not goes_on:
                    yield _joined(run)
                    run = []
            run.append((byte, mask, value))
        if run:
            yield _joined(run)


_LONGEST_NUMBER = 2
"""More bytes than that are compared as bytes, for larger numbers take longer."""


def _joined(run: list[tuple[int, int, int]]) -> tuple[int, bytes, bytes]:
    return run[0][0], bytes(mask for _, mask, _ in run), bytes(value for *_, value in run)


def usual_chain(around: UsualNetwork, last: type[Header], learner: Learner | None, *, is_open: bool = False) -> Usual:
    """Return what the frames have in common in which the network header carries one of this class."""
    measured = field_of_role(last, HeaderLength)
    fixed = around.fixed
    if measured is not None:
        fixed |= _bits(span_of(last, measured.name).behind(around.size))
    return Usual((*around.outers, around.network, last), around.starts, learner, fixed, is_open)


def _bits(*places: Span) -> frozenset[int]:
    return frozenset(bit for place in places for bit in range(place.bit, place.bit + place.width))


def all_carried(cls: type[Header]) -> set[int] | None:
    """Return all numbers of what a header carries; None where that is told in another way, too.

    What is told by how its messages begin does not count: `guesses_behind` has that.
    """
    waiting = _waiting(cls)
    if guesses_behind(cls) is None or cls.always_carries is not None or cls.looks_further():
        return None
    return {*waiting, *map(int, cls.decoders())}


def guesses_behind(cls: type[Header]) -> list[Guess] | None:
    """Return the beginnings of what a header carries under no number; None where these may be any bytes."""
    waiting = waiting_guesses(cls)
    stated = [*cls.guesses(), *(each.guess for each in waiting or ())]
    guesses = [guess for guess in stated if isinstance(guess, Guess)]
    return None if waiting is None or len(guesses) < len(stated) else guesses


def leading_on(cls: type[Header]) -> set[int] | None:
    """Return the numbers of what a header carries that there is something to learn of; None for any number.

    What `guesses_behind` tells does not count.
    """
    waiting = _waiting(cls)
    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in declared_headers()}
    guesses = zip(cls.guesses(), cls.guessed_decoders(), strict=True)
    if any(not isinstance(guess, Guess) and _leads_on(decode, by_decoder) for guess, decode in guesses):
        return None
    if any(each.guess is None for each in waiting_guesses(cls) or ()):
        # Nobody knows yet what there is to learn of it.
        return None
    # Of a protocol with messages in a stream, there is to be learnt where these are.
    framed = {decode for decode, each in by_decoder.items() if cls.carries_stream and each.framing is not None}
    # Nobody knows yet what there is to learn of those that wait.
    told = cls.decoders().items()
    leading = {int(number) for number, decode in told if decode in framed or _leads_on(decode, by_decoder)}
    return leading | waiting


def telling_of_others(cls: type[Header]) -> tuple[set[int], list[Guess]] | None:
    """Return by which numbers, and by which beginnings, a header carries what tells something of other frames' headers.

    That is what a learner is shown whatever a pass is asked for (`Learner.always`). None where it may be anything.
    """
    return _telling_of_others(cls, changes(), len(PENDING))


@lru_cache(maxsize=256)
def _telling_of_others(cls: type[Header], change: int, pending: int) -> tuple[set[int], list[Guess]] | None:
    """Return what `telling_of_others` does, when what headers carry had changed so often, and as much waited."""
    waiting, begun = waiting_numbers(cls), waiting_guesses(cls)
    if waiting is None or begun is None:
        return None

    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in declared_headers()}
    guesses: list[Any] = [
        guess
        for guess, decode in zip(cls.guesses(), cls.guessed_decoders(), strict=True)
        if _leads_on(decode, by_decoder, others=True)
    ]
    guesses += [each.guess for each in begun if _may_tell(each)]
    found = [guess for guess in guesses if isinstance(guess, Guess)]
    if len(found) < len(guesses):
        return None
    told = cls.decoders().items()
    numbers = {int(number) for number, decode in told if _leads_on(decode, by_decoder, others=True)}
    return numbers | {number for number, each in waiting.items() if _may_tell(each)}, found


def telling_unseen(cls: type[Header], into: Container[type[Header]] | None) -> tuple[set[int], list[Guess]] | None:
    """Return what `telling_of_others` does, for headers of which nobody asks what they carry (`ReadingPass`'s `into`).

    None where somebody does.
    """
    return None if into is None or cls in into else telling_of_others(cls)


def _may_tell(waiting: Waiting) -> bool:
    """Whether what is not declared yet may tell something of other frames' headers."""
    return waiting.carries or any(map(tells_of_others, waiting.modules))


def _waiting(cls: type[Header]) -> set[int]:
    """Return the numbers that are claimed by what is not declared yet; where nobody can tell, all is declared now."""
    claimed = waiting_numbers(cls)
    if claimed is None or waiting_guesses(cls) is None:
        declare_pending()
        return set()
    return set(claimed)


def _leads_on(decode: Any, by_decoder: Mapping[Any, type[Header]], *, others: bool = False) -> bool:
    """Whether there is something to learn of a header, or of what may stand behind it; or of `others` by them."""
    seen, waiting = {decode}, [decode]
    while waiting:
        cls = by_decoder.get(waiting.pop())
        if cls is None or cls.quotes:
            return True
        if takes_part_always(cls) if others else learner_of(cls) is not None:
            return True
        if cls.framing is not None and not others:
            # Its messages are put together of several segments.
            return True
        further = cls.may_carry()
        if further is None or waiting_numbers(cls) or waiting_guesses(cls):
            # The class looks for its payload by itself, or what it carries is not declared yet.
            return True
        waiting += [each for each in further if each not in seen]
        seen.update(further)
    return False
