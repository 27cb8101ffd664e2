"""The TLVs of LLDP that IEEE 802.1 defines: VLANs, protocols, and how traffic is shared out and paused."""

from __future__ import annotations

from dissect.declare import AUTOMATIC, bits, flag, octets, overlay, text, u8, u16
from dissect.protocols.lldp import IEEE_8021, LLDPOfOrganization

__all__ = [
    "LLDPFlowControl",
    "LLDPPortVLAN",
    "LLDPProtocolIdentity",
    "LLDPProtocolVLAN",
    "LLDPTransmissionSelection",
    "LLDPVLANName",
]


class LLDPPortVLAN(LLDPOfOrganization, subtype=IEEE_8021 | 1, title="Port VLAN ID", source="IEEE 802.1Q, D.2.1"):
    """The VLAN of frames without a tag; 0 for none."""

    vlan: int = u16("ieee.802_1.port_vlan.id", default=0, kw_only=False, title="Port VLAN Identifier")


class LLDPProtocolVLAN(
    LLDPOfOrganization, subtype=IEEE_8021 | 2, title="Port and Protocol VLAN ID", source="IEEE 802.1Q, D.2.2"
):
    """A VLAN of frames of some protocols."""

    flags: int = u8("ieee.802_1.port_and_vlan_id_flag", default=0, base=16, title="Flags")
    vlan: int = u16("ieee.802_1.port_proto_vlan.id", default=0, title="Port and Protocol VLAN Identifier")
    enabled: bool = overlay(
        1,
        "ieee.802_1.port_and_vlan_id_flag.enabled",
        default=AUTOMATIC,
        over="flags",
        skip=5,
        title="Port and Protocol VLAN",
    )
    supported: bool = overlay(
        1,
        "ieee.802_1.port_and_vlan_id_flag.supported",
        default=AUTOMATIC,
        over="flags",
        skip=6,
        title="Port and Protocol VLAN",
    )


class LLDPVLANName(LLDPOfOrganization, subtype=IEEE_8021 | 3, title="VLAN Name", source="IEEE 802.1Q, D.2.3"):
    """The number and the name of a VLAN."""

    vlan: int = u16("ieee.802_1.vlan.id", default=0, title="VLAN Identifier")
    name_length: int = u8("ieee.802_1.vlan.name_len", default=0, title="VLAN Name Length")
    value: str = text("ieee.802_1.vlan.name", default="", length="name_length", title="VLAN Name")


class LLDPProtocolIdentity(
    LLDPOfOrganization, subtype=IEEE_8021 | 4, title="Protocol Identity", source="IEEE 802.1Q, D.2.4"
):
    """A protocol that the port speaks, by the bytes with which its frames begin."""

    identity_length: int = u8("ieee.802_1.proto.id_length", default=0, title="Protocol Identity Length")
    identity: bytes = octets("ieee.802_1.proto.id", default=b"", length="identity_length", title="Protocol Identity")


class LLDPTransmissionSelection(
    LLDPOfOrganization, subtype=IEEE_8021 | 9, title="ETS Configuration", source="IEEE 802.1Q, D.2.8"
):
    """How bandwidth is shared among classes of traffic."""

    willing: bool = flag("dcbx.ieee.willing", default=False, title="Willing")
    credit_based: bool = flag("dcbx.ieee.ets.cbs", default=False, title="Credit-Based Shaper")
    reserved: int = bits(3, "", default=0, title="Reserved")
    classes: int = bits(3, "dcbx.ieee.ets.maxtcs", default=0, title="Maximum Number of Traffic Classes")
    priorities: bytes = octets("", size=4, default=bytes(4), title="Classes of priorities")
    bandwidths: bytes = octets("", size=8, default=bytes(8), title="Bandwidths")
    algorithms: bytes = octets("", size=8, default=bytes(8), title="Selection algorithms")


class LLDPFlowControl(
    LLDPOfOrganization,
    subtype=IEEE_8021 | 11,
    title="Priority Flow Control Configuration",
    source="IEEE 802.1Q, D.2.10",
):
    """For which priorities the port may be asked to pause."""

    willing: bool = flag("dcbx.ieee.willing", default=False, title="Willing")
    bypasses: bool = flag("dcbx.ieee.pfc.mbc", default=False, title="MACsec Bypass Capability")
    reserved: int = bits(2, "", default=0, title="Reserved")
    classes: int = bits(4, "dcbx.ieee.pfc.numtcs", default=8, title="Max PFC Enabled Traffic Classes")
    priority_7: bool = flag("dcbx.feature.pfc.prio7", default=False, title="PFC for Priority 7")
    priority_6: bool = flag("dcbx.feature.pfc.prio6", default=False, title="PFC for Priority 6")
    priority_5: bool = flag("dcbx.feature.pfc.prio5", default=False, title="PFC for Priority 5")
    priority_4: bool = flag("dcbx.feature.pfc.prio4", default=False, title="PFC for Priority 4")
    priority_3: bool = flag("dcbx.feature.pfc.prio3", default=False, title="PFC for Priority 3")
    priority_2: bool = flag("dcbx.feature.pfc.prio2", default=False, title="PFC for Priority 2")
    priority_1: bool = flag("dcbx.feature.pfc.prio1", default=False, title="PFC for Priority 1")
    priority_0: bool = flag("dcbx.feature.pfc.prio0", default=False, title="PFC for Priority 0")
