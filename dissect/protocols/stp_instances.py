"""What bridges of a region tell of their several spanning trees, behind a rapid message about the common one (MSTP)."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Entry,
    LengthOf,
    Listing,
    bits,
    derived,
    flag,
    mac,
    octets,
    overlay,
    records,
    text,
    u8,
    u16,
    u32,
)

__all__ = ["MSTPExtension", "MSTPInstance", "SPTExtension", "extension", "spt_extension"]

_SHORTEST_PATH = 4
"""The version whose messages have an extension about shortest paths."""
_SPT_SIZE = 85
"""The bytes that the length of version 4 counts."""
LEAST = 64
"""The bytes that the length of version 3 counts without any tree but the common one (IEEE 802.1Q, 14.4)."""


def _flag(width: int, label: str, bit: int, title: str) -> Any:
    return overlay(width, "", also=f"stp.flags.{label}", default=AUTOMATIC, over="flags", skip=bit, title=title)


class MSTPInstance(Entry, name="mstp", title="MSTI", source="IEEE 802.1Q, 14.4.1", ends_early=True):
    """One tree, as a bridge sees it: the root of its region, how far that is, and what the port is for."""

    flags: int = u8("msti.flags", default=0, base=16, title="MSTI flags")
    rank: int = bits(4, "msti.priority", default=8, base=16, title="Priority")
    number: int = bits(12, "msti.msti_id", default=1, size=16, title="MSTID")
    root: Address = mac("msti.root.hw", default="00:00:00:00:00:00", title="Regional Root")
    root_cost: int = u32("msti.root_cost", default=0, title="Internal root path cost")
    bridge_rank: int = bits(4, "msti.bridge_priority", default=8, title="Bridge Identifier Priority")
    bridge_reserved: int = bits(4, "", default=0, title="Reserved")
    port_rank: int = bits(4, "msti.port_priority", default=8, title="Port identifier priority")
    port_reserved: int = bits(4, "", default=0, title="Reserved")
    hops: int = u8("msti.remaining_hops", default=20, title="Remaining hops")
    acknowledgment: bool = _flag(1, "tcack", 0, "Topology Change Acknowledgment")
    agreement: bool = _flag(1, "agreement", 1, "Agreement")
    forwarding: bool = _flag(1, "forwarding", 2, "Forwarding")
    learning: bool = _flag(1, "learning", 3, "Learning")
    port_role: int = _flag(2, "port_role", 4, "Port Role")
    proposal: bool = _flag(1, "proposal", 6, "Proposal")
    topology_change: bool = _flag(1, "tc", 7, "Topology Change")

    def headline(self) -> str:
        return f"MSTID {self.number}, Regional Root Identifier {self.rank << 12} / {self.root}"


class MSTPExtension(Entry, name="mstp", title="MST Extension", source="IEEE 802.1Q, 14.4", ends_early=True):
    """The region, by a name, a number and a digest of which VLANs are in which tree; and the trees.

    >>> MSTPExtension(config_name="region", instances=[MSTPInstance(number=1), MSTPInstance(number=2)]).version_3_length
    96
    """

    version_3_length: int = u16("version_3_length", factory=LengthOf(uncounted=-LEAST), title="Version 3 Length")
    config_selector: int = u8("config_format_selector", default=0, title="MST Config ID format selector")
    config_name: str = text("config_name", size=32, default="", title="MST Config name")
    config_revision: int = u16("config_revision_level", default=0, title="MST Config revision")
    config_digest: bytes = octets("config_digest", size=16, default=bytes(16), title="MST Config digest")
    internal_cost: int = u32("cist_internal_root_path_cost", default=0, title="CIST Internal Root Path Cost")
    bridge_rank: int = bits(4, "", default=8, title="CIST Bridge Priority")
    bridge_extension: int = bits(12, "cist_bridge.ext", default=0, title="CIST Bridge Identifier System ID Extension")
    bridge: Address = mac("cist_bridge.hw", default="00:00:00:00:00:00", title="CIST Bridge Identifier System ID")
    hops: int = u8("cist_remaining_hops", default=20, title="CIST Remaining hops")
    instances: Listing[MSTPInstance] = records(
        "", default=(), of=MSTPInstance, length="version_3_length", clipped=True, title="Instances"
    )

    @derived("cist_bridge.prio", width=16, over="bridge_rank", title="CIST Bridge Priority")
    def bridge_priority(self) -> int:
        """As bridges show it: in steps of 4096."""
        return self.bridge_rank << 12


def _digest_part(width: int, label: str, title: str) -> Any:
    return bits(width, "", also=f"bpdu.agreement_digest_{label}", default=0, title=f"Agreement Digest {title}")


class SPTExtension(Entry, name="mstp", title="SPT Extension", source="IEEE 802.1aq, 14.4", ends_early=True):
    """The same region by another digest, and what bridges on the shortest paths agree on."""

    version_4_length: int = u16("version_4_length", default=_SPT_SIZE, title="Version 4 Length")
    config_selector: int = u8("config_format_selector", default=0, title="SPT Config ID format selector")
    config_name: str = text("config_name", size=32, default="", title="SPT Config name")
    config_revision: int = u16("config_revision_level", default=0, title="SPT Config revision")
    config_digest: bytes = octets("config_digest", size=16, default=bytes(16), title="SPT Config digest")
    reserved: int = bits(2, "", default=0, title="Reserved")
    restricted_role: bool = flag("agree_flags.rest_role", default=False, title="Restricted Role")
    agreement_valid: bool = flag("agree_flags.agreement_valid", default=False, title="Agreement Valid Flag")
    disagreement_number: int = bits(2, "agree_flags.dagreement_num", default=0, title="Disagreement Number")
    agreement_number: int = bits(2, "agree_flags.agreement_num", default=0, title="Agreement Number")
    more_reserved: int = u8("", default=0, title="Reserved")
    format_id: int = _digest_part(4, "format_id", "Format Id")
    format_capabilities: int = _digest_part(4, "format_capabilities", "Format Capabilities")
    convention_id: int = _digest_part(4, "convention_id", "Convention Id")
    convention_capabilities: int = _digest_part(4, "convention_capabilities", "Convention Capabilities")
    edge_count: int = u16("", also="bpdu.agreement_digest_edge_count", default=0, title="Agreement Digest Edge Count")
    digest_reserved: bytes = octets("", size=8, default=bytes(8), title="Reserved")
    digest: bytes = octets("agreement_digest", size=20, default=bytes(20), title="Agreement Digest")


def _size(message: Any) -> int:
    """Return the bytes of the extension of a rapid message, as its own length tells, or of what there is of it."""
    start = message.own_start + message.least_size
    told = 2 + max(int.from_bytes(message.buffer[start : start + 2], "big"), LEAST)
    return min(told, int(message.own_end) - int(start))


def _spt_size(message: Any) -> int:
    """Return the bytes of the extension of version 4, as its own length tells, or of what there is of it."""
    first, width = message.span("extension")
    start = message.own_start + (first + width) // 8
    told = int.from_bytes(message.buffer[start : min(start + 2, message.own_end)], "big")
    if message.raw("version") < _SHORTEST_PATH or told < _SPT_SIZE:
        return 0
    return min(2 + told, int(message.own_end) - int(start))


def spt_extension() -> Any:
    """Declare the extension about shortest paths: one record in messages of version 4, and none in others."""
    return records("", of=SPTExtension, default=(), length=_spt_size, clipped=True, title="SPT Extension")


def extension() -> Any:
    """Declare the extension of a rapid message: one record, which tells its own length."""
    return records("", of=MSTPExtension, length=_size, clipped=True, title="MST Extension")
