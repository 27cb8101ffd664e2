"""Which conversation a segment or datagram belongs to, by the addresses and ports of its two ends alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar

__all__ = ["MOST_CONVERSATIONS", "Conversation", "Conversations", "direction"]

MOST_CONVERSATIONS = 3 << 15
"""How many conversations of a transport protocol are held; one with all that is measured takes some 1600 bytes."""

_PORT = 2
"""How many bytes a port takes."""


class Conversation:
    """Two endpoints that talk: `index` counts them from 0, `begun` is the number of the frame that began it.

    `latest` is the number of its last frame so far; `first_time` and `last_time` are the times of its first frame and
    of that one, in nanoseconds.
    """

    __slots__ = ("begun", "first_time", "index", "last_time", "latest")

    def __init__(self, index: int, begun: int) -> None:
        self.index = index
        self.begun = self.latest = begun
        self.first_time: int | None = None
        self.last_time = 0

    def rewind(self) -> None:
        """Keep what is known, for its frames come again."""
        self.latest = 0
        self.first_time = None

    def pass_time(self, time_ns: int | None) -> tuple[int, int]:
        """Take in the time of a frame; return how long ago, in nanoseconds, the first one was and the one before."""
        now = time_ns or 0
        first, last = self.first_time, self.last_time
        self.last_time = now
        if first is None:
            self.first_time = now
            return 0, 0
        return now - first, now - last


_Made = TypeVar("_Made", bound=Conversation)


class Conversations(Generic[_Made]):
    """The conversations of one transport protocol, numbered in the order in which they begin.

    Endpoints are bytes: address and port, of two bytes. At most `limit` conversations are held; the one that was
    silent longest makes room for a new one, and counts as new itself should it go on.

    With `remember`, conversations that others of the same endpoints followed are held as well, and the
    frames may be read a second time after `rewind`: then every frame finds the conversation that
    it belonged to, with everything that was learnt of it meanwhile.
    """

    def __init__(
        self, make: Callable[[int, int], _Made], *, remember: bool = False, limit: int = MOST_CONVERSATIONS
    ) -> None:
        self.remember = remember
        self.limit = limit
        self.count = 0
        """How many conversations have begun."""
        self.again = False
        """Whether the frames are read for the second time."""
        self.directions: dict[bytes, Any] = {}
        """What a learner keeps of directions for loops (`learner.Plain`), by `direction`; gone when it may be wrong."""
        self._make = make
        self.by_ends: dict[bytes, list[_Made]] = {}
        """Those that are held, by both endpoints in the order of their bytes; who keeps some elsewhere puts a
        dictionary here that knows of them as well."""
        self.held = 0
        self._has_forgotten = False
        self._silent: list[tuple[int, int, bytes]] = []
        """A heap of all endpoints by when each was heard of, or earlier; empty until the limit is reached."""

    def __len__(self) -> int:
        return self.held

    def __iter__(self) -> Iterator[_Made]:
        """Go through all that are held, in no order."""
        for known in self.by_ends.values():
            yield from known

    def hold(self, conversations: Iterable[tuple[bytes, _Made]], count: int) -> None:
        """Take over conversations by their ends, one of each, of so many that have begun; none are held yet."""
        self.by_ends = {ends: [each] for ends, each in conversations}
        self.held, self.count = len(self.by_ends), count

    def rewind(self) -> None:
        """Begin again at the first frame, and keep what is known, unless a part of it was forgotten.

        Then numbers could not be the same again: all is forgotten, and the frames are read as the first time.
        """
        self.directions.clear()
        self._silent.clear()
        if self._has_forgotten:
            self.by_ends.clear()
            self.held = self.count = 0
            return
        self.again = True
        for known in self.by_ends.values():
            for conversation in known:
                conversation.rewind()

    def find(self, source: bytes, destination: bytes, number: int) -> tuple[_Made, int]:
        """Return the conversation of the endpoints at the frame of this number, and the direction: 0 or 1.

        It begins with that frame where there is none yet.
        """
        way = 0 if source <= destination else 1
        ends = destination + source if way else source + destination
        known = self.by_ends.get(ends)
        if known is None:
            return self._begin(ends, number), way
        found = known[-1]
        if self.again:
            found = next((each for each in reversed(known) if each.begun <= number), known[0])
            if found.begun == number:
                self._drop_directions(ends)
        found.latest = number
        return found, way

    def known(self, source: bytes, destination: bytes, number: int) -> tuple[_Made, int] | None:
        """Do what `find` does where a conversation of the endpoints is held; None where there is none."""
        known = self.by_ends.get(destination + source if source > destination else source + destination)
        if known is None:
            return None
        if self.again:
            return self.find(source, destination, number)
        found = known[-1]
        found.latest = number
        return found, 0 if source <= destination else 1

    def knows(self, source: bytes, destination: bytes, number: int) -> bool:
        """Whether a conversation of the endpoints had begun when the frame of this number came."""
        known = self.by_ends.get(destination + source if source > destination else source + destination)
        return known is not None and known[0].begun <= number

    def unlisted(self, number: int) -> _Made:
        """Return a new conversation that is counted, and that nobody finds by its endpoints."""
        self.count += 1
        return self._make(self.count - 1, number)

    def begin(self, source: bytes, destination: bytes, number: int) -> _Made:
        """Return a new conversation of the endpoints, which takes the place of another one."""
        return self._begin(destination + source if source > destination else source + destination, number)

    def _begin(self, ends: bytes, number: int) -> _Made:
        made = self._make(self.count, number)
        self.count += 1
        known = self.by_ends.get(ends)
        if known is None:
            self.by_ends[ends] = [made]
            self.held += 1
            if self._silent:
                heappush(self._silent, (number, made.index, ends))
        else:
            self._drop_directions(ends)
            if self.remember:
                known.append(made)
                self.held += 1
            else:
                known[0] = made
        while self.held > self.limit:
            self._forget()
        return made

    def _forget(self) -> None:
        """Forget the oldest conversation of the endpoints that were silent longest."""
        self._has_forgotten = True
        if not self._silent:
            self._silent += ((_latest(known), known[0].index, ends) for ends, known in self.by_ends.items())
            heapify(self._silent)
        while True:
            heard, index, ends = heappop(self._silent)
            known = self.by_ends[ends]
            latest = _latest(known)
            if latest <= heard:
                break
            heappush(self._silent, (latest, index, ends))
        del known[0]
        self.held -= 1
        self._drop_directions(ends)
        if known:
            heappush(self._silent, (latest, known[0].index, ends))
        else:
            del self.by_ends[ends]

    def drop_directions(self, source: bytes, destination: bytes) -> None:
        """Have what loops know of both directions looked up anew."""
        self.directions.pop(direction(source, destination), None)
        self.directions.pop(direction(destination, source), None)

    def _drop_directions(self, ends: bytes) -> None:
        half = len(ends) // 2
        self.drop_directions(ends[:half], ends[half:])


def direction(source: bytes, destination: bytes) -> bytes:
    """Return the bytes by which a direction is known: two addresses, and both ports behind.

    >>> direction(bytes.fromhex("0a000001 0050"), bytes.fromhex("0a000002 c001")).hex(" ", 2)
    '0a00 0001 0a00 0002 0050 c001'
    """
    return source[:-_PORT] + destination[:-_PORT] + source[-_PORT:] + destination[-_PORT:]


def _latest(known: Sequence[Conversation]) -> int:
    return max(each.latest for each in known)
