"""The headers of loopback interfaces as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.null import Loop, Null, NullType, ShortNull, SwappedNullType, SwappedShortNull
from dissect.wireshark.field_types import UINT32
from dissect.wireshark.sight import Sight

__all__ = [
    "LoopSight",
    "LoopbackSight",
    "NullSight",
    "NullTypeSight",
    "ShortNullSight",
    "SwappedNullTypeSight",
    "SwappedShortNullSight",
]


class LoopbackSight(Sight):
    """A protocol family, and nothing to tell of it."""

    called = "Null"
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
    """In network byte order."""


class ShortNullSight(LoopbackSight, of=ShortNull):
    """In 16 bits."""


class SwappedShortNullSight(LoopbackSight, of=SwappedShortNull):
    """In 16 bits, the low byte first."""


class NullTypeSight(LoopbackSight, of=NullType):
    """An EtherType in the place of a family."""


class SwappedNullTypeSight(LoopbackSight, of=SwappedNullType):
    """The same, its low byte first."""
