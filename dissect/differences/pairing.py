"""Which of the frames between two aligned ones were changed into which: those that resemble each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dissect.differences.alignment import aligned
from dissect.differences.parts import parts
from dissect.packets.packet import Packet

__all__ = ["Likeness", "likeness", "paired"]

COMPARED = 250_000
"""How many pairs of frames are held against each other at most, in all gaps together."""
SAME_BYTES = 0.8
"""How many of their bytes frames of other layers have in common at least, to be alike by them."""
ALIKE = 0.5
"""How much of two frames is alike where one was changed into the other."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What tells how alike frames are: the layers' names, a number for each field with its value, the bytes."""

    layers: int
    fields: frozenset[int]
    data: bytes = b""

    def to(self, other: Likeness) -> float:
        """Return how alike the frames are, from 0 to 1; frames of the same layers are so by half.

        A changed type or length makes other fields of the same bytes: then these tell.
        """
        total = len(self.fields) + len(other.fields)
        same = 2 * len(self.fields & other.fields) / total if total else 1.0
        if self.layers == other.layers:
            return (1 + same) / 2
        size = len(self.data)
        if size and size == len(other.data):
            differing = int.from_bytes(self.data, "big") ^ int.from_bytes(other.data, "big")
            equal = differing.to_bytes(size, "big").count(0) / size
            if equal >= SAME_BYTES:
                return equal
        return same / 2


def likeness(packet: Packet, *, with_fields: bool) -> Likeness:
    """Return the frame's; without fields it is told by its layers and their lengths alone, in little memory."""
    frame = packet.frame
    if not with_fields:
        shape = hash(tuple((header.name, header.own_size) for header in frame.layers()))
        return Likeness(shape, frozenset())
    layers = hash(tuple(header.name for header in frame.layers()))
    return Likeness(layers, frozenset(hash((part.name, part.raw)) for part in parts(frame)), packet.data)


def paired(
    ours: Sequence[int], theirs: Sequence[int], mine: Callable[[int], Likeness], others: Callable[[int], Likeness]
) -> list[tuple[int, int]]:
    """Return the pairs of frames in one gap that are alike, in order, so that all of them together are most alike.

    `mine` and `others` give the likeness of a frame by its position. Of gaps too large for that, frames of
    the same layers are paired.
    """
    if not ours or not theirs:
        return []
    if len(ours) * len(theirs) > COMPARED:
        shapes = [mine(at).layers for at in ours], [others(at).layers for at in theirs]
        return [(ours[at], theirs[beside]) for at, beside in aligned(*shapes)]
    scores = [[mine(at).to(others(beside)) for beside in theirs] for at in ours]
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours) - 1, -1, -1):
        row, below, score = best[i], best[i + 1], scores[i]
        for j in range(len(theirs) - 1, -1, -1):
            pair = score[j] + below[j + 1] if score[j] >= ALIKE else 0.0
            row[j] = max(pair, below[j], row[j + 1])
    found = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if scores[i][j] >= ALIKE and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            found.append((ours[i], theirs[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
