"""TCP conversations: where their numbers begin, how their windows are scaled, and what of them was captured."""

from __future__ import annotations

from functools import partial

from dissect.flows.streams import MOST_CONVERSATIONS, Conversation, Conversations
from dissect.flows.tcp_analysis import LARGEST_SHIFT, NOT_SCALED, UNKNOWN_SCALE, Analysis
from dissect.flows.unacknowledged import MOST_OF_ALL, Allowance
from dissect.protocols.tcp import TCPFlags

__all__ = ["SAW_ACK", "SAW_DATA", "TCPConversation", "TCPConversations"]

_MODULUS = 1 << 32
_FIN, _SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
_ECN_SHIFT = int(TCPFlags.ECE).bit_length() - 1
"""Where AE, CWR and ECE stand in the flags."""
_ECN_WANTED = 0b111
_ECN_AGREED = frozenset({0b010, 0b011, 0b100, 0b110})
"""The three flags of a SYN that asks for Accurate ECN, and of an answer that agrees (RFC 9768, section 3.1.2)."""
_MOST_REUSED = 3
"""The frame that begins a conversation anew, and the first answer in each direction."""
SAW_SYN, SAW_ANSWER, SAW_ACK, SAW_DATA, SAW_FIN, SAW_RST = 1, 2, 4, 8, 16, 32
"""What was seen of a connection."""


class TCPConversation(Conversation):
    """What is known of a TCP connection beside its segments.

    `bases` holds, for each of the two directions, the sequence number that counts as 0, or None;
    `shifts` by how many bits its windows are shifted; `analysis` judges its segments.
    `counts_ecn` says that an option of Accurate ECN was seen, or a handshake that agrees on it, which makes a number
    of three flags (RFC 9768, section 3.1.1); `wants_ecn` that a SYN asked for that. `closer` is the direction that
    was closed first, or None. `completeness` tells by bits which parts of a connection were seen: a SYN, the answer
    to it, an ACK, data, a FIN, a RST. `wants_fast_open` says that a SYN had data and the cookie that allows them
    (RFC 7413). `initial_rtt` is how long the handshake took, in nanoseconds, 0 where that is not known.
    `reused` are the first frames whose SYN had another number than the ones before.
    """

    __slots__ = (
        "analysis",
        "bases",
        "closer",
        "completeness",
        "counts_ecn",
        "initial_rtt",
        "reused",
        "shifts",
        "wants_ecn",
        "wants_fast_open",
    )

    def __init__(
        self,
        index: int,
        begun: int,
        *,
        measures: bool = True,
        counts: bool = True,
        allowance: Allowance | None = None,
    ) -> None:
        super().__init__(index, begun)
        self.bases: list[int | None] = [None, None]
        self.shifts = [UNKNOWN_SCALE, UNKNOWN_SCALE]
        self.closer: int | None = None
        self.counts_ecn = False
        self.wants_ecn = False
        self.wants_fast_open = False
        self.completeness = 0
        self.initial_rtt = 0
        self.reused: tuple[int, ...] = ()
        self.analysis = Analysis(measures=measures, counts=counts, allowance=allowance)

    def rewind(self) -> None:
        super().rewind()
        was = self.analysis
        self.analysis = Analysis(measures=was.measures, counts=was.counts, allowance=was.allowance)

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

    def learn_scale(self, way: int, flags: int, shift: int | None, *, again: bool = False) -> None:
        """Take in a segment's window scale option, or its absence from a handshake (RFC 7323, section 2.2).

        Where the frames are read again, what they said in the end is kept.
        """
        mine, theirs = self.analysis.ways[way], self.analysis.ways[1 - way]
        if shift is not None:
            mine.shift = min(shift, LARGEST_SHIFT)
        if flags & _SYN:
            if mine.shift == UNKNOWN_SCALE:
                mine.shift = theirs.shift = NOT_SCALED
            elif flags & _ACK and theirs.shift == NOT_SCALED:
                mine.shift = NOT_SCALED
        if not again:
            one, other = self.analysis.ways
            self.shifts = [one.shift, other.shift]

    def complete(self, number: int, flags: int, length: int, *, again: bool) -> None:
        """Take up what a segment adds to what was seen of the connection.

        Of the frame that begins it nothing but a SYN counts, before the frames are read again; of one that begins it
        anew, that SYN alone.
        """
        if flags & (_SYN | _ACK) == _SYN:
            if number == self.begun and number not in self.reused:
                self.completeness |= SAW_SYN | (SAW_DATA if length else 0)
        elif number == self.begun and not again:
            return
        elif flags & _SYN:
            self.completeness |= SAW_ANSWER
        elif flags & _ACK:
            self.completeness |= SAW_DATA if length else SAW_ACK
        if flags & _FIN and flags & _ACK:
            self.completeness |= SAW_FIN
        if flags & _RST:
            self.completeness |= SAW_RST


class TCPConversations(Conversations[TCPConversation]):
    """The TCP conversations of a capture.

    Where times and bytes are measured, at most `segment_limit` segments of all of them wait for their acknowledgment,
    and of one direction 10000. The conversations that were silent longest give theirs up.
    """

    def __init__(
        self,
        *,
        measures: bool = True,
        counts: bool = True,
        remember: bool = False,
        limit: int = MOST_CONVERSATIONS,
        segment_limit: int = MOST_OF_ALL,
    ) -> None:
        self.allowance = Allowance(segment_limit, self._give_up_segments)
        make = partial(TCPConversation, measures=measures, counts=counts, allowance=self.allowance)
        super().__init__(make, remember=remember, limit=limit)

    def _give_up_segments(self, most: int) -> int:
        """Have conversations give up the segments that wait, until so many are held at most; return how many are."""
        held = sum(each.analysis.count_waiting() for each in self)
        if held > most:
            for each in sorted(self, key=lambda each: each.latest):
                held -= each.analysis.count_waiting()
                each.analysis.give_up_waiting()
                if held <= most:
                    break
        return held

    def segment(
        self, source: bytes, destination: bytes, number: int, seq: int, flags: int
    ) -> tuple[TCPConversation, int, bool]:
        """Return the connection of a segment, the direction, and whether it reuses the ports of another one.

        A SYN of another number than the first one begins a new conversation of the same endpoints;
        a SYN+ACK of another number replaces the first number of its direction.
        """
        found, way = self.find(source, destination, number)
        if not flags & _SYN:
            return found, way, False
        base = found.bases[way]
        reuses = base is not None and base != seq
        if flags & _ACK:
            if reuses:
                found.bases[way] = seq
        elif reuses and not self.again:
            found = self.begin(source, destination, number)
            found.completeness = SAW_SYN
        if self.again:
            # What the first reading found still holds.
            return found, way, (reuses and flags & _ACK != 0) or number in found.reused
        if reuses and len(found.reused) < _MOST_REUSED:
            found.reused = (*found.reused, number)
        return found, way, reuses
