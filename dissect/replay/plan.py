"""What is played of a capture, and when: frames to send, and frames of the other side that come between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from dissect.packet import Packet
from dissect.replay.pace import Pace
from dissect.replay.rewriting import Rewriting
from dissect.replay.sides import Side

__all__ = ["Plan", "Step"]


class Step(NamedTuple):
    """A frame of the capture: one to send, or one of the other side.

    `data` is the frame as it is rewritten, `due_ns` when it is due, in nanoseconds from the beginning;
    `loop` counts from 1.
    """

    packet: Packet
    data: bytes
    due_ns: int
    is_sent: bool
    loop: int


class Plan:
    """The steps of playing a capture, in its order: iterate over it, once.

    `read` gives the packets, at each call from the beginning, so that a capture of any size is played in
    constant memory. `side` is the one that is played, everybody without it. `link` is the LINKTYPE number of
    frames that can be sent; others are left out, and so are those that the snap length cut: `other_links` and
    `cut` count them. The capture is played `loops` times (None: for ever), with `loop_gap_ns` between.
    """

    def __init__(
        self,
        read: Callable[[], Iterable[Packet]],
        pace: Pace,
        *,
        side: Side | None = None,
        rewriting: Rewriting | None = None,
        loops: int | None = 1,
        loop_gap_ns: int = 0,
        link: int = 1,
    ) -> None:
        self.pace = pace
        self.link = link
        self.cut = 0
        self.other_links = 0
        self._read = read
        self._side = side
        self._rewriting = rewriting or Rewriting()
        self._loops = loops
        self._loop_gap_ns = loop_gap_ns

    def __iter__(self) -> Iterator[Step]:
        pace, link, loop = self.pace, self.link, 0
        sent = None if self._side is None else self._side.sent
        rewriting = self._rewriting or None
        while self._loops is None or loop < self._loops:
            loop += 1
            if loop > 1:
                pace.begin_again(self._loop_gap_ns)
            empty = True
            for packet in self._read():
                data = packet.data
                if packet.link != link or len(data) < packet.original_length:
                    self._leave_out(packet, loop)
                    continue
                empty = False
                is_sent = sent is None or sent(packet)
                if rewriting is not None:
                    data = rewriting(data, link)
                yield Step(packet, data, pace.due(packet, len(data) if is_sent else 0), is_sent, loop)
            if empty:
                return

    def _leave_out(self, packet: Packet, loop: int) -> None:
        if loop == 1:
            self.other_links += packet.link != self.link
            self.cut += packet.link == self.link
