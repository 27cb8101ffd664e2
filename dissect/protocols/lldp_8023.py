"""The TLVs of LLDP that IEEE 802.3 defines: what an Ethernet port negotiates, powers, aggregates and lets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import AUTOMATIC, Problem, expert, octets, overlay, u8, u16, u32
from dissect.protocols.lldp import IEEE_8023, LLDPOfOrganization

__all__ = ["LLDPAggregation", "LLDPFrameSize", "LLDPHardware", "LLDPPowerViaMDI"]


def _advertised(label: str, bit: int, title: str) -> Any:
    label = f"ieee.802_3.pmd_auto_neg_advertised_caps.{label}"
    return overlay(1, label, default=AUTOMATIC, over="advertised", skip=bit, title=title)


class LLDPHardware(
    LLDPOfOrganization, subtype=IEEE_8023 | 1, title="MAC/PHY Configuration/Status", source="IEEE 802.3, 79.3.1"
):
    """What the port negotiates, and what it came to."""

    autonegotiation: int = u8(
        "ieee.802_3.mac_phy_auto_neg_status", default=0, base=16, title="Auto-Negotiation Support/Status"
    )
    advertised: int = u16(
        "ieee.802_3.pmd_auto_neg_advertised_caps",
        default=0,
        base=16,
        title="PMD Auto-Negotiation Advertised Capability",
    )
    attachment: int = u16("ieee.802_3.pmd_mau_type", default=0, base=16, title="Operational MAU Type")
    enabled: bool = overlay(
        1,
        "ieee.802_3.mac_phy_auto_neg_status.enabled",
        default=AUTOMATIC,
        over="autonegotiation",
        skip=6,
        title="Auto-Negotiation",
    )
    supported: bool = overlay(
        1,
        "ieee.802_3.mac_phy_auto_neg_status.supported",
        default=AUTOMATIC,
        over="autonegotiation",
        skip=7,
        title="Auto-Negotiation",
    )
    can_other: bool = _advertised("other", 0, "Other or unknown")
    can_10base_t: bool = _advertised("10base_t", 1, "10BASE-T (half duplex mode)")
    can_10base_tfd: bool = _advertised("10base_tfd", 2, "10BASE-T (full duplex mode)")
    can_100base_t4: bool = _advertised("100base_t4", 3, "100BASE-T4")
    can_100base_tx: bool = _advertised("100base_tx", 4, "100BASE-TX (half duplex mode)")
    can_100base_txfd: bool = _advertised("100base_txfd", 5, "100BASE-TX (full duplex mode)")
    can_100base_t2: bool = _advertised("100base_t2", 6, "100BASE-T2 (half duplex mode)")
    can_100base_t2fd: bool = _advertised("100base_t2fd", 7, "100BASE-T2 (full duplex mode)")
    can_fdx_pause: bool = _advertised("fdx_pause", 8, "PAUSE (for full-duplex links)")
    can_fdx_apause: bool = _advertised("fdx_apause", 9, "Asymmetric PAUSE (for full-duplex links)")
    can_fdx_spause: bool = _advertised("fdx_spause", 10, "Symmetric PAUSE (for full-duplex links)")
    can_fdx_bpause: bool = _advertised("fdx_bpause", 11, "Asymmetric and Symmetric PAUSE (for full-duplex links)")
    can_1000base_x: bool = _advertised("1000base_x", 12, "1000BASE-X (-LX, -SX, -CX half duplex mode)")
    can_1000base_xfd: bool = _advertised("1000base_xfd", 13, "1000BASE-X (-LX, -SX, -CX full duplex mode)")
    can_1000base_t: bool = _advertised("1000base_t", 14, "1000BASE-T (half duplex mode)")
    can_1000base_tfd: bool = _advertised("1000base_tfd", 15, "1000BASE-T (full duplex mode)")


class LLDPPowerViaMDI(LLDPOfOrganization, subtype=IEEE_8023 | 2, title="Power Via MDI", source="IEEE 802.3, 79.3.2"):
    """Whether the port gives or takes power, and how much; numbers of power are tenths of a watt."""

    support: int = u8("ieee.802_3.mdi_power_support", default=0, base=16, title="MDI Power Support")
    pair: int = u8("ieee.802_3.mdi_pse_pair", default=1, title="PSE Power Pair")
    power_class: int = u8("ieee.802_3.mdi_power_class", default=0, title="Power Class")
    more: bytes = octets("", default=b"", length="rest", title="Type, source, priority and power")


class LLDPAggregation(LLDPOfOrganization, subtype=IEEE_8023 | 3, title="Link Aggregation", source="IEEE 802.3, 79.3.3"):
    """Whether the port is one of several that act as one."""

    status: int = u8("ieee.802_3.aggregation_status", default=0, base=16, title="Aggregation Status")
    port: int = u32("ieee.802_3.aggregated_port_id", default=0, title="Aggregated Port Id")
    enabled: bool = overlay(
        1, "ieee.802_3.aggregation_status.enabled", default=AUTOMATIC, over="status", skip=6, title="Aggregation Status"
    )
    capable: bool = overlay(
        1, "ieee.802_3.aggregation_status.cap", default=AUTOMATIC, over="status", skip=7, title="Aggregation Capability"
    )

    deprecated = expert("tlv_deprecated", "TLV has been deprecated")

    def problems(self) -> Iterator[Problem | str]:
        """Yield that the TLV of 802.1 has taken its place."""
        yield from super().problems()
        yield self.problem("has been deprecated", "warning", name="tlv_deprecated")


class LLDPFrameSize(LLDPOfOrganization, subtype=IEEE_8023 | 4, title="Maximum Frame Size", source="IEEE 802.3, 79.3.4"):
    """The longest frame that the port takes, in bytes."""

    size: int = u16("ieee.802_3.max_frame_size", default=1518, kw_only=False, title="Maximum Frame Size")
