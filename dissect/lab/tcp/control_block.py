"""What one side knows of a connection (the TCB of RFC 9293, section 3.3.1), and how its segments are made."""

from __future__ import annotations

from dissect.flows.states import State
from dissect.lab.tcp.acknowledging import Acknowledging
from dissect.lab.tcp.congestion import Congestion
from dissect.lab.tcp.ecn import Notification
from dissect.lab.tcp.flight import Flight
from dissect.lab.tcp.rack import Rack
from dissect.lab.tcp.receiving import Receiver
from dissect.lab.tcp.round_trips import RoundTrips
from dissect.lab.tcp.segment import ACK, CWR, ECE, RST, SYN, URG, Segment
from dissect.lab.tcp.sending import Sender
from dissect.lab.tcp.sequence import folded
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp.states import Event, Failure, Signal, StateChange
from dissect.lab.tcp.timestamps import TimestampClock

__all__ = ["ControlBlock"]

_HEADERS = 40
"""The bytes of an IPv4 and a TCP header without options."""
_STAMP_BYTES = 12
"""What timestamps take of each segment, with their padding (RFC 7323, appendix A)."""
_BLOCKS_WITH_STAMPS, _BLOCKS_WITHOUT = 3, 4
"""How many blocks of a selective acknowledgment there is room for (RFC 2018, section 3)."""


class ControlBlock:
    """One side of a connection; the functions of `arrivals`, `transmission` and `timeouts` work on it.

    `mtu` is that of the way, in bytes, as far as it is known. Timers are times in nanoseconds, or None where they
    don't run.
    """

    __slots__ = (
        "acknowledging", "asked_ns", "congestion", "delivered", "ecn", "events", "failure", "flight", "has_sent",
        "holds", "is_abandoned", "is_fragmented", "is_passive", "keep_alive_ns", "last_sent_ns", "most_mss", "mtu",
        "now_ns", "outgoing", "persist_ns", "probes", "pushed", "pushes", "quiet_ns", "rack", "receiver", "resent_ns",
        "resent_segments", "retransmit_ns", "sack", "scales", "sender", "settings", "soft_failure", "stamps", "state",
        "tail_probe_is_due", "tail_probe_ns", "tail_probe_repeats", "tail_probed_to", "timed", "tries", "trips",
        "unacknowledged_since_ns", "wants_space",
    )  # fmt: skip

    def __init__(self, settings: TCPSettings, isn: int, *, mtu: int, stamp_offset: int = 0, now_ns: int = 0) -> None:
        self.settings = settings
        self.mtu = mtu
        self.now_ns = now_ns
        self.state = State.CLOSED
        self.is_passive = False
        """Whether the other side began."""
        self.is_abandoned = False
        """Whether the user has closed, and reads no more."""
        self.is_fragmented = False
        """Whether the way is so narrow that DF is not set on segments."""
        self.failure: Failure | None = None
        self.soft_failure: Failure | None = None
        """What an ICMP error has told that may pass; it is the reason if nothing better happens (RFC 9293, 3.9.2.2)."""
        self.sender = Sender(isn, settings)
        self.receiver = Receiver(settings)
        self.acknowledging = Acknowledging(settings)
        self.trips = RoundTrips(settings)
        self.congestion = Congestion(self.sender.mss, settings.initial_window, cubic=settings.cubic)
        self.ecn = Notification()
        offset = stamp_offset if settings.timestamp_offset is None else settings.timestamp_offset
        self.stamps = TimestampClock(offset, wanted=settings.timestamps)
        self.sack = False
        """Whether both sides use selective acknowledgments."""
        self.scales = False
        """Whether both sides' windows are shifted: both have asked for it (RFC 7323, section 2.2)."""
        self.most_mss = settings.mss or max(mtu - _HEADERS, 1)
        """The maximum segment size that is announced."""
        self.outgoing: list[Segment] = []
        self.events: list[Event] = []
        self.retransmit_ns: int | None = None
        self.persist_ns: int | None = None
        self.keep_alive_ns: int | None = None
        self.quiet_ns: int | None = None
        """When TIME-WAIT ends, or the wait for the FIN of a side that nobody listens to any more."""
        self.tries = 0
        """How often the timer of what is on its way has gone off without an answer."""
        self.probes = 0
        """How many probes of a window of 0, or keep-alives, were sent without an answer."""
        self.timed: tuple[int, int] | None = None
        """A number whose acknowledgment is timed, and when it was sent."""
        self.resent_ns = now_ns
        """When something was sent again last."""
        self.unacknowledged_since_ns = now_ns
        self.asked_ns = now_ns
        self.last_sent_ns = now_ns
        self.flight: Flight | None = None
        """The segments on their way, where losses are told by time."""
        self.rack: Rack | None = None
        self.tail_probe_ns: int | None = None
        """When the last segment goes again unless something is acknowledged before (RFC 8985, section 7.2)."""
        self.tail_probed_to: int | None = None
        """What was on its way when it went again ends here."""
        self.tail_probe_is_due = False
        """Whether the timer of that has to be set anew."""
        self.tail_probe_repeats = False
        """Whether the probe was a segment that had gone before."""
        self.delivered = 0
        """How many bytes the last acknowledgment has told for the first time, by its number."""
        self.pushed = isn + 1
        """The number behind what the user has written last without saying that more follows."""
        self.resent_segments = 0
        """How many segments went again."""
        self.has_sent = False
        """Whether data or a FIN went since the last look at how full the window is."""
        self.holds = False
        """Whether what does not fill a segment waits now."""
        self.pushes = False
        """Whether it waits for nothing."""
        self.wants_space = False
        """Whether some of what the user wrote was refused, so that it is to be told of room."""

    def enter(self, state: State) -> None:
        """Go to a state, and tell."""
        if state is not self.state:
            self.events.append(StateChange(self.now_ns, self.state, state))
            self.state = state
        if state is State.CLOSED:
            self.retransmit_ns = self.persist_ns = self.keep_alive_ns = self.quiet_ns = self.tail_probe_ns = None
            if self.rack is not None:
                self.rack.deadline_ns = None
            self.acknowledging.sent()
            self.events.append(Signal.CLOSED)

    def fail(self, failure: Failure) -> None:
        """End the connection for a reason."""
        self.failure = failure
        self.enter(State.CLOSED)

    def give_up(self) -> None:
        """End a connection whose other side does not answer: the reason is what a router told, if one did."""
        self.fail(self.soft_failure or Failure.TIMED_OUT)

    def enter_time_wait(self) -> None:
        """Wait for twice the maximum segment lifetime, with all other timers off (RFC 9293, section 3.10.7.4)."""
        self.retransmit_ns = self.persist_ns = self.keep_alive_ns = self.tail_probe_ns = None
        self.quiet_ns = self.now_ns + self.settings.time_wait_ns
        self.enter(State.TIME_WAIT)

    def fit_segments(self) -> None:
        """Set the size of segments: by what both sides announced, the way's MTU, and the options that are always there.

        That is Eff.snd.MSS of RFC 9293, section 3.7.1.
        """
        fitting = min(self.sender.peer_mss, self.mtu - _HEADERS, self.settings.mss or 0xFFFF)
        self.sender.mss = max(fitting - (_STAMP_BYTES if self.stamps.is_used else 0), 1)

    @property
    def deadline(self) -> int | None:
        """When the first of the timers goes off."""
        found = self.retransmit_ns
        late_ns = None if self.rack is None else self.rack.deadline_ns
        for time in (
            self.persist_ns, self.acknowledging.due_ns, self.keep_alive_ns, self.quiet_ns, self.tail_probe_ns, late_ns
        ):  # fmt: skip
            if time is not None and (found is None or time < found):
                found = time
        return found

    def emit(self, flags: int, seq: int, data: bytes = b"", *, is_new: bool = False) -> None:
        """Send a segment; whatever it carries, it acknowledges all that has come."""
        receiver = self.receiver
        is_syn = bool(flags & SYN)
        window = receiver.announce(in_syn=is_syn)
        stamp = None
        if self.stamps.is_used or (is_syn and self.stamps.wanted and not flags & ACK):
            stamp = self.stamps.stamp(self.now_ns)
        blocks: tuple[tuple[int, int], ...] = ()
        if self.sack and not flags & (SYN | RST) and (receiver.has_gap or receiver.duplicate):
            blocks = receiver.blocks(self._room_for_blocks(len(data)))
        urgent = 0
        ahead = (self.sender.urgent_to or seq) - seq
        if ahead > 0 and not flags & (SYN | RST):
            # RFC 9293, section 3.8.5: the pointer is that of the byte behind the urgent ones.
            flags, urgent = flags | URG, min(ahead, 0xFFFF)
        if flags & ACK and not flags & (SYN | RST):
            flags |= self.ecn.flags(new_data=is_new)
        self.outgoing.append(
            Segment(
                folded(seq),
                folded(receiver.nxt) if flags & ACK else 0,
                flags,
                window,
                data,
                urgent,
                self.most_mss if is_syn else None,
                self.settings.window_scale if is_syn and (self.scales or not flags & ACK) else None,
                is_syn and (self.sack if flags & ACK else self.settings.sack),
                tuple((folded(left), folded(right)) for left, right in blocks),
                stamp,
                self.ecn.mark(new_data=is_new and bool(data)),
            )
        )
        self.acknowledging.sent()
        self.last_sent_ns = self.now_ns
        if data:
            self.acknowledging.data_sent(self.now_ns)

    def _room_for_blocks(self, size: int) -> int:
        """Return how many selective acknowledgments fit beside so much data, and timestamps."""
        room = min(self.sender.peer_mss, self.mtu - _HEADERS) - size - (_STAMP_BYTES if self.stamps.is_used else 0)
        most = _BLOCKS_WITH_STAMPS if self.stamps.is_used else _BLOCKS_WITHOUT
        return most if not size else max(min((room - 4) // 8, most), 0)

    @property
    def _next_number(self) -> int:
        """The number of a segment that has none of its own: behind all that was sent.

        Where the other side has taken its window back, as it does before a probe's byte, it is that of the edge, for
        what lies beyond would not be heard. What a window scale cannot tell exactly counts as within.
        """
        sender = self.sender
        edge = sender.una + sender.window
        if self.is_passive and self.state is State.SYN_RCVD:
            return sender.most
        return sender.most if edge > sender.most - (1 << sender.shift) else edge

    def note_use(self) -> bool:
        """Tell the congestion window how full it is, if something was sent, and return whether it was."""
        if not self.has_sent:
            return False
        self.has_sent = False
        self.congestion.used(self.on_the_way, self.sender.una, self.sender.nxt)
        return True

    @property
    def on_the_way(self) -> int:
        """How many bytes are on their way, as far as is known."""
        return self.sender.flight if self.flight is None else self.flight.on_the_way

    def lost_bytes(self) -> int:
        """Return how many bytes count as lost and are not known to have arrived since."""
        sender = self.sender
        if self.flight is not None:
            return self.flight.lost
        if self.tries:
            return sender.most - sender.una - sender.scoreboard.count(sender.una, sender.most)
        if self.congestion.recovery_end is None:
            return 0
        lost = max(sender.scoreboard.lost_below(sender.mss), sender.una)
        return sum(right - left for left, right in sender.scoreboard.holes(sender.una, lost))

    def resent_bytes(self) -> int:
        """Return how many bytes went again and are not acknowledged."""
        sender = self.sender
        if self.flight is not None:
            return self.flight.resent
        return sum(
            right - left for left, right in sender.scoreboard.holes(sender.una, max(sender.resent_to, sender.una))
        )

    def acknowledge(self) -> None:
        """Send an acknowledgment without data."""
        self.emit(ACK, self._next_number)

    def challenge(self) -> None:
        """Send an acknowledgment where a segment is strange, and not too often (RFC 5961, section 7)."""
        if self.acknowledging.may_challenge(self.now_ns):
            self.acknowledge()

    def emit_syn(self) -> None:
        """Send the own SYN, the first time or again; it acknowledges the other side's, if that has come."""
        flags = SYN
        if self.state is State.SYN_RCVD:
            # RFC 3168, section 6.1.1: ECE alone says yes.
            flags |= ACK | (ECE if self.ecn.is_used else 0)
        elif self.settings.ecn and not self.tries:
            # Section 6.1.1.1: a SYN that nobody answers may have fallen to a box that knows no ECN.
            flags |= ECE | CWR
        self.emit(flags, self.sender.iss)

    def emit_reset(self) -> None:
        """Send a reset with the number that the other side expects, so that it is believed (RFC 9293, 3.10.5)."""
        flags = RST if self.state is State.SYN_SENT else RST | ACK
        self.emit(flags, self._next_number)

    def refuse(self, segment: Segment) -> None:
        """Answer a segment that is of no connection with a reset that its sender believes (RFC 9293, 3.5.3)."""
        if segment.flags & RST:
            return
        if segment.flags & ACK:
            self.outgoing.append(Segment(segment.ack, 0, RST, 0))
        else:
            self.outgoing.append(Segment(0, folded(segment.seq + segment.length), RST | ACK, 0))

    @property
    def is_synchronized(self) -> bool:
        """Whether both sides know each other's numbers."""
        return self.state.is_synchronized
