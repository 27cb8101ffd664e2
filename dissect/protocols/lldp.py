"""The Link Layer Discovery Protocol: what a station tells its neighbours of itself, in a list of TLVs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Boolean,
    Code,
    Coding,
    Header,
    Listing,
    ObjectIdentifier,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    OptionSubtype,
    Problem,
    bits,
    code,
    derived,
    expert,
    flag,
    ipv4,
    ipv6,
    listing,
    mac,
    octets,
    overlay,
    text,
    u8,
    u16,
    u32,
)
from dissect.protocols.ethernet import Ethernet, EtherType

__all__ = [
    "LLDP",
    "LLDPAggregation",
    "LLDPAsset",
    "LLDPChassis",
    "LLDPEnd",
    "LLDPFirmwareRevision",
    "LLDPFlowControl",
    "LLDPFrameSize",
    "LLDPHardware",
    "LLDPHardwareRevision",
    "LLDPLocation",
    "LLDPManagementAddress",
    "LLDPManufacturer",
    "LLDPMediaCapabilities",
    "LLDPMediaPolicy",
    "LLDPMediaPower",
    "LLDPModel",
    "LLDPOrganization",
    "LLDPPort",
    "LLDPPortDescription",
    "LLDPPortVLAN",
    "LLDPPowerViaMDI",
    "LLDPProfinetChassis",
    "LLDPProfinetDelay",
    "LLDPProfinetStatus",
    "LLDPProtocolIdentity",
    "LLDPProtocolVLAN",
    "LLDPSerialNumber",
    "LLDPSoftwareRevision",
    "LLDPSystemCapabilities",
    "LLDPSystemDescription",
    "LLDPSystemName",
    "LLDPTimeToLive",
    "LLDPTransmissionSelection",
    "LLDPVLANName",
    "MalformedLLDPTLV",
    "UnknownLLDPTLV",
]

_HEAD = 2
"""The bytes of type and length, which the length leaves out."""
IEEE_8021, IEEE_8023, TIA, PROFINET = 0x0080C200, 0x00120F00, 0x0012BB00, 0x000ECF00
"""Organizations, with room for a subtype: IEEE 802.1, annex D; 802.3, clause 79; TIA-1057 (media); IEC 61158-6-10."""


class LLDPTLVType(Code):
    """What a TLV tells (IEEE 802.1AB, table 8-1)."""

    END = 0, "End of LLDPDU"
    CHASSIS_ID = 1, "Chassis Id"
    PORT_ID = 2, "Port Id"
    TIME_TO_LIVE = 3, "Time to Live"
    PORT_DESCRIPTION = 4, "Port Description"
    SYSTEM_NAME = 5, "System Name"
    SYSTEM_DESCRIPTION = 6, "System Description"
    SYSTEM_CAPABILITIES = 7, "System Capabilities"
    MANAGEMENT_ADDRESS = 8, "Management Address"
    ORGANIZATION = 127, "Organization Specific"


class LLDPTLV(Option, name="lldp", source="IEEE 802.1AB, clause 8.4", family=True):
    """A type in 7 bits, a length in 9, and what the type tells."""

    type: Coding[LLDPTLVType] = code(7, LLDPTLVType, "tlv.type", factory=OptionKind(), size=16, title="TLV Type")
    length: int = bits(9, "tlv.len", factory=OptionLength(uncounted=_HEAD), title="TLV Length")

    def words(self) -> str:
        """Return what a list says of the TLV; "" for nothing."""
        return ""


class UnknownLLDPTLV(LLDPTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedLLDPTLV(LLDPTLV, malformed=True, ends_early=True, title="Malformed"):
    """The rest of a list whose next TLV runs past the end."""

    type: Coding[LLDPTLVType] = code(7, LLDPTLVType, "", factory=OptionKind(), size=16, title="TLV Type")
    length: int = bits(9, "", factory=OptionLength(uncounted=_HEAD), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class LLDPEnd(LLDPTLV, number=0, last=True, title="End of LLDPDU"):
    """Nothing follows."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


# --- who it is: the three TLVs that come first ---------------------------------------------------------


class LLDPChassisSubtype(Code):
    """What names a chassis (IEEE 802.1AB, table 8-2)."""

    CHASSIS_COMPONENT = 1, "Chassis component"
    INTERFACE_ALIAS = 2, "Interface alias"
    PORT_COMPONENT = 3, "Port component"
    MAC_ADDRESS = 4, "MAC address"
    NETWORK_ADDRESS = 5, "Network address"
    INTERFACE_NAME = 6, "Interface name"
    LOCAL = 7, "Locally assigned"


class LLDPPortSubtype(Code):
    """What names a port (IEEE 802.1AB, table 8-3)."""

    INTERFACE_ALIAS = 1, "Interface alias"
    PORT_COMPONENT = 2, "Port component"
    MAC_ADDRESS = 3, "MAC address"
    NETWORK_ADDRESS = 4, "Network address"
    INTERFACE_NAME = 5, "Interface name"
    AGENT_CIRCUIT_ID = 6, "Agent circuit Id"
    LOCAL = 7, "Locally assigned"


IP4, IP6 = 1, 2
"""Families of addresses (IANA, address-family-numbers)."""


def _is_other(tlv: Any) -> bool:
    return bool(
        tlv.raw("subtype") not in (tlv.of_mac, tlv.of_network)
        or (tlv.raw("subtype") == tlv.of_network and tlv.raw("family") not in (IP4, IP6))
    )


class LLDPChassis(LLDPTLV, number=1, tolerant=True, ends_early=True, title="Chassis Id", source="802.1AB, 8.5.2"):
    """Which station speaks, by the address of its chassis or another name."""

    of_mac, of_network = LLDPChassisSubtype.MAC_ADDRESS, LLDPChassisSubtype.NETWORK_ADDRESS

    subtype: Coding[LLDPChassisSubtype] = code(
        8, LLDPChassisSubtype, "chassis.subtype", default=of_mac, title="Chassis Id Subtype"
    )
    address: str | None = mac(
        "chassis.id.mac", default="00:00:00:00:00:00", when={"subtype": of_mac}, title="Chassis Id"
    )
    family: int | None = u8(
        "network_address.subtype", default=IP4, when={"subtype": of_network}, title="Network Address family"
    )
    address_4: str | None = ipv4(
        "chassis.id.ip4", default="0.0.0.0", when={"subtype": of_network, "family": IP4}, title="Chassis Id"
    )
    address_6: str | None = ipv6(
        "chassis.id.ip6", default="::", when={"subtype": of_network, "family": IP6}, title="Chassis Id"
    )
    id: bytes | None = octets("chassis.id", default=b"", length="rest", when=_is_other, title="Chassis Id")

    def words(self) -> str:
        """Return two letters for what names the chassis, and the name."""
        kind = ("Rs", "CC", "IA", "PC", "MA", "NA", "IN", "LA")[min(self.subtype, 8) % 8]
        other = self.id or b""
        said = other.hex() if kind in ("PC", "NA") else "Reserved" if kind == "Rs" else _printable(other)
        return f"{kind}/{self.address or self.address_4 or self.address_6 or said}"


class LLDPPort(LLDPTLV, number=2, tolerant=True, ends_early=True, title="Port Id", source="802.1AB, 8.5.3"):
    """Which of its ports the station speaks from."""

    of_mac, of_network = LLDPPortSubtype.MAC_ADDRESS, LLDPPortSubtype.NETWORK_ADDRESS

    subtype: Coding[LLDPPortSubtype] = code(
        8, LLDPPortSubtype, "port.subtype", default=LLDPPortSubtype.INTERFACE_NAME, title="Port Id Subtype"
    )
    address: str | None = mac("port.id.mac", default="00:00:00:00:00:00", when={"subtype": of_mac}, title="Port Id")
    family: int | None = u8(
        "network_address.subtype", default=IP4, when={"subtype": of_network}, title="Network Address family"
    )
    address_4: str | None = ipv4(
        "port.id.ip4", default="0.0.0.0", when={"subtype": of_network, "family": IP4}, title="Port Id"
    )
    address_6: str | None = ipv6(
        "port.id.ip6", default="::", when={"subtype": of_network, "family": IP6}, title="Port Id"
    )
    id: str | None = text("port.id", default="", length="rest", when=_is_other, title="Port Id")

    def words(self) -> str:
        """Return two letters for what names the port, and the name."""
        kind = ("Rs", "IA", "PC", "MA", "NA", "IN", "AC", "LA")[min(self.subtype, 8) % 8]
        other = self.raw("id") if self.id is not None else b""
        said = other.hex() if kind in ("PC", "NA") else "Reserved" if kind == "Rs" else _printable(other)
        return f"{kind}/{self.address or self.address_4 or self.address_6 or said}"


class LLDPTimeToLive(LLDPTLV, number=3, tolerant=True, ends_early=True, title="Time To Live", source="802.1AB, 8.5.4"):
    """For how many seconds to remember what was told; 0: forget it now."""

    seconds: int = u16("time_to_live", default=120, kw_only=False, title="Seconds")

    def words(self) -> str:
        """Return the seconds."""
        return str(self.seconds)


# --- what it is ----------------------------------------------------------------------------------------


class LLDPPortDescription(LLDPTLV, number=4, title="Port Description", source="802.1AB, 8.5.5"):
    """What the port is for, in words."""

    value: str = text("port.desc", default="", length="rest", kw_only=False, title="Port Description")


class LLDPSystemName(LLDPTLV, number=5, title="System Name", source="802.1AB, 8.5.6"):
    """The name that the administrator gave the station."""

    value: str = text("tlv.system.name", default="", length="rest", kw_only=False, title="System Name")

    def words(self) -> str:
        """Return the name."""
        return f"SysN={_printable(self.raw('value'))}"


class LLDPSystemDescription(LLDPTLV, number=6, title="System Description", source="802.1AB, 8.5.7"):
    """What the station is made of: hardware, operating system, versions."""

    value: str = text("tlv.system.desc", default="", length="rest", kw_only=False, title="System Description")

    def words(self) -> str:
        """Return the description."""
        return f"SysD={_printable(self.raw('value'))}"


def _capability(over: str, label: str, bit: int, title: str) -> Any:
    return overlay(1, f"tlv.{label}", default=AUTOMATIC, over=over, skip=15 - bit, title=title)


class LLDPSystemCapabilities(
    LLDPTLV, number=7, tolerant=True, ends_early=True, title="Capabilities", source="802.1AB, 8.5.8"
):
    """What the station could be, and what it is."""

    capabilities: int = u16("tlv.system_cap", default=0, base=16, title="Capabilities")
    enabled: int = u16("tlv.enable_system_cap", default=0, base=16, title="Enabled Capabilities")
    can_be_other: bool = _capability("capabilities", "system_cap.other", 0, "Other")
    can_be_repeater: bool = _capability("capabilities", "system_cap.repeater", 1, "Repeater")
    can_be_bridge: bool = _capability("capabilities", "system_cap.bridge", 2, "Bridge")
    can_be_access_point: bool = _capability("capabilities", "system_cap.wlan_access_pt", 3, "WLAN access point")
    can_be_router: bool = _capability("capabilities", "system_cap.router", 4, "Router")
    can_be_telephone: bool = _capability("capabilities", "system_cap.telephone", 5, "Telephone")
    can_be_cable_device: bool = _capability("capabilities", "system_cap.docsis_cable_device", 6, "DOCSIS cable device")
    can_be_station_only: bool = _capability("capabilities", "system_cap.station_only", 7, "Station only")
    is_other: bool = _capability("enabled", "enable_system_cap.other", 0, "Other")
    is_repeater: bool = _capability("enabled", "enable_system_cap.repeater", 1, "Repeater")
    is_bridge: bool = _capability("enabled", "enable_system_cap.bridge", 2, "Bridge")
    is_access_point: bool = _capability("enabled", "enable_system_cap.wlan_access_pt", 3, "WLAN access point")
    is_router: bool = _capability("enabled", "enable_system_cap.router", 4, "Router")
    is_telephone: bool = _capability("enabled", "enable_system_cap.telephone", 5, "Telephone")
    is_cable_device: bool = _capability("enabled", "enable_system_cap.docsis_cable_device", 6, "DOCSIS cable device")
    is_station_only: bool = _capability("enabled", "enable_system_cap.station_only", 7, "Station only")


class LLDPManagementAddress(
    LLDPTLV, number=8, tolerant=True, ends_early=True, title="Management Address", source="802.1AB, 8.5.9"
):
    """An address by which the station is managed, and which interface and object stand for it there."""

    address_length: int = u8(
        "mgn.address.len", default=5, title="Address String Length", doc="Of the family and the address"
    )
    family: int = u8("mgn.address.subtype", default=IP4, title="Address Subtype")
    address_4: str | None = ipv4("mgn.addr.ip4", default="0.0.0.0", when={"family": IP4}, title="Management Address")
    address_6: str | None = ipv6("mgn.addr.ip6", default="::", when={"family": IP6}, title="Management Address")
    address: bytes | None = octets(
        "mgn.addr.hex",
        default=b"",
        kind=Octets("<MISSING>"),
        length=lambda tlv: tlv.raw("address_length") - 1,
        when=lambda tlv: tlv.raw("family") not in (IP4, IP6),
        title="Management Address",
    )
    interface_numbering: int = u8("mgn.interface.subtype", default=2, title="Interface Subtype")
    interface: int = u32("mgn.interface.number", default=0, title="Interface Number")
    object_length: int = u8("mgn.obj.len", default=0, title="OID String Length")
    object_id: str = octets(
        "mgn.obj.id", length="object_length", kind=ObjectIdentifier, default=b"", title="Object Identifier"
    )


# --- what organizations tell ---------------------------------------------------------------------------


def _of(organization: int, label: str, title: str) -> Any:
    """Declare the name that an organization has for its subtypes."""

    @derived(label, width=8, base=16, title=title)
    def subtype(tlv: Any) -> int | None:
        """What the organization tells; None of another one."""
        return tlv.raw("kind") & 0xFF if tlv.raw("kind") >> 8 == organization >> 8 else None

    return subtype


class LLDPOfOrganization(LLDPTLV, number=127, tolerant=True, ends_early=True):
    """What all TLVs of organizations have: who defined it, and which of theirs it is, both in `kind`."""

    kind: int = u32("", factory=OptionSubtype(), base=16, title="Organization and subtype")
    organization: int = overlay(24, "orgtlv.oui", default=AUTOMATIC, over="kind", title="Organization Unique Code")
    subtype: int = overlay(8, "", default=AUTOMATIC, over="kind", skip=24, base=16, title="Subtype")
    subtype_8021 = _of(IEEE_8021, "ieee.802_1.subtype", "IEEE 802.1 Subtype")
    subtype_8023 = _of(IEEE_8023, "ieee.802_3.subtype", "IEEE 802.3 Subtype")
    subtype_media = _of(TIA, "media.subtype", "Media Subtype")
    subtype_profinet = _of(PROFINET, "profinet.subtype", "Subtype")


class LLDPOrganization(LLDPOfOrganization, title="Organization Specific"):
    """A TLV of an organization, or of a subtype, without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


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


def _advertised(label: str, bit: int, title: str) -> Any:
    label = f"ieee.802_3.pmd_auto_neg_advertised_caps.{label}"
    return overlay(1, label, default=AUTOMATIC, over="advertised", skip=bit, title=title)


def _inverse(label: str, bit: int, title: str) -> Any:
    @derived(f"ieee.802_3.pmd_auto_neg_advertised_caps_inv.{label}", kind=Boolean(), width=1, title=title)
    def is_set(tlv: Any) -> int:
        """The bit in the wrong order."""
        return int(tlv.raw("advertised")) >> 15 - bit & 1

    return is_set


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

    # Some stations send the bits in the wrong order, so that Wireshark shows them in both.
    can_other_inverse: bool = _inverse("other", 15, "Other or unknown")
    can_10base_t_inverse: bool = _inverse("10base_t", 14, "10BASE-T (half duplex mode)")
    can_10base_tfd_inverse: bool = _inverse("10base_tfd", 13, "10BASE-T (full duplex mode)")
    can_100base_t4_inverse: bool = _inverse("100base_t4", 12, "100BASE-T4")
    can_100base_tx_inverse: bool = _inverse("100base_tx", 11, "100BASE-TX (half duplex mode)")
    can_100base_txfd_inverse: bool = _inverse("100base_txfd", 10, "100BASE-TX (full duplex mode)")
    can_100base_t2_inverse: bool = _inverse("100base_t2", 9, "100BASE-T2 (half duplex mode)")
    can_100base_t2fd_inverse: bool = _inverse("100base_t2fd", 8, "100BASE-T2 (full duplex mode)")
    can_fdx_pause_inverse: bool = _inverse("fdx_pause", 7, "PAUSE (for full-duplex links)")
    can_fdx_apause_inverse: bool = _inverse("fdx_apause", 6, "Asymmetric PAUSE (for full-duplex links)")
    can_fdx_spause_inverse: bool = _inverse("fdx_spause", 5, "Symmetric PAUSE (for full-duplex links)")
    can_fdx_bpause_inverse: bool = _inverse("fdx_bpause", 4, "Asymmetric and Symmetric PAUSE (for full-duplex links)")
    can_1000base_x_inverse: bool = _inverse("1000base_x", 3, "1000BASE-X (-LX, -SX, -CX half duplex mode)")
    can_1000base_xfd_inverse: bool = _inverse("1000base_xfd", 2, "1000BASE-X (-LX, -SX, -CX full duplex mode)")
    can_1000base_t_inverse: bool = _inverse("1000base_t", 1, "1000BASE-T (half duplex mode)")
    can_1000base_tfd_inverse: bool = _inverse("1000base_tfd", 0, "1000BASE-T (full duplex mode)")


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


class LLDPMediaCapabilities(LLDPOfOrganization, subtype=TIA | 1, title="Media Capabilities", source="TIA-1057, 10.2.2"):
    """Which TLVs of media endpoints the station knows, and what kind of endpoint it is."""

    capabilities: int = u16("media.subtype.caps", default=1, base=16, title="Capabilities")
    device: int = u8("media.subtype.class", default=0, title="Class Type")


class LLDPMediaPolicy(LLDPOfOrganization, subtype=TIA | 2, title="Network Policy", source="TIA-1057, 10.2.3"):
    """The VLAN and the priorities of an application."""

    application: int = u8("media.app_type", default=1, title="Application Type")
    unknown_policy: bool = flag("media.policy_flag", default=False, title="Policy")
    tagged: bool = flag("media.tag_flag", default=False, title="Tagged")
    reserved: bool = flag("", default=False, title="Reserved")
    vlan: int = bits(12, "media.vlan_id", default=0, size=24, title="VLAN Id")
    priority: int = bits(3, "media.l2_prio", default=0, size=24, title="L2 Priority")
    service_class: int = bits(6, "media.dscp", default=0, size=24, title="DSCP Priority")


class LLDPLocation(LLDPOfOrganization, subtype=TIA | 3, title="Location Identification", source="TIA-1057, 10.2.4"):
    """Where the endpoint is: coordinates, a postal address, or a number for emergency calls."""

    format: int = u8("media.loc.data_format", default=1, title="Location Data Format")
    location: bytes = octets("", default=b"", length="rest", title="Location")


class LLDPMediaPower(LLDPOfOrganization, subtype=TIA | 4, title="Extended Power-via-MDI", source="TIA-1057, 10.2.5"):
    """How much power an endpoint needs, or a switch gives, in tenths of a watt."""

    power_type: int = bits(2, "media.power.type", default=0, title="Power Type")
    power_source: int = bits(2, "media.power.source", default=0, title="Power Source")
    priority: int = bits(4, "media.power.prio", default=0, title="Power Priority")
    power: int = u16("", default=0, title="Power Value")


class LLDPHardwareRevision(
    LLDPOfOrganization, subtype=TIA | 5, title="Inventory - Hardware Revision", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: hardware Revision."""

    value: str = text("media.hardware", default="", length="rest", kw_only=False, title="Hardware Revision")


class LLDPFirmwareRevision(
    LLDPOfOrganization, subtype=TIA | 6, title="Inventory - Firmware Revision", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: firmware Revision."""

    value: str = text("media.firmware", default="", length="rest", kw_only=False, title="Firmware Revision")


class LLDPSoftwareRevision(
    LLDPOfOrganization, subtype=TIA | 7, title="Inventory - Software Revision", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: software Revision."""

    value: str = text("media.software", default="", length="rest", kw_only=False, title="Software Revision")


class LLDPSerialNumber(
    LLDPOfOrganization, subtype=TIA | 8, title="Inventory - Serial Number", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: serial Number."""

    value: str = text("media.sn", default="", length="rest", kw_only=False, title="Serial Number")


class LLDPManufacturer(
    LLDPOfOrganization, subtype=TIA | 9, title="Inventory - Manufacturer Name", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: manufacturer Name."""

    value: str = text("media.manufacturer", default="", length="rest", kw_only=False, title="Manufacturer Name")


class LLDPModel(LLDPOfOrganization, subtype=TIA | 10, title="Inventory - Model Name", source="TIA-1057, 10.2.6"):
    """What the endpoint is made of: model Name."""

    value: str = text("media.model", default="", length="rest", kw_only=False, title="Model Name")


class LLDPAsset(LLDPOfOrganization, subtype=TIA | 11, title="Inventory - Asset ID", source="TIA-1057, 10.2.6"):
    """What the endpoint is made of: the number under which its owner has it."""

    value: str = text("media.asset", default="", length="rest", kw_only=False, title="Asset ID")


class LLDPProfinetDelay(
    LLDPOfOrganization, subtype=PROFINET | 1, title="Measured Delay Values", source="IEC 61158-6-10"
):
    """How long frames take through both ports and the cable, in nanoseconds."""

    local_receive: int = u32("profinet.port_rx_delay_local", default=0, title="Port RX Delay Local")
    remote_receive: int = u32("profinet.port_rx_delay_remote", default=0, title="Port RX Delay Remote")
    local_transmit: int = u32("profinet.port_tx_delay_local", default=0, title="Port TX Delay Local")
    remote_transmit: int = u32("profinet.port_tx_delay_remote", default=0, title="Port TX Delay Remote")
    cable: int = u32("profinet.cable_delay_local", default=0, title="Port Cable Delay Local")


_RUNNING = ("Off", "reserved", "RTCLASS3_UP", "reserved", "RTCLASS3_RUN")


class LLDPProfinetStatus(LLDPOfOrganization, subtype=PROFINET | 2, title="Port Status", source="IEC 61158-6-10"):
    """Whether the port is ready for real-time traffic."""

    class_2: int = u16("profinet.rtc2_port_status", default=0, base=16, title="RTClass2 Port Status")
    class_3_reserved: int = bits(2, "", default=0, title="Reserved")
    preamble: int = bits(
        1,
        "profinet.rtc3_port_status.preambleLength",
        default=0,
        base=16,
        size=16,
        title="RTClass3_PortStatus.PreambleLength",
    )
    fragments: int = bits(
        1,
        "profinet.rtc3_port_status.fragmentation",
        default=0,
        base=16,
        size=16,
        title="RTClass3_PortStatus.Fragmentation",
    )
    reserved: int = bits(
        9, "profinet.rtc3_port_status.reserved", default=0, base=16, size=16, title="RTClass3_PortStatus.reserved"
    )
    class_3: int = bits(3, "profinet.rtc3_port_status", default=0, base=16, size=16, title="RTClass3 Port Status")

    def words(self) -> str:
        """Return the status of class 3, where the port has any."""
        status = self.class_3
        known = _RUNNING[status] if status < len(_RUNNING) else f"Unknown {status}"
        return f"RTClass3 Port Status = {known}" if status else ""


class LLDPProfinetChassis(LLDPOfOrganization, subtype=PROFINET | 5, title="Chassis MAC", source="IEC 61158-6-10"):
    """The address of the station's own interface."""

    address: Address = mac("profinet.cm_mac_add", default="00:00:00:00:00:00", kw_only=False, title="CMMacAdd")


def _printable(raw: bytes) -> str:
    """Return text up to the first zero, with what can't be printed as C writes it."""
    words = raw.partition(b"\0")[0].decode("utf-8", "replace")
    return "".join(each if each.isprintable() else _ESCAPES.get(each, f"\\{ord(each):03o}") for each in words)


_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\a": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


class LLDP(
    Header,
    name="lldp",
    title="Link Layer Discovery Protocol",
    source="IEEE 802.1AB, clause 8",
    over={Ethernet: EtherType.LLDP},
    leaf=True,
):
    """Who speaks, from which of its ports, for how long to remember it, and what else there is to tell.

    >>> frame = Ethernet(dst="01:80:c2:00:00:0e") / LLDP(tlvs=[
    ...     LLDPChassis(address="02:00:00:00:00:01"), LLDPPort(id="eth0"), LLDPTimeToLive(120), LLDPEnd(),
    ... ])
    >>> hex(frame.type), frame[LLDP].info()
    ('0x88cc', 'MA/02:00:00:00:00:01 IN/eth0 120 ')
    """

    tlvs: Listing[Option] = listing(OptionList(LLDPTLV, to_last=True), "", default=(), length="", title="TLVs")

    def check(self) -> Iterator[Problem]:
        """Yield wrong TLVs, and those that are not there, or not in their place (IEEE 802.1AB, 8.2)."""
        if self.is_cut:
            return
        yield from self.option_problems()
        first = [int(tlv.raw("type")) for tlv in self.tlvs[:3]]
        if first != [LLDPTLVType.CHASSIS_ID, LLDPTLVType.PORT_ID, LLDPTLVType.TIME_TO_LIVE]:
            yield self.problem("tlvs", "do not begin with chassis, port and time to live", "[1, 2, 3]", first)
        if not any(isinstance(tlv, LLDPEnd) for tlv in self.tlvs):
            yield self.problem("tlvs", "have no end", "TLV 0 at the end", "none", "warning")

    def info(self) -> str:
        """Return who speaks, from which port, for how long that is right, and what the station calls itself."""
        told = ""
        for tlv in self.tlvs:
            if tlv.is_short():
                break
            words = tlv.words() if isinstance(tlv, LLDPTLV) else ""
            told += words + (" " if words and not isinstance(tlv, LLDPProfinetStatus) else "")
        return told
