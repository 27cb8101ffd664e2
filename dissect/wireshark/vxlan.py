"""VXLAN as Wireshark sees it."""

from __future__ import annotations

from typing import ClassVar

from dissect.protocols.vxlan import VXLAN
from dissect.wireshark.field_types import UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["VXLANSight"]

_RESERVED = 0x77B7


class VXLANSight(Sight, of=VXLAN):
    """Field by field; a list writes the name as the RFC's authors do in running text."""

    truths: ClassVar = {"vxlan.flag_g": ("Defined", "Not defined")}

    @computed("flags_reserved", UINT16, within="flags", over="flags", base=16, title="Reserved(R)")
    def reserved_flags(self, header: VXLAN) -> int:
        """The bits of the flags that have no meaning."""
        return header.flags & _RESERVED

    def protocol(self, header: VXLAN) -> str:
        """Return the name as Wireshark writes it."""
        return "VxLAN"
