"""GRE as Wireshark sees it."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.protocols.gre import GRE, GREProtocol, WCCPRedirect
from dissect.wireshark.field_types import NONE, UINT16
from dissect.wireshark.notices import Notice
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["GRESight", "WCCPRedirectSight"]


def _may_acknowledge(header: GRE) -> bool:
    return header.protocol in (GREProtocol.PPP, GREProtocol.BYTE_STREAM)


def _has_call(header: GRE) -> bool:
    """Whether what is carried is PPP, for which the key is a length and a call."""
    return header.protocol == GREProtocol.PPP


class GRESight(Sight, of=GRE):
    """Flags and type at once, then field by field."""

    holders = {"gre.flags.": 16}

    order = tuple(
        """
        flags_and_version flags.checksum flags.routing flags.key flags.sequence_number flags.strict_source_route
        flags.recursion_control flags.ack flags.reserved flags.version proto checksum checksum.status offset
        key key.payload_length key.call_id sequence_number ack_number
        """.split()
    )
    reads = (
        (
            "has_checksum", "has_routing", "has_key", "has_sequence", "strict", "recursion", "has_acknowledgment",
            "version", "flags_and_version", "protocol", "reserved_flags",
        ),
    )  # fmt: skip
    hides = {
        "has_acknowledgment": lambda header: not _may_acknowledge(header),
        "key": _has_call,
    }
    types = {"gre.checksum.incorrect": NONE}
    wrong_checksum = Notice("Warning", "Incorrect GRE Checksum")
    truths = {"gre.flags.": ("Yes", "No")}
    values = {"gre.flags.version": {"GRE": 0, "Enhanced GRE": 1}}

    @computed("flags.reserved", UINT16, within="flags_and_version", title="Flags (Reserved)")
    def reserved_flags(self, header: GRE) -> int:
        """The bits between recursion and version, but for that of acknowledgments where there may be some."""
        return header.reserved if _may_acknowledge(header) else header.has_acknowledgment << 4 | header.reserved

    def payload(self, header: GRE) -> Header | None:
        """Return what is carried; where the tunnel ends, nothing was to come, but for a packet of PPP with a number."""
        is_numbered = header.own_size >= header.least_size and _has_call(header) and header.has_sequence
        is_told = header.payload is not None or header.bytes_left_out or is_numbered
        return super().payload(header) if is_told else None

    def protocol(self, header: GRE) -> str:
        """Return GRE; without type and flags the network has the line."""
        return "GRE" if header.own_size >= 4 else ""

    def headline(self, header: GRE) -> str:
        """Return the title with what is carried."""
        if header.own_size < 4:
            return header.title
        kind = header.protocol
        return f"{header.title} ({kind.title if kind.known else f'0x{int(kind):04X} - unknown'})"


class WCCPRedirectSight(Sight, of=WCCPRedirect):
    """A part of GRE, and no protocol of its own."""

    truths = {
        "gre.wccp.redirect_header_valid": ("Header is present, but ignore contents", "Header contents are valid"),
        "gre.wccp.alternative_bucket_used": ("Alternative bucket used", "Primary bucket used"),
        "gre.wccp.dynamic_service": ("Dynamic service", "Well-known service"),
    }

    def path(self, header: WCCPRedirect) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def protocol(self, header: WCCPRedirect) -> str:
        """Leave the line to GRE."""
        return ""
