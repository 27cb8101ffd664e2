"""The time column of a list, in the formats and with the decimals that tshark prints."""

from __future__ import annotations

from collections.abc import Callable

from dissect.declaration.symbols import told
from dissect.declaration.times import BILLION, seconds_text
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet

__all__ = ["TIME_FORMATS", "time_text"]

TIME_FORMATS: dict[str, str] = {
    "r": "seconds since the first packet",
    "a": "time of day",
    "ad": "date and time of day",
    "adoy": "year, day of the year and time of day",
    "d": "seconds since the previous packet",
    "dd": "seconds since the previous packet that was shown",
    "e": "seconds since 1970-01-01 00:00:00 UTC",
    "u": "time of day, UTC",
    "ud": "date and time of day, UTC",
    "udoy": "year, day of the year and time of day, UTC",
}
"""The formats of the time column, as tshark's -t names them."""
_DATES = {"a": "%H:%M:%S", "ad": "%Y-%m-%d %H:%M:%S", "adoy": "%Y/%j %H:%M:%S"}
_REFERENCES: dict[str, Callable[[Clock], int | None]] = {
    "r": lambda clock: clock.first,
    "d": lambda clock: clock.previous,
    "dd": lambda clock: clock.previous_shown,
}


def time_text(packet: Packet, clock: Clock, time_format: str = "r", digits: int = 6) -> str:
    """Return the time column; "" for a packet without a time.

    Dates are local time but for the formats that begin with "u". A time outside the years that
    the calendar of Python knows is given in seconds since 1970.
    """
    time_ns = packet.time_ns
    if time_ns is None:
        return ""
    reference = _REFERENCES.get(time_format)
    if reference is not None:
        since = reference(clock)
        return told(seconds_text, 0 if since is None else time_ns - since, digits)
    layout = _DATES.get(time_format.replace("u", "a", 1))
    if layout is None:
        return told(seconds_text, time_ns, digits)
    return told(_date_text, time_ns, layout, time_format.startswith("u"), digits)


def _date_text(time_ns: int, layout: str, is_universal: bool, digits: int) -> str:
    """Return a time by the calendar; in seconds since 1970 where the calendar does not know it."""
    from datetime import UTC, datetime, timedelta

    seconds, fraction = divmod(time_ns, BILLION)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        if not is_universal:
            moment = moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return seconds_text(time_ns, digits)
    return f"{moment.strftime(layout)}.{fraction:09d}"[: digits - 9 or None]
