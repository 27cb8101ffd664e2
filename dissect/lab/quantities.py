"""Times and rates as people write them in a network's description: "10 ms", "100 Mbit/s"."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

__all__ = ["bits_per_second", "nanoseconds"]

NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
}
BITS = {"bit/s": 1, "kbit/s": 1_000, "Mbit/s": 1_000_000, "Gbit/s": 1_000_000_000}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(\S+)\Z")


def nanoseconds(text: object) -> int:
    """Return a time as nanoseconds; a number counts seconds. ValueError says what was expected.

    >>> nanoseconds("1.5 ms"), nanoseconds(2), nanoseconds("20min")
    (1500000, 2000000000, 1200000000000)
    """
    return _quantity(text, NANOSECONDS, "s", 'a time as "10 ms": a number, and ns, us, ms, s, min or h')


def bits_per_second(text: object) -> int:
    """Return a rate as bits in a second; a number counts bits. ValueError says what was expected.

    >>> bits_per_second("100 Mbit/s")
    100000000
    """
    rate = _quantity(text, BITS, "bit/s", 'a rate as "100 Mbit/s": a number, and bit/s, kbit/s, Mbit/s or Gbit/s')
    if rate < 1:
        raise ValueError("a rate of at least 1 bit/s")
    return rate


def _quantity(text: object, units: dict[str, int], usual: str, expected: str) -> int:
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        number, unit = str(text), usual
    else:
        found = _NUMBER.match(text.strip()) if isinstance(text, str) else None
        if found is None:
            raise ValueError(expected)
        number, unit = found.groups()
    try:
        value = Decimal(number) * units[unit]
        whole = int(value)
    except (KeyError, InvalidOperation, ValueError, OverflowError):
        raise ValueError(expected) from None
    if whole != value or not 0 <= whole < 1 << 63:
        raise ValueError(expected)
    return whole
