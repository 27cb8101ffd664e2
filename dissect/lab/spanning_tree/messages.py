"""What bridges tell each other, between the frames on the wire and the machines (IEEE 802.1D-2004, clause 9.3)."""

from __future__ import annotations

from enum import Enum

from dissect.declaration.named_tuples import NamedTuple
from dissect.lab.spanning_tree.vectors import TICK_NS, Times, Vector, address_of, bridge_identifier
from dissect.packets.packet import parse
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.llc import LLC
from dissect.protocols.stp import STP, STPConfiguration, STPRapid, STPTopologyChange, STPVersion

__all__ = ["Kind", "Message", "Role", "frame_of", "message_of"]

_RANK_STEP = 4096


class Role(Enum):
    """What a port is for (17.7)."""

    DISABLED = "disabled"
    ALTERNATE = "alternate"
    """Another way to the root, which stays shut."""
    BACKUP = "backup"
    """Another way to a network that this bridge leads to the root already."""
    ROOT = "root"
    """The way to the root."""
    DESIGNATED = "designated"
    """The way to the root for all on its link."""


_ROLE_NUMBERS = {Role.ALTERNATE: 1, Role.BACKUP: 1, Role.ROOT: 2, Role.DESIGNATED: 3}
_ROLES = {1: Role.ALTERNATE, 2: Role.ROOT, 3: Role.DESIGNATED}


class Kind(Enum):
    """Which of the three messages."""

    TOPOLOGY_CHANGE = "topology change"
    CONFIGURATION = "configuration"
    RAPID = "rapid"


class Message(NamedTuple):
    """A message: all but the kind mean something only where it is not that of a topology change."""

    kind: Kind
    vector: Vector = Vector(0, 0, 0, 0)
    times: Times = Times()
    role: Role = Role.DESIGNATED
    topology_change: bool = False
    acknowledgment: bool = False
    proposal: bool = False
    agreement: bool = False
    learning: bool = False
    forwarding: bool = False


def message_of(frame: bytes) -> Message | None:
    """Return the message in a frame, None where there is none that is whole and may be believed (9.3.4)."""
    parsed = parse(frame)
    if STP not in parsed:
        return None
    told = parsed[STP]
    if told.is_cut or told.protocol:
        return None
    if isinstance(told, STPTopologyChange):
        return Message(Kind.TOPOLOGY_CHANGE)
    if not isinstance(told, STPConfiguration) or told.message_age >= told.maximum_age:
        return None
    is_rapid = isinstance(told, STPRapid) and told.version >= STPVersion.RAPID
    role = _ROLES.get(told.port_role, Role.DESIGNATED) if isinstance(told, STPRapid) else Role.DESIGNATED
    return Message(
        Kind.RAPID if is_rapid else Kind.CONFIGURATION,
        Vector(
            _identifier(told.root_rank, told.root_extension, str(told.root)),
            told.root_cost,
            _identifier(told.bridge_rank, told.bridge_extension, str(told.bridge)),
            told.port,
        ),
        Times(*(ticks * TICK_NS for ticks in (told.message_age, told.maximum_age, told.delay, told.hello))),
        role,
        told.topology_change,
        told.acknowledgment,
        isinstance(told, STPRapid) and told.proposal,
        isinstance(told, STPRapid) and told.agreement,
        isinstance(told, STPRapid) and told.learning,
        isinstance(told, STPRapid) and told.forwarding,
    )


def _identifier(rank: int, extension: int, address: str) -> int:
    return bridge_identifier(rank * _RANK_STEP + extension, address)


def frame_of(message: Message, mac: str, group: str) -> bytes:
    """Return a message as a frame, from a port's own MAC address to the group of all bridges."""
    return bytes((Ethernet(dst=group, src=mac) / LLC() / _header_of(message)).padded())


def _header_of(message: Message) -> STP:
    if message.kind is Kind.TOPOLOGY_CHANGE:
        return STPTopologyChange()
    vector, times = message.vector, message.times
    root, bridge = vector.root >> 48, vector.bridge >> 48
    made = STPRapid if message.kind is Kind.RAPID else STPConfiguration
    told = made(
        topology_change=message.topology_change,
        acknowledgment=message.acknowledgment,
        root_rank=root // _RANK_STEP,
        root_extension=root % _RANK_STEP,
        root=address_of(vector.root),
        root_cost=vector.cost,
        bridge_rank=bridge // _RANK_STEP,
        bridge_extension=bridge % _RANK_STEP,
        bridge=address_of(vector.bridge),
        port=vector.port,
        message_age=times.message_age // TICK_NS,
        maximum_age=times.maximum_age // TICK_NS,
        hello=times.hello // TICK_NS,
        delay=times.delay // TICK_NS,
    )
    if isinstance(told, STPRapid):
        told.port_role = _ROLE_NUMBERS.get(message.role, 0)
        told.proposal, told.agreement = message.proposal, message.agreement
        told.learning, told.forwarding = message.learning, message.forwarding
    return told
