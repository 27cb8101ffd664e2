"""Which addresses have which names, as a capture tells: answers of DNS and its kin, and leases."""

from __future__ import annotations

from dissect.captures.given import Given
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.reading import with_context
from dissect.wireshark.sight import seen_layers

__all__ = ["MOST_NAMES", "ToldName", "told_names"]

MOST_NAMES = 1 << 20
"""How many pairs of address and name are told; of more, those that come first."""


class ToldName(NamedTuple):
    """An address and a name of it: which protocol told it, in how many frames, and in which first."""

    address: str
    name: str
    protocol: str
    frames: int
    first: int


def told_names(source: Given) -> list[ToldName]:
    """Return what is told of names, in the order in which it is first told.

    `source` is a capture's path, or packets. Raises CaptureError for what is no capture, or is damaged.

    >>> from dissect import DNS, UDP, ARecord, Ethernet, IPv4
    >>> answer = DNS(is_response=True, answers=[ARecord("www.example.com", "192.0.2.80")])
    >>> [(each.address, each.name) for each in told_names(Ethernet() / IPv4() / UDP() / answer)]
    [('192.0.2.80', 'www.example.com')]
    """
    found: dict[tuple[str, str, str], ToldName] = {}
    for packet in with_context(source):
        for header in seen_layers(packet):
            for address, name in header.tells_names():
                key = address, name, header.name
                known = found.get(key)
                if known is not None:
                    found[key] = known._replace(frames=known.frames + 1)
                elif len(found) < MOST_NAMES:
                    found[key] = ToldName(address, name, header.name, 1, packet.number)
    return list(found.values())
