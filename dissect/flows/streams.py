"""Which connection a segment or datagram belongs to, and what its connection says about its numbers."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any

from dissect.flows.resending import Progress
from dissect.protocols.tcp import TCPFlags

__all__ = ["NOT_SCALED", "UNKNOWN_SCALE", "Conversation", "Conversations", "direction"]

UNKNOWN_SCALE = -1
"""The shift of windows where no handshake was seen."""
NOT_SCALED = -2
"""The shift of windows where the handshake leaves scaling out."""
LARGEST_SHIFT = 14
"""RFC 7323, section 2.3."""
_PORT = 2
"""How many bytes a port takes."""
_MODULUS = 1 << 32
_SYN, _ACK = int(TCPFlags.SYN), int(TCPFlags.ACK)
_ECN_SHIFT = int(TCPFlags.ECE).bit_length() - 1
"""Where AE, CWR and ECE stand in the flags."""
_ECN_WANTED = 0b111
_ECN_AGREED = frozenset({0b010, 0b011, 0b100, 0b110})
"""The three flags of a SYN that asks for Accurate ECN, and of an answer that agrees (RFC 9768, section 3.1.2)."""


class Conversation:
    """Two endpoints that talk: `index` counts them from 0, `begun` is the number of the frame that began it.

    `bases` holds, for each of the two directions, the sequence number that counts as 0, or None;
    `shifts` by how many bits its windows are shifted; `progress` is how far its sides have come.
    `counts_ecn` says that an option of Accurate ECN was seen, or a handshake that agrees on it, which makes a number
    of three flags (RFC 9768, section 3.1.1); `wants_ecn` that a SYN asked for that. `closer` is the direction that
    was closed first, or None. `latest` is the number of its last frame so far.
    """

    __slots__ = ("bases", "begun", "closer", "counts_ecn", "index", "latest", "progress", "shifts", "wants_ecn")

    def __init__(self, index: int, begun: int) -> None:
        self.index = index
        self.begun = self.latest = begun
        self.bases: list[int | None] = [None, None]
        self.shifts = [UNKNOWN_SCALE, UNKNOWN_SCALE]
        self.closer: int | None = None
        self.counts_ecn = False
        self.wants_ecn = False
        self.progress = Progress()

    def begin(self, way: int, seq: int, ack: int, flags: int) -> None:
        """Take the numbers of a segment for the first ones of directions that have none yet.

        Without a SYN, the first segment has the relative number 1.
        """
        if self.bases[way] is None:
            self.bases[way] = seq if flags & _SYN else (seq - 1) % _MODULUS
        if flags & _ACK and self.bases[1 - way] is None:
            self.bases[1 - way] = (ack - 1) % _MODULUS

    def learn_ecn(self, flags: int) -> None:
        """Take up what a segment with a SYN says of Accurate ECN: it asks with all three flags, or answers."""
        number = flags >> _ECN_SHIFT & 7
        if not flags & _ACK:
            self.wants_ecn = number == _ECN_WANTED
        elif self.wants_ecn and number in _ECN_AGREED:
            self.counts_ecn = True

    def learn_scale(self, way: int, flags: int, shift: int | None) -> None:
        """Take in a segment's window scale option, or its absence from a handshake (RFC 7323, section 2.2)."""
        if shift is not None:
            self.shifts[way] = min(shift, LARGEST_SHIFT)
        if not flags & _SYN:
            return
        if self.shifts[way] == UNKNOWN_SCALE:
            self.shifts[:] = [NOT_SCALED, NOT_SCALED]
        elif flags & _ACK and self.shifts[1 - way] == NOT_SCALED:
            self.shifts[way] = NOT_SCALED


class Conversations:
    """The conversations of one transport protocol, numbered in the order in which they begin.

    Endpoints are bytes: address and port, of two bytes. At most `limit` conversations are held; the one that was
    silent longest makes room for a new one, and counts as new itself should it go on.

    With `remember`, conversations that others of the same endpoints followed are held as well, and the
    frames may be read a second time after `rewind`: then every frame finds the conversation that
    it belonged to, with everything that was learnt of it meanwhile.
    """

    def __init__(self, *, remember: bool = False, limit: int = 1 << 17) -> None:
        self.remember = remember
        self.limit = limit
        self.count = 0
        """How many conversations have begun."""
        self.again = False
        """Whether the frames are read for the second time."""
        self.directions: dict[bytes, Any] = {}
        """What a learner keeps of directions for loops (`learner.Plain`), by `direction`; gone when it may be wrong."""
        self._by_ends: dict[bytes, list[Conversation]] = {}
        self._held = 0
        self._silent: list[tuple[int, int, bytes]] = []
        """A heap of all endpoints by when each was heard of, or earlier; empty until the limit is reached."""

    def __len__(self) -> int:
        return self._held

    def rewind(self) -> None:
        """Begin again at the first frame, and keep what is known."""
        self.again = True
        self.directions.clear()
        self._silent.clear()
        for known in self._by_ends.values():
            for conversation in known:
                conversation.progress = Progress()
                conversation.latest = 0

    def find(self, source: bytes, destination: bytes, number: int) -> tuple[Conversation, int]:
        """Return the conversation of the endpoints at the frame of this number, and the direction: 0 or 1.

        It begins with that frame where there is none yet.
        """
        way = 0 if source <= destination else 1
        ends = destination + source if way else source + destination
        known = self._by_ends.get(ends)
        if known is None:
            return self._begin(ends, number), way
        found = known[-1]
        if self.again:
            found = next((each for each in reversed(known) if each.begun <= number), known[0])
            if found.begun == number:
                self._drop_directions(ends)
        found.latest = number
        return found, way

    def segment(self, source: bytes, destination: bytes, number: int, seq: int, flags: int) -> tuple[Conversation, int]:
        """Return the conversation of a TCP segment, and the direction.

        A SYN of another number than the first one begins a new conversation of the same endpoints;
        a SYN+ACK of another number replaces the first number of its direction.
        """
        found, way = self.find(source, destination, number)
        base = found.bases[way]
        if base is not None and base != seq and flags & _SYN:
            if flags & _ACK:
                found.bases[way] = seq
            elif not self.again:
                found = self._begin(destination + source if way else source + destination, number)
        return found, way

    def _begin(self, ends: bytes, number: int) -> Conversation:
        made = Conversation(self.count, number)
        self.count += 1
        known = self._by_ends.get(ends)
        if known is None:
            known = self._by_ends[ends] = []
            if self._silent:
                heappush(self._silent, (number, made.index, ends))
        else:
            self._drop_directions(ends)
        if known and not self.remember:
            known[0] = made
        else:
            known.append(made)
            self._held += 1
        while self._held > self.limit:
            self._forget()
        return made

    def _forget(self) -> None:
        """Forget the oldest conversation of the endpoints that were silent longest."""
        if not self._silent:
            self._silent += ((_latest(known), known[0].index, ends) for ends, known in self._by_ends.items())
            heapify(self._silent)
        while True:
            heard, index, ends = heappop(self._silent)
            known = self._by_ends[ends]
            latest = _latest(known)
            if latest <= heard:
                break
            heappush(self._silent, (latest, index, ends))
        del known[0]
        self._held -= 1
        self._drop_directions(ends)
        if known:
            heappush(self._silent, (latest, known[0].index, ends))
        else:
            del self._by_ends[ends]

    def _drop_directions(self, ends: bytes) -> None:
        half = len(ends) // 2
        self.directions.pop(direction(ends[:half], ends[half:]), None)
        self.directions.pop(direction(ends[half:], ends[:half]), None)


def direction(source: bytes, destination: bytes) -> bytes:
    """Return the bytes by which a direction is known: two addresses, and both ports behind.

    >>> direction(bytes.fromhex("0a000001 0050"), bytes.fromhex("0a000002 c001")).hex(" ", 2)
    '0a00 0001 0a00 0002 0050 c001'
    """
    return source[:-_PORT] + destination[:-_PORT] + source[-_PORT:] + destination[-_PORT:]


def _latest(known: list[Conversation]) -> int:
    return max(each.latest for each in known)
