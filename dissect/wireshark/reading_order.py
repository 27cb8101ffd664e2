"""In which order tshark shows the fields of a layer, where that is not the order of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dissect.declaration.carrying import protocol_named
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.loading import load_named
from dissect.wireshark.sight import sight_of_class

__all__ = ["reading_order"]


@cache
def reading_order(protocol: str) -> Mapping[str, int]:
    """Return the places of the fields of a protocol by their display-filter names; {} for the order of the wire.

    >>> order = reading_order("udp")
    >>> order["udp.port"] < order["udp.length"] < order["udp.stream"]
    True
    """
    if protocol == "frame":
        return {name: place for place, name in enumerate(FRAME_FIELDS)}
    load_named(protocol)
    cls = protocol_named(protocol)
    if cls is None:
        return {}
    sight = sight_of_class(cls)
    return {name if name in sight.groups else f"{protocol}.{name}": place for place, name in enumerate(sight.order)}
