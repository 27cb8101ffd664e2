"""The TLVs of LLDP for telephones and the like (LLDP-MED, TIA-1057): policies, places, power, and the device."""

from __future__ import annotations

from dissect.declare import bits, flag, octets, text, u8, u16
from dissect.protocols.lldp import TIA, LLDPOfOrganization

__all__ = [
    "LLDPAsset",
    "LLDPFirmwareRevision",
    "LLDPHardwareRevision",
    "LLDPLocation",
    "LLDPManufacturer",
    "LLDPMediaCapabilities",
    "LLDPMediaPolicy",
    "LLDPMediaPower",
    "LLDPModel",
    "LLDPSerialNumber",
    "LLDPSoftwareRevision",
]


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
    """What the endpoint is made of: the revision of its hardware."""

    value: str = text("media.hardware", default="", length="rest", kw_only=False, title="Hardware Revision")


class LLDPFirmwareRevision(
    LLDPOfOrganization, subtype=TIA | 6, title="Inventory - Firmware Revision", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: the revision of its firmware."""

    value: str = text("media.firmware", default="", length="rest", kw_only=False, title="Firmware Revision")


class LLDPSoftwareRevision(
    LLDPOfOrganization, subtype=TIA | 7, title="Inventory - Software Revision", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: the revision of its software."""

    value: str = text("media.software", default="", length="rest", kw_only=False, title="Software Revision")


class LLDPSerialNumber(
    LLDPOfOrganization, subtype=TIA | 8, title="Inventory - Serial Number", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: its serial number."""

    value: str = text("media.sn", default="", length="rest", kw_only=False, title="Serial Number")


class LLDPManufacturer(
    LLDPOfOrganization, subtype=TIA | 9, title="Inventory - Manufacturer Name", source="TIA-1057, 10.2.6"
):
    """What the endpoint is made of: who made it."""

    value: str = text("media.manufacturer", default="", length="rest", kw_only=False, title="Manufacturer Name")


class LLDPModel(LLDPOfOrganization, subtype=TIA | 10, title="Inventory - Model Name", source="TIA-1057, 10.2.6"):
    """What the endpoint is made of: its model."""

    value: str = text("media.model", default="", length="rest", kw_only=False, title="Model Name")


class LLDPAsset(LLDPOfOrganization, subtype=TIA | 11, title="Inventory - Asset ID", source="TIA-1057, 10.2.6"):
    """What the endpoint is made of: the number under which its owner has it."""

    value: str = text("media.asset", default="", length="rest", kw_only=False, title="Asset ID")
