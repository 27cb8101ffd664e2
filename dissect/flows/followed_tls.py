"""What two ends say inside of TLS, as far as it was decrypted: record by record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.flows.followed import Stretch
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.tls import TLS
from dissect.wireshark.sight import seen_layers

__all__ = ["TLSFollower"]


class TLSFollower:
    """Follows one connection: packets in, which a reading pass has seen, and a stretch for each record out.

    As in Wireshark, direction 0 is that of the first record that was decrypted, of the handshake or behind it.
    """

    def __init__(self) -> None:
        self.ends: list[tuple[str, int]] = [("", 0), ("", 0)]
        """Address and port of both, by direction; "" and 0 as long as nothing was decrypted."""

    def take(self, packet: Packet, stream: int | None = None) -> Iterator[Stretch]:
        """Take a packet in, and yield what it says; with `stream`, only where it is of this connection."""
        network: Any = None
        segment: Any = None
        for header in seen_layers(packet):
            if header.is_network:
                network = header
            elif isinstance(header, TCP):
                segment = header
            elif isinstance(header, TLS) and network is not None and segment is not None:
                data = header.learnt("decrypted")
                if data is None or (stream is not None and segment.learnt("stream") != stream):
                    continue
                source = network.src, segment.sport
                if self.ends[0] == ("", 0):
                    self.ends = [source, (network.dst, segment.dport)]
                if data:
                    yield Stretch(packet.number, packet.time_ns, int(source != self.ends[0]), data)
