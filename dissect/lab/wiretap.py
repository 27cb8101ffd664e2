"""A wiretap: sits in a link, sees every frame, and passes it on, alters it or drops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from dissect.filters.compiler import compile_filter
from dissect.lab.attacks.alteration import Alteration
from dissect.lab.attacks.onlookers import Onlooker
from dissect.lab.device import Device, Transmission
from dissect.packets.packet import parse

__all__ = ["Judge", "Wiretap", "WiretapOptions"]

Judge = Callable[[bytes, int, int], bytes | None]
"""Gets a frame, the port that it came in at (0 or 1) and the time in nanoseconds; returns what goes on, or None."""


class WiretapOptions(TypedDict, total=False):
    """The options of `Wiretap`, for whoever hands them on; each may be left out."""

    drops: str | None
    alters: Mapping[bytes, bytes]
    onlookers: Sequence[Onlooker]
    judge: Judge | None


class Wiretap(Device):
    """Two ports, a and b: what comes in at one goes out of the other, and nobody notices.

    Frames that the display filter `drops` passes are dropped, in those that go on the words of `alters` are exchanged
    (see `Alteration`), `onlookers` see every frame and may send their own before it; `judge` decides of each frame
    what goes on. `seen` counts the frames. Raises FilterError for a filter that is none.

    >>> tap = Wiretap("m", drops="arp")
    >>> [sent.port for sent in tap.receive(0, bytes(60), now_ns=0)]
    [1]
    >>> tap.receive(1, bytes(12) + bytes.fromhex("0806") + bytes(46), now_ns=0)
    []
    """

    def __init__(
        self,
        name: str,
        *,
        drops: str | None = None,
        alters: Mapping[bytes, bytes] | None = None,
        onlookers: Sequence[Onlooker] = (),
        judge: Judge | None = None,
    ) -> None:
        super().__init__(name, ["a", "b"])
        self.seen = 0
        self.alteration = Alteration(alters or {})
        self.onlookers = list(onlookers)
        self.judge = judge
        self._drops = None if drops is None else compile_filter(drops)

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frame for the other port, unless it is dropped, and what onlookers send."""
        self.seen += 1
        if not (self.onlookers or self._drops or self.alteration.words):
            return self._passed(frame, port, now_ns)
        parsed = parse(frame)
        sent = [each for onlooker in self.onlookers for each in onlooker.see(parsed, port)]
        for each in sent:
            self._tell(now_ns, f"sent a frame of {len(each.frame)} bytes by port {self.ports[each.port]}")
        if self._drops is not None and self._drops(parsed):
            self._tell(now_ns, f"dropped a frame of {len(frame)} bytes")
            return sent
        altered = self.alteration.altered(parsed)
        if altered is not parsed:
            self._tell(now_ns, f"altered a frame of {len(frame)} bytes")
            frame = bytes(altered)
        return sent + self._passed(frame, port, now_ns)

    def _passed(self, frame: bytes, port: int, now_ns: int) -> list[Transmission]:
        passed = frame if self.judge is None else self.judge(frame, port, now_ns)
        return [] if passed is None else [Transmission(1 - port, passed)]
