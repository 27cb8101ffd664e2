"""VXLAN with a number for what it carries as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.protocols.vxlan_gpe import VXLANGPE
from dissect.wireshark.field_types import UINT8, UINT16
from dissect.wireshark.sight import Sight

__all__ = ["VXLANGPESight"]


class VXLANGPESight(Sight, of=VXLANGPE):
    """Field by field, under the names of VXLAN; the name of the protocol stands in no list of layers."""

    types = {"vxlan.i_bit": UINT8, "vxlan.p_bit": UINT8, "vxlan.o_bit": UINT8, "vxlan.reserved_16": UINT16}

    def protocol(self, header: Any) -> str:
        """Return the name as Wireshark writes it."""
        return "VxLAN"

    def path(self, header: Any) -> tuple[str, ...]:
        """Return nothing."""
        return ()
