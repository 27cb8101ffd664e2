"""MPLS as Wireshark sees it: the whole stack is one protocol to it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.header import Header
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.mpls import MPLS, PseudowireControlWord
from dissect.wireshark.field_types import UINT32
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import mark

__all__ = ["ControlWordSight", "MPLSSight"]


class MPLSSight(Sight, of=MPLS):
    """A label stands in one number of 32 bits, which is there as a whole or not."""

    holders = {"mpls.": 32}

    called = "MPLS"
    reads = (("label", "traffic_class", "bottom", "ttl"),)
    types = {"mpls.bottom": UINT32}

    invalid_label = mark("invalid_label", "Invalid Label", "Warning", about="label")

    def payload(self, header: MPLS) -> Header | None:
        """Return what the label carries; the next one learns that it is not the first."""
        seen = super().payload(header)
        if isinstance(seen, MPLS):
            seen.learn(is_further=True)
        return seen

    def path(self, header: MPLS) -> tuple[str, ...]:
        """Return the name for the first label, and behind the last one those of what looked for Ethernet."""
        names = () if header.learnt("is_further") else (header.name,)
        if (
            header.is_cut
            or not header.bottom
            or header.own_end >= header.carried_end
            or header.buffer[header.own_end] >> 4
        ):
            return names
        return (*names, "pwethheuristic", *(("pwethnocw",) if isinstance(header.payload, Ethernet) else ()))

    def protocol(self, header: MPLS) -> str:
        """Return MPLS."""
        return "MPLS"

    def words(self, header: MPLS) -> Iterator[str]:
        """Yield what Wireshark says of every stack."""
        yield "MPLS Label Switched Packet"

    def stops_short(self, header: MPLS) -> bool:
        """Whether the label is cut, or nothing stands behind it."""
        return header.is_cut or header.payload is None


class ControlWordSight(Sight, of=PseudowireControlWord):
    """Says nothing in a list: the frame behind it does."""

    def protocol(self, header: PseudowireControlWord) -> str:
        """Leave the line to the labels."""
        return ""
