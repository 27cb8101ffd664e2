"""How Wireshark reads a name in a DNS message: label by label, wherever pointers lead, until something stops it."""

from __future__ import annotations

__all__ = ["end_of_name", "length_of_name"]

_LONGEST = 255
"""The characters that it has room for, dots included; so many pointers are followed as well."""


def end_of_name(message: bytes, place: int) -> int:
    """Return where a name ends in the message that begins at `place`; -1 where reading it fails.

    Pointers that lead around in a circle without a label are no failure: the name is not shown then.
    """
    found = _read(message, place)
    return -1 if found is None else found[0]


def length_of_name(message: bytes, place: int) -> int:
    """Return how many characters of a name Wireshark counts; 0 where reading it fails."""
    found = _read(message, place)
    return 0 if found is None else found[1]


def _read(message: bytes, place: int) -> tuple[int, int] | None:
    """Return where the name ends, and how many characters it has; None where reading fails."""
    end, here, room, count, pointers = -1, place, _LONGEST, 0, 0
    size = len(message)
    while here < size:
        head = message[here]
        here += 1
        if head == 0:
            length = count if room > 0 else len("<Name too long>")
            return (end if end >= 0 else here), length or len("<Root>")
        if room <= 0:
            return None
        if head < 0x40:
            if here + head > size:
                return None
            count += head + (1 if count else 0)
            room -= head + 1
            here += head
        elif head >= 0xC0:
            if here >= size:
                return None
            target = (head & 0x3F) << 8 | message[here]
            here += 1
            pointers += 1
            if end < 0:
                end = here
            if target == here - 2 or pointers > _LONGEST:
                return end, len("<Name contains a pointer that loops>")
            here = target
        else:
            return None
    return None
