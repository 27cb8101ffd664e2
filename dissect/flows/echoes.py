"""Which ICMP echo reply answers which request, and when the request was sent."""

from __future__ import annotations

from collections.abc import Hashable
from struct import Struct

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Answer", "Echoes", "sending_time"]

_DAY = 86_400
_BILLION = 1_000_000_000
_LITTLE, _BIG = Struct("<II"), Struct(">II")


class Answer(NamedTuple):
    """A request and its reply: the numbers of their frames, and the time between them in nanoseconds or None."""

    request: int
    reply: int
    time_ns: int | None


class _Request:
    """A request that was seen; `answered` says whether a reply came."""

    __slots__ = ("answered", "number", "time_ns")

    def __init__(self, number: int, time_ns: int | None) -> None:
        self.number = number
        self.time_ns = time_ns
        self.answered = False


class Echoes:
    """Matches echo replies with requests: same two hosts, identifier, sequence number and data.

    That the data are the same shows in the checksums, which then differ by the types alone. A request
    that comes again replaces the one before; of several replies the first counts. At most
    `limit` requests are held, the oldest give way.

    With `remember`, the frames of a second reading, after `rewind`, find what the first one
    learnt, as far as `answer_limit` answers; of more, the oldest are not known.
    """

    def __init__(self, *, remember: bool = False, limit: int = 1 << 16, answer_limit: int = 1 << 19) -> None:
        self.limit = limit
        self.answer_limit = answer_limit if remember else 0
        self.again = False
        self._requests: dict[Hashable, _Request] = {}
        self._answers: dict[Hashable, Answer] = {}

    def __len__(self) -> int:
        """Return how many requests are held."""
        return len(self._requests)

    def rewind(self) -> None:
        """Begin again at the first frame, and keep what is known."""
        self.again = True
        self._requests.clear()

    def request(
        self, hosts: Hashable, checksum: int, query: int, number: int, time_ns: int | None, apart: int = 0x0800
    ) -> Answer | None:
        """Take a request in; return its answer, which only a second reading knows.

        `apart` is what the checksums of request and reply differ by, in ones' complement: their types,
        8 and 0, make it 0x0800, and those of ICMPv6, 128 and 129, 0xFEFF. `hosts` is the same for both
        directions; `query` holds identifier and sequence number; `number` and `time_ns` are those of the frame.
        """
        key = (hosts, _sum(checksum, apart), query)
        if self.again:
            return self._answers.get((number, key))
        self._requests.pop(key, None)
        self._requests[key] = _Request(number, time_ns)
        if len(self._requests) > self.limit:
            del self._requests[next(iter(self._requests))]
        return None

    def reply(self, hosts: Hashable, checksum: int, query: int, number: int, time_ns: int | None) -> Answer | None:
        """Take a reply in; return the answer that it is, or None where no request waits for it."""
        key = (hosts, checksum, query)
        if self.again:
            return self._answers.get((number, key))
        request = self._requests.get(key)
        if request is None or request.answered:
            return None
        request.answered = True
        between = None if time_ns is None or request.time_ns is None else time_ns - request.time_ns
        answer = Answer(request.number, number, between)
        if self.answer_limit:
            self._answers[request.number, key] = self._answers[number, key] = answer
        while len(self._answers) > 2 * self.answer_limit:
            del self._answers[next(iter(self._answers))]
        return answer


def _sum(checksum: int, apart: int) -> int:
    """Return the sum in ones' complement arithmetic, in which zero is 0xFFFF."""
    total = checksum + apart
    total = (total & 0xFFFF) + (total >> 16)
    return total or 0xFFFF


def sending_time(data: bytes, captured_ns: int) -> int | None:
    """Return when ping sent a message whose data begin with these bytes, in nanoseconds; None where they don't say.

    Ping writes seconds and microseconds in 4 bytes each, in its machine's order (with 8 bytes each, the
    first 8 read as seconds in little endian). They count as a time where it is less than a day off.
    """
    if len(data) < 8:
        return None
    now = captured_ns // _BILLION
    for layout in (_LITTLE, _BIG):
        seconds, microseconds = layout.unpack_from(data)
        if microseconds < 1_000_000 and abs(seconds - now) < _DAY:
            return int(seconds * _BILLION + microseconds * 1000)
    return None
