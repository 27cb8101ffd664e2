"""What a host or router writes into the options of a datagram that passes it (RFC 791, section 3.1)."""

from __future__ import annotations

from collections.abc import Iterable

from dissect.declaration.options import Option
from dissect.lab.addresses import number_of
from dissect.protocols.ipv4_options import InternetTimestamp, RecordRoute, TimestampForm

__all__ = ["stamped"]

DAY_NS = 86_400_000_000_000
MILLISECOND_NS = 1_000_000
MOST_OVERFLOWS = 15


def stamped(options: Iterable[Option], ip: str, now_ns: int) -> list[Option]:
    """Return the options with the address recorded, and the time, wherever an option asks for it and has room.

    The time is in milliseconds since midnight UTC, of a clock that counts from 1970-01-01. In a time stamp
    without room, the overflow is counted up.

    >>> stamped([RecordRoute(route=["0.0.0.0"])], "10.0.0.1", 0)
    [RecordRoute(pointer=8, route=('10.0.0.1',))]
    """
    return [
        _routed(option, ip)
        if isinstance(option, RecordRoute)
        else _timed(option, ip, now_ns)
        if isinstance(option, InternetTimestamp)
        else option
        for option in options
    ]


def _routed(option: RecordRoute, ip: str) -> Option:
    place, odd = divmod(option.pointer - 4, 4)
    route = list(option.route)
    if odd or not 0 <= place < len(route):
        return option
    route[place] = ip
    return option.replace(route=route, pointer=option.pointer + 4)


def _timed(option: InternetTimestamp, ip: str, now_ns: int) -> Option:
    words = list(option.words)
    place, odd = divmod(option.pointer - 5, 4)
    if odd or place < 0 or not option.form.known:
        return option
    size = 1 if option.form == TimestampForm.TIMESTAMPS else 2
    if place + size > len(words):
        return option.replace(overflow=min(option.overflow + 1, MOST_OVERFLOWS))
    if option.form == TimestampForm.PRESPECIFIED and words[place] != number_of(ip):
        return option
    words[place : place + size] = [number_of(ip), now_ns % DAY_NS // MILLISECOND_NS][2 - size :]
    return option.replace(words=words, pointer=option.pointer + 4 * size)
