"""One side of a connection as a pure state machine: segments, calls and the time in, segments and events out."""

from __future__ import annotations

from dissect.errors import ConnectionFailedError
from dissect.flows.states import State
from dissect.lab.path_mtu import LEAST_BELIEVED
from dissect.lab.tcp.arrivals import segment_arrives
from dissect.lab.tcp.control_block import ControlBlock
from dissect.lab.tcp.negotiation import agree
from dissect.lab.tcp.pushing import pushed_by_units
from dissect.lab.tcp.segment import Segment
from dissect.lab.tcp.sequence import unfolded
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Event, Failure
from dissect.lab.tcp.timeouts import expire
from dissect.lab.tcp.transmission import transmit

__all__ = ["Endpoint"]

_WRITABLE = frozenset({State.SYN_SENT, State.SYN_RCVD, State.ESTABLISHED, State.CLOSE_WAIT})


class Endpoint:
    """One side of a connection (RFC 9293): it opens nothing, reads no clock, and knows no addresses.

    Every call takes the time in nanoseconds, which never goes back, and leaves what is to be sent in `segments()`
    and what happened in `events()`. `deadline` is when `advance` has something to do. `isn` is the initial
    sequence number, `mtu` that of the way in bytes, `stamp_offset` the timestamp at time 0 where the settings say
    none. What is kept is bounded by the buffers of the settings.

    >>> a, b = Endpoint(isn=1000), Endpoint(isn=8000)
    >>> a.connect(0)
    >>> (syn,) = a.segments()
    >>> b.accept(syn, 0)
    >>> (syn_ack,) = b.segments()
    >>> a.receive(syn_ack, 0)
    >>> a.state.value, [str(event) for event in a.events()][-1]
    ('ESTABLISHED', 'Signal.OPENED')
    """

    __slots__ = ("block",)

    def __init__(
        self, settings: TCPSettings | None = None, *, isn: int, mtu: int = 1500, stamp_offset: int = 0
    ) -> None:
        self.block = ControlBlock(settings or TCPSettings(), isn, mtu=mtu, stamp_offset=stamp_offset)

    @property
    def state(self) -> State:
        """The state that the connection is in."""
        return self.block.state

    @property
    def failure(self) -> Failure | None:
        """Why the connection failed, if it did."""
        return self.block.failure

    @property
    def deadline(self) -> int | None:
        """When `advance` has something to do, in nanoseconds."""
        return self.block.deadline

    @property
    def readable(self) -> int:
        """How many bytes can be read."""
        return self.block.receiver.unread

    @property
    def at_end(self) -> bool:
        """Whether all that the other side will ever send has been read."""
        return self.block.receiver.at_end

    @property
    def urgent_ahead(self) -> int:
        """How many of the next bytes are urgent or stand before urgent ones; 0 for none (RFC 9293, section 3.8.5)."""
        receiver = self.block.receiver
        return max((receiver.urgent_to or 0) - (receiver.nxt - receiver.unread), 0) if receiver.urgent_to else 0

    @property
    def room(self) -> int:
        """How many bytes `write` takes now."""
        return self.block.sender.room if self.state in _WRITABLE and not self.block.sender.fin_wanted else 0

    def segments(self) -> list[Segment]:
        """Take what is to be sent, in its order."""
        taken, self.block.outgoing = self.block.outgoing, []
        # Linux has two pieces on their way at least, so that none has more than half the window.
        most = max(self.block.congestion.window // self.block.sender.mss // 2, 1)
        return pushed_by_units(self.block.sender, taken, most)

    def events(self) -> list[Event]:
        """Take what happened, in its order."""
        taken, self.block.events = self.block.events, []
        return taken

    def connect(self, now_ns: int) -> None:
        """Begin the handshake (RFC 9293, section 3.10.1, active)."""
        block = self.block
        block.now_ns = block.asked_ns = now_ns
        block.enter(State.SYN_SENT)
        block.emit_syn()
        block.sender.nxt = block.sender.most = block.sender.iss + 1
        block.retransmit_ns = now_ns + block.trips.timeout_ns

    def accept(self, syn: Segment, now_ns: int) -> None:
        """Answer a SYN that came in LISTEN (section 3.10.7.2, third)."""
        block = self.block
        self._take_syn(syn, now_ns)
        block.emit_syn()
        block.retransmit_ns = now_ns + block.trips.timeout_ns

    def restore(self, syn: Segment, now_ns: int) -> None:
        """Go to SYN-RECEIVED with what a cookie tells of a SYN that was answered and forgotten (RFC 4987, 3.6)."""
        self._take_syn(syn, now_ns)
        # The SYN,ACK has announced a window, too.
        self.block.receiver.announce(in_syn=True)

    def _take_syn(self, syn: Segment, now_ns: int) -> None:
        block = self.block
        block.now_ns = block.asked_ns = now_ns
        block.is_passive = True
        block.state = State.LISTEN
        block.receiver.opened(syn.seq)
        agree(block, syn)
        block.sender.window = block.sender.largest_window = syn.window
        block.sender.wl1 = syn.seq
        block.sender.nxt = block.sender.most = block.sender.iss + 1
        block.enter(State.SYN_RCVD)

    def receive(self, segment: Segment, now_ns: int) -> None:
        """Take in a segment of this connection (section 3.10.7)."""
        self.block.now_ns = now_ns
        segment_arrives(self.block, segment)

    def advance(self, now_ns: int) -> None:
        """Do what is due (section 3.10.8)."""
        self.block.now_ns = now_ns
        expire(self.block)

    def lower_mtu(self, mtu: int, seq: int, now_ns: int) -> bool:
        """Send smaller segments: a router says that one did not fit (RFC 1191, section 6.4); return whether it is so.

        `seq` is the number that the router quotes: only what is on its way can have met it (RFC 5927, section 7).
        """
        block, sender = self.block, self.block.sender
        block.now_ns = now_ns
        number = unfolded(seq, sender.una)
        if not sender.una <= number < sender.most or mtu >= block.mtu:
            return False
        # What is smaller than that is not believed: it may be fragmented instead, as in Linux.
        block.is_fragmented = block.is_fragmented or mtu < LEAST_BELIEVED
        block.mtu = max(mtu, LEAST_BELIEVED)
        block.fit_segments()
        block.congestion.resized(sender.mss)
        if block.is_synchronized:
            # What was lost so is no sign of congestion: it goes again at once, in smaller pieces.
            sender.nxt = sender.una
            block.timed = None
            transmit(block)
        return True

    def report(self, failure: Failure, seq: int, now_ns: int, *, is_hard: bool) -> None:
        """Take in an ICMP error about a segment: a hard one ends a handshake, no other anything (RFC 5927, 5461).

        It is remembered as the reason if the other side never answers (RFC 9293, section 3.9.2.2).
        """
        block, sender = self.block, self.block.sender
        block.now_ns = now_ns
        if not sender.una <= unfolded(seq, sender.una) < max(sender.most, sender.una + 1):
            return
        if is_hard and self.state is State.SYN_SENT:
            block.fail(failure)
        else:
            block.soft_failure = failure

    def write(self, data: bytes | memoryview, now_ns: int, *, urgent: bool = False, more: bool = False) -> int:
        """Take data to be sent, and return how many bytes there was room for (section 3.10.2).

        Where that is fewer, `Signal.SPACE` tells of more room. With `more`, what does not fill a segment waits for
        what comes next, or for the timer. Raises ConnectionFailedError where nothing can be sent (any more).
        """
        block = self.block
        block.now_ns = now_ns
        if self.state not in _WRITABLE or block.sender.fin_wanted:
            raise ConnectionFailedError(self._reason("is closing, and sends nothing more"))
        taken = block.sender.write(data)
        block.wants_space = block.wants_space or taken < len(data)
        if urgent and taken == len(data):
            block.sender.urgent_to = block.sender.end
        if not more and taken:
            block.pushed = block.sender.end
        transmit(block, holds=more)
        return taken

    def change(self, settings: TCPSettings, now_ns: int) -> None:
        """Take other settings in the middle of a connection; those of the handshake come too late."""
        block = self.block
        block.now_ns = now_ns
        begins = settings.keep_alive and settings != block.settings and block.is_synchronized
        block.settings = settings
        block.sender.capacity = settings.send_buffer
        if begins and self.state is not State.TIME_WAIT:
            block.keep_alive_ns = now_ns + settings.keep_alive_idle_ns
        elif not settings.keep_alive:
            block.keep_alive_ns = None
        if settings.user_timeout_ns is not None and block.retransmit_ns is not None:
            block.retransmit_ns = min(
                block.retransmit_ns, max(block.unacknowledged_since_ns + settings.user_timeout_ns, now_ns)
            )

    def push(self, now_ns: int) -> None:
        """Send what waits to become more."""
        self.block.now_ns = now_ns
        transmit(self.block, pushes=True)

    def read(self, most: int, now_ns: int) -> bytes:
        """Return up to `most` of the bytes that have come; b"" for none, see `at_end` (section 3.10.3)."""
        block = self.block
        block.now_ns = now_ns
        data = block.receiver.read(most)
        if data and block.is_synchronized and block.receiver.fin is None and block.receiver.grows:
            # Section 3.8.6.2.2: the other side may wait for the window.
            block.acknowledge()
        return data

    def shutdown(self, now_ns: int) -> None:
        """Send a FIN behind all that was written; reading goes on (section 3.10.4)."""
        block = self.block
        block.now_ns = now_ns
        if self.state in _WRITABLE and not block.sender.fin_wanted:
            block.sender.fin_wanted = True
            if self.state is State.ESTABLISHED:
                block.enter(State.FIN_WAIT_1)
            elif self.state is State.CLOSE_WAIT:
                block.enter(State.LAST_ACK)
            transmit(block)

    def close(self, now_ns: int) -> None:
        """Send a FIN, and read no more; what was not read makes it a reset (section 3.6.1; RFC 2525, section 2.17)."""
        block = self.block
        block.now_ns = now_ns
        if self.state is State.SYN_SENT:
            block.enter(State.CLOSED)
            return
        if self.readable and block.is_synchronized:
            self.abort(now_ns)
            return
        block.is_abandoned = True
        self.shutdown(now_ns)
        if self.state is State.FIN_WAIT_2 and block.quiet_ns is None:
            block.quiet_ns = now_ns + block.settings.fin_wait_2_ns

    def abort(self, now_ns: int) -> None:
        """End the connection with a reset (section 3.10.5)."""
        block = self.block
        block.now_ns = now_ns
        if self.state is State.CLOSED:
            return
        if self.state not in (State.SYN_SENT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT):
            block.emit_reset()
        block.fail(Failure.ABORTED)

    def _reason(self, otherwise: str) -> str:
        return f"the connection {'failed: ' + self.failure.value if self.failure else otherwise}"
