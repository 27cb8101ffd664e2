"""PPP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.protocols.ppp import PPP, CompressedPPP, HDLCFraming
from dissect.wireshark.sight import Sight

__all__ = ["CompressedPPPSight", "FramingSight", "PPPSight"]


class PPPSight(Sight, of=PPP):
    """The number of what is carried."""

    def protocol(self, header: Any) -> str:
        """Return the number in digits, for no header stands for it where this line is seen."""
        if header.is_cut:
            return "PPP" if header.own_size or header.network_header is None else ""
        return f"{int(header.protocol):#06x}"

    def leaves_info(self, header: Any) -> bool:
        """Whether too little of the number is there for anything to be said of it."""
        return bool(header.is_cut)

    def words(self, header: Any) -> Iterator[str]:
        """Yield the protocol that is carried."""
        kind = header.protocol
        yield f"PPP {kind.title if kind.known else 'Unknown'} ({int(kind):#06x})"


class CompressedPPPSight(PPPSight, of=CompressedPPP):
    """The same with a number of one byte."""


class FramingSight(Sight, of=HDLCFraming):
    """What follows the framing speaks for itself."""

    def shares(self, header: HDLCFraming) -> bool:
        """Whether PPP follows, of which the framing is a part."""
        return header.payload is not None and header.payload.name == header.name

    def protocol(self, header: HDLCFraming) -> str:
        """Return PPP."""
        return "PPP"

    def leaves_info(self, header: HDLCFraming) -> bool:
        """Whether the line is what the header around this one says: always."""
        return True

    def stops_short(self, header: HDLCFraming) -> bool:
        """Whether the framing is cut, or nothing follows within a tunnel."""
        return header.is_cut or (header.payload is None and header.network_header is not None)

    def path(self, header: HDLCFraming) -> tuple[str, ...]:
        """Return PPP where nothing follows."""
        return () if header.payload is not None else ("ppp",)

    def text(self, header: HDLCFraming) -> str:
        """Return nothing where PPP follows, of which the framing is a part."""
        return "" if header.payload is not None else super().text(header)

    def words(self, header: HDLCFraming) -> Iterator[str]:
        """Yield nothing."""
        return iter(())
