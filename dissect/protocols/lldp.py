"""The Link Layer Discovery Protocol: what a station tells its neighbours of itself, in a list of TLVs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    AUTOMATIC,
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
    "LLDPChassis",
    "LLDPEnd",
    "LLDPManagementAddress",
    "LLDPOrganization",
    "LLDPPort",
    "LLDPPortDescription",
    "LLDPSystemCapabilities",
    "LLDPSystemDescription",
    "LLDPSystemName",
    "LLDPTimeToLive",
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

    gap: ClassVar[str] = " "
    """What stands behind its words in a list."""

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
    """Nothing follows: what stands behind it in the frame fills the frame up, and is no part of the message."""

    data: bytes = octets("", default=b"", length="rest", title="Data")

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length, which has to be 0 (IEEE 802.1AB, 8.5.1), besides what is usual."""
        yield from super().problems()
        if self.reaches(self.field("length")) and self.length:
            yield f"has length {self.length}, expected 0"


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

    Without TLVs it has those that every message has to have, and an end.

    >>> frame = Ethernet(dst="01:80:c2:00:00:0e") / LLDP(tlvs=[
    ...     LLDPChassis(address="02:00:00:00:00:01"), LLDPPort(id="eth0"), LLDPTimeToLive(120), LLDPEnd(),
    ... ])
    >>> hex(frame.type), frame[LLDP].info()
    ('0x88cc', 'MA/02:00:00:00:00:01 IN/eth0 120 ')
    """

    tlvs: Listing[Option] = listing(
        OptionList(LLDPTLV, to_last=True),
        "",
        default=(LLDPChassis(), LLDPPort(id="1"), LLDPTimeToLive(), LLDPEnd()),
        length="",
        title="TLVs",
    )

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
            if isinstance(tlv, LLDPTLV) and (words := tlv.words()):
                told += words + tlv.gap
        return told
