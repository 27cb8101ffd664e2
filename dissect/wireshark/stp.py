"""The Spanning Tree Protocol as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.stp import STP, STPConfiguration
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight

__all__ = ["ConfigurationSight", "STPSight"]

_UP_TO_PORT = 27
"""The bytes of what the list tells, without which nothing is seen."""


class STPSight(Sight, of=STP):
    """What holds of every message."""

    def text(self, header: STP) -> str:
        """Return the title, which Wireshark writes itself."""
        return header.title


class ConfigurationSight(STPSight, of=STPConfiguration):
    """All up to the port, or nothing."""

    truths = {"stp.flags.": ("Yes", "No")}

    reads = (Needs(_UP_TO_PORT),)

    def words(self, header: STPConfiguration) -> Iterator[str]:
        """Yield what the header tells of itself, where it is there up to the port."""
        if header.own_size >= _UP_TO_PORT:
            yield header.info()
