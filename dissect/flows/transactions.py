"""Which answer belongs to which question, where both bear a number that the asker chose."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable

__all__ = ["Transaction", "Transactions"]


class Transaction:
    """A question and the first answer to it: the numbers of their frames, and when the question was asked."""

    __slots__ = ("answer", "question", "time_ns")

    def __init__(self, question: int, time_ns: int | None) -> None:
        self.question = question
        """The number of the question's frame."""
        self.time_ns = time_ns
        """When that came, in nanoseconds since 1970, or None."""
        self.answer = 0
        """The number of the frame of the first answer; 0 where there is none."""


class Transactions:
    """Matches answers with questions: the same conversation and number, and the last question in front.

    A question that comes again within `again_ns` nanoseconds, unanswered, is the same one; later, it is another. Of
    several answers the first counts. At most `limit` questions are held, the oldest give way; with `remember` all
    that a number was used for are kept for a second reading, 16 times as many questions in all.
    """

    def __init__(self, again_ns: int, *, remember: bool = False, limit: int = 1 << 16) -> None:
        self.again_ns = again_ns
        self.limit = 16 * limit if remember else limit
        self.remember = remember
        self.again = False
        self._held: OrderedDict[Hashable, list[Transaction]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        """Return how many questions are held."""
        return self._count

    def rewind(self) -> None:
        """Begin again at the first frame, and keep what is known."""
        self.again = True

    def question(self, key: Hashable, number: int, time_ns: int | None) -> tuple[Transaction | None, bool]:
        """Take a question in; return its transaction, and whether it is another question's that came again.

        `key` stands for conversation and number; `number` and `time_ns` are those of the frame. In a second reading
        there may be None.
        """
        known = self._held.get(key)
        last = self._last(known, number)
        if self.again:
            return last, last is not None and last.question != number
        if last is not None and not last.answer and not self._is_over(last, time_ns):
            return last, True
        made = Transaction(number, time_ns)
        if known is None:
            known = self._held[key] = []
        elif not self.remember:
            self._count -= len(known)
            known.clear()
        known.append(made)
        self._held.move_to_end(key)
        self._count += 1
        while self._count > self.limit:
            _, given_up = self._held.popitem(last=False)
            self._count -= len(given_up)
        return made, False

    def answer(self, key: Hashable, number: int) -> tuple[Transaction | None, bool]:
        """Take an answer in; return its transaction, None where nobody asked, and whether another one came before."""
        last = self._last(self._held.get(key), number)
        if last is None:
            return None, False
        if not self.again and not last.answer:
            last.answer = number
        return last, last.answer != number

    def _last(self, known: list[Transaction] | None, number: int) -> Transaction | None:
        """Return the last transaction that began in front of the frame of this number, or in it."""
        if not known:
            return None
        place = bisect_right(known, number, key=lambda each: each.question) if self.again else len(known)
        return known[place - 1] if place else None

    def _is_over(self, last: Transaction, time_ns: int | None) -> bool:
        return last.time_ns is not None and time_ns is not None and time_ns - last.time_ns >= self.again_ns
