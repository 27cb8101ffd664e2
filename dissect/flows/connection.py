"""In which of the eleven states each end of a TCP connection is, told by its segments (RFC 9293, section 3.3.2).

Figure 5 of the RFC labels a change with what an end receives and what it sends for that. Where it sends something,
the change is seen in that segment: who acknowledges a FIN has received it. Where it sends nothing, as for the
acknowledgment of its own FIN, the segment is taken to arrive. An end that shows later that it did not is put back.
"""

from __future__ import annotations

from dissect.flows.states import Change, State, Teardown
from dissect.protocols.tcp import TCPFlags

__all__ = ["TIME_WAIT_NS", "Connection", "End"]

TIME_WAIT_NS = 60_000_000_000
"""Twice the maximum segment lifetime, as Linux has it (TCP_TIMEWAIT_LEN); RFC 9293, section 3.4.2, has 4 minutes."""
_FIN, _SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
_MARKS = _FIN | _SYN | _RST
_HALF, _MODULUS = 1 << 31, 1 << 32
_LARGEST_WINDOW = 1 << 30
"""RFC 7323, section 2.3."""


class End:
    """One end of a connection. Numbers are those of the segments, modulo 2**32; None where they are not known."""

    __slots__ = ("ack", "fin", "first", "fins", "next", "state", "until_ns", "was")

    def __init__(self) -> None:
        self.state = State.CLOSED
        self.was = State.CLOSED
        """The state before a reset was sent, which the end goes back to should it send on."""
        self.until_ns: int | None = None
        """When TIME_WAIT ends, in nanoseconds since 1970; None in other states."""
        self.fins = 0
        """How many FINs it has sent, those that were sent again included."""
        self.renew(None)

    def renew(self, first: int | None) -> None:
        """Begin with a SYN of this number."""
        self.first = first
        self.next = None if first is None else (first + 1) % _MODULUS
        self.ack: int | None = None
        """The last acknowledgment that it sent."""
        self.fin: int | None = None
        """The number behind its FIN: what acknowledges it."""

    def extend(self, number: int) -> None:
        """Take a number behind what it sent."""
        if self.next is None or _reaches(number, self.next):
            self.next = number


class Connection:
    """Both ends of one TCP connection, which segments are shown to in the order of the capture.

    `ends` are by direction: `ends[0]` sends in direction 0. `opener` is the direction of the first SYN, or of the
    first segment where the capture begins later (`is_midstream`); `closer` that of the first FIN, `resetter` that of
    the first RST that counts; None before. `teardown` says how it was closed. `time_wait_ns` is how long TIME_WAIT
    lasts, twice the maximum segment lifetime. `was_open` says that an end was seen to come into
    ESTABLISHED, now or with an earlier SYN of the same number. Nothing is raised, whatever comes; the size is constant.

    >>> connection = Connection()
    >>> for change in connection.take(0, seq=1000, ack=0, flags=0x02, length=0, number=1):
    ...     print(change.way, change.before, "→", change.after)
    0 CLOSED → SYN_SENT
    1 CLOSED → LISTEN
    """

    __slots__ = ("closer", "ends", "is_midstream", "opener", "was_open", "resetter", "teardown", "time_wait_ns")

    def __init__(self, *, time_wait_ns: int = TIME_WAIT_NS) -> None:
        self.time_wait_ns = time_wait_ns
        self.ends = (End(), End())
        self.opener: int | None = None
        self.is_midstream = False
        self.was_open = False
        self.closer: int | None = None
        self.resetter: int | None = None
        self.teardown: Teardown | None = None

    @property
    def states(self) -> tuple[State, State]:
        """The states of both ends, by direction."""
        return self.ends[0].state, self.ends[1].state

    @property
    def is_half_open(self) -> bool:
        """Whether an end has answered a SYN, and nobody has acknowledged that: it is in SYN_RCVD."""
        return State.SYN_RCVD in self.states

    @property
    def is_forsaken(self) -> bool:
        """Whether one end has no connection any more, and the other does not know (RFC 9293, section 3.5.1)."""
        states = self.states
        return State.CLOSED in states and any(
            state.is_synchronized and state is not State.TIME_WAIT for state in states
        )

    @property
    def is_half_closed(self) -> bool:
        """Whether one end has closed, and the other may still send."""
        return State.CLOSE_WAIT in self.states

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left at either end but to wait for the time, or for another connection."""
        return all(state in (State.CLOSED, State.TIME_WAIT, State.LISTEN) for state in self.states)

    def renew(self, opener: int) -> None:
        """Begin again, for the ends may open another connection with the same addresses and ports."""
        self.opener, self.is_midstream = opener, False
        self.closer = self.resetter = self.teardown = None

    def pass_time(self, time_ns: int | None) -> list[Change]:
        """Return what the time does until `time_ns`: it ends TIME_WAIT."""
        changes: list[Change] = []
        if time_ns is not None:
            for way, end in enumerate(self.ends):
                if end.until_ns is not None and end.until_ns <= time_ns:
                    _Step(self, changes, None, end.until_ns).go(way, State.CLOSED, "2MSL have passed")
        return changes

    def take(
        self, way: int, *, seq: int, ack: int, flags: int, length: int, number: int, time_ns: int | None = None
    ) -> list[Change]:
        """Take a segment in; return the changes of both ends in their order.

        `way` is its direction, 0 or 1; `seq`, `ack` and `flags` are its own, `length` the bytes of its data,
        `number` that of the frame, `time_ns` its time since 1970.
        """
        me, other = self.ends[way], self.ends[1 - way]
        if me.state is State.ESTABLISHED is other.state and not flags & _MARKS:
            # Nearly all segments are such.
            if flags & _ACK:
                me.ack = ack
            me.extend((seq + length) % _MODULUS)
            return []
        changes = self.pass_time(time_ns)
        step = _Step(self, changes, number, time_ns)
        if self.opener is None:
            step.begin(way, seq, ack, flags)
        if flags & _RST:
            step.reset(way, seq, ack, flags)
            return changes
        end = (seq + length + bool(flags & _SYN) + bool(flags & _FIN)) % _MODULUS
        if flags & _SYN:
            step.synchronize(way, seq, ack, flags)
        else:
            step.catch_up(way, seq, ack, flags, length)
        closes_late = me.state is State.CLOSE_WAIT
        if flags & _ACK:
            step.acknowledge(way, ack, flags)
        if flags & _FIN:
            step.finish(way, end, late=closes_late)
        elif other.ack is not None and not flags & _SYN:
            # Where it was put back, what it sends now answers a segment that acknowledges as much.
            step.hear(way, None, other.ack)
        if flags & _ACK:
            me.ack = ack
            step.hear(1 - way, seq, ack)
        me.extend(end)
        if flags & _FIN and other.state is State.TIME_WAIT and me.fins > 1:
            # Section 3.10.7.4: a FIN that comes again starts the timer again.
            other.until_ns = step.over_ns
        return changes


class _Step:
    """What one segment does to a connection."""

    __slots__ = ("changes", "connection", "number", "time_ns")

    def __init__(self, connection: Connection, changes: list[Change], number: int | None, time_ns: int | None) -> None:
        self.connection = connection
        self.changes = changes
        self.number = number
        self.time_ns = time_ns

    @property
    def over_ns(self) -> int | None:
        """When a timer that starts now is over."""
        return None if self.time_ns is None else self.time_ns + self.connection.time_wait_ns

    def go(self, way: int, state: State, why: str, *, corrects: bool = False) -> None:
        """Bring an end into another state."""
        end = self.connection.ends[way]
        if end.state is state:
            return
        self.changes.append(Change(self.number, self.time_ns, way, end.state, state, why, corrects))
        end.was, end.state = end.state, state
        if state is State.ESTABLISHED and not corrects:
            self.connection.was_open = True
        end.until_ns = self.over_ns if state is State.TIME_WAIT else None

    def begin(self, way: int, seq: int, ack: int, flags: int) -> None:
        """Take the first segment in: without a SYN, the connection is as old as nobody knows."""
        connection = self.connection
        connection.opener = way
        if not flags & _SYN:
            connection.is_midstream = True
            if not flags & _RST:
                for each in (way, 1 - way):
                    self.go(each, State.ESTABLISHED, "the capture begins later", corrects=True)
                connection.ends[way].next = seq
                connection.ends[1 - way].next = ack if flags & _ACK else None
        elif flags & _ACK:
            connection.is_midstream = True
            connection.opener = 1 - way
            connection.ends[1 - way].renew((ack - 1) % _MODULUS)
            self.go(1 - way, State.SYN_SENT, "its SYN is answered")
            self.go(way, State.LISTEN, "it is asked for a connection")

    def reset(self, way: int, seq: int, ack: int, flags: int) -> None:
        """Take an RST in: who sends it has no connection, and the other one aborts it where the number is right."""
        me, other = self.connection.ends[way], self.connection.ends[1 - way]
        stale = other.ack is not None and seq == other.ack != me.next and not flags & _ACK
        # Figures 8 and 9: it answers an acknowledgment of what it never sent, and goes on waiting.
        waits = stale and me.state in (State.SYN_SENT, State.SYN_RCVD)
        if not waits:
            if me.state is not State.CLOSED:
                self._closed_by_reset(way)
            self.go(way, State.CLOSED, "sends RST")
        if other.state is State.SYN_SENT:
            is_right = bool(flags & _ACK) and other.next is not None and ack == other.next
        else:
            is_right = other.ack is None or (seq - other.ack) % _MODULUS < _LARGEST_WINDOW
        if not is_right or other.state in (State.CLOSED, State.LISTEN):
            return
        if not waits:
            self._closed_by_reset(way)
        # Section 3.10.7.4: who was asked goes on listening.
        passive = other.state is State.SYN_RCVD and self.connection.opener == way
        self.go(1 - way, State.LISTEN if passive else State.CLOSED, "receives RST")

    def _closed_by_reset(self, way: int) -> None:
        connection = self.connection
        connection.resetter = way if connection.resetter is None else connection.resetter
        if not connection.is_over:
            opened = any(end.state.is_synchronized or end.was.is_synchronized for end in connection.ends)
            connection.teardown = Teardown.RESET if opened else Teardown.REFUSED

    def synchronize(self, way: int, seq: int, ack: int, flags: int) -> None:
        """Take a SYN in: the sender opens, or answers one."""
        connection = self.connection
        me = connection.ends[way]
        if not flags & _ACK:
            self._open(way, seq)
        elif me.state in (State.CLOSED, State.LISTEN, State.SYN_SENT):
            if me.first != seq:
                me.renew(seq)
            if me.state is State.CLOSED:
                connection.renew(1 - way)
                connection.ends[1 - way].fin = None
            self.go(way, State.SYN_RCVD, "receives SYN, sends SYN and ACK", corrects=me.state is State.CLOSED)
        elif me.state is State.SYN_RCVD:
            if me.first != seq:
                me.renew(seq)
        elif me.state is State.ESTABLISHED and me.first == seq and me.next == (seq + 1) % _MODULUS:
            self.go(way, State.SYN_RCVD, "sends SYN and ACK again", corrects=True)

    def _open(self, way: int, seq: int) -> None:
        connection = self.connection
        me, other = connection.ends[way], connection.ends[1 - way]
        if me.state is State.SYN_SENT and me.first != seq:
            me.renew(seq)
        if me.state not in (State.CLOSED, State.LISTEN, State.TIME_WAIT):
            if me.state is State.SYN_SENT and other.state is State.CLOSED:
                other.renew(None)
                self.go(1 - way, State.LISTEN, "it is asked for a connection")
            return
        if me.state is State.TIME_WAIT:
            self.go(way, State.CLOSED, "opens again")
        me.renew(seq)
        if other.state is State.TIME_WAIT:
            # Section 3.6.1: a SYN may end the wait.
            self.go(1 - way, State.CLOSED, "is asked for a new connection")
        if me.state is State.CLOSED:
            connection.renew(way)
        self.go(way, State.SYN_SENT, "sends SYN")
        if other.state is State.CLOSED:
            other.renew(None)
            self.go(1 - way, State.LISTEN, "it is asked for a connection")

    def catch_up(self, way: int, seq: int, ack: int, flags: int, length: int) -> None:
        """Take a segment without SYN for a sign that its sender has come further than was seen."""
        me, other = self.connection.ends[way], self.connection.ends[1 - way]
        if me.state is State.LISTEN and flags & _ACK:
            if other.next is not None and ack == other.next:
                me.renew((seq - 1) % _MODULUS)
                self.go(way, State.SYN_RCVD, "its SYN was not captured")
            elif me.first is not None and seq == (me.first + 1) % _MODULUS:
                # It sent this before the reset arrived.
                self.go(way, State.SYN_RCVD, "has not received RST yet", corrects=True)
            else:
                # Figure 9: it is still in a connection that the other one has forgotten.
                me.next = seq
                self.go(way, State.ESTABLISHED, "answers with numbers of an older connection", corrects=True)
        elif me.state is State.CLOSED and me.was.is_synchronized and length and self.connection.resetter == way:
            is_new = me.next is not None and _reaches(seq, me.next)
            if is_new and me.was not in (State.LAST_ACK, State.TIME_WAIT):
                # Who sends on has not sent that RST, or not for this connection.
                self.connection.resetter = self.connection.teardown = None
                self.go(way, me.was, "sends on after its RST", corrects=True)

    def acknowledge(self, way: int, ack: int, flags: int) -> None:
        """Take an acknowledgment for a sign of what its sender has received."""
        me, other = self.connection.ends[way], self.connection.ends[1 - way]
        if me.state is State.SYN_SENT and not flags & _SYN:
            if other.state is State.LISTEN:
                other.renew((ack - 1) % _MODULUS)
                self.go(1 - way, State.SYN_RCVD, "its SYN was not captured")
            if other.first is None or _reaches(ack, (other.first + 1) % _MODULUS):
                self.go(way, State.ESTABLISHED, "receives SYN and ACK, sends ACK")
        if other.fin is None or not _reaches(ack, other.fin):
            return
        if me.state in (State.ESTABLISHED, State.SYN_RCVD):
            self.go(way, State.CLOSE_WAIT, "receives FIN, sends ACK")
        elif me.state is State.FIN_WAIT_1:
            self.go(way, State.CLOSING, "receives FIN, sends ACK")
        elif me.state is State.FIN_WAIT_2:
            self.go(way, State.TIME_WAIT, "receives FIN, sends ACK")

    def finish(self, way: int, end: int, *, late: bool) -> None:
        """Take a FIN in, of which `end` is the number behind it; `late` says that its sender had acknowledged one."""
        connection = self.connection
        me = connection.ends[way]
        if me.state in (State.ESTABLISHED, State.SYN_RCVD):
            self.go(way, State.FIN_WAIT_1, "closes, sends FIN")
        elif me.state is State.CLOSE_WAIT:
            self.go(way, State.LAST_ACK, "closes, sends FIN")
        elif me.fin == end:
            self._put_back(way)
        else:
            return
        me.fins += 1
        if me.fin is not None:
            return
        me.fin = end
        if connection.closer is None:
            connection.closer = way
        elif connection.closer != way and connection.teardown is None:
            knows = me.state is State.LAST_ACK
            connection.teardown = (
                Teardown.SIMULTANEOUS if not knows else Teardown.FOUR_SEGMENTS if late else Teardown.THREE_SEGMENTS
            )

    def _put_back(self, way: int) -> None:
        """Put an end that sends its FIN again back to where it has no acknowledgment of it."""
        me = self.connection.ends[way]
        if me.state is State.FIN_WAIT_2:
            self.go(way, State.FIN_WAIT_1, "sends FIN again", corrects=True)
        elif me.state is State.TIME_WAIT:
            self.go(way, State.CLOSING, "sends FIN again", corrects=True)
        elif me.state is State.CLOSED and me.was is State.LAST_ACK and self.connection.resetter is None:
            self.go(way, State.LAST_ACK, "sends FIN again", corrects=True)

    def hear(self, way: int, seq: int | None, ack: int) -> None:
        """Let an acknowledgment arrive at an end; `seq` is the number of its segment, where that is known."""
        me, other = self.connection.ends[way], self.connection.ends[1 - way]
        if (
            me.state is State.SYN_RCVD
            and me.first is not None
            and me.next is not None
            and _reaches(ack, (me.first + 1) % _MODULUS)
            and _reaches(me.next, ack)
        ):
            self.go(way, State.ESTABLISHED, "receives ACK of its SYN")
        if me.fin is None or not _reaches(ack, me.fin):
            return
        if me.state is State.FIN_WAIT_1:
            if other.fin is not None and other.fin == seq:
                # What comes behind a FIN comes after it.
                self.go(way, State.CLOSING, "receives FIN, sends ACK")
                self.go(way, State.TIME_WAIT, "receives ACK of its FIN")
            else:
                self.go(way, State.FIN_WAIT_2, "receives ACK of its FIN")
        elif me.state is State.CLOSING:
            self.go(way, State.TIME_WAIT, "receives ACK of its FIN")
        elif me.state is State.LAST_ACK:
            self.go(way, State.CLOSED, "receives ACK of its FIN")


def _reaches(one: int, other: int) -> bool:
    """Whether a number is another, or lies behind it (RFC 9293, section 3.4)."""
    return (one - other) % _MODULUS < _HALF
