"""VLAN tags as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.ethernet import MAXIMUM_LENGTH
from dissect.protocols.vlan import VLAN
from dissect.wireshark.ethernet import LinkSight
from dissect.wireshark.sight import Needs

__all__ = ["VLANSight"]


class VLANSight(LinkSight, of=VLAN):
    """As much as there is of a tag."""

    reads = (Needs(2),)
    hides = {"type": lambda tag: 0 < tag.type <= MAXIMUM_LENGTH}
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

    def protocol(self, header: VLAN) -> str:
        """Return the type in digits, or VLAN where there is none."""
        return "VLAN" if header.is_cut or header.type <= MAXIMUM_LENGTH else f"{int(header.type):#06x}"

    def words(self, header: VLAN) -> Iterator[str]:
        """Yield the type where it has a title, and else what the tag says."""
        if header.own_size >= 2:
            is_known = not header.is_cut and header.type.title != "Unknown"
            yield str(header.type.title) if is_known else header.info()
