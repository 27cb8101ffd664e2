"""Networks of bridges alone, joined at random, with a queue for their messages and a clock that jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from dissect.lab.spanning_tree.bridge import TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Message, Role
from dissect.lab.spanning_tree.protocol import SpanningTree

__all__ = ["SECOND", "Bridges"]

SECOND = 1_000_000_000
DELAY_NS = 1_000
Place = tuple[int, int]
"""A bridge and one of its ports."""


class Bridges:
    """Bridges 0 to `count` - 1, and what joins two of them each; `settings` tells what each is set up to."""

    def __init__(
        self,
        count: int,
        joined: Iterable[tuple[int, int]],
        settings: Callable[[int], TreeSettings] = lambda number: TreeSettings(),
        costs: Callable[[int], int | None] = lambda link: None,
    ) -> None:
        self.trees = [SpanningTree(settings(number), f"02:00:00:00:00:{number + 1:02x}") for number in range(count)]
        self.links = list(joined)
        self.ends: dict[Place, Place] = {}
        self.cut: set[Place] = set()
        self.now_ns = 0
        self.messages = 0
        self.places: list[tuple[Place, Place]] = []
        self._queue: list[tuple[int, int, Place, Message]] = []
        used = [0] * count
        for link, pair in enumerate(self.links):
            places = []
            for bridge in pair:
                places.append((bridge, used[bridge]))
                self.trees[bridge].add_port(
                    used[bridge], f"02:00:00:01:{bridge:02x}:{used[bridge]:02x}", TreePortSettings(cost=costs(link))
                )
                used[bridge] += 1
            self.places.append((places[0], places[1]))
            self.ends[places[0]], self.ends[places[1]] = places[1], places[0]
        for number, tree in enumerate(self.trees):
            self._send(number, tree.set_enabled(range(used[number]), True, 0))

    def _send(self, bridge: int, sent: Iterable[tuple[int, Message]]) -> None:
        for port, message in sent:
            self.messages += 1
            if (bridge, port) not in self.cut:
                heappush(self._queue, (self.now_ns + DELAY_NS, self.messages, self.ends[bridge, port], message))

    def run(self, seconds: float) -> None:
        """Let so much time go by."""
        until = self.now_ns + int(seconds * SECOND)
        while True:
            deadlines = [tree.deadline for tree in self.trees if tree.deadline is not None]
            following = min([*deadlines, *([self._queue[0][0]] if self._queue else [])], default=until + 1)
            if following > until:
                self.now_ns = until
                return
            self.now_ns = following
            if self._queue and self._queue[0][0] == following:
                place, message = heappop(self._queue)[2:]
                if place not in self.cut:
                    self._send(place[0], self.trees[place[0]].receive(place[1], message, following))
                continue
            for number, tree in enumerate(self.trees):
                if tree.deadline is not None and tree.deadline <= following:
                    self._send(number, tree.advance(following))

    def change(self, link: int, *, is_up: bool) -> None:
        """Cut a link, or make it whole again."""
        for place in self.places[link]:
            (self.cut.discard if is_up else self.cut.add)(place)
        for bridge, port in self.places[link]:
            self._send(bridge, self.trees[bridge].set_enabled([port], is_up, self.now_ns))

    def role(self, place: Place) -> Role:
        """What a port is for."""
        return self.trees[place[0]].state(place[1]).role

    def passing(self) -> list[int]:
        """The links over which frames go: those at whose both ends a port forwards."""
        return [
            link
            for link, (one, other) in enumerate(self.places)
            if one not in self.cut and all(self.trees[bridge].state(port).forwarding for bridge, port in (one, other))
        ]

    def parts(self, links: Iterable[int]) -> tuple[int, bool]:
        """In how many parts these links leave the bridges, and whether some of them make a circle."""
        leader = list(range(len(self.trees)))

        def first(bridge: int) -> int:
            while leader[bridge] != bridge:
                bridge = leader[bridge]
            return bridge

        has_circle = False
        for link in links:
            one, other = (first(bridge) for bridge in self.links[link])
            has_circle |= one == other
            leader[one] = other
        return len({first(bridge) for bridge in range(len(self.trees))}), has_circle
