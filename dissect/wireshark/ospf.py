"""OSPF as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.ospf import OSPF, OSPFv2, OSPFv3
from dissect.wireshark.field_types import NONE
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["OSPFSight"]

_READ_WHOLE = (2, 4)
"""The types of which nothing is read behind the header where the capture cut them: descriptions and updates."""


def _is_snapped(header: OSPF) -> bool:
    """Whether the capture cut the packet, so that nothing is read behind its header."""
    is_short = header.bytes_left_out and header.packet_length > header.captured_length
    return bool(is_short) and header.type in _READ_WHOLE


class OSPFSight(Sight, of=OSPF):
    """Lines for the header and for hellos; an update that announces more than it holds is malformed."""

    reads = (
        tuple(
            """
            has_header version type is_hello is_description is_request is_update is_acknowledgment packet_length router
            area checksum authentication no_authentication password
            key_reserved key_id digest_length key_sequence other_authentication instance reserved
            """.split()
        ),
        Stop(_is_snapped),
    )
    truths = {
        "ospf.dbd.": ("Set", "Not set"),
        "ospf.dbd.ms": ("Yes", "No"),
        "ospf.lls.ext.options.": ("Set", "Not set"),
        "ospf.lsa.asext.type": (
            "Type 2 (metric is larger than any other link state path)",
            "Type 1 (metric is specified in the same units as interface cost)",
        ),
        "ospf.v2.options.": ("Set", "Not set"),
        "ospf.v2.options.dc": ("Supported", "Not supported"),
        "ospf.v2.options.e": ("Capable", "Not capable"),
        "ospf.v2.options.l": ("Present", "Not Present"),
        "ospf.v2.options.mc": ("Capable", "Not capable"),
        "ospf.v2.options.mt": ("Yes", "No"),
        "ospf.v2.options.n": ("Supported", "Not supported"),
        "ospf.v2.router.lsa.flags.": ("Yes", "No"),
        "ospf.v3.as.external.flags.e": ("Type 2", "Type 1"),
        "ospf.v3.as.external.flags.f": ("Present", "Absent"),
        "ospf.v3.as.external.flags.t": ("Present", "Not Present"),
        "ospf.v3.lsa.u": (
            "Treat the LSA as if it had link-local flooding scope",
            "Store and flood the LSA as if the type is understood",
        ),
        "ospf.v3.options.": ("Set", "Not set"),
        "ospf.v3.prefix.options.": ("Set", "Not set"),
        "ospf.v3.router.lsa.flags.": ("Yes", "No"),
    }

    @computed("header", NONE, title="OSPF Header")
    def has_header(self, header: OSPF) -> int | None:
        """1 where the header is there."""
        return 1 if header.own_size >= header.least_size else None

    @computed("hello", NONE, title="OSPF Hello Packet")
    def has_hello(self, header: OSPF) -> int | None:
        """1 for a hello."""
        return 1 if header.type == 1 and header.own_size > header.least_size else None

    def stops_short(self, header: OSPF) -> bool:
        """Whether bytes are missing, or advertisements that are announced."""
        if super().stops_short(header):
            return True
        if not isinstance(header, (OSPFv2, OSPFv3)) or header.type != 4 or not header.has("updates"):
            return False
        return (header.update_count or 0) > len(header.updates or ())
