"""PPP of captures that tell which way a frame went, in a byte in front of it or in place of its address."""

from __future__ import annotations

from dissect.declare import Header, u8
from dissect.protocols.ppp import PPP, CarriesPPP, decode_framed

__all__ = ["DaemonPPP", "DirectedPPP"]


class _Directed(Header):
    """What both have in common."""

    sent: int

    def info(self) -> str:
        """Return which way the frame went."""
        return "sent" if self.sent else "received"


class DirectedPPP(_Directed, form_of=PPP, title="PPP with Direction", source="LINKTYPE_PPP_WITH_DIR", links=(204,)):
    """Which way the PPP frame behind this went, which begins with its framing or without."""

    sent: int = u8("", default=0, title="Sent", doc="0: received by this host; otherwise sent")

    def other_payload(self, outer: object, deep: bool) -> Header | None:
        if deep or self.own_end >= self.carried_end:
            return super().other_payload(outer, deep)
        return decode_framed(self.buffer, self.own_end, self.carried_end, outer)


class DaemonPPP(_Directed, CarriesPPP, form_of=PPP, title="PPP of pppd", source="LINKTYPE_PPP_PPPD", links=(166,)):
    """PPP's framing with the way that the frame went in place of its address."""

    sent: int = u8("", default=0, title="Sent", doc="0: received by this host; 1: sent")
    control: int = u8("control", default=0x03, base=16, title="Control")
