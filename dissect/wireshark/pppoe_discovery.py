"""The discovery stage of PPPoE as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.protocols.pppoe_discovery import PPPoEDiscovery
from dissect.protocols.pppoe_tags import PPPoEConcentrator
from dissect.wireshark.field_types import NONE
from dissect.wireshark.record_fields import options_in
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["DiscoverySight"]


class DiscoverySight(Sight, of=PPPoEDiscovery):
    """All of the header or nothing, and then tag by tag."""

    called = "PPPoED"
    reads = (Needs(6),)

    @computed("tags", NONE, over="tags", title="PPPoE Tags")
    def has_tags(self, header: PPPoEDiscovery) -> int | None:
        """1 where there are to be tags."""
        return 1 if header.payload_length else None

    def protocol(self, header: PPPoEDiscovery) -> str:
        """Return what Wireshark calls the protocol."""
        return self.called

    def words(self, header: PPPoEDiscovery) -> Iterator[str]:
        """Yield the kind of packet, and the names of concentrators."""
        yield header.code.title if header.code.known else "Unknown"
        for tag in header.tags:
            if isinstance(tag, PPPoEConcentrator):
                yield f"AC-Name='{tag.value}'"

    def stops_short(self, header: PPPoEDiscovery) -> bool:
        """Whether the header is cut, or a tag runs past the end."""
        return header.is_cut or any(_runs_on(tag) for tag in options_in(header))


def _runs_on(tag: Any) -> bool:
    """Whether a tag ends in front of its end; a single byte behind the last one is left alone."""
    return bool(tag.malformed and len(tag) > 1)
