"""Geneve as Wireshark sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from dissect.protocols.geneve import Geneve
from dissect.wireshark.field_types import BOOLEAN, UINT8
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, mark

__all__ = ["GeneveSight"]


class GeneveSight(Sight, of=Geneve):
    """Field by field; a list tells what is encapsulated where that has no more to say."""

    # Options that are not all there are not looked at.
    hides: ClassVar = {"options": lambda header: header.is_cut}

    unknown_version = mark(
        "version.unknown",
        "Unknown version",
        "Warning",
        lambda header: f"Unknown version {header.version}",
        about="version",
    )

    @computed("flags", UINT8, over="control", base=16, title="Flags")
    def flags(self, header: Geneve) -> int:
        """The byte of the flags as a whole."""
        return header.control << 7 | header.critical << 6 | header.reserved_flags

    @computed("flags.reserved", BOOLEAN, within="flags", over="reserved_flags", title="Reserved")
    def has_reserved_flags(self, header: Geneve) -> int:
        """1 where bits of the flags are set that have no meaning."""
        return int(header.reserved_flags != 0)

    def headline(self, header: Any) -> str:
        """Return the title with the network, where that is there, and that this is the control plane's."""
        if header.own_size < header.least_size:
            return super().headline(header)
        return f"{header.title}, VNI: {header.vni:#08x}{', OAM' if header.control else ''}"
