"""What is played of a capture, and when: frames to send, and frames of the other side that come between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet, parse
from dissect.protocols.vlan import VLANTag
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
    constant memory. `side` is the one that is played, everybody without it. The capture is played `loops` times
    (None: for ever), with `loop_gap_ns` between.

    Left out are frames of another LINKTYPE number than `link`, those that the snap length cut, and those to send
    of more than `longest` bytes, VLAN tags not counted, or of less than `shortest`; `other_links`, `cut`, `too_long`
    and `too_short` tell how many.
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
        longest: int | None = None,
        shortest: int = 0,
    ) -> None:
        self.pace = pace
        self.link = link
        self.cut = 0
        self.other_links = 0
        self.too_long = 0
        self.too_short = 0
        self._shortest = shortest
        self._longest = longest
        self._read = read
        self._side = side
        self._rewriting = rewriting or Rewriting()
        self._loops = loops
        self._loop_gap_ns = loop_gap_ns

    def prepare(self) -> None:
        """Rewrite all frames that `Rewriting` has room for, so that playing them costs what it costs without."""
        if self._rewriting:
            for packet in self._read():
                if not self._rewriting.has_room:
                    return
                if packet.link == self.link and len(packet.data) >= packet.original_length:
                    self._rewriting(packet.data, self.link)

    def __iter__(self) -> Iterator[Step]:
        pace, link, loop = self.pace, self.link, 0
        sent = None if self._side is None else self._side.sent
        rewriting = self._rewriting or None
        longest, shortest = self._longest, self._shortest
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
                if longest is not None and len(data) > longest and is_sent and self._is_too_long(data):
                    self.too_long += loop == 1
                    continue
                if len(data) < shortest and is_sent:
                    self.too_short += loop == 1
                    continue
                yield Step(packet, data, pace.due(packet, len(data) if is_sent else 0), is_sent, loop)
            if empty:
                return

    def _leave_out(self, packet: Packet, loop: int) -> None:
        if loop == 1:
            self.other_links += packet.link != self.link
            self.cut += packet.link == self.link

    def _is_too_long(self, data: bytes) -> bool:
        """Whether the frame is longer than what can be sent, its VLAN tags aside."""
        size = len(data)
        for header in parse(data, self.link).layers():
            if isinstance(header, VLANTag):
                size -= len(header.own_bytes)
        return self._longest is not None and size > self._longest
