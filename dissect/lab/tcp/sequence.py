"""Sequence numbers: 32 bits on the wire, and inside whole numbers that go on past 2**32 (RFC 9293, section 3.4)."""

from __future__ import annotations

__all__ = ["LARGEST", "folded", "unfolded"]

LARGEST = 0xFFFF_FFFF
_HALF = 1 << 31


def folded(number: int) -> int:
    """Return the number as it stands on the wire, 0 to 2**32 - 1.

    >>> folded((1 << 32) + 7)
    7
    """
    return number & LARGEST


def unfolded(number: int, near: int) -> int:
    """Return the whole number that a number on the wire stands for: the one nearest to `near`.

    So numbers compare as whole numbers do, and no heap or list has to know that they wrap. A number half
    the space away counts as one that is before (RFC 9293, section 3.4, leaves it open).

    >>> unfolded(3, near=(1 << 32) - 5) - (1 << 32)
    3
    >>> unfolded(LARGEST, near=2)
    -1
    """
    return near + ((number - near + _HALF) & LARGEST) - _HALF
