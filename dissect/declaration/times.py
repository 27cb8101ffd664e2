"""Times as text, as tshark prints them."""

from __future__ import annotations

from time import localtime, struct_time

__all__ = ["BILLION", "local_time", "moment_text", "seconds_text"]

BILLION = 1_000_000_000
# A day less on either side than the years from 1 to 9999 in UTC.
_FIRST, _LAST = -62_135_510_400, 253_402_214_400
_CUTS = {3: -6, 6: -3, 9: None}
"""The usual numbers of decimals, and where a number of nanoseconds is cut for them."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def seconds_text(nanoseconds: int, digits: int = 9) -> str:
    """Return a time span as seconds with so many decimals, those behind them cut off.

    What is nearer to 0 than the last decimal has no sign.

    >>> seconds_text(1_500_000_000), seconds_text(-1, 9), seconds_text(203_813_999, 6), seconds_text(-1, 6)
    ('1.500000000', '-0.000000001', '0.203813', '0.000000')
    """
    if nanoseconds >= 0 and digits in _CUTS:
        # Of the digits of the number itself, which takes half as long as to divide it.
        if nanoseconds < BILLION:
            return f"0.{str(nanoseconds + BILLION)[1 : _CUTS[digits]]}"
        text = str(nanoseconds)
        return f"{text[:-9]}.{text[-9 : _CUTS[digits]]}"
    seconds, fraction = divmod(abs(nanoseconds), BILLION)
    unsigned = f"{seconds}.{fraction:09d}"[: len(str(seconds)) + 1 + digits].rstrip(".")
    return f"-{unsigned}" if nanoseconds < 0 and unsigned.strip("0.") else unsigned


def moment_text(time_ns: int) -> str:
    """Return a time, in nanoseconds since the epoch, as tshark prints it: local time and the zone's name.

    A time beyond the year 9999 is given in seconds since the epoch. In a zone called UTC:

    >>> moment_text(1_795_258_780_144_406_000)
    'Nov 21, 2026 10:59:40.144406000 UTC'
    """
    seconds, fraction = divmod(time_ns, BILLION)
    moment = local_time(seconds)
    if moment is None:
        return f"{seconds_text(time_ns)} seconds since the epoch"
    clock = f"{moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}"
    date = f"{_MONTHS[moment.tm_mon - 1]} {moment.tm_mday:2d}, {moment.tm_year}"
    return f"{date} {clock}.{fraction:09d} {moment.tm_zone}"


def local_time(seconds: int) -> struct_time | None:
    """Return a time, in seconds since the epoch, by the calendar and clock of where this machine is.

    None where the year is none from 1 to 9999, or where the system cannot tell.
    """
    if not _FIRST <= seconds <= _LAST:
        return None
    try:
        return localtime(seconds)
    except (OverflowError, ValueError, OSError):
        return None
