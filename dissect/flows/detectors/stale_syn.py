"""Old duplicates of SYNs, which the third step of the handshake is there for (RFC 9293, section 3.5, figure 8)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import BILLION
from dissect.flows.alarm import MOST_HELD, Alarm, Detector
from dissect.flows.states import Change, State
from dissect.flows.talks import Seen, Talk, end_text
from dissect.protocols.tcp import TCPFlags

__all__ = ["StaleSyn"]

_SYN, _RST, _ACK = int(TCPFlags.SYN), int(TCPFlags.RST), int(TCPFlags.ACK)
_MODULUS = 1 << 32
_LIFETIME_NS = 240 * BILLION
"""How long a segment may live at most, there and back (RFC 9293, section 3.4.2)."""
_NEAR = 1 << 20
"""How far behind the last number of a connection its next segment may be."""


class _Syn(NamedTuple):
    """A SYN, and the number behind what its sender had sent with it when another one came."""

    number: int
    time_ns: int | None
    first: int
    reached: int
    was_open: bool
    was_reset: bool = False
    """Whether its sender has reset the answer to it."""


class StaleSyn(Detector):
    """A SYN that is not, or no more, of the connection that its sender has or opens.

    Of two SYNs with different numbers, that one is old whose answer the client resets, or beside which it goes on in
    the other connection; one that was reset is told when the same ports open a connection soon after. One with the
    number of a connection that is open is told at once.
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._doubtful: OrderedDict[int | None, tuple[_Syn | None, _Syn]] = OrderedDict()

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        connection = talk.connection
        if connection is None or way != talk.opener:
            return
        if seen.flags & (_SYN | _ACK) == _SYN:
            if seen.number == talk.number:
                self._doubt(talk, seen)
            elif connection.was_open and seen.seq == connection.ends[way].first:
                syn = _Syn(talk.number, talk.first_ns, seen.seq, (seen.seq + 1) % _MODULUS, was_open=True)
                if changes:
                    # It opens a connection once more, or would if its sender wanted that.
                    self._keep(talk, (None, syn))
                else:
                    self._tell(talk, syn, seen, "the connection is open")
        elif talk.stream in self._doubtful:
            self._settle(talk, seen)

    def _doubt(self, talk: Talk, seen: Seen) -> None:
        """Remember that there are two SYNs, where the first one's connection is not over."""
        before = talk.before
        if before is None or before.connection is None or before.connection.opener is None:
            return
        opener = before.connection.opener
        end = before.connection.ends[opener]
        if before.ends[opener] != talk.ends[talk.opener] or end.first is None or end.next is None:
            return
        was_open = before.connection.was_open
        was_reset = not was_open and before.connection.resetter == opener and self._was_lately(before, seen)
        if end.state in (State.CLOSED, State.TIME_WAIT) and not was_reset:
            return
        old = _Syn(before.number, before.first_ns, end.first, end.next, was_open, was_reset)
        new = _Syn(seen.number, seen.time_ns, seen.seq, (seen.seq + 1) % _MODULUS, was_open=False)
        self._keep(talk, (old, new))

    @staticmethod
    def _was_lately(before: Talk, seen: Seen) -> bool:
        if before.last_ns is None or seen.time_ns is None:
            return True
        return seen.time_ns - before.last_ns <= _LIFETIME_NS

    def _keep(self, talk: Talk, syns: tuple[_Syn | None, _Syn]) -> None:
        self._doubtful[talk.stream] = syns
        if len(self._doubtful) > MOST_HELD:
            self._doubtful.popitem(last=False)

    def _settle(self, talk: Talk, seen: Seen) -> None:
        """Find out by what the client sends next which of two SYNs is old."""
        old, new = self._doubtful.pop(talk.stream)
        if old is None:
            if seen.flags & _RST and seen.seq == new.reached:
                self._tell(talk, new, seen, "the connection is over, and its sender resets the answer")
        elif seen.flags & _RST:
            if seen.seq == old.reached and seen.seq != new.reached and not old.was_open:
                self._tell(talk, old, seen, "its sender resets the answer")
            elif seen.seq == new.reached and old.was_open:
                self._tell(talk, new, seen, "its sender resets the answer")
        elif old.was_reset:
            if seen.seq == new.reached:
                self._tell(talk, old, seen, "its sender has reset the answer, and opens another connection")
        elif seen.seq != new.reached and (seen.seq - old.reached) % _MODULUS < _NEAR:
            self._tell(talk, new, seen, "its sender goes on in the connection of before")

    def _tell(self, talk: Talk, syn: _Syn, seen: Seen, why: str) -> None:
        client, server = end_text(talk.ends[talk.opener]), end_text(talk.ends[1 - talk.opener])
        text = f"the SYN of {client} to {server} with the number {syn.first} is an old duplicate: {why}"
        age = None if syn.time_ns is None or seen.time_ns is None else (seen.time_ns - syn.time_ns) / BILLION
        facts = {"client": client, "server": server, "seq": syn.first, "seconds": age}
        self.told.append(Alarm("stale-syn", text, syn.number, seen.number, syn.time_ns, seen.time_ns, facts))
