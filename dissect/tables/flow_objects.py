"""What objects know of a conversation as numbers, as `dissect.tables.flow_facts` has them, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dissect.declaration.addresses import mac_bytes
from dissect.flows.connection import Connection, End
from dissect.flows.flow_counts import Flow, Gaps, Link, Side, Spread
from dissect.flows.tcp_analysis import Analysis, Direction
from dissect.flows.unacknowledged import Unacknowledged
from dissect.tables.connection_kernels import STATES, TEARDOWNS
from dissect.tables.flow_facts import NOT_KNOWN, SENT, SPREAD, WAY, places

__all__ = [
    "fill_connection",
    "fill_direction",
    "fits",
    "known",
    "made_flow",
    "made_gaps",
    "made_spread",
    "numbers_of_analysis",
    "numbers_of_connection",
    "numbers_of_direction",
    "numbers_of_end",
    "numbers_of_flow",
    "numbers_of_side",
    "otherwise_none",
]

_MAC = 6
_WORD = (1 << 64) - 1
_FLAGS = range(9)
_OF_DIRECTION = WAY[1 : WAY.index("has_waiting")]
"""What stands in the attributes of a direction, behind its base."""
_TRUTHS = frozenset({"is_first_window", "is_outrun"})
_AT_FLAGS, _AT_GAPS, _AT_SIZES, _AT_RTTS = places(SENT, "flag_0", "gaps_first", "sizes_count", "rtts_count")


def fits(numbers: Sequence[int]) -> bool:
    """Whether all of these are numbers of 64 bits."""
    return all(-(1 << 63) <= each < 1 << 63 for each in numbers)


def known(number: int | None) -> int:
    """Return what stands in an array for a number."""
    return NOT_KNOWN if number is None else int(number)


def otherwise_none(number: int) -> int | None:
    """Return the number that stands in an array."""
    return None if number == NOT_KNOWN else number


def _numbers_of_spread(spread: Spread | None) -> list[int]:
    if spread is None:
        return [0] * len(SPREAD)
    low, high = spread.squares & _WORD, spread.squares >> 64
    return [spread.count, spread.total, low - (low >> 63 << 64), high, spread.smallest, spread.largest]


def made_spread(numbers: Sequence[int]) -> Spread:
    """Return the spread that these numbers tell of."""
    spread = Spread()
    spread.count, spread.total, low, high, spread.smallest, spread.largest = numbers
    spread.squares = high << 64 | low & _WORD
    return spread


def _numbers_of_gaps(gaps: Gaps) -> list[int]:
    return [known(gaps.first_ns), known(gaps.last_ns), *_numbers_of_spread(gaps.spread)]


def made_gaps(numbers: Sequence[int]) -> Gaps:
    """Return the gaps that these numbers tell of."""
    gaps = Gaps()
    first, last, *spread = numbers
    if first != NOT_KNOWN:
        gaps.first_ns, gaps.last_ns = first, last
        if spread[0]:
            gaps.spread = made_spread(spread)
    return gaps


def numbers_of_side(side: Side | None) -> list[int]:
    """Return what is known of what a direction sent, but for its first bytes of data."""
    there = Side() if side is None else side
    counts = [sum(count for flags, count in there.flags.items() if flags >> bit & 1) for bit in _FLAGS]
    spreads = *_numbers_of_spread(there.sizes), *_numbers_of_spread(there.rtts)
    numbers = int(side is not None), there.data, there.again, len(there.first)
    return [*numbers, *counts, *_numbers_of_gaps(there.gaps), *spreads]


def _made_side(numbers: Sequence[int], first: bytes) -> Side | None:
    if not numbers[0]:
        return None
    side = Side()
    _, side.data, side.again, size = numbers[:_AT_FLAGS]
    side.first = first[:size]
    side.flags = {1 << bit: count for bit in _FLAGS if (count := numbers[_AT_FLAGS + bit])}
    side.gaps, side.sizes = made_gaps(numbers[_AT_GAPS:_AT_SIZES]), made_spread(numbers[_AT_SIZES:_AT_RTTS])
    side.rtts = made_spread(numbers[_AT_RTTS:]) if numbers[_AT_RTTS] else None
    return side


def numbers_of_flow(flow: Flow | None) -> list[int]:
    """Return what is known of a flow, but for its two sides."""
    if flow is None:
        return [0] * 4 + [NOT_KNOWN] * 5 + _numbers_of_gaps(Gaps())
    source, destination, vlan = flow.link
    addresses = (None if each is None else int.from_bytes(mac_bytes(each), "big") for each in (source, destination))
    asked = map(known, (flow.asked_ns, flow.initial_rtt, *addresses, vlan))
    return [1, flow.way, flow.first_frame, flow.last_frame, *asked, *_numbers_of_gaps(flow.gaps)]


def made_flow(numbers: Sequence[int], sides: Sequence[Sequence[int]], firsts: Sequence[bytes]) -> Flow | None:
    """Return a flow that these numbers tell of."""
    is_there, way, first_frame, last_frame, asked, rtt, source, destination, vlan, *gaps = numbers
    if not is_there:
        return None
    flow = Flow(way, first_frame, _link(source, destination, vlan))
    flow.last_frame, flow.asked_ns, flow.initial_rtt = last_frame, otherwise_none(asked), otherwise_none(rtt)
    flow.gaps = made_gaps(gaps)
    flow.sides = [_made_side(numbers, first) for numbers, first in zip(sides, firsts, strict=True)]
    return flow


def _link(source: int, destination: int, vlan: int) -> Link:
    one, other = (None if each == NOT_KNOWN else each.to_bytes(_MAC, "big").hex(":") for each in (source, destination))
    return one, other, otherwise_none(vlan)


def numbers_of_connection(connection: Connection | None) -> list[int]:
    """Return what is known of both ends of a connection together."""
    if connection is None:
        connection = Connection()
    teardown = None if connection.teardown is None else TEARDOWNS.index(connection.teardown)
    ways = (known(each) for each in (connection.closer, connection.resetter, teardown))
    return [known(connection.opener), connection.is_midstream, *ways, connection.was_open, 0]


def numbers_of_end(end: End) -> list[int]:
    """Return what is known of an end."""
    states = (STATES.index(each) for each in (end.state, end.was))
    return [*states, known(end.until_ns), end.fins, *map(known, (end.first, end.next, end.ack, end.fin))]


def fill_connection(connection: Connection, numbers: Sequence[int], ends: Sequence[Sequence[int]]) -> None:
    """Have a connection know what these numbers tell."""
    opener, is_midstream, closer, resetter, teardown, was_open, _ = numbers
    connection.opener, connection.closer, connection.resetter = map(otherwise_none, (opener, closer, resetter))
    connection.is_midstream, connection.was_open = bool(is_midstream), bool(was_open)
    connection.teardown = None if teardown == NOT_KNOWN else TEARDOWNS[teardown]
    for end, (state, was, until, fins, *rest) in zip(connection.ends, ends, strict=True):
        end.state, end.was, end.until_ns, end.fins = STATES[state], STATES[was], otherwise_none(until), fins
        end.first, end.next, end.ack, end.fin = map(otherwise_none, rest)


def numbers_of_analysis(analysis: Analysis) -> list[int]:
    """Return what is known of both directions of a connection together."""
    return [analysis.initial_rtt, known(analysis.syn_time)]


def numbers_of_direction(direction: Direction) -> list[int]:
    """Return what is known of a direction, but for the segments that wait."""
    base = -1 if direction.base is None else direction.base
    waiting = direction.waiting
    line = [0, 0, 0] if waiting is None else [1, waiting.origin, waiting.highest]
    return [base, *(int(getattr(direction, name)) for name in _OF_DIRECTION), *line, 0, -1, -1, 0]


def fill_direction(direction: Direction, numbers: Sequence[int], line: Any) -> None:
    """Have a direction know what these numbers tell, and the segments that wait in a line."""
    direction.base = None if numbers[0] < 0 else numbers[0]
    for name, number in zip(_OF_DIRECTION, numbers[1:], strict=False):
        setattr(direction, name, bool(number) if name in _TRUTHS else number)
    has_waiting, origin, highest = numbers[1 + len(_OF_DIRECTION) :][:3]
    direction.waiting = Unacknowledged.of(origin, highest, line) if has_waiting else None
