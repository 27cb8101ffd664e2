"""What tells a protocol that is carried under no number: a look at its bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from struct import error as StructError
from typing import Any, TypeAlias

__all__ = ["Guess", "Heuristic", "changes", "count_change", "first_bytes", "guessed", "likely_of"]

Heuristic: TypeAlias = Callable[[bytes], bool]
"""Whether the bytes behind a header are those of a protocol; what is too short for a look may raise IndexError."""

_CHANGES = [0]


class Guess:
    """A look at the bytes that tells a protocol, and what is true of all its messages so that others cost nothing.

    `over={UDP: (443, Guess(looks_like_quic, first=range(0xC0, 0x100), least=21))}`: a datagram to or from no number
    that is known is asked about only if its first byte is one of these, and it has so many bytes.
    """

    __slots__ = ("begins", "claims", "first", "least", "then")

    def __init__(
        self,
        claims: Heuristic,
        *,
        first: Collection[int] = (),
        begins: tuple[bytes, ...] = (),
        then: tuple[bytes, ...] = (),
        least: int = 1,
    ) -> None:
        """Keep a function of the bytes behind a header, and what it needs at least to say yes.

        `first` are the numbers that the first byte may have, as a range or in a tuple, and `then` is what may follow
        it, where that alone says little; `begins` are beginnings, of which a message has one; `least` are the bytes
        that it has at least, 1 or more. ValueError where neither `first` nor `begins` says anything, for then every
        message would have to be looked at.

        >>> guess = Guess(lambda data: data.endswith(b"!"), begins=(b"HELLO", b"BYE"), least=5)
        >>> guess.is_likely(b"HELLO"), guess(b"HELLO"), guess(b"HELLO!"), guess(b"BYE!"), guess(b"CIAO!")
        (True, False, True, False, False)
        """
        firsts = {*first, *(each[0] for each in begins)}
        if not firsts or least < 1 or not firsts <= {*range(256)}:
            raise ValueError("a Guess has first= or begins= with what messages may begin with, and least= of 1 or more")
        if first and begins:
            raise ValueError("a Guess has first= or begins=, not both")
        self.claims = claims
        self.first = frozenset(firsts)
        self.begins = begins
        self.then = then
        self.least = least

    def is_likely(self, buffer: bytes, start: int = 0, end: int | None = None) -> bool:
        """Whether the bytes `buffer[start:end]` are worth a look."""
        stop = len(buffer) if end is None else end
        if stop - start < self.least or buffer[start] not in self.first:
            return False
        if self.begins:
            return buffer.startswith(self.begins, start, stop)
        return not self.then or buffer.startswith(self.then, start + 1, stop)

    def __call__(self, data: bytes) -> bool:
        """Whether these bytes are a message."""
        return self.is_likely(data) and bool(self.claims(data))


def first_bytes(guesses: Iterable[Guess]) -> bytes:
    """Return a table of 256 bytes, by a message's first byte: 1 where one of the guesses may be right, 0 elsewhere.

    >>> first_bytes([Guess(bool, first=(1, 3))])[:5].hex(" ")
    '00 01 00 01 00'
    """
    likely = {first for guess in guesses for first in guess.first}
    return bytes(first in likely for first in range(256))


def likely_of(guesses: Sequence[Guess]) -> Callable[[bytes, int, int], bool]:
    """Return a function that tells whether `buffer[start:stop]`, not empty, may be a message that a guess claims."""
    # By the first byte: how many there are at least, and what stands so many bytes behind the start.
    asked = [
        (guess.first, (guess.least, 0 if guess.begins else 1, guess.begins or guess.then or (b"",)))
        for guess in guesses
    ]
    table = [tuple(what for firsts, what in asked if first in firsts) for first in range(256)]

    def likely(buffer: bytes, start: int, stop: int) -> bool:
        for least, offset, prefixes in table[buffer[start]]:
            if stop - start >= least and buffer.startswith(prefixes, start + offset, stop):
                return True
        return False

    return likely


def changes() -> int:
    """Return a number that is another one as soon as some header may carry something else than before."""
    return _CHANGES[0]


def count_change() -> None:
    """Note that what headers carry has changed."""
    _CHANGES[0] += 1


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
