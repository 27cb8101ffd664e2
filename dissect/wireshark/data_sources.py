"""Where the bytes stand that are read of a packet: in the frame itself, and in what was put together of several."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.packets.packet import Packet
from dissect.wireshark.sight import seen_layers

__all__ = ["data_sources", "put_together"]

_FACTS = ("fragments", "segments")
"""What a reading pass tells a header that completes a datagram, or a message: the bytes of the whole."""


def data_sources(packet: Packet) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each source, the frame's own first; names are those that Wireshark has.

    >>> from dissect import UDP, Ethernet, IPv4
    >>> [name for name, _ in data_sources(Packet(bytes(Ethernet() / IPv4() / UDP())))]
    ['Frame']
    """
    yield "Frame", bytes(packet)
    yield from put_together(packet)


def put_together(packet: Packet) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each source that is made of several frames."""
    for header in seen_layers(packet):
        for fact in _FACTS:
            data = header.learnt(fact)
            if data is not None:
                yield f"Reassembled {header.short_name()}", data
