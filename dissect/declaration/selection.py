"""What tells a protocol that is carried under no number: a look at its bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from struct import error as StructError
from typing import Any, TypeAlias

__all__ = ["Guess", "Heuristic", "changes", "count_change", "guessed", "likely_of", "looks_of", "surprises"]

Heuristic: TypeAlias = Callable[[bytes], bool]
"""Whether the bytes behind a header are those of a protocol; what is too short for a look may raise IndexError."""

_CHANGES = [0, 0]


class Guess:
    """A look at the bytes that tells a protocol, and what is true of all its messages so that others cost nothing.

    `over={UDP: (443, Guess(looks_like_quic, first=range(0xC0, 0x100), least=21))}`: a datagram to or from no number
    that is known is asked about only if its first byte is one of these, and it has so many bytes.
    """

    __slots__ = ("_masks", "begins", "claims", "least", "looks", "then")

    def __init__(
        self,
        claims: Heuristic = bool,
        *,
        first: Collection[int] = (),
        begins: tuple[bytes, ...] = (),
        then: tuple[bytes, ...] = (),
        places: Mapping[int, Collection[int]] | None = None,
        least: int = 1,
    ) -> None:
        r"""Keep a function of the bytes behind a header, and what it needs at least to say yes.

        `first` are the numbers that the first byte may have, as a range or in a tuple, and `then` is what may follow
        it, where that alone says little; `begins` are beginnings, of which a message has one; `places` has the numbers
        that bytes further behind may have, by how many bytes stand before each, and the one that tells most stands
        first; `least` are the bytes that it has at least, 1 or more. Where these say all that there is to say, no
        function is needed. ValueError where neither `first`, `begins` nor `places` says anything, for then every
        message would have to be looked at.

        >>> guess = Guess(lambda data: data.endswith(b"!"), begins=(b"HELLO", b"BYE"), least=5)
        >>> guess.is_likely(b"HELLO"), guess(b"HELLO"), guess(b"HELLO!"), guess(b"BYE!"), guess(b"CIAO!")
        (True, False, True, False, False)
        >>> guess = Guess(places={2: range(8), 1: (0,)})
        >>> guess(bytes(2)), guess(bytes(3)), guess(b"\x00\x00\x08"), guess(b"\x00\x01\x00")
        (False, True, False, False)
        """
        firsts = {*first, *(each[0] for each in begins)}
        looks = {0: firsts} if firsts else {place: {*numbers} for place, numbers in (places or {}).items()}
        is_told = looks and all(place >= 0 and numbers <= {*range(256)} for place, numbers in looks.items())
        if not is_told or not all(looks.values()) or least < 1:
            raise ValueError(
                "a Guess has first=, begins= or places= with what stands in messages, and least= of 1 or more"
            )
        if bool(first) + bool(begins) + bool(places) > 1 or (then and not first):
            raise ValueError("a Guess has first= (with then=), begins= or places=, and not two of them")
        self.claims = claims
        self.looks = tuple((place, frozenset(numbers)) for place, numbers in looks.items())
        self._masks = [(place, sum(1 << number for number in numbers)) for place, numbers in self.looks]
        self.begins = begins
        self.then = then
        self.least = max(least, 1 + max(looks))

    def is_likely(self, buffer: bytes, start: int = 0, end: int | None = None) -> bool:
        """Whether the bytes `buffer[start:end]` are worth a look."""
        stop = len(buffer) if end is None else end
        if stop - start < self.least:
            return False
        for place, numbers in self._masks:
            # A bit of a number, for that is asked of traced bytes, too, whose values then need not be known.
            if not numbers >> buffer[start + place] & 1:
                return False
        if self.begins:
            return buffer.startswith(self.begins, start, stop)
        return not self.then or buffer.startswith(self.then, start + 1, stop)

    def __call__(self, data: bytes) -> bool:
        """Whether these bytes are a message."""
        return self.is_likely(data) and bool(self.claims(data))


def looks_of(guesses: Iterable[Guess]) -> list[tuple[int, bytes, Callable[[bytes, int, int], bool]]]:
    """Return the looks at one byte each that tell that none of the guesses is right, or how to look further.

    Each is the place of the byte behind the header, a table of 256 bytes by what stands there (1 where a guess may be
    right, 0 elsewhere), and what `likely_of` gives of these guesses.

    >>> [(place, table[:5].hex(" ")) for place, table, _ in looks_of([Guess(first=(1, 3)), Guess(places={4: (0,)})])]
    [(0, '00 01 00 01 00'), (4, '01 00 00 00 00')]
    """
    by_place: dict[int, list[Guess]] = {}
    for guess in guesses:
        by_place.setdefault(guess.looks[0][0], []).append(guess)
    found = []
    for place, those in by_place.items():
        numbers = {number for guess in those for number in guess.looks[0][1]}
        found.append((place, bytes(number in numbers for number in range(256)), likely_of(those)))
    return found


def likely_of(guesses: Sequence[Guess]) -> Callable[[bytes, int, int], bool]:
    """Return a function that tells whether `buffer[start:stop]`, not empty, may be a message that a guess claims."""
    # How many bytes there are at least, which of them are looked at, and what stands so many bytes behind the start.
    asked = [
        (guess.least, guess.looks, 0 if guess.begins else 1, guess.begins or guess.then or (b"",)) for guess in guesses
    ]

    def likely(buffer: bytes, start: int, stop: int) -> bool:
        for least, looks, offset, prefixes in asked:
            if stop - start >= least:
                for place, numbers in looks:
                    if buffer[start + place] not in numbers:
                        break
                else:
                    if buffer.startswith(prefixes, start + offset, stop):
                        return True
        return False

    return likely


def changes() -> int:
    """Return a number that is another one as soon as some header may carry something else than before."""
    return _CHANGES[0]


def surprises() -> int:
    """Return a number that is another one as soon as the same bytes may be other headers than before.

    They are not where somebody asks for a protocol that waited (`dissect.declaration.pending`): who looks for what a
    header carries has declared whatever may answer.
    """
    return _CHANGES[1]


def count_change(*, is_surprising: bool = True) -> None:
    """Note that what headers carry has changed; whether it is a surprise to who asks for all that waits."""
    _CHANGES[0] += 1
    _CHANGES[1] += is_surprising


def guessed(heuristics: Sequence[tuple[Heuristic, Any]], buffer: bytes, start: int, end: int) -> Any:
    """Return the decoder of the first heuristic that claims the bytes `buffer[start:end]`; None where none does."""
    if buffer.__class__ is not bytes and hasattr(buffer, "guessed"):
        # It is traced: the run depends on what is found, and not on all bytes that are looked at.
        return buffer.guessed(heuristics, start, end)
    data = b""
    for claims, decode in heuristics:
        if claims.__class__ is Guess:
            if not claims.is_likely(buffer, start, end):
                continue
            claims = claims.claims
        data = data or buffer[start:end]
        # A function that looks at the fifth of four bytes has said no.
        with suppress(LookupError, ValueError, StructError):
            if claims(data):
                return decode
    return None
