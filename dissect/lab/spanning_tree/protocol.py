"""The protocol as a whole: messages, the time and links that come and go in; messages and the ports' states out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dissect.declaration.named_tuples import NamedTuple
from dissect.lab.spanning_tree.bridge import Bridge, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.changes import changes
from dissect.lab.spanning_tree.information import information, receive
from dissect.lab.spanning_tree.messages import Message, Role
from dissect.lab.spanning_tree.roles import selection
from dissect.lab.spanning_tree.transitions import states, transitions
from dissect.lab.spanning_tree.transmission import edge, migration, next_chance, transmission
from dissect.lab.spanning_tree.vectors import bridge_text

__all__ = ["PortState", "SpanningTree"]

MOST_ROUNDS = 1000
"""After how many rounds the machines are stopped, which come to rest after a few for each port."""


class PortState(NamedTuple):
    """What a port is for, and whether it learns addresses and forwards frames."""

    role: Role
    learning: bool
    forwarding: bool

    @property
    def word(self) -> str:
        """The state's name (17.5)."""
        return "forwarding" if self.forwarding else "learning" if self.learning else "discarding"


class SpanningTree:
    """One bridge of a spanning tree; it opens nothing, and reads no clock.

    `add_port` tells of a port, `set_enabled` that its link came or went, `receive` and `advance` are called with
    messages and the time. Each returns the messages to send now, by port; `states` and `take_flushed` say what
    became of the ports.

    >>> one = SpanningTree(TreeSettings(priority=4096), "02:00:00:00:00:01")
    >>> one.add_port(0, "02:00:00:00:00:11")
    >>> (port, message), = one.set_enabled([0], True, now_ns=0)
    >>> port, message.proposal, message.role.value, one.state(0).word
    (0, True, 'designated', 'discarding')
    """

    def __init__(self, settings: TreeSettings, mac: str) -> None:
        self._bridge = Bridge(settings, mac)
        self.deadline: int | None = None
        """When `advance` has something to do; None where no port is up."""

    @property
    def is_root(self) -> bool:
        """Whether this bridge is the root."""
        return self._bridge.root_port is None

    @property
    def root(self) -> str:
        """The identifier of the root: its priority and MAC address."""
        return bridge_text(self._bridge.root.root)

    @property
    def root_cost(self) -> int:
        """How far the root is."""
        return self._bridge.root.cost

    @property
    def root_port(self) -> int | None:
        """The number of the port to the root, None at the root."""
        return self._bridge.root_port

    def add_port(
        self,
        number: int,
        mac: str,
        settings: TreePortSettings | None = None,
        *,
        bandwidth: int | None = None,
        is_shared: bool = False,
    ) -> None:
        """Tell of a port, the bandwidth of its link in bit/s, and whether more than two ends share that."""
        self._bridge.add(number, mac, settings or TreePortSettings(), bandwidth, is_shared)

    def state(self, number: int) -> PortState:
        """Return what a port is for and does."""
        port = self._bridge.ports[number]
        return PortState(port.role, port.learning, port.forwarding)

    def cost(self, number: int) -> int:
        """Return what the link of a port adds to the way to the root."""
        return self._bridge.ports[number].cost

    def set_enabled(self, numbers: Iterable[int], is_up: bool, now_ns: int) -> list[tuple[int, Message]]:
        """Note that the links of some ports came or went."""
        for number in numbers:
            self._bridge.ports[number].enabled = is_up
        return self.advance(now_ns)

    def receive(self, number: int, message: Message, now_ns: int) -> list[tuple[int, Message]]:
        """Take a message in that arrived at a port."""
        sent = self.advance(now_ns)
        port = self._bridge.ports[number]
        if port.enabled:
            receive(self._bridge, port, message)
        return sent + self.advance(now_ns)

    def advance(self, now_ns: int) -> list[tuple[int, Message]]:
        """Do what the time has come for: the machines go on until none of them does anything more (17.15)."""
        bridge = self._bridge
        bridge.now_ns = max(bridge.now_ns, now_ns)
        for _ in range(MOST_ROUNDS):
            did = False
            for port in bridge.ports.values():
                for machine in (migration, edge, information):
                    did |= machine(bridge, port)
            did |= selection(bridge)
            for port in bridge.ports.values():
                for machine in (transitions, states, changes):
                    did |= machine(bridge, port)
            if not did:
                break
        for port in bridge.ports.values():
            transmission(bridge, port)
        self.deadline = min((time for port in bridge.ports.values() for time in _times(bridge, port)), default=None)
        outgoing, bridge.outgoing = bridge.outgoing, []
        return outgoing

    def take_flushed(self) -> set[int]:
        """Take the numbers of the ports whose addresses are to be forgotten."""
        flushed, self._bridge.to_flush = self._bridge.to_flush, set()
        return flushed


def _times(bridge: Bridge, port: Port) -> Iterator[int]:
    """Yield when something may happen at a port because of the time."""
    if not port.enabled:
        return
    for time in port.timers:
        if time > bridge.now_ns:
            yield time
    if port.new_info and next_chance(port) > bridge.now_ns:
        yield next_chance(port)
