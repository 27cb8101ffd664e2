"""The difference of the open capture and a second one, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.named_tuples import NamedTuple
from dissect.differences import compare
from dissect.errors import DissectError
from dissect.packets.packet import Packet
from dissect.terminal.engine import Job
from dissect.views.differences import difference_lines
from dissect.views.listing import printable

__all__ = ["MOST", "Compared", "compare_with"]

MOST = 5000
"""So many lines are shown."""
_AT_ONCE = 256


class Compared(NamedTuple):
    """The lines, each with its kind (`dissect.views.differences`) and the packet of the first capture, 0 for none."""

    title: str
    lines: list[tuple[str, str, int]]


def compare_with(job: Job, path: str, other: str) -> Compared:
    """Return how the capture `other` differs from the one at `path`; what can't be compared is told in the title."""

    def watched(packets: Iterator[Packet]) -> Iterator[Packet]:
        for place, packet in enumerate(packets):
            if not place % _AT_ONCE:
                job.rest()
            yield packet

    lines: list[tuple[str, str, int]] = []
    count = 0
    try:
        for difference in compare(path, other, watched=watched):
            count += 1
            number = difference.before.number if difference.before is not None else 0
            lines += ((line.text, line.kind, number) for line in difference_lines(difference))
            job.rest()
            if len(lines) >= MOST:
                return Compared(f"the first {count:,} packets that differ", lines)
    except (DissectError, OSError) as error:
        return Compared(printable(str(error)), lines)
    if not count:
        return Compared("There is no difference", lines)
    return Compared(f"{count:,} packet{'' if count == 1 else 's'} differ{'s' if count == 1 else ''}", lines)
