"""What is on its way, segment by segment: when it went, whether it has arrived or counts as lost (RFC 8985, 5.2)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

__all__ = ["Flight", "Piece"]


class Piece:
    """A segment on its way: the numbers from `start` up to `end`, with those of a FIN, and when it went last."""

    __slots__ = ("end", "is_again", "is_lost", "is_resent", "is_sacked", "sent_ns", "start")

    def __init__(self, start: int, end: int, sent_ns: int) -> None:
        self.start = start
        self.end = end
        self.sent_ns = sent_ns
        self.is_again = False
        """Whether it went more than once."""
        self.is_lost = False
        """Whether it counts as lost, until it has arrived."""
        self.is_resent = False
        """Whether it went again since it counts as lost."""
        self.is_sacked = False

    @property
    def size(self) -> int:
        """How many numbers it takes."""
        return self.end - self.start

    def cut(self, number: int) -> Piece:
        """Keep what lies below a number, and return the rest."""
        rest = Piece(number, self.end, self.sent_ns)
        rest.is_again, rest.is_lost = self.is_again, self.is_lost
        rest.is_resent, rest.is_sacked = self.is_resent, self.is_sacked
        self.end = number
        return rest


class Flight:
    """The segments that are not acknowledged, in the order of their numbers.

    >>> flight = Flight()
    >>> for start in (1, 1001, 2001):
    ...     flight.sent(start, start + 1000, now_ns=0)
    >>> [piece.start for piece in flight.sacked([(2001, 3001)])]
    [2001]
    >>> flight.on_the_way, [piece.start for piece in flight.acknowledged(1001)]
    (2000, [1])
    """

    __slots__ = ("pieces",)

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def sent(self, start: int, end: int, now_ns: int) -> None:
        """Note that a segment went, for the first time or again."""
        if not self.pieces or start >= self.pieces[-1].end:
            self.pieces.append(Piece(start, end, now_ns))
            return
        self._cut(start)
        self._cut(end)
        for piece in self._between(start, end):
            piece.sent_ns = now_ns
            piece.is_again = True
            piece.is_resent = piece.is_lost
        if end > self.pieces[-1].end:
            self.pieces.append(Piece(max(self.pieces[-1].end, start), end, now_ns))

    def acknowledged(self, number: int) -> list[Piece]:
        """Forget what is acknowledged, and return what of it was not known to have arrived."""
        self._cut(number)
        place = bisect_left(self.pieces, number, key=lambda piece: piece.start)
        gone = self.pieces[:place]
        del self.pieces[:place]
        return [piece for piece in gone if not piece.is_sacked]

    def sacked(self, blocks: Iterable[tuple[int, int]]) -> list[Piece]:
        """Take selective acknowledgments in, and return what has arrived by them.

        A block that ends within a segment says nothing about that segment, as in Linux.
        """
        found: list[Piece] = []
        for left, right in blocks:
            for piece in self._between(left, right):
                if piece.end <= right and not piece.is_sacked:
                    piece.is_sacked = True
                    found.append(piece)
        return found

    def lose(self, pieces: Iterable[Piece]) -> None:
        """Count segments as lost, those that went again included."""
        for piece in pieces:
            piece.is_lost = True
            piece.is_resent = False

    def waiting(self) -> Iterator[Piece]:
        """Yield what has not arrived."""
        return (piece for piece in self.pieces if not piece.is_sacked)

    def to_resend(self) -> Piece | None:
        """Return the first segment that counts as lost and did not go again; None where there is none."""
        return next(
            (piece for piece in self.pieces if piece.is_lost and not (piece.is_resent or piece.is_sacked)), None
        )

    @property
    def on_the_way(self) -> int:
        """How many numbers are on their way, as far as is known."""
        return sum(
            piece.size for piece in self.pieces if not piece.is_sacked and (piece.is_resent or not piece.is_lost)
        )

    @property
    def lost(self) -> int:
        """How many numbers count as lost and are not known to have arrived since."""
        return sum(piece.size for piece in self.pieces if piece.is_lost and not piece.is_sacked)

    @property
    def resent(self) -> int:
        """How many numbers went again, and are not known to have arrived."""
        return sum(piece.size for piece in self.pieces if piece.is_again and not piece.is_sacked)

    @property
    def highest_sacked(self) -> int:
        """The number behind the highest segment that has arrived out of order; -1 where there is none."""
        return next((piece.end for piece in reversed(self.pieces) if piece.is_sacked), -1)

    def _cut(self, number: int) -> None:
        place = bisect_right(self.pieces, number, key=lambda piece: piece.start) - 1
        if place >= 0 and self.pieces[place].start < number < self.pieces[place].end:
            self.pieces.insert(place + 1, self.pieces[place].cut(number))

    def _between(self, start: int, end: int) -> list[Piece]:
        first = bisect_left(self.pieces, start, key=lambda piece: piece.start)
        last = bisect_left(self.pieces, end, key=lambda piece: piece.start)
        return self.pieces[first:last]
