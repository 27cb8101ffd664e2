"""What bridges compare: identifiers, priority vectors and times (IEEE 802.1D-2004, clauses 9.2 and 17.6)."""

from __future__ import annotations

from dissect.declaration.addresses import mac_bytes
from dissect.declaration.named_tuples import NamedTuple

__all__ = ["TICK_NS", "Times", "Vector", "address_of", "bridge_identifier", "bridge_text"]

TICK_NS = 1_000_000_000 // 256
"""Times in messages count these (9.2.8)."""
SECOND = 1_000_000_000
_ADDRESS_BITS = 48
_ADDRESS = (1 << _ADDRESS_BITS) - 1
_PORT_NUMBER = 0x0FFF


def bridge_identifier(priority: int, mac: str) -> int:
    """Return a bridge's identifier as a number: the lower, the better (9.2.5)."""
    return priority << _ADDRESS_BITS | int.from_bytes(mac_bytes(mac), "big")


def address_of(identifier: int) -> str:
    """Return the MAC address in a bridge's identifier."""
    return (identifier & _ADDRESS).to_bytes(6, "big").hex(":")


def bridge_text(identifier: int) -> str:
    """Return an identifier as people write it.

    >>> bridge_text(bridge_identifier(32768, "02:00:00:00:00:01"))
    '32768.02:00:00:00:00:01'
    """
    return f"{identifier >> _ADDRESS_BITS}.{address_of(identifier)}"


class Vector(NamedTuple):
    """A priority vector: of two, the one that is less is better (17.6).

    The root that is meant, how far it is, which bridge says so, by which of its ports, and the port that heard it.
    """

    root: int
    cost: int
    bridge: int
    port: int
    heard_at: int = 0

    @property
    def told(self) -> tuple[int, int, int, int]:
        """What is told of it in messages: all but the port that heard it."""
        return self[:4]

    def is_of_same_port(self, other: Vector) -> bool:
        """Whether the same port of the same bridge says both, by address and number."""
        same_bridge = self.bridge & _ADDRESS == other.bridge & _ADDRESS
        return same_bridge and self.port & _PORT_NUMBER == other.port & _PORT_NUMBER

    def is_superior(self, other: Vector) -> bool:
        """Whether this one takes the place of the other: better, or of the same port (17.6)."""
        return self.told != other.told and (self.told < other.told or self.is_of_same_port(other))


class Times(NamedTuple):
    """The times of a tree, in nanoseconds: how old the root's word is, and what the root prescribes (17.18.18)."""

    message_age: int = 0
    maximum_age: int = 20 * SECOND
    delay: int = 15 * SECOND
    hello: int = 2 * SECOND
