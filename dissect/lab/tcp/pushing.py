"""Which segments of those that leave together are pushed."""

from __future__ import annotations

from dissect.lab.tcp.segment import PSH, SYN, Segment
from dissect.lab.tcp.sending import Sender
from dissect.lab.tcp.sequence import unfolded

__all__ = ["pushed_by_units"]


def pushed_by_units(sender: Sender, segments: list[Segment], most: int) -> list[Segment]:
    """Return segments that go together, with PSH in the last one of each piece of two or more, up to `most`.

    Whoever receives them may hand them on as one, and need not wait for what follows.
    """
    found = list(segments)
    place = 0
    while place < len(found):
        first = found[place]
        if not first.data or first.flags & SYN:
            place += 1
            continue
        number = unfolded(first.seq, sender.una)
        last, behind = place, number + len(first.data)
        end = sender.units.end_of(number, sender.end)
        while last + 1 < len(found) and behind < end and last - place + 1 < most:
            following = found[last + 1]
            if not following.data or unfolded(following.seq, sender.una) != behind:
                break
            last += 1
            behind += len(following.data)
        sender.units.cut(behind)
        if last > place:
            found[last] = found[last]._replace(flags=found[last].flags | PSH)
        place = last + 1
    return found
