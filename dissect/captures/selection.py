"""Which packets of a capture are wanted: by number, by time, and each of them once."""

from __future__ import annotations

__all__ = ["Duplicates", "NumberRanges", "in_order_of_time", "nanoseconds", "point_in_time"]

import re
from collections import deque
from collections.abc import Iterable

from dissect.errors import FieldError
from dissect.packets.packet import Packet

_RANGE = r"\s*(\d+)\s*(?:(-)\s*(\d*))?\s*"
_SPAN = r"([+-]?)(\d+)?(?:\.(\d{0,9}))?"
_ZONE = r"(.*?)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?"


class NumberRanges:
    """Numbers of packets, such as "1-10,15,20-"; `last` is the greatest, None where there is none.

    >>> wanted = NumberRanges("1-3,7")
    >>> [number for number in range(10) if number in wanted], wanted.last
    ([1, 2, 3, 7], 7)
    """

    def __init__(self, text: str) -> None:
        self._ranges: list[tuple[int, int | None]] = []
        for part in text.split(","):
            match = re.fullmatch(_RANGE, part)
            first = int(match[1]) if match else 0
            last = first if match is None or not match[2] else int(match[3]) if match[3] else None
            if first < 1 or (last is not None and last < first):
                raise FieldError(f"packets are numbers from 1 on, such as 1-10,15,20-, not {part.strip()!r}")
            self._ranges.append((first, last))
        ends = [last for _, last in self._ranges]
        self.last = None if None in ends else max(end for end in ends if end is not None)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and any(
            first <= number and (last is None or number <= last) for first, last in self._ranges
        )


class Duplicates:
    """Tells packets that are the same bytes as one shortly before, as editcap does.

    A packet is compared with the `window - 1` packets before it (1 to 1,000,000), duplicates
    included, for editcap counts the packet itself; only that many are remembered.

    >>> seen = Duplicates(window=3)
    >>> [seen.is_one(Packet(data)) for data in (b"a", b"b", b"a", b"c", b"c", b"b")]
    [False, False, True, False, True, False]
    """

    def __init__(self, window: int = 5) -> None:
        if not 1 <= window <= 1_000_000:
            raise FieldError(f"a window is from 1 to 1000000 packets, not {window}")
        self._recent: deque[bytes] = deque()
        self._counts: dict[bytes, int] = {}
        self._most = window - 1

    def is_one(self, packet: Packet) -> bool:
        """Whether the packet is a duplicate; it is remembered for those that follow."""
        data = packet.data
        known = data in self._counts
        if self._most:
            if len(self._recent) == self._most:
                oldest = self._recent.popleft()
                if self._counts[oldest] == 1:
                    del self._counts[oldest]
                else:
                    self._counts[oldest] -= 1
            self._recent.append(data)
            self._counts[data] = self._counts.get(data, 0) + 1
        return known


def nanoseconds(text: str) -> int:
    """Return a span in seconds with up to nine decimals as nanoseconds.

    >>> nanoseconds("-0.5"), nanoseconds("3"), nanoseconds("+1.000000001")
    (-500000000, 3000000000, 1000000001)
    """
    match = re.fullmatch(_SPAN, text.strip())
    if match is None or not (match[2] or match[3]):
        raise FieldError(f"a span is in seconds with up to nine decimals, such as -0.5 or 3600, not {text!r}")
    total = int(match[2] or 0) * 1_000_000_000 + int((match[3] or "").ljust(9, "0"))
    return -total if match[1] == "-" else total


def point_in_time(text: str) -> int:
    """Return a point in time as nanoseconds since 1970: seconds since then, or a date and time of ISO 8601.

    Without a zone it is local time, as for editcap.

    >>> point_in_time("2026-01-06T01:31:29.500330493Z"), point_in_time("1.5")
    (1767663089500330493, 1500000000)
    """
    if re.fullmatch(_SPAN, text.strip()):
        return nanoseconds(text)
    # Only for those who give a date, as it takes a hundredth of a start.
    from datetime import datetime

    match = re.fullmatch(_ZONE, text.strip())
    try:
        moment = datetime.fromisoformat((match[1] if match else text) + ((match[3] or "") if match else ""))
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError, OSError):
        raise FieldError(
            f"a time is seconds since 1970, or a date and time such as 2026-01-31T12:00:00.5Z, not {text!r}"
        ) from None
    fraction = match[2] if match else None
    return seconds * 1_000_000_000 + (int(fraction[1:].ljust(9, "0")) if fraction else 0)


def in_order_of_time(packets: Iterable[Packet]) -> list[Packet]:
    """Return the packets by their times; those of one time stay in their order, one without has that before it.

    >>> [packet.time_ns for packet in in_order_of_time(Packet(b"", time_ns=time) for time in (3, None, 1, 2))]
    [1, 2, 3, None]
    """
    timed: list[tuple[int, int, Packet]] = []
    known = 0
    for place, packet in enumerate(packets):
        known = known if packet.time_ns is None else packet.time_ns
        timed.append((known, place, packet))
    timed.sort(key=lambda each: each[:2])
    return [packet for _, _, packet in timed]
