"""A bridge and its ports as the machines see them: the variables of IEEE 802.1D-2004, clauses 17.18 and 17.19."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from dissect.errors import FieldError
from dissect.lab.spanning_tree.messages import Message, Role
from dissect.lab.spanning_tree.vectors import SECOND, Times, Vector, bridge_identifier

__all__ = ["Bridge", "Change", "Info", "Port", "TreePortSettings", "TreeSettings"]

MOST_MESSAGES = 6
"""How many messages a port sends in a second at most: the transmit hold count (table 17-1)."""
MIGRATION_NS = 3 * SECOND
_REFERENCE = 20_000_000_000_000
"""The speed in bit/s whose path cost is 1 (table 17-3)."""
USUAL_COST = 20_000
"""The path cost of a link that has no bandwidth: that of 1 Gbit/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePortSettings:
    """What is set up of a port: its priority (0 to 240), its path cost, and what is at its other end.

    `cost` None is that of the link's bandwidth. `edge` says that there is a station, so that the port forwards at
    once; without, it is taken for one after three seconds in which no bridge was heard. `point_to_point` False says
    that more than one bridge may be there; None leaves it to the link: a hub has more ends than two.
    """

    priority: int = 128
    cost: int | None = None
    edge: bool = False
    point_to_point: bool | None = None

    def __post_init__(self) -> None:
        if self.priority not in range(0, 241, 16):
            raise FieldError(f"a port's priority is {self.priority}, expected a multiple of 16 from 0 to 240")
        if self.cost is not None and not 1 <= self.cost <= 200_000_000:
            raise FieldError(f"a port's path cost is {self.cost}, expected 1 to 200000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSettings:
    """What is set up of a bridge: its priority, its times in nanoseconds, and whether it is a rapid one.

    Of all bridges the one with the least priority is the root, of equal ones the one with the least MAC address. A
    bridge that is not `rapid` speaks the protocol of 802.1D-1998, which waits twice the delay before it forwards.
    Raises FieldError for what the standard does not allow (tables 17-1 and 17-2).
    """

    priority: int = 32768
    hello_ns: int = 2 * SECOND
    maximum_age_ns: int = 20 * SECOND
    delay_ns: int = 15 * SECOND
    rapid: bool = True

    def __post_init__(self) -> None:
        if self.priority not in range(0, 61441, 4096):
            raise FieldError(f"a bridge's priority is {self.priority}, expected a multiple of 4096 from 0 to 61440")
        for name, least, most in (("hello_ns", 1, 10), ("maximum_age_ns", 6, 40), ("delay_ns", 2, 30)):
            if not least * SECOND <= getattr(self, name) <= most * SECOND:
                word = name.removesuffix("_ns")
                raise FieldError(f"a bridge's {word} is {getattr(self, name)} ns, expected {least} to {most} seconds")
        if not 2 * (self.delay_ns - SECOND) >= self.maximum_age_ns >= 2 * (self.hello_ns + SECOND):
            raise FieldError(
                "a bridge's times don't fit: the maximum age is to be at most 2 * (delay - 1 s), and at least "
                "2 * (hello + 1 s)"
            )

    @property
    def times(self) -> Times:
        """The times that the bridge prescribes where it is the root."""
        return Times(0, self.maximum_age_ns, self.delay_ns, self.hello_ns)


class Info(Enum):
    """Whose word a port's vector is (infoIs)."""

    DISABLED = "disabled"
    AGED = "aged"
    MINE = "mine"
    RECEIVED = "received"


class Change(Enum):
    """What a port's machine for topology changes does (17.31)."""

    INACTIVE = "inactive"
    LEARNING = "learning"
    ACTIVE = "active"


NOTHING = Vector(0, 0, 0, 0)


@dataclass(slots=True)
class Port:
    """The variables of one port, under the standard's names in the workbench's spelling.

    Timers are the times in nanoseconds at which they have run down. Those that the standard keeps full as long as a
    port has a role start when the role ends (`transitions`).
    """

    number: int
    identifier: int
    mac: str
    cost: int
    settings: TreePortSettings
    is_shared: bool = False
    enabled: bool = False
    oper_edge: bool = False
    # Whose word it goes by.
    info_is: Info = Info.DISABLED
    vector: Vector = NOTHING
    times: Times = field(default_factory=Times)
    designated: Vector = NOTHING
    designated_times: Times = field(default_factory=Times)
    message: Message | None = None
    reselect: bool = True
    selected: bool = False
    update_info: bool = False
    # What it is for, and what it does.
    role: Role = Role.DISABLED
    selected_role: Role = Role.DISABLED
    learn: bool = False
    learning: bool = False
    forward: bool = False
    forwarding: bool = False
    # Proposals and agreements.
    agree: bool = False
    agreed: bool = False
    proposed: bool = False
    proposing: bool = False
    disputed: bool = False
    sync: bool = True
    synced: bool = False
    re_root: bool = True
    # Messages.
    send_rapid: bool = True
    new_info: bool = False
    sent_at: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_MESSAGES))
    migration_ends: int = 0
    received_rapid: bool = False
    received_old: bool = False
    # Topology changes.
    change: Change = Change.INACTIVE
    received_change: bool = False
    received_notification: bool = False
    received_acknowledgment: bool = False
    acknowledges: bool = False
    propagates: bool = False
    # Timers.
    edge_delay_while: int = 0
    delay_while: int = 0
    hello_when: int = 0
    recent_backup_while: int = 0
    recent_root_while: int = 0
    received_info_while: int = 0
    change_while: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether its role is chosen and its own word is up to date, so that machines may act on them."""
        return self.selected and not self.update_info

    @property
    def is_point_to_point(self) -> bool:
        """Whether there is one other end, so that two ports can agree."""
        given = self.settings.point_to_point
        return not self.is_shared if given is None else given

    @property
    def timers(self) -> tuple[int, ...]:
        """When something may happen because of the time."""
        return (
            self.edge_delay_while,
            self.delay_while,
            self.hello_when,
            self.recent_backup_while,
            self.recent_root_while,
            self.received_info_while,
            self.migration_ends,
        )


class Bridge:
    """The variables of a bridge: its ports by number, who the root is, and the time."""

    def __init__(self, settings: TreeSettings, mac: str) -> None:
        self.settings = settings
        self.identifier = bridge_identifier(settings.priority, mac)
        self.ports: dict[int, Port] = {}
        self.now_ns = 0
        self.root = Vector(self.identifier, 0, self.identifier, 0, 0)
        self.times = settings.times
        self.root_port: int | None = None
        self.to_flush: set[int] = set()
        """The ports whose addresses are to be forgotten."""
        self.outgoing: list[tuple[int, Message]] = []
        """What is to be sent, and by which port."""

    def has_run_down(self, timer: int) -> bool:
        """Whether a timer has."""
        return timer <= self.now_ns

    def forward_delay(self, port: Port) -> int:
        """Return how long a port waits before it learns, and again before it forwards (17.20.5 and 17.20.6)."""
        return self.times.hello if port.send_rapid else self.times.delay

    def add(self, number: int, mac: str, settings: TreePortSettings, bandwidth: int | None, is_shared: bool) -> Port:
        """Give the bridge a port, which is not enabled yet."""
        cost = settings.cost
        if cost is None:
            cost = USUAL_COST if bandwidth is None else min(max(_REFERENCE // bandwidth, 1), 200_000_000)
        identifier = settings.priority << 8 | number + 1
        port = Port(number, identifier, mac, cost, settings, is_shared, oper_edge=settings.edge)
        port.send_rapid = self.settings.rapid
        self.ports[number] = port
        return port

    def all_synced(self) -> bool:
        """Whether all ports but the root one are in step with the tree (17.20.3)."""
        return all(
            port.selected and port.role is port.selected_role and (port.synced or port.role is Role.ROOT)
            for port in self.ports.values()
        )

    def set_sync(self) -> None:
        """Have all ports get in step (setSyncTree)."""
        for port in self.ports.values():
            port.sync = True

    def set_re_root(self) -> None:
        """Tell all ports that the root port is another one (setReRootTree)."""
        for port in self.ports.values():
            port.re_root = True

    def re_rooted(self, root_port: Port) -> bool:
        """Whether no other port was the root port lately (17.20.10)."""
        return all(port is root_port or self.has_run_down(port.recent_root_while) for port in self.ports.values())
