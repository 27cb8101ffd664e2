"""Rows of flows out of arrays, column by column: what `dissect.flows.flow_rows.row_of` says of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from math import sqrt
from typing import Any

import numpy as np

from dissect.declaration.addresses import ipv4_text, ipv6_text
from dissect.declaration.generated import written
from dissect.declaration.times import BILLION
from dissect.flows.flow_counts import spread_values
from dissect.flows.flow_rows import COLUMNS, FLAG_NAMES, SIDES, SPREAD
from dissect.protocols.ipv4 import IPProtocol
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.connection_kernels import STATES, TEARDOWNS
from dissect.tables.flow_facts import NOT_KNOWN, OF_ROW, SENT, places

__all__ = ["rows_of"]

_TCP = int(IPProtocol.TCP)
_TRANSPORTS = {_TCP: "tcp", int(IPProtocol.UDP): "udp"}
_MAC, _PORT = 6, 0xFFFF
_EXACT = 1 << 53
"""From here on, floating point has not every whole number."""
_STATE_TEXTS = [each.value for each in STATES]
_TEARDOWN_TEXTS = [each.value for each in TEARDOWNS]
_WORD = (1 << 64) - 1
_AT = {name: place for place, name in enumerate(OF_ROW)}
_DATA, _AGAIN, _FIRST_SIZE, _FLAGS, _GAPS, _SIZES, _RTTS = places(
    SENT, "data", "again", "first_size", "flag_0", "gaps_first", "sizes_count", "rtts_count"
)


_VALUES = [f"value{place}" for place in range(len(COLUMNS))]
_dictionaries: Callable[[Sequence[Sequence[Any]]], Iterator[dict[str, Any]]] = written(
    [
        "def dictionaries(columns):",
        f" for {', '.join(_VALUES)} in zip(*columns, strict=True):",
        f"  yield {{{', '.join(f'{name!r}: {value}' for name, value in zip(COLUMNS, _VALUES, strict=True))}}}",
    ],
    {},
    "dictionaries",
    __name__,
)
"""What makes rows of the columns, in their order: a dictionary that is written out takes a third of the time."""


def rows_of(
    keys: Any, rows: Numbers, ends: Numbers, sent: Numbers, firsts: Bytes, *, why: str
) -> Iterator[dict[str, Any]]:
    """Yield the rows of flows, which all conversations have here; `why` is what ends them."""
    columns = _columns(keys, rows, ends, sent, firsts)
    columns["ended_by"] = [why] * len(rows)
    yield from _dictionaries([columns.get(name) or [None] * len(rows) for name in COLUMNS])


def _columns(keys: Any, rows: Numbers, ends: Numbers, sent: Numbers, firsts: Bytes) -> dict[str, list[Any]]:
    every, of = np.arange(len(rows)), _Row(rows)
    protocols = (keys[:, 4] >> np.uint64(8) & np.uint64(255)).astype(np.int64)
    is_tcp = protocols == _TCP
    opener = np.where(is_tcp & (of.opener != NOT_KNOWN), of.opener, 0)
    columns: dict[str, list[Any]] = {"ip.proto": protocols.tolist()}
    source_is_first = (of.way == opener).tolist()
    links = list(zip(_macs(of.source), _macs(of.destination), source_is_first, strict=True))
    columns["eth.src"] = [one if in_order else other for one, other, in_order in links]
    columns["eth.dst"] = [other if in_order else one for one, other, in_order in links]
    columns["vlan.id"] = _known(of.vlan)
    columns |= _ends(keys, protocols, opener ^ of.first_way, of.stream)
    columns["frame.number"], columns["last_frame"] = of.first_frame.tolist(), of.last_frame.tolist()
    columns["frame.time_epoch"], columns["last_time_epoch"] = of.gaps_first.tolist(), of.gaps_last.tolist()
    client, server = sent[every, opener], sent[every, 1 - opener]
    both = client + server
    both[:, _SIZES : _SIZES + len(_PARTS)] = _joined(client[:, _SIZES:_RTTS], server[:, _SIZES:_RTTS])
    for prefix, side, gaps in (
        ("", both, rows[:, _AT["gaps_first"] :]),
        ("client_", client, client[:, _GAPS:_SIZES]),
        ("server_", server, server[:, _GAPS:_SIZES]),
    ):
        columns |= _sent(prefix, side, gaps, is_tcp)
    squares = _squares(client[:, _SIZES:_RTTS]), _squares(server[:, _SIZES:_RTTS])
    columns |= _spread("size", both[:, _SIZES:_RTTS], 1, [one + other for one, other in zip(*squares, strict=True)])
    for side, prefix in zip((client, server), SIDES, strict=True):
        columns |= _spread(f"{prefix}_rtt", side[:, _RTTS:], BILLION)
    for name, ways in zip(SIDES, (opener, 1 - opener), strict=True):
        sizes = sent[every, ways, _FIRST_SIZE].tolist()
        data = firsts[every, ways]
        columns[f"{name}_first_data"] = [each[:size].tobytes() for each, size in zip(data, sizes, strict=True)]
        columns[f"{name}_state"] = _texts(_STATE_TEXTS, ends[every, ways, 0], is_tcp)
    columns["tcp.analysis.initial_rtt"] = [None if each is None else each / BILLION for each in _known(of.flow_rtt)]
    columns["closed_by"] = _texts(SIDES, of.closer ^ opener, is_tcp & (of.closer != NOT_KNOWN))
    columns["teardown"] = _texts(_TEARDOWN_TEXTS, of.teardown, is_tcp & (of.teardown != NOT_KNOWN))
    return columns


def _texts(texts: Sequence[str], which: Numbers, there: Any) -> list[Any]:
    """Return the texts of these places, None where there is none."""
    return np.array([*texts, None], np.object_)[np.where(there, which, len(texts))].tolist()  # type: ignore[no-any-return]


class _Row:
    """The columns of `OF_ROW` by their names."""

    def __init__(self, rows: Numbers) -> None:
        self._rows = rows

    def __getattr__(self, name: str) -> Numbers:
        return self._rows[:, _AT[name]]


def _known(numbers: Numbers) -> list[Any]:
    return [None if each == NOT_KNOWN else each for each in numbers.tolist()]


def _where(there: Any, values: list[Any]) -> list[Any]:
    if there.all():
        return values
    return [value if is_there else None for value, is_there in zip(values, there.tolist(), strict=True)]


def _macs(numbers: Numbers) -> list[str | None]:
    texts: dict[int, str | None] = {
        each: None if each == NOT_KNOWN else each.to_bytes(_MAC, "big").hex(":") for each in set(numbers.tolist())
    }
    return [texts[each] for each in numbers.tolist()]


def _ends(keys: Any, protocols: Numbers, begins: Numbers, streams: Numbers) -> dict[str, list[Any]]:
    """Return addresses, ports and streams; `begins` is 1 where the end that began is the second one of its key."""
    columns: dict[str, list[Any]] = {}
    texts: dict[tuple[int, int, int], str] = {}
    names = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst"]
    names += (f"{name}.{end}" for name in _TRANSPORTS.values() for end in ("srcport", "dstport", "stream"))
    for name in names:
        columns[name] = [None] * len(keys)
    both = zip(keys.tolist(), protocols.tolist(), begins.tolist(), streams.tolist(), strict=True)
    for row, ((first, one, other, two, told), protocol, is_second, stream) in enumerate(both):
        size, ports = told & 255, (told >> 32, told >> 16 & _PORT)
        ends = (first, one, size), (other, two, size)
        family, name = "ip" if size == 4 else "ipv6", _TRANSPORTS[protocol]
        for place, which in (("src", is_second), ("dst", 1 - is_second)):
            end = ends[which]
            text = texts.get(end)
            if text is None:
                raw = (end[0] << 64 | end[1]).to_bytes(size, "big")
                text = texts[end] = ipv4_text(raw) if size == 4 else ipv6_text(raw)
            columns[f"{family}.{place}"][row] = text
            columns[f"{name}.{place}port"][row] = ports[which]
        columns[f"{name}.stream"][row] = stream
    return columns


_PARTS = _COUNT, _TOTAL, _LOW, _HIGH, _LEAST, _MOST = range(6)
"""What a spread is made of (`flow_facts.SPREAD`)."""


def _joined(one: Numbers, other: Numbers) -> Numbers:
    """Return both spreads together, but for their squares."""
    both = one + other
    alone = (one[:, _COUNT] == 0) | (other[:, _COUNT] == 0)
    for part, choose in ((_LEAST, np.minimum), (_MOST, np.maximum)):
        # One of them is 0 where there is no number.
        both[:, part] = np.where(alone, both[:, part], choose(one[:, part], other[:, part]))
    return both


def _sent(prefix: str, side: Numbers, gaps: Numbers, is_tcp: Any) -> dict[str, list[Any]]:
    sizes = side[:, _SIZES:_RTTS]
    columns = {
        f"{prefix}packets": sizes[:, _COUNT].tolist(),
        f"{prefix}bytes": sizes[:, _TOTAL].tolist(),
        f"{prefix}data_bytes": side[:, _DATA].tolist(),
        f"{prefix}retransmissions": _where(is_tcp, side[:, _AGAIN].tolist()),
    }
    first, last = gaps[:, 0], gaps[:, 1]
    spans = np.where(first == NOT_KNOWN, 0, last - np.where(first == NOT_KNOWN, 0, first))
    columns[f"{prefix}duration"] = _where(first != NOT_KNOWN, [each / BILLION for each in spans.tolist()])
    columns |= _spread(f"{prefix}gap", gaps[:, 2:], BILLION)
    if prefix:
        columns |= _spread(f"{prefix}size", sizes, 1)
    for place, name in enumerate(FLAG_NAMES):
        columns[f"{prefix}{name}"] = _where(is_tcp, side[:, _FLAGS + place].tolist())
    return columns


def _squares(spread: Numbers) -> list[int]:
    low, high = spread[:, _LOW].tolist(), spread[:, _HIGH].tolist()
    return [each << 64 | rest & _WORD for rest, each in zip(low, high, strict=True)]


def _spread(name: str, spread: Numbers, unit: int, squares: list[int] | None = None) -> dict[str, list[Any]]:
    """Return the columns of spreads, as `flow_counts.Spread.values` tells each."""
    columns = _few_spreads(spread, unit, squares or _squares(spread))
    return dict(zip([f"{name}_{each}" for each in SPREAD], columns, strict=True))


def _few_spreads(spread: Numbers, unit: int, squares: list[int]) -> Iterable[list[Any]]:
    """Return the smallest, the mean, the deviation and the largest of each."""
    counts, totals, least, most = (spread[:, part] for part in (_COUNT, _TOTAL, _LEAST, _MOST))
    numbers = spread[:, (_COUNT, _TOTAL, _LEAST, _MOST)]
    if not len(spread) or numbers.min() <= -_EXACT or numbers.max() >= _EXACT:
        every = (counts, totals, squares, least, most)
        told = map(spread_values, *(each if each is squares else each.tolist() for each in every), repeat(unit))  # type: ignore[union-attr]
        return list(map(list, zip(*told, strict=True))) or [[], [], [], []]
    # Floating point has these numbers as they are, so that all quotients are those of whole numbers.
    there = counts > 0
    means = totals / np.maximum(counts, 1)
    both = zip(counts.tolist(), totals.tolist(), squares, strict=True)
    spreads = [
        None if not count else 0.0 if count == 1 else sqrt((count * each - total * total) / (count * (count - 1)))
        for count, total, each in both
    ]
    if unit == 1:
        return _where(there, least.tolist()), _where(there, means.tolist()), spreads, _where(there, most.tolist())
    ends = (_where(there, (each / unit).tolist()) for each in (least, means, most))
    smallest, mean, largest = ends
    return smallest, mean, [each and each / unit for each in spreads], largest
