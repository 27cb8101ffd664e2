"""What packets would be like that are not made: those of an interface, without number, time and bytes."""

from __future__ import annotations

from typing import Any

from dissect.packets.packet import Packet

__all__ = ["Pattern"]


class Pattern:
    """A packet without bytes, such as frames would become of which none is made; interfaces take turns in a file."""

    __slots__ = ("origin", "packet")

    def __init__(self) -> None:
        self.packet: Any = None
        """That packet; None before the first frame."""
        self.origin: tuple[Any, ...] = ()
        """Its interface, and what else its file says of all such packets."""

    def follow(self, packet: Packet) -> None:
        """Stand for packets like this one from now on."""
        self.packet = packet
        self.origin = packet.interface, packet.origin
