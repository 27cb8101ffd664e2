"""Packets that came in fragments, put together while they come."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Header
from dissect.flows.defragmentation import Defragmenter
from dissect.flows.reassembly import Outcome, Reassembler
from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ipv6_extensions import FragmentHeader

__all__ = ["WholePackets"]

_MOST_BYTES = 4 << 20


class WholePackets:
    """Gives packets as they came, and those that came in fragments as one when the last of them is there.

    4 MiB of fragments are held, of which the oldest give way.
    """

    def __init__(self) -> None:
        self._reassembler = Reassembler(memory_limit=_MOST_BYTES)
        self._defragmenter = Defragmenter(memory_limit=_MOST_BYTES, datagram_limit=1024)

    def take(self, packet: Packet) -> Packet | None:
        """Return the packet, or the one that it completes; None for a fragment that is not the last to come."""
        network: Any = next((header for header in packet.layers() if header.is_network), None)
        if network is None or network.is_cut:
            return packet
        if isinstance(network, IPv4):
            return self._take_ipv4(packet, network) if network.is_fragment else packet
        if not isinstance(network, IPv6):
            return packet
        before: Header = network
        while before.payload is not None and not before.payload.is_cut:
            header = before.payload
            if isinstance(header, FragmentHeader):
                return self._take_ipv6(packet, network, before, header) if header.makes_fragment() else packet
            if not type(header).declares("next_header"):
                return packet
            before = header
        return packet

    def _take_ipv4(self, packet: Packet, network: IPv4) -> Packet | None:
        for ended in self._reassembler.receive(network, packet.time_ns or 0, number=packet.number):
            if ended.outcome is Outcome.WHOLE and ended.datagram is not None:
                return _with(packet, network, bytes(ended.datagram))
        return None

    def _take_ipv6(self, packet: Packet, network: IPv6, before: Header, part: FragmentHeader) -> Packet | None:
        data = part.undissected()
        whole = self._defragmenter.add(
            (network.src, network.dst, part.id),
            packet.number,
            8 * part.fragment_offset,
            b"" if data is None else bytes(data),
            not part.more_fragments,
        )
        if whole is None:
            return None
        # The header in front says again what was told to follow the fragment header (RFC 8200, section 4.5).
        front = bytearray(network.buffer[network.own_start : part.own_start])
        place = 6 if before is network else before.own_start - network.own_start
        front[place] = int(part.next_header)
        front[4:6] = min(len(front) - network.own_size + len(whole.data), 0xFFFF).to_bytes(2, "big")
        return _with(packet, network, bytes(front) + whole.data)


def _with(packet: Packet, network: Header, datagram: bytes) -> Packet:
    """Return the packet with another datagram behind its link header."""
    data = packet.data[: network.own_start] + datagram
    return Packet(data, number=packet.number, time_ns=packet.time_ns, link=packet.link)
