"""What is known of a chain of headers, and what learns of its frames and prints them (`dissect.flows.chain_code`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dissect.declaration.gathering import Span
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.traced_decoding import Decoded
from dissect.flows.learner import Learner, Place
from dissect.flows.usual import Sieve

__all__ = [
    "SIFTED",
    "ChainPrinter",
    "KnownChain",
    "Observers",
    "PrintsChain",
    "TakeChain",
    "ToldChain",
    "Variant",
]

TakeChain: TypeAlias = Callable[..., None]
"""`take(buffer, base, size, number, time_ns, original_length)`: takes in a frame that is known to be of the chain."""
Variant: TypeAlias = tuple[Any, ...]
"""Which headers are seen in the light of other frames: () for those of the chain; else the header behind which others
are, and for each of these its class, where it begins, where its own bytes end, as in `Decoded`, and whether it has
facts."""


class Observers(NamedTuple):
    """What learns of headers in a reading pass."""

    learner: Callable[[type[Header]], Learner | None]
    observer: Callable[[type[Header]], Callable[[Any, Place], None] | None]
    """What takes a header of a class in; None where nothing is to be done."""
    ends: Callable[[type[Header]], bool] = lambda cls: False
    """Whether nobody looks behind a header of a class."""


class ToldChain(NamedTuple):
    """A chain of headers as a trace tells it, or as an earlier process did: all that its code is written of."""

    headers: tuple[Decoded, ...]
    conditions: Mapping[str, Any]
    """As in `KnownChain`."""
    places: Mapping[str, Span]
    unobserved: set[int]
    """Those of the headers of which nothing is learnt, as far as they were asked for: nobody need import these."""
    whole: dict[int, bool]
    """Whether a header carries more than a part of something, where that was asked for."""
    asks: Callable[[int, str], Any]
    """Gives the number of a field of a header, of which the chain depends then."""
    goes_on: bool = False
    """Whether nobody knows what the last header carries: it is made of each frame's bytes, as are those behind it."""


class KnownChain(NamedTuple):
    """A chain of headers, and what is the same in all of its frames."""

    headers: tuple[Decoded, ...]
    conditions: Mapping[str, Any]
    """Python expressions that have these values."""
    places: Mapping[str, Span]
    """What the expressions call by a name; beside `size`, the bytes of the frame, and `left`, those left out."""
    learnt: tuple[int, ...]
    """The headers of which facts may be learnt."""
    goes_on: bool = False
    """As in `ToldChain`: the last header counts among those that a variant tells of."""


class ChainPrinter:
    """What makes texts of the frames of one chain, and gives them to `add`.

    `quick` has functions by variants, each of which returns a text or None. Then `slow` makes the text, and may add to
    `quick` what will make the next one.
    """

    likely: Sieve | None = None
    """Which frames may have a text, whatever is learnt of them; None where any may. The names of its places begin with
    `SIFTED`."""

    def __init__(self, add: Callable[[str], None]) -> None:
        self.add = add
        self.quick: dict[Variant, Callable[..., str | None]] = {}
        """`quick(buffer, base, size, number, time_ns, original_length, facts, others)`: the facts of the headers in
        `KnownChain.learnt`, of all that stand in front of those that the variant tells of, and these headers."""

    def slow(
        self, frame: bytes, number: int, time_ns: int, original: int, facts: Mapping[int, dict[str, Any]],
        variant: Variant | None,
    ) -> str:  # fmt: skip
        """Return the text of a frame by way of a packet; without a variant no function can make the next one."""
        raise NotImplementedError


SIFTED = "sifted_"
"""What no other names begin with."""
PrintsChain: TypeAlias = Callable[[KnownChain], ChainPrinter]
