"""VLAN tags as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.header import Data, Header
from dissect.protocols.ethernet import MAXIMUM_LENGTH
from dissect.protocols.vlan import VLAN
from dissect.wireshark.ethernet import LinkSight
from dissect.wireshark.field_types import UINT16
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight_fields import computed

__all__ = ["VLANSight"]


class VLANSight(LinkSight, of=VLAN):
    """As much as there is of a tag; a type of 0 is the length of an LLC frame, of which there is then nothing."""

    holders = {"vlan.": 16}

    reads = (Needs(2),)
    hides = {"type": lambda tag: tag.type <= MAXIMUM_LENGTH}
    values = {
        # IEEE 802.1D-1998, annex H, the names that Wireshark goes by.
        "vlan.priority": {
            "Best Effort (default)": 0,
            "Background": 1,
            "Spare": 2,
            "Excellent Effort": 3,
            "Controlled Load": 4,
            "Video, < 100ms latency and jitter": 5,
            "Voice, < 10ms latency and jitter": 6,
            "Network Control": 7,
        },
    }
    truths = {"vlan.dei": ("Eligible", "Ineligible")}

    @computed("len", UINT16, over="type", title="Length")
    def length(self, header: VLAN) -> int | None:
        """The bytes of a payload that has a length for its type; None where it has a type."""
        return int(header.type) if header.type <= MAXIMUM_LENGTH else None

    def path(self, header: VLAN) -> tuple[str, ...]:
        """Return the protocol, and that LLC was to come where there is no byte for it."""
        return (header.name, "llc") if _is_empty(header) else super().path(header)

    def payload(self, header: VLAN) -> Header | None:
        """Return what the tag carries: nothing where its length is 0."""
        return None if _is_empty(header) else super().payload(header)

    def stops_short(self, header: VLAN) -> bool:
        """Whether the tag is cut, or the frame that its length tells of has no bytes."""
        return header.is_cut or _is_empty(header)

    def protocol(self, header: VLAN) -> str:
        """Return the type in digits, or VLAN where there is none."""
        if _is_empty(header):
            return "LLC"
        return "VLAN" if header.is_cut or header.type <= MAXIMUM_LENGTH else f"{int(header.type):#06x}"

    def words(self, header: VLAN) -> Iterator[str]:
        """Yield the type where it has a title, and else what the tag says."""
        if header.own_size >= 2 and not _is_empty(header):
            is_known = not header.is_cut and header.type.title != "Unknown"
            yield str(header.type.title) if is_known else header.info()


def _is_empty(tag: VLAN) -> bool:
    """Whether a tag says that an LLC frame of no bytes follows."""
    return not tag.is_cut and not tag.type and isinstance(tag.payload, (Data, type(None)))
