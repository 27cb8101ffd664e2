"""A port of a switch with VLANs: which tags frames have there, and to which VLANs it belongs (IEEE 802.1Q, 802.1ad)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.protocols.ethernet import EtherType

__all__ = ["ALL_VLANS", "Accepted", "Arrived", "SwitchPort", "TagType", "vlan_numbers"]

ALL_VLANS = frozenset(range(1, 4095))
"""The numbers that a VLAN may have: 0 says that a tag is for its priority alone, 4095 is reserved (table 9-2)."""
ADDRESSES = 12
"""Bytes of the two MAC addresses, behind which the tag stands."""
TAG = 4
LEAST_FRAME = 60
"""Bytes of the smallest frame, without FCS (IEEE 802.3, clause 3.2.8)."""
_NUMBER = 0x0FFF


class TagType(Enum):
    """What announces a tag."""

    CUSTOMER = "802.1Q"
    """A customer's, that of any network with VLANs."""
    SERVICE = "802.1ad"
    """A provider's, in front of its customers' (QinQ)."""
    OLD_SERVICE = "0x9100"
    """A provider's before there was a standard."""

    @property
    def announced(self) -> bytes:
        """The type that stands where the tag begins."""
        types = {"802.1Q": EtherType.VLAN, "802.1ad": EtherType.QINQ, "0x9100": EtherType.QINQ_OLD}
        return int(types[self.value]).to_bytes(2, "big")


class Accepted(Enum):
    """Which frames a port takes (acceptable frame types; IEEE 802.1Q, clause 6.9)."""

    ALL = "all"
    UNTAGGED = "untagged"
    """Without a tag, or with one for its priority alone."""
    TAGGED = "tagged"


class Arrived(NamedTuple):
    """A frame inside a switch: its VLAN, its priority and drop eligibility, and its bytes without the tag."""

    vlan: int
    priority: int
    """The upper four bits of the tag's 16, in their place."""
    frame: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPort:
    """What a port does with tags.

    Frames without a tag are in the VLAN `native`, and that VLAN's frames leave without one, unless `tags_native`;
    None stands for a port that takes none without. The frames of `tagged` leave with a tag of the
    type `tag`; a tag of another type is none to the port. What arrives for a VLAN that the port
    is not in is dropped, and so is what `accepts` refuses. Raises FieldError for numbers that no VLAN has.

    Most ports are one of three: `access`, `trunk` and `tunnel`.

    >>> port = SwitchPort.trunk([10, 20], native=1)
    >>> sorted(port.members), port.arrives(bytes(12) + bytes.fromhex("8100 000a 0800")).vlan
    ([1, 10, 20], 10)
    >>> port.arrives(bytes(12) + bytes.fromhex("8100 001e 0800")) is None
    True
    """

    native: int | None = 1
    tagged: frozenset[int] = frozenset()
    tag: TagType = TagType.CUSTOMER
    accepts: Accepted = Accepted.ALL
    tags_native: bool = False

    def __post_init__(self) -> None:
        for number in (*self.tagged, *([] if self.native is None else [self.native])):
            if number not in ALL_VLANS:
                raise FieldError(f"a VLAN has the number {number}, expected 1 to 4094")
        if self.native is None and not self.tagged:
            raise FieldError("a port is in no VLAN, expected a native one or some with tags")

    @classmethod
    def access(cls, vlan: int = 1, *, accepts: Accepted = Accepted.ALL) -> SwitchPort:
        """Return a port for a station that knows nothing of VLANs; it takes its own VLAN's tag, unless told not to."""
        return cls(native=vlan, accepts=accepts)

    @classmethod
    def trunk(
        cls,
        vlans: Iterable[int] | None = None,
        *,
        native: int | None = 1,
        tag: TagType = TagType.CUSTOMER,
        tags_native: bool = False,
        accepts: Accepted = Accepted.ALL,
    ) -> SwitchPort:
        """Return a port to another switch, for many VLANs: all, where none are named."""
        named = ALL_VLANS if vlans is None else frozenset(vlans)
        tagged = named if tags_native else named - {native}
        return cls(native=native, tagged=frozenset(tagged), tag=tag, tags_native=tags_native, accepts=accepts)

    @classmethod
    def tunnel(cls, vlan: int, *, tag: TagType = TagType.SERVICE) -> SwitchPort:
        """Return a provider's port for one customer, whose frames keep their own tags behind the provider's (QinQ)."""
        return cls(native=vlan, tag=tag, accepts=Accepted.UNTAGGED)

    @property
    def members(self) -> frozenset[int]:
        """The VLANs that the port is in."""
        return self.tagged if self.native is None else self.tagged | {self.native}

    def arrives(self, frame: bytes) -> Arrived | None:
        """Return a frame as it is inside the switch, None where the port doesn't take it."""
        vlan, priority = self.native, 0
        number = 0
        if frame[ADDRESSES : ADDRESSES + 2] == self.tag.announced:
            if len(frame) < ADDRESSES + TAG + 2:
                return None
            told = int.from_bytes(frame[ADDRESSES + 2 : ADDRESSES + TAG], "big")
            number, priority = told & _NUMBER, told & ~_NUMBER
            frame = frame[:ADDRESSES] + frame[ADDRESSES + TAG :]
            vlan = number or vlan
        if self.accepts is (Accepted.UNTAGGED if number else Accepted.TAGGED):
            return None
        if vlan is None or (vlan != self.native and vlan not in self.tagged):
            return None
        return Arrived(vlan, priority, frame)

    def sends_tagged(self, vlan: int) -> bool:
        """Whether the frames of a VLAN leave with a tag."""
        return vlan != self.native or self.tags_native

    def leaves(self, arrived: Arrived) -> bytes:
        """Return a frame as it leaves at the port, which is in its VLAN; one that lost its tag is filled up again."""
        frame = arrived.frame
        if not self.sends_tagged(arrived.vlan):
            return frame if len(frame) >= LEAST_FRAME else frame.ljust(LEAST_FRAME, b"\0")
        tag = self.tag.announced + (arrived.priority | arrived.vlan).to_bytes(2, "big")
        return frame[:ADDRESSES] + tag + frame[ADDRESSES:]


def vlan_numbers(text: str) -> frozenset[int]:
    """Return the VLANs of a text as people write it; ValueError says what was expected.

    >>> sorted(vlan_numbers("10, 20-22"))
    [10, 20, 21, 22]
    """
    expected = 'VLANs as "10,20,30-39", from 1 to 4094, or "all"'
    if text.strip() == "all":
        return ALL_VLANS
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.strip().isdecimal() or (dash and not last.strip().isdecimal()):
            raise ValueError(expected)
        low = int(first)
        high = int(last) if dash else low
        if not 1 <= low <= high <= max(ALL_VLANS):
            raise ValueError(expected)
        found.update(range(low, high + 1))
    return frozenset(found)
