"""Flows: a row of numbers for each conversation, as tools for statistics and learning take them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import BILLION
from dissect.errors import DissectError
from dissect.flows.connection import TIME_WAIT_NS
from dissect.flows.flow_counts import NO_SPREAD, Flow, Side, Spread, link_of
from dissect.flows.states import Change, State
from dissect.flows.talks import Seen, Talk, Watcher, address_text, port_of
from dissect.flows.tcp_analysis import Mark
from dissect.flows.watching import MOST_TALKS, watch
from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.tcp import TCPFlags

__all__ = ["COLUMNS", "FIRST_BYTES", "FLAG_NAMES", "SIDES", "SPREAD", "Limits", "Meter", "row_of", "rows_of_packets"]

FIRST_BYTES = 32
"""How many of the first bytes of data are kept of each direction, unless told."""
_FLAGS = {int(flag): str(flag.name).lower() for flag in TCPFlags}
_SYN, _ACK = int(TCPFlags.SYN), int(TCPFlags.ACK)
_AGAIN = int(Mark.RETRANSMISSION | Mark.FAST_RETRANSMISSION | Mark.SPURIOUS_RETRANSMISSION)
FLAG_NAMES = tuple(_FLAGS.values())
SPREAD = ("min", "mean", "stddev", "max")
SIDES = ("client", "server")


def _columns() -> Iterator[str]:
    yield from ("ip.proto", "tcp.stream", "udp.stream", "eth.src", "eth.dst", "vlan.id")
    yield from ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
    yield from ("tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport")
    yield from ("frame.number", "frame.time_epoch", "last_frame", "last_time_epoch", "ended_by")
    for side in ("", *(f"{side}_" for side in SIDES)):
        yield from (f"{side}packets", f"{side}bytes", f"{side}data_bytes", f"{side}duration")
        yield from (f"{side}size_{name}" for name in SPREAD)
        yield from (f"{side}gap_{name}" for name in SPREAD)
        yield from (f"{side}{flag}" for flag in FLAG_NAMES)
        yield f"{side}retransmissions"
    yield "tcp.analysis.initial_rtt"
    for side in SIDES:
        yield from (f"{side}_rtt_{name}" for name in SPREAD)
    yield from ("client_state", "server_state", "closed_by", "teardown")
    yield from ("client_first_data", "server_first_data")


class Meter(Watcher):
    """Makes a row of each conversation, when it is over or the capture is."""

    facts = frozenset({"ack_rtt"})

    def __init__(self, limits: Limits, first_bytes: int) -> None:
        self._idle_ns = limits.idle
        self._active_ns = limits.active
        self._first_bytes = first_bytes

    def see(self, talk: Talk, way: int, seen: Seen, changes: list[Change]) -> None:
        flow: Flow | None = talk.kept
        if flow is not None:
            why = self._over(flow, talk, seen.time_ns)
            if why:
                self.told.append(row_of(flow, talk, why))
                flow = None
        if flow is None:
            flow = talk.kept = Flow(way, seen.number, link_of(seen))
        flow.last_frame = seen.number
        again = bool((seen.fact("marks") or 0) & _AGAIN)
        side = flow.sides[way]
        if side is None:
            side = flow.sides[way] = Side()
        flow.gaps.add(seen.time_ns)
        side.add(seen, again=again)
        if seen.length and len(side.first) < self._first_bytes and not again:
            side.first += seen.data(self._first_bytes - len(side.first))
        rtt = seen.fact("ack_rtt")
        if rtt is not None:
            if side.rtts is None:
                side.rtts = Spread()
            side.rtts.add(rtt)
        if seen.flags & _SYN and not seen.flags & _ACK:
            flow.asked_ns = seen.time_ns
        if changes and flow.initial_rtt is None and flow.asked_ns is not None and seen.time_ns is not None:
            opens = (change.after is State.ESTABLISHED and change.way == way for change in changes)
            if any(opens) and way == talk.opener:
                flow.initial_rtt = seen.time_ns - flow.asked_ns

    def _over(self, flow: Flow, talk: Talk, time_ns: int | None) -> str:
        """Return why a conversation's row ends in front of this time; "" where it goes on."""
        if time_ns is None or talk.last_ns is None or flow.gaps.first_ns is None:
            return ""
        if self._idle_ns is not None and time_ns - talk.last_ns > self._idle_ns:
            return "idle"
        return "active" if self._active_ns is not None and time_ns - flow.gaps.first_ns > self._active_ns else ""

    def let_go(self, talk: Talk, why: str) -> None:
        if talk.kept is not None:
            self.told.append(row_of(talk.kept, talk, why))
            talk.kept = None


COLUMNS = tuple(_columns())
"""The names of the columns, in their order."""


def row_of(flow: Flow, talk: Talk, why: str) -> dict[str, Any]:
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
    client, server = (flow.sides[way] or Side() for way in (opener, 1 - opener))
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
            _spread(row, f"{prefix}rtt", sides[0].rtts or NO_SPREAD, BILLION)
            row[f"{prefix}first_data"] = sides[0].first
    if flow.initial_rtt is not None:
        row["tcp.analysis.initial_rtt"] = flow.initial_rtt / BILLION
    if talk.connection is not None:
        states = talk.connection.states
        row["client_state"], row["server_state"] = str(states[opener]), str(states[1 - opener])
        closer = talk.connection.closer
        row["closed_by"] = None if closer is None else SIDES[closer != opener]
        teardown = talk.connection.teardown
        row["teardown"] = None if teardown is None else teardown.value
    return row


def _spread(row: dict[str, Any], name: str, spread: Spread, unit: int) -> None:
    for each, value in zip(SPREAD, spread.values(unit), strict=True):
        row[f"{name}_{each}"] = value


class Limits(NamedTuple):
    """The times that end a row, of silence and of all, and that of TIME_WAIT, in nanoseconds; None where none does."""

    idle: int | None = None
    active: int | None = None
    time_wait: int = TIME_WAIT_NS

    @classmethod
    def of_seconds(cls, idle: float | None, active: float | None, time_wait: float) -> Limits:
        """Return the limits of times in seconds; DissectError for one that is negative."""
        for name, seconds in (("idle", idle), ("active", active), ("time_wait", time_wait)):
            if seconds is not None and not seconds >= 0:
                raise DissectError(f"{name} is a time in seconds, and {seconds} is none")
        silent, whole = (None if seconds is None else round(seconds * BILLION) for seconds in (idle, active))
        return cls(silent, whole, round(time_wait * BILLION))


def rows_of_packets(
    source: Source | Iterable[Packet | Header],
    limits: Limits,
    *,
    first_bytes: int = FIRST_BYTES,
    keep: Callable[[Packet], bool] | None = None,
    most: int = MOST_TALKS,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each conversation over IP, as `dissect.flows` says, packet by packet."""
    meter = Meter(limits, first_bytes)
    return watch(source, [meter], time_wait_ns=limits.time_wait, most=most, others=True, keep=keep)
