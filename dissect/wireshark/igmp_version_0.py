"""The first version of IGMP as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.igmp_version_0 import IGMPv0
from dissect.wireshark.field_types import UINT8
from dissect.wireshark.igmp import IGMPSight

__all__ = ["IGMPv0Sight"]


class IGMPv0Sight(IGMPSight, of=IGMPv0):
    """The code goes by the name of what it means."""

    types = {"igmp.reply": UINT8}
