"""Whole numbers as Wireshark counts them: of 32 or 64 bits, unsigned until a minus makes them signed.

The number on the left decides. Arithmetic that leaves its range has no result, and so has the comparison
of an unsigned number with a negative one: neither `ip.ttl > -1` nor `ip.ttl < -1` lets anything through.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Signed", "arithmetic", "compare", "magnitude", "negated"]


class Signed(int):
    """A number that came out of signed arithmetic, or of a field of signed type."""

    __slots__ = ()


def _as_signed(number: int, bits: int) -> int:
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> bits - 1 else number


def _fitting(number: int, bits: int) -> Signed | None:
    return Signed(number) if -(1 << bits - 1) <= number < 1 << bits - 1 else None


def arithmetic(sign: str, left: int, right: int, bits: int) -> int | None:
    """Return `left sign right` with numbers of so many bits; None where there is no result.

    Quotients are cut off towards zero, and remainders have the sign of the dividend, as in C.
    """
    signed = isinstance(left, Signed)
    if signed:
        right = _as_signed(right, bits)
    else:
        right &= (1 << bits) - 1
    if sign == "&":
        result = left & right
    elif sign == "+":
        result = left + right
    elif sign == "*":
        result = left * right
    elif sign == "-":
        if not signed and left < right:
            # Below zero the result is signed, of operands that are small enough to be.
            return None if right >> bits - 1 else Signed(left - right)
        result = left - right
    elif right == 0:
        return None
    elif sign == "/":
        result = abs(left) // abs(right)
        result = result if (left < 0) == (right < 0) else -result
    else:
        result = abs(left) % abs(right)
        result = -result if left < 0 else result
    if signed:
        return _fitting(result, bits)
    return result if result < 1 << bits else None


def negated(number: int, bits: int) -> Signed | None:
    """Return the number with its sign changed; None for one that no signed number can hold."""
    return _fitting(-number, bits) if number < 1 << bits - 1 else None


def magnitude(number: int, bits: int) -> int | None:
    """Return the number without its sign."""
    return _fitting(abs(number), bits) if isinstance(number, Signed) else number


def compare(test: Callable[[int, int], bool]) -> Callable[[int, int], bool | None]:
    """Return the comparison `test` for numbers that may be signed.

    It gives None, for no result, where the left number is unsigned and the right one is negative.
    """
    return lambda left, right: test(left, right) if right >= 0 or isinstance(left, Signed) else None
