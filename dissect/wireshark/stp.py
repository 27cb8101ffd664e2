"""The Spanning Tree Protocol as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from dissect.protocols.stp import STP, STPConfiguration
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight

__all__ = ["ConfigurationSight", "STPSight"]

_UP_TO_TYPE = 4
"""The bytes that tell which message it is."""
_UP_TO_PORT = 27
"""The bytes of what the list tells, without which nothing is seen."""


class STPSight(Sight, of=STP):
    """What holds of every message: it is seen from its type on."""

    seen_with: ClassVar[int] = _UP_TO_TYPE
    reads: ClassVar = (Needs(_UP_TO_TYPE),)

    def words(self, header: STP) -> Iterator[str]:
        """Yield what the header tells of itself, where as much is there as is needed."""
        if header.own_size >= self.seen_with:
            yield header.info()

    def text(self, header: STP) -> str:
        """Return the title, which Wireshark writes itself."""
        return header.title if header.own_size >= self.seen_with else ""


class ConfigurationSight(STPSight, of=STPConfiguration):
    """All up to the port, or nothing."""

    truths = {"stp.flags.": ("Yes", "No")}

    seen_with = _UP_TO_PORT
    reads = (Needs(_UP_TO_PORT),)
