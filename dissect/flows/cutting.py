"""Messages cut out of a stream as its bytes come, by the rule that tells where each ends (declaration/framing.py)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from dissect.declaration.framing import UNTIL_END, Begun, Dialogue, FramingError, Rule
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.stream import Chunk, Gap, Part
from dissect.flows.talking import MOST_SEEN, Speaker, Talk

__all__ = ["Cutter", "Message", "cutters", "messages", "size_of_next"]

_FIRST_LOOK = 64
"""How many bytes the rule is shown at first: most need few to tell."""
_PATIENCE = 8
"""Of a long beginning, the rule is asked again when it has grown by this part of itself."""
_SHORT = 4096


class Message(NamedTuple):
    """One message: its bytes, where it begins in the stream, the frames that carried it, and when it was whole."""

    data: bytes
    start: int
    numbers: tuple[int, ...]
    time_ns: int | None


class Cutter:
    """Cuts the messages of one direction: bytes in, messages out. With `most`, what has more bytes is no message.

    The work is linear in the bytes, also where they come one by one: a rule that cannot tell yet is asked again for
    each byte that comes as long as there are few, and else when there are noticeably more. Where a message takes all
    that its end still says, `finish` gives it.
    """

    def __init__(self, rule: Rule | Speaker, *, most: int | None = None) -> None:
        self._rule = rule
        self._most = most
        self._data = bytearray()
        self._start = 0
        """The place of the first byte of `_data` in the stream."""
        self._parts: deque[Part] = deque()
        """Which frames brought `_data`."""
        self._size: int | None = None
        """How many bytes the next message takes, once that is known."""
        self._ask_at = 1
        """How many bytes there have to be before the rule is asked."""
        self.is_lost = False
        """Whether something was no message, so that nobody knows where the next one begins."""

    def __len__(self) -> int:
        """Return how many bytes of a message are there that is not whole."""
        return len(self._data)

    @property
    def place(self) -> int:
        """Where in the stream the next message begins; behind it there is none if the cutter is lost."""
        return self._start

    def take(self, data: bytes, parts: Iterable[Part], time_ns: int | None = None) -> Iterator[Message]:
        """Take bytes in, and yield the messages that they complete."""
        if self.is_lost:
            return
        self._data += data
        self._parts += parts
        while self._ask_at <= len(self._data):
            if self._size is None:
                try:
                    size = size_of_next(self._rule, self._data, 0)
                    self._size = None if isinstance(size, Begun) else size
                except FramingError:
                    self._lose()
                    return
                if self._is_too_long():
                    self._lose()
                    return
                if self._size is None:
                    size = len(self._data)
                    self._ask_at = size + 1 if size < _SHORT else size + size // _PATIENCE
                    return
                self._ask_at = self._size
            else:
                yield self._cut(self._size, time_ns)
        if self._is_too_long():
            self._lose()

    def finish(self, time_ns: int | None = None) -> Iterator[Message]:
        """Yield the message that the end of the stream completes, if there is one."""
        size = self._size
        if self._data and size is None and isinstance(self._rule, Speaker):
            size = self._rule.size_at_end(bytes(self._data))
        if self._data and size is not None and size >= UNTIL_END:
            yield self._cut(len(self._data), time_ns)

    def _is_too_long(self) -> bool:
        """Whether the message that is begun has more bytes than one may have."""
        if self._most is None:
            return False
        least = len(self._data) if self._size is None or self._size >= UNTIL_END else self._size
        return least > self._most

    def restart(self, start: int) -> None:
        """Give up what was begun, for bytes are missing: a message begins at this place of the stream."""
        self._data.clear()
        self._parts.clear()
        self._start, self._size, self._ask_at, self.is_lost = start, None, 1, False

    def _lose(self) -> None:
        self.is_lost = True
        self._data.clear()
        self._parts.clear()

    def _cut(self, size: int, time_ns: int | None) -> Message:
        data = bytes(self._data[:size])
        # Bytes are taken away from the front at little cost: a bytearray moves its beginning.
        del self._data[:size]
        numbers: dict[int, None] = {}
        left = size
        while left:
            part = self._parts[0]
            numbers[part.number] = None
            if part.size > left:
                self._parts[0] = Part(part.number, part.size - left)
                break
            left -= part.size
            self._parts.popleft()
        message = Message(data, self._start, tuple(numbers), time_ns)
        self._start += size
        self._size, self._ask_at = None, 1
        if isinstance(self._rule, Speaker):
            self._rule.took(data[:MOST_SEEN])
        return message


def cutters(rule: Rule | type[Dialogue], *, most: int | None = None) -> tuple[Cutter, Cutter]:
    """Return what cuts the messages of both ends of a connection, the client's first.

    Of a dialogue (`declaration/framing.py`), what is a message of one end depends on what the other has said: both are
    to be handed the bytes as they come.
    """
    if isinstance(rule, type):
        talk = Talk(rule, None)
        return Cutter(Speaker(talk, 0), most=most), Cutter(Speaker(talk, 1), most=most)
    return Cutter(rule, most=most), Cutter(rule, most=most)


def size_of_next(rule: Any, data: bytes | bytearray, place: int, begun: int = 0) -> int | None:
    """Return how many bytes the message takes that begins at a place of the data; None where more are needed to tell.

    The rule is shown no more than it needs, or the work would grow with the square of the data. Of a message in pieces
    that is not whole, `Begun` says how much is understood; that is `begun` the next time. Raises FramingError where
    there is no message. `rule` is a `Rule`, or one direction of a dialogue.
    """
    shown = _FIRST_LOOK
    while True:
        start = place + begun
        look = rule.rest if begun else rule
        size: int | None = look(bytes(data[start : start + shown])) if start < len(data) or not begun else None
        if isinstance(size, Begun):
            begun += size
            shown = _FIRST_LOOK
            if place + begun >= len(data):
                return Begun(begun)
            continue
        if size is not None:
            if size < 1:
                raise FramingError("a message has no bytes")
            return begun + size
        if start + shown >= len(data):
            return Begun(begun) if begun else None
        shown *= 4


def messages(
    told: Iterable[tuple[int, Any]], rule: Rule | type[Dialogue], way: int = 0, *, each_alone: bool = False
) -> Iterator[Message]:
    """Yield the messages of one end in chunks of both streams, and behind their gaps; other events are passed over.

    `told` has the end that says it (0: the client) with each event. With `each_alone`, a message ends with its chunk at
    the latest, as it does with a datagram.
    """
    pair = cutters(rule)
    for sender, each in told:
        if sender != way and not isinstance(rule, type):
            continue
        cutter = pair[sender]
        if isinstance(each, Gap):
            cutter.restart(each.start + each.size)
        elif isinstance(each, Chunk):
            if each_alone:
                cutter.restart(each.start)
            found = cutter.take(each.data, each.parts, each.time_ns)
            if sender == way:
                yield from found
            else:
                for _ in found:
                    pass
    yield from pair[way].finish()
