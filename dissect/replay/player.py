"""The player: a device that sends the frames of a capture when they are due, and hears what comes back."""

from __future__ import annotations

from collections.abc import Callable

from dissect.lab.device import Device, Transmission
from dissect.packets.packet import Packet, parse
from dissect.replay.dialogue import Expectations, Heard, conversation
from dissect.replay.lateness import Lateness
from dissect.replay.plan import Plan, Step

__all__ = ["Heard", "Player"]

BATCH = 64
"""How many frames `advance` gives at most, so that what comes back is not kept waiting."""


class Player(Device):
    """Plays a plan out of its only port, from `start` on until it is `finished`.

    `sent_frames` and `sent_bytes` count, and `lateness` tells how late the frames left, by the time that `advance`
    was given. With `wait_ns` each frame waits until all that the other side had sent before it in the capture has
    come, no longer than this after the frame before it; playing goes on from there, and what waiting took makes no
    frame late. Without, the other side's frames are waited for nowhere.

    When all is sent, it listens for `linger_ns` more, or until all that was expected has come. `heard` is
    told of what comes, and in the end of what did not come or nobody expected; `sent` of each frame that goes, with
    the time.

    Where the plan's pace asks, `advance` sends nothing before `release` has been called for the frame
    that is `held`.

    >>> from dissect import ARP, Ethernet, Network
    >>> from dissect.replay.pace import CapturedTiming
    >>> asked = Ethernet(dst="ff:ff:ff:ff:ff:ff") / ARP(sender_mac="02:00:00:00:00:99", target_ip="10.0.0.2")
    >>> player = Player(Plan(lambda: [Packet(bytes(asked), time_ns=0)], CapturedTiming()), linger_ns=1000)
    >>> lab = Network()
    >>> lab.link(player, lab.host("b", "10.0.0.2/24"))
    'player-b'
    >>> end_ns = lab.run()
    >>> player.sent_frames, player.received_frames, player.lateness.worst_ns
    (1, 1, 0)
    """

    def __init__(
        self,
        plan: Plan,
        *,
        name: str = "player",
        wait_ns: int | None = None,
        linger_ns: int = 0,
        heard: Heard | None = None,
        sent: Callable[[Step, int], None] | None = None,
    ) -> None:
        super().__init__(name, ["wire"])
        self.plan = plan
        self.lateness = Lateness()
        self.finished = False
        self.sent_frames = self.sent_bytes = 0
        self.received_frames = 0
        self.in_vain = 0
        """How many frames of the other side were waited for in vain."""
        self.begun_ns: int | None = None
        self._ready_ns: int | None = None
        self.last_sent_ns: int | None = None
        self._steps = iter(plan)
        self._next: Step | None = None
        self._origin = 0
        self._wait_ns = wait_ns
        self._wait_until: int | None = None
        self._linger_ns = linger_ns
        self._linger_until: int | None = None
        self._sent_callback = sent
        self._expects = wait_ns is not None or heard is not None
        self._expectations = Expectations(heard, link=plan.link)
        self._released = not plan.pace.asks

    @property
    def held(self) -> Step | None:
        """The frame that waits for `release`; None where none does."""
        return self._next if not self._released else None

    def release(self, *, skip: bool = False) -> None:
        """Let the frame that is held go, or leave it out."""
        if skip:
            self._fetch(self._origin)
        else:
            self._released = True

    @property
    def deadline(self) -> int | None:
        """When the next frame is due, or waiting ends; None when there is nothing more to do, or one is held."""
        if self.finished:
            return None
        if self.begun_ns is None:
            return self._ready_ns
        if self._next is None:
            return self._linger_until
        if self._wait_until is not None:
            return self._wait_until
        return self._origin + self._next.due_ns if self._released else None

    def start(self, now_ns: int) -> list[Transmission]:
        """Get ready; the capture begins when `advance` is first called, which is at once."""
        self._ready_ns = now_ns
        self._fetch(now_ns)
        if self._expects and self._next is not None:
            # Decoders are made when they are first used. This uses them now, so that no frame is late for that.
            conversation(parse(self._next.data, self.plan.link))
        return []

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Hear a frame; return those that are due, which may have waited for it."""
        self.received_frames += 1
        if self._expects:
            packet = Packet(frame, number=self.received_frames, time_ns=now_ns, link=self.plan.link)
            self._expectations.receive(packet)
            if self.finished:
                self._expectations.finish()
            if not self._expectations.awaited and self._wait_until is not None:
                self._go_on(now_ns)
        return self.advance(now_ns)

    def advance(self, now_ns: int) -> list[Transmission]:
        """Return the frames that are due."""
        going: list[Transmission] = []
        if self.begun_ns is None:
            self.begun_ns = self._origin = now_ns
            if self._linger_until is not None:
                self._linger_until = now_ns + self._linger_ns
            if self._wait_until is not None and self._wait_ns is not None:
                self._wait_until = now_ns + self._wait_ns
        is_timed, sent = self.plan.pace.is_timed, self._sent_callback
        while not self.finished and len(going) < BATCH:
            step = self._next
            if step is None:
                self._end(now_ns)
                break
            if self._wait_until is not None:
                if now_ns < self._wait_until:
                    break
                self.in_vain += self._expectations.abandon()
                self._go_on(now_ns)
            late_ns = now_ns - self._origin - step.due_ns
            if late_ns < 0 or not self._released:
                break
            if is_timed:
                self.lateness.add(late_ns)
            going.append(Transmission(0, step.data))
            if sent is not None:
                sent(step, now_ns)
            self._fetch(now_ns)
        if going:
            self.last_sent_ns = now_ns
            self.sent_frames += len(going)
            self.sent_bytes += sum([len(each.frame) for each in going])
        return going

    def stop(self) -> None:
        """End now, and tell of what has not come and of what nobody expected."""
        if not self.finished:
            self.finished = True
            self._expectations.finish()

    def _fetch(self, now_ns: int) -> None:
        """Take the next frame to send, and expect those of the other side before it."""
        self._released = not self.plan.pace.asks
        for step in self._steps:
            if step.is_sent:
                self._next = step
                break
            if self._expects:
                self._expectations.expect(step)
        else:
            self._next = None
            self._linger_until = now_ns + self._linger_ns
            return
        if self._wait_ns is not None and self._expectations.awaited:
            self._wait_until = now_ns + self._wait_ns

    def _go_on(self, now_ns: int) -> None:
        """End waiting: what it took belongs to no frame."""
        self._wait_until = None
        if self._next is not None:
            self._origin += max(now_ns - self._origin - self._next.due_ns, 0)

    def _end(self, now_ns: int) -> None:
        """End when nothing more is expected, or was waited for long enough."""
        is_over = self._linger_until is None or now_ns >= self._linger_until
        if is_over or (self._expectations.all_expected and not self._expectations):
            self.stop()
