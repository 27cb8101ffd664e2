"""The headers of loopback interfaces as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.ethernet import MAXIMUM_LENGTH
from dissect.protocols.null import Loop, Null, NullType
from dissect.wireshark.field_types import UINT16, UINT32
from dissect.wireshark.sight import Sight, computed

__all__ = ["LoopSight", "LoopbackSight", "NullSight", "NullTypeSight"]


class LoopbackSight(Sight):
    """A protocol family, and nothing to tell of it."""

    types = {"null.family": UINT32}

    def protocol(self, header: Any) -> str:
        """Return that there is no protocol to tell of."""
        return "N/A"

    def info(self, header: Any) -> str:
        """Return the title of a header that is whole."""
        return "" if header.is_cut else "Null/Loopback"


class NullSight(LoopbackSight, of=Null):
    """Its low byte first."""


class LoopSight(LoopbackSight, of=Loop):
    """In network byte order, where some write an EtherType."""

    hides = {"family": lambda header: MAXIMUM_LENGTH < header.raw("family") <= 0xFFFF}

    @computed("type", UINT16, base=16, over="family", title="Type")
    def ethertype(self, header: Loop) -> int | None:
        """The EtherType where there is one in place of a family."""
        number: int = header.raw("family")
        return number if MAXIMUM_LENGTH < number <= 0xFFFF else None


class NullTypeSight(LoopbackSight, of=NullType):
    """An EtherType in the place of a family."""
