"""How soon pings were answered (`-z icmp,srt`)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import sqrt
from statistics import median
from typing import Any

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.protocols.icmpv6 import ICMPv6EchoReply, ICMPv6EchoRequest
from dissect.statistics.tap import Setting, Tap
from dissect.wireshark.sight import seen_layers

__all__ = ["PINGS", "ResponseTimes", "ResponseTimesTable", "tap"]

_LINE = "=" * 74
PINGS: dict[str, tuple[str, type[Header], type[Header]]] = {
    "icmp,srt": ("ICMP", EchoRequest, EchoReply),
    "icmpv6,srt": ("ICMPv6", ICMPv6EchoRequest, ICMPv6EchoReply),
}
"""By the name that `-z` has: the protocol, and the classes of requests and replies."""


class ResponseTimes(NamedTuple):
    """Requests and their replies; times are in milliseconds, 0 where there was no reply.

    `lost` are the requests that no reply was matched with; the frames are those of the soonest reply and the latest.
    """

    requests: int
    replies: int
    lost: int
    lost_percent: float
    minimum: float
    maximum: float
    mean: float
    median: float
    deviation: float
    minimum_frame: int
    maximum_frame: int


class ResponseTimesTable:
    """Counts requests, and keeps the time that each reply took, in eight bytes."""

    def __init__(self, request: type[Header], reply: type[Header]) -> None:
        self._request = request
        self._reply = reply
        self._requests = 0
        self._times = array("d")
        self._minimum_frame = self._maximum_frame = 0
        self._minimum = self._maximum = 0.0

    def take(self, packet: Packet) -> None:
        """Take a packet in, which a reading pass has observed."""
        for found in seen_layers(packet):
            header: Any = found
            if isinstance(header, self._request) and not header.is_cut:
                self._requests += 1
            elif isinstance(header, self._reply):
                time = header.learnt("response_time")
                if time is not None:
                    self._add(time, packet.number)
            if header.quotes:
                return

    def _add(self, time: float, number: int) -> None:
        if not self._times or time < self._minimum:
            self._minimum, self._minimum_frame = time, number
        if not self._times or time > self._maximum:
            self._maximum, self._maximum_frame = time, number
        self._times.append(time)

    def row(self) -> ResponseTimes:
        """Return what was counted."""
        times = self._times
        requests, count = self._requests, len(times)
        lost = requests - count
        percent = 100 * lost / requests if requests else 0.0
        if not times:
            return ResponseTimes(requests, 0, lost, percent, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)
        mean = sum(times) / count
        deviation = sqrt(sum((time - mean) ** 2 for time in times) / (count - 1)) if count > 1 else 0.0
        return ResponseTimes(
            requests, count, lost, percent, self._minimum, self._maximum, mean, median(times), deviation,
            self._minimum_frame, self._maximum_frame,
        )  # fmt: skip


class _ResponseTap(Tap):
    def __init__(self, name: str, rest: str, setting: Setting) -> None:
        self.title, request, reply = PINGS[name]
        self.filter = rest
        self._passes = setting.filter(rest)
        self.table = ResponseTimesTable(request, reply)

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            self.table.take(packet)

    def lines(self) -> Iterator[str]:
        row = self.table.row()
        yield from ("", _LINE, f"{self.title} Service Response Time (SRT) Statistics (all times in ms):")
        yield from (f"Filter: {self.filter or '<none>'}", "", "Requests  Replies   Lost      % Loss")
        yield from (f"{row.requests:<10}{row.replies:<10}{row.lost:<10}{row.lost_percent:5.1f}%", "")
        yield "Minimum   Maximum   Mean      Median    SDeviation     Min Frame Max Frame"
        times = "".join(f"{each:<10.3f}" for each in (row.minimum, row.maximum, row.mean, row.median))
        found = f"{times}{row.deviation:<10.3f}     {row.minimum_frame:<10}{row.maximum_frame:<10}"
        yield found if row.replies else found.rstrip()
        yield _LINE


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z icmp,srt[,filter]` or of `-z icmpv6,srt[,filter]`."""
    return _ResponseTap(name, rest, setting)
