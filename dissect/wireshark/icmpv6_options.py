"""The options of neighbour discovery as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.icmpv6_options import NeighborOption
from dissect.wireshark.field_types import BYTES, IPV6
from dissect.wireshark.sight import Sight

__all__ = ["NeighborOptionSight"]


class NeighborOptionSight(Sight, of=NeighborOption):
    """All that an option has; link-layer addresses are bytes."""

    types = {
        "icmpv6.opt.linkaddr": BYTES,
        "icmpv6.opt.rdnss": IPV6,
        "icmpv6.opt.src_linkaddr": BYTES,
        "icmpv6.opt.target_linkaddr": BYTES,
    }
    truths = {"icmpv6.opt.prefix.flag.": ("Set", "Not set")}
