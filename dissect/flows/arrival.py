"""How the data of a segment came: where they stand in their stream, and what its analysis found of them."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Arrival"]


class Arrival(NamedTuple):
    """What is known of the data of a segment beside their bytes."""

    place: int
    """The relative sequence number of the first byte."""
    number: int
    """The number of the frame."""
    comes_again: bool = False
    """Whether the bytes were there before: no protocol is given them."""
    is_late: bool = False
    """Whether the bytes come behind others that follow them: they count, and nothing is shown of them."""
    comes_fast: bool = False
    """Whether the segment was thought to be lost, and sent again before its time."""
    ends: bool = False
    """Whether it is the last one of its direction: it completes what goes on until then, and may be empty."""
    keeps_alive: bool = False
    """Whether it has a byte that was there before, with which no message begins (RFC 9293, section 3.8.4)."""
    size: int | None = None
    """How many bytes of data the segment has on the wire; None where nobody knows."""
