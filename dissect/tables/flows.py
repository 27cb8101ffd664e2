"""Flows of a capture: of a large file by columns, of all else as packets are read. The rows are the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dissect.captures.source import Source
from dissect.declaration.header import Header
from dissect.declaration.times import BILLION
from dissect.flows.connection import TIME_WAIT_NS
from dissect.flows.flow_rows import FIRST_BYTES, Limits, rows_of_packets
from dissect.flows.watching import MOST_TALKS
from dissect.packets.packet import Packet
from dissect.tables.size import is_large

__all__ = ["flows"]

_LARGE = 1 << 24
"""Bytes of a file that is worth it: where packets are watched, a frame takes more than ten times as long, and to load
what reads columns as long as some 40,000 of them."""
_LONGEST_DATA, _FEWEST = 256, 4096
"""Of so many first bytes, and of so few conversations at most, columns keep none."""


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
    """Yield a row for each conversation over IP: a dictionary with the names in `flow_rows.COLUMNS`.

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

    With the extra `tables` a file of 16 MB and more is read by columns, several times as fast, for the same rows.

    Raises CaptureError and OSError as `dissect.read` does, and DissectError for a time that is negative.

    >>> from dissect import UDP, IPv4
    >>> (row,) = flows([IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=53) / b"hello"])
    >>> row["ip.src"], row["udp.dstport"], row["packets"], row["client_first_data"]
    ('10.0.0.1', 53, 1, b'hello')
    """
    limits = Limits.of_seconds(idle, active, time_wait)
    rows = rows_of_packets(source, limits, first_bytes=first_bytes, keep=keep, most=most)
    is_usual = keep is None and 0 <= first_bytes <= _LONGEST_DATA and most >= _FEWEST
    if not is_usual or any(each is not None and each >> 62 for each in limits):
        return rows
    if not isinstance(source, (str, os.PathLike)) or not is_large(os.fsdecode(source), _LARGE):
        return rows
    from dissect.tables.engines import compiled_engine
    from dissect.tables.flow_reading import can_count, rows_by_columns

    if not can_count():
        return rows
    return rows_by_columns(source, compiled_engine(), limits, first_bytes=first_bytes, most=most)
