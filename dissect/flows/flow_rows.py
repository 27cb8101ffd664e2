"""Flows: a row of numbers for each conversation, as tools for statistics and learning take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import sqrt
from typing import Any

from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.declaration.times import BILLION
from dissect.errors import DissectError
from dissect.flows.connection import TIME_WAIT_NS
from dissect.flows.states import Change, State
from dissect.flows.talks import Seen, Talk, Watcher, address_text, port_of
from dissect.flows.tcp_analysis import Mark
from dissect.flows.watching import MOST_TALKS, watch
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.tcp import TCPFlags
from dissect.protocols.vlan import VLAN

__all__ = ["COLUMNS", "FIRST_BYTES", "flows"]

FIRST_BYTES = 32
"""How many of the first bytes of data are kept of each direction, unless told."""
_FLAGS = {int(flag): str(flag.name).lower() for flag in TCPFlags}
_SYN, _ACK = int(TCPFlags.SYN), int(TCPFlags.ACK)
_AGAIN = int(Mark.RETRANSMISSION | Mark.FAST_RETRANSMISSION | Mark.SPURIOUS_RETRANSMISSION)
_SPREAD = ("min", "mean", "stddev", "max")
_SIDES = ("client", "server")


def _columns() -> Iterator[str]:
    yield from ("ip.proto", "tcp.stream", "udp.stream", "eth.src", "eth.dst", "vlan.id")
    yield from ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
    yield from ("tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport")
    yield from ("frame.number", "frame.time_epoch", "last_frame", "last_time_epoch", "ended_by")
    for side in ("", *(f"{side}_" for side in _SIDES)):
        yield from (f"{side}packets", f"{side}bytes", f"{side}data_bytes", f"{side}duration")
        yield from (f"{side}size_{name}" for name in _SPREAD)
        yield from (f"{side}gap_{name}" for name in _SPREAD)
        yield from (f"{side}{flag}" for flag in _FLAGS.values())
        yield f"{side}retransmissions"
    yield "tcp.analysis.initial_rtt"
    for side in _SIDES:
        yield from (f"{side}_rtt_{name}" for name in _SPREAD)
    yield from ("client_state", "server_state", "closed_by", "teardown")
    yield from ("client_first_data", "server_first_data")


class _Spread:
    """Smallest, largest, mean and deviation of whole numbers, without keeping them."""

    __slots__ = ("count", "largest", "smallest", "squares", "total")

    def __init__(self) -> None:
        self.count = self.total = self.squares = self.largest = self.smallest = 0

    def add(self, number: int) -> None:
        if not self.count or number < self.smallest:
            self.smallest = number
        if not self.count or number > self.largest:
            self.largest = number
        self.count += 1
        self.total += number
        self.squares += number * number

    def joined(self, other: _Spread) -> _Spread:
        """Return that of both together."""
        if not self.count or not other.count:
            return self if self.count else other
        both = _Spread()
        both.count, both.total = self.count + other.count, self.total + other.total
        both.squares = self.squares + other.squares
        both.smallest, both.largest = min(self.smallest, other.smallest), max(self.largest, other.largest)
        return both

    def values(self, unit: int) -> tuple[float | None, float | None, float | None, float | None]:
        """Return them in units; None where there are no numbers, and 0 for the deviation of a single one."""
        count = self.count
        if not count:
            return None, None, None, None
        spread = 0.0
        if count > 1:
            # Exact up to here, so that it is never less than 0.
            spread = sqrt((count * self.squares - self.total * self.total) / (count * (count - 1)))
        smallest, largest = (self.smallest, self.largest) if unit == 1 else (self.smallest / unit, self.largest / unit)
        return smallest, self.total / count / unit, spread / unit, largest


_NONE = _Spread()


class _Gaps:
    """The times between packets, and those of the first and the last, in nanoseconds."""

    __slots__ = ("first_ns", "last_ns", "spread")

    def __init__(self) -> None:
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.spread = _NONE

    def add(self, time_ns: int | None) -> None:
        if time_ns is None:
            return
        if self.last_ns is None:
            self.first_ns = time_ns
        else:
            if self.spread is _NONE:
                self.spread = _Spread()
            self.spread.add(time_ns - self.last_ns)
        self.last_ns = time_ns

    def duration(self) -> float | None:
        if self.first_ns is None or self.last_ns is None:
            return None
        return (self.last_ns - self.first_ns) / BILLION


class _Side:
    """What one direction sent."""

    __slots__ = ("again", "data", "first", "flags", "gaps", "rtts", "sizes")

    def __init__(self) -> None:
        self.sizes = _Spread()
        self.gaps = _Gaps()
        self.rtts: _Spread | None = None
        self.flags: dict[int, int] = {}
        """How many packets there were with which flags."""
        self.data = self.again = 0
        self.first = b""

    def add(self, seen: Seen, *, again: bool) -> None:
        _, time_ns, size, length, _, _, flags, *_ = seen
        self.sizes.add(size)
        self.gaps.add(time_ns)
        self.data += length
        self.flags[flags] = self.flags.get(flags, 0) + 1
        if again:
            self.again += 1


class _Flow:
    """What is known of a conversation since it began, or since its last row; `way` is the first packet's."""

    __slots__ = ("asked_ns", "first_frame", "gaps", "initial_rtt", "last_frame", "link", "sides", "way")

    def __init__(self, seen: Seen, way: int) -> None:
        self.way = way
        self.gaps = _Gaps()
        self.sides: list[_Side | None] = [None, None]
        self.first_frame = self.last_frame = seen.number
        self.asked_ns: int | None = None
        self.initial_rtt: int | None = None
        self.link = _link(seen)


def _link(seen: Seen) -> tuple[str | None, str | None, int | None]:
    """Return the hardware addresses of a frame, and the number of its outermost VLAN."""
    source = destination = vlan = None
    for header in seen.headers():
        if header.is_network:
            break
        if header.is_cut:
            continue
        if isinstance(header, Ethernet) and source is None:
            source, destination = header.src, header.dst
        elif isinstance(header, VLAN) and vlan is None:
            vlan = int(header.id)
    return source, destination, vlan


class _Meter(Watcher):
    """Makes a row of each conversation, when it is over or the capture is."""

    facts = frozenset({"ack_rtt"})

    def __init__(self, idle_ns: int | None, active_ns: int | None, first_bytes: int) -> None:
        self._idle_ns = idle_ns
        self._active_ns = active_ns
        self._first_bytes = first_bytes

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        flow: _Flow | None = talk.kept
        if flow is not None:
            why = self._over(flow, talk, seen.time_ns)
            if why:
                self.told.append(_row(flow, talk, why))
                flow = None
        if flow is None:
            flow = talk.kept = _Flow(seen, way)
        flow.last_frame = seen.number
        again = bool((seen.fact("marks") or 0) & _AGAIN)
        side = flow.sides[way]
        if side is None:
            side = flow.sides[way] = _Side()
        flow.gaps.add(seen.time_ns)
        side.add(seen, again=again)
        if seen.length and len(side.first) < self._first_bytes and not again:
            side.first += seen.data(self._first_bytes - len(side.first))
        rtt = seen.fact("ack_rtt")
        if rtt is not None:
            if side.rtts is None:
                side.rtts = _Spread()
            side.rtts.add(rtt)
        if seen.flags & _SYN and not seen.flags & _ACK:
            flow.asked_ns = seen.time_ns
        if changes and flow.initial_rtt is None and flow.asked_ns is not None and seen.time_ns is not None:
            opens = (change.after is State.ESTABLISHED and change.way == way for change in changes)
            if any(opens) and way == talk.opener:
                flow.initial_rtt = seen.time_ns - flow.asked_ns

    def _over(self, flow: _Flow, talk: Talk, time_ns: int | None) -> str:
        """Return why a conversation's row ends in front of this time; "" where it goes on."""
        if time_ns is None or talk.last_ns is None or flow.gaps.first_ns is None:
            return ""
        if self._idle_ns is not None and time_ns - talk.last_ns > self._idle_ns:
            return "idle"
        return "active" if self._active_ns is not None and time_ns - flow.gaps.first_ns > self._active_ns else ""

    def let_go(self, talk: Talk, why: str) -> None:
        if talk.kept is not None:
            self.told.append(_row(talk.kept, talk, why))
            talk.kept = None


COLUMNS = tuple(_columns())
"""The names of the columns, in their order."""


def _row(flow: _Flow, talk: Talk, why: str) -> dict[str, Any]:
    """Return the row of a conversation."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    opener = talk.opener
    source, destination = talk.ends[opener], talk.ends[1 - opener]
    row["ip.proto"] = talk.protocol
    first, second, row["vlan.id"] = flow.link
    row["eth.src"], row["eth.dst"] = (first, second) if flow.way == opener else (second, first)
    family = "ip" if len(source) < 16 else "ipv6"
    row[f"{family}.src"], row[f"{family}.dst"] = address_text(source), address_text(destination)
    name = {IPProtocol.TCP: "tcp", IPProtocol.UDP: "udp"}.get(talk.protocol)  # type: ignore[call-overload]
    if name is not None:
        row[f"{name}.stream"] = talk.stream
        row[f"{name}.srcport"], row[f"{name}.dstport"] = port_of(source), port_of(destination)
    row["frame.number"], row["last_frame"] = flow.first_frame, flow.last_frame
    row["frame.time_epoch"], row["last_time_epoch"] = flow.gaps.first_ns, flow.gaps.last_ns
    row["ended_by"] = why
    client, server = (flow.sides[way] or _Side() for way in (opener, 1 - opener))
    for prefix, sides, gaps in (
        ("", (client, server), flow.gaps),
        ("client_", (client,), client.gaps),
        ("server_", (server,), server.gaps),
    ):
        sizes = sides[0].sizes if prefix else client.sizes.joined(server.sizes)
        row[f"{prefix}packets"], row[f"{prefix}bytes"] = sizes.count, sizes.total
        row[f"{prefix}data_bytes"], row[f"{prefix}duration"] = sum(side.data for side in sides), gaps.duration()
        _spread(row, f"{prefix}size", sizes, 1)
        _spread(row, f"{prefix}gap", gaps.spread, BILLION)
        if talk.connection is not None:
            counts = [pair for side in sides for pair in side.flags.items()]
            for flag, label in _FLAGS.items():
                row[f"{prefix}{label}"] = sum(count for flags, count in counts if flags & flag)
            row[f"{prefix}retransmissions"] = sum(side.again for side in sides)
        if prefix:
            _spread(row, f"{prefix}rtt", sides[0].rtts or _NONE, BILLION)
            row[f"{prefix}first_data"] = sides[0].first
    if flow.initial_rtt is not None:
        row["tcp.analysis.initial_rtt"] = flow.initial_rtt / BILLION
    if talk.connection is not None:
        states = talk.connection.states
        row["client_state"], row["server_state"] = str(states[opener]), str(states[1 - opener])
        closer = talk.connection.closer
        row["closed_by"] = None if closer is None else _SIDES[closer != opener]
        teardown = talk.connection.teardown
        row["teardown"] = None if teardown is None else teardown.value
    return row


def _spread(row: dict[str, Any], name: str, spread: _Spread, unit: int) -> None:
    for each, value in zip(_SPREAD, spread.values(unit), strict=True):
        row[f"{name}_{each}"] = value


def flows(
    source: Source | Iterable[Packet | Header],
    *,
    idle: float | None = None,
    active: float | None = None,
    first_bytes: int = FIRST_BYTES,
    keep: Callable[[Packet], bool] | None = None,
    most: int = MOST_TALKS,
    time_wait: float = TIME_WAIT_NS / BILLION,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each conversation over IP: a dictionary with the names in `COLUMNS`.

    `source` is a path, an open binary file, or packets. The client is the end that opened, or that was seen first.
    Columns that are fields have their display-filter names and values; all others are numbers in bytes and seconds,
    of both directions together, and of each: "packets", "client_packets", "server_packets". "gap" is the time from
    one packet to the next, "rtt" that from a segment to its acknowledgment by that side. "stddev" is that of a
    sample. What a conversation has none of is None.

    A conversation that was silent for `idle` seconds, or goes on for `active` seconds, ends its row and begins
    another; without them it is one row. `first_bytes` are kept of the data of each direction. Packets that `keep`
    refuses, as a `compile_filter("tcp")` does, don't count. `most` conversations are held: of more, the one that was
    silent longest gets its row at once, and all that is kept has a limit. "ended_by" is
    "idle", "active", "room", "reused" where the same ports began another conversation, or "end".

    Raises CaptureError and OSError as `dissect.read` does, and DissectError for a time that is negative.

    >>> from dissect import UDP, IPv4
    >>> (row,) = flows([IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=53) / b"hello"])
    >>> row["ip.src"], row["udp.dstport"], row["packets"], row["client_first_data"]
    ('10.0.0.1', 53, 1, b'hello')
    """
    for name, seconds in (("idle", idle), ("active", active), ("time_wait", time_wait)):
        if seconds is not None and not seconds >= 0:
            raise DissectError(f"{name} is a time in seconds, and {seconds} is none")
    meter = _Meter(_ns(idle), _ns(active), first_bytes)
    return watch(source, [meter], time_wait_ns=_ns(time_wait) or 0, most=most, others=True, keep=keep)


def _ns(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * BILLION)
