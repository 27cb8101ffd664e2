"""Times as text, as tshark prints them."""

from __future__ import annotations

__all__ = ["BILLION", "moment_text", "seconds_text"]

BILLION = 1_000_000_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def seconds_text(nanoseconds: int, digits: int = 9) -> str:
    """Return a time span as seconds with so many decimals, those behind them cut off.

    >>> seconds_text(1_500_000_000), seconds_text(-1, 9), seconds_text(203_813_999, 6)
    ('1.500000000', '-0.000000001', '0.203813')
    """
    sign = "-" if nanoseconds < 0 else ""
    seconds, fraction = divmod(abs(nanoseconds), BILLION)
    return f"{sign}{seconds}.{fraction:09d}"[: len(sign) + len(str(seconds)) + 1 + digits].rstrip(".")


def moment_text(time_ns: int) -> str:
    """Return a time, in nanoseconds since the epoch, as tshark prints it in UTC.

    A time beyond the year 9999 is given in seconds since the epoch.

    >>> moment_text(1_795_258_780_144_406_000)
    'Nov 21, 2026 10:59:40.144406000 UTC'
    """
    from datetime import UTC, datetime, timedelta

    seconds, fraction = divmod(time_ns, BILLION)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return f"{seconds_text(time_ns)} seconds since the epoch"
    return f"{_MONTHS[moment.month - 1]} {moment.day:2d}, {moment.year} {moment:%H:%M:%S}.{fraction:09d} UTC"
