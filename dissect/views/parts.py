"""Texts about packets that are put together of parts: one in front, one for each group of headers, one behind.

What a part says depends on its headers and on those around them, and not on what these carry but for its class. So
who has seen such headers before, among whatever others, knows their part (`dissect.views.part_forms`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from dissect.declaration.header import Header
from dissect.packets.packet import Packet
from dissect.wireshark.frame import protocols_of
from dissect.wireshark.sight import Sight, seen_layers, sight_of_class

__all__ = ["InParts", "groups"]


class InParts:
    """Makes texts about packets, part by part."""

    is_divisible = True
    """Whether the text is that of its parts; where it is not, it is made as a whole."""

    def front(self, packet: Packet, protocols: str) -> str:
        """Return the part in front of those of the headers, of which it tells the `protocols` and nothing else."""
        raise NotImplementedError

    def group(self, layers: Sequence[Header], first: int, end: int) -> str:
        """Return the part of the headers from `first` to in front of `end` (`tree.nodes_of`)."""
        raise NotImplementedError

    def behind(self, packet: Packet) -> str:
        """Return the part behind those of the headers."""
        raise NotImplementedError

    def joined(self, parts: Sequence[str]) -> str:
        """Return the text that the parts make, of which some may be empty."""
        raise NotImplementedError

    def __call__(self, packet: Packet) -> str:
        """Return the text about a packet."""
        layers = list(seen_layers(packet))
        found = [self.front(packet, protocols_of(packet))]
        first = 0
        for end in ends_of_groups(layers, standing(layers)):
            found.append(self.group(layers, first, end))
            first = end
        return self.joined([*found, self.behind(packet)])


def standing(layers: Sequence[Header]) -> int:
    """Return how many of the headers of a frame stand on its bytes, one behind the other, up to one that does not.

    What was put together of several frames does not stand there, nor what was changed.
    """
    buffer, place = layers[0].buffer, 0
    for number, header in enumerate(layers):
        if header.buffer is not buffer or not header.is_attached or header.own_start < place:
            return number
        place = header.own_end
    return len(layers)


@lru_cache(1024)
def groups(classes: tuple[type[Header], ...]) -> tuple[int, ...]:
    """Return where the headers of each group end, given the classes of those of a frame (`seen_layers`).

    The nodes of a group are told by `tree.nodes_of` without the others: headers below whose nodes others stand are in
    one group with these.
    """
    ends: list[int] = []
    is_open = False
    for place, cls in enumerate(classes):
        protocol, _, extension = cls.name.partition(".")
        if extension:
            around = next((each for each in range(place - 1, -1, -1) if classes[each].name == protocol), place)
            while ends and ends[-1] > around:
                ends.pop()
        elif is_open or (place and _may_share(classes[place - 1])):
            ends.pop()
        ends.append(place + 1)
        is_open = is_open or cls.quotes or cls.encloses
    return tuple(ends)


def _may_share(cls: type[Header]) -> bool:
    """Whether what such headers carry may be shown in one layer with them."""
    return type(sight_of_class(cls)).shares is not Sight.shares


def ends_of_groups(layers: Sequence[Header], count: int) -> list[int]:
    """Return where the groups of the headers end, of which the first `count` stand on the frame (`standing`).

    Others are in one group with the last of these, for their places in the details depend on that one's.
    """
    ends = groups(tuple([header.__class__ for header in layers]))
    return list(ends) if count == len(layers) else [*(end for end in ends if end < count), len(layers)]
