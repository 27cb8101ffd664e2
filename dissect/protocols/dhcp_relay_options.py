"""What relay agents add to DHCP messages: where the client is attached, and what the server is to answer (RFC 3046)."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    Address,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    ipv4,
    listing,
    mac,
    octets,
    text,
    u8,
    u32,
)
from dissect.protocols.dhcp_options import VALUE, DHCPValueOption

__all__ = [
    "DHCPAccessNetwork",
    "DHCPAccessOperator",
    "DHCPAccessPoint",
    "DHCPAccessPointAddress",
    "DHCPAccessRealm",
    "DHCPAccessTechnology",
    "DHCPCircuitID",
    "DHCPCiscoLinkSelection",
    "DHCPCiscoServerOverride",
    "DHCPDeviceClass",
    "DHCPLinkSelection",
    "DHCPRADIUSAttributes",
    "DHCPRelayAgent",
    "DHCPRelayAuthentication",
    "DHCPRelayFlags",
    "DHCPRelayID",
    "DHCPRelayOption",
    "DHCPRelayPort",
    "DHCPRelayVendorInformation",
    "DHCPRelayVirtualNetwork",
    "DHCPRemoteID",
    "DHCPReservedRelayOption",
    "DHCPServerOverride",
    "DHCPSubscriberID",
    "MalformedDHCPRelayOption",
    "UnknownDHCPRelayOption",
]

_HEAD = 2
_OF = "option.agent_information_option."


class DHCPRelayOption(Option, name="dhcp", source="RFC 3046, section 2.0", family=True):
    """One thing that a relay agent tells."""

    code: int = u8(f"{_OF}suboption", factory=OptionKind(), title="Option 82 Suboption")
    length: int = u8("option.suboption_length", factory=OptionLength(uncounted=_HEAD), title="Length")


class UnknownDHCPRelayOption(DHCPRelayOption, unknown=True, title="Unknown"):
    """An option of a code without a class here, or of a length that its class does not have."""

    value: bytes = octets(f"{_OF}value", default=b"", length="rest", kind=VALUE, title="Value")

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that options of this code do not have."""
        known = self.of_number(self.code)
        if known is not None:
            yield f"of code {self.code} ({known.title}) has {self.length} bytes, which that option cannot have"


class MalformedDHCPRelayOption(DHCPRelayOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DHCPCircuitID(DHCPRelayOption, number=1, title="Agent Circuit ID"):
    """The circuit that the message came in by, as the agent numbers it."""

    value: bytes = octets(
        f"{_OF}agent_circuit_id", default=b"", length="rest", kind=VALUE, kw_only=False, title="Agent Circuit ID"
    )


class DHCPRemoteID(DHCPRelayOption, number=2, title="Agent Remote ID"):
    """Who is at the other end of the circuit."""

    value: bytes = octets(
        f"{_OF}agent_remote_id", default=b"", length="rest", kind=VALUE, kw_only=False, title="Agent Remote ID"
    )


class DHCPReservedRelayOption(DHCPRelayOption, number=3, title="Reserved"):
    """Nothing that a document tells of."""

    value: bytes = octets(f"{_OF}reserved", default=b"", length="rest", kind=VALUE, kw_only=False, title="Reserved")


class DHCPDeviceClass(DHCPRelayOption, number=4, title="DOCSIS Device Class", source="RFC 3256, section 3"):
    """What kind of modem the client is."""

    value: int = u32(f"{_OF}docsis_device_class", default=0, base=16, kw_only=False, title="DOCSIS Device Class")


class DHCPLinkSelection(DHCPRelayOption, number=5, title="Link selection", source="RFC 3527, section 3"):
    """An address of the client's network, where that is not the agent's."""

    value: Address = ipv4(f"{_OF}link_selection", default="0.0.0.0", kw_only=False, title="Link selection")


class DHCPSubscriberID(DHCPRelayOption, number=6, title="Subscriber ID", source="RFC 3993, section 2"):
    """Who the client belongs to, wherever it is attached."""

    value: str = text(f"{_OF}subscriber_id", default="", length="rest", kw_only=False, title="Subscriber ID")


class DHCPRADIUSAttributes(DHCPRelayOption, number=7, title="RADIUS Attributes", source="RFC 4014, section 3"):
    """What an authentication told of the client."""

    value: bytes = octets(
        f"{_OF}radius_attributes", default=b"", length="rest", kind=VALUE, kw_only=False, title="RADIUS Attributes"
    )


class DHCPRelayAuthentication(DHCPRelayOption, number=8, title="Authentication", source="RFC 4030, section 4"):
    """What the server knows the agent by."""

    value: bytes = octets(
        f"{_OF}authentication", default=b"", length="rest", kind=VALUE, kw_only=False, title="Authentication"
    )


class DHCPRelayVendorInformation(
    DHCPRelayOption, number=9, title="Vendor-Specific Information", source="RFC 4243, section 3"
):
    """What manufacturers have agents tell: an enterprise, how many bytes follow, and these."""

    enterprise: int = u32(f"{_OF}vi.enterprise", default=0, title="Enterprise")
    data_length: int = u8(f"{_OF}vi.data_length", default=0, title="Data Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class DHCPRelayFlags(DHCPRelayOption, number=10, title="Flags", source="RFC 5010, section 3"):
    """How the message came to the agent: 0x80 for unicast."""

    value: int = u8(f"{_OF}flags", default=0, base=16, kw_only=False, title="Flags")


class DHCPServerOverride(DHCPRelayOption, number=11, title="Server ID Override", source="RFC 5107, section 4"):
    """The address that the server is to give as its own, so that renewals come by the agent, too."""

    value: Address = ipv4(f"{_OF}server_id_override", default="0.0.0.0", kw_only=False, title="Server ID Override")


class DHCPRelayID(DHCPRelayOption, number=12, title="Relay Agent Identifier", source="RFC 6925, section 4"):
    """What the agent is known by."""

    value: bytes = octets(
        f"{_OF}relay_agent_id", default=b"", length="rest", kind=VALUE, kw_only=False, title="Relay Agent Identifier"
    )


class DHCPAccessTechnology(DHCPRelayOption, number=13, title="Access Technology Type", source="RFC 7839, section 4.1"):
    """How the client gets to the network."""

    reserved: int = u8("", default=0, title="Reserved")
    value: int = u8("", default=0, title="Access Technology Type")


class DHCPAccessNetwork(DHCPRelayOption, number=14, title="Access Network Name", source="RFC 7839, section 4.2"):
    """The name of the network, such as its SSID."""

    value: str = text(f"{_OF}ani_network_name", default="", length="rest", kw_only=False, title="Access Network Name")


class DHCPAccessPoint(DHCPRelayOption, number=15, title="Access Point Name", source="RFC 7839, section 4.3"):
    """The name of the access point."""

    value: str = text(f"{_OF}ani_ap_name", default="", length="rest", kw_only=False, title="Access Point Name")


class DHCPAccessPointAddress(DHCPRelayOption, number=16, title="Access Point BSSID", source="RFC 7839, section 4.4"):
    """The address of the access point."""

    value: Address = mac(f"{_OF}ani_ap_bssid", default="00:00:00:00:00:00", kw_only=False, title="Access Point BSSID")


class DHCPAccessOperator(
    DHCPRelayOption, number=17, title="Access Network Operator ID", source="RFC 7839, section 4.5.1"
):
    """The operator of the network, by its enterprise number."""

    value: bytes = octets(
        f"{_OF}ani_operator_id",
        default=b"",
        length="rest",
        kind=VALUE,
        kw_only=False,
        title="Access Network Operator ID",
    )


class DHCPAccessRealm(
    DHCPRelayOption, number=18, title="Access Network Operator Realm", source="RFC 7839, section 4.5.2"
):
    """The operator of the network, by its realm."""

    value: str = text(
        f"{_OF}ani_operator_realm", default="", length="rest", kw_only=False, title="Access Network Operator Realm"
    )


class DHCPRelayPort(DHCPRelayOption, number=19, title="Source Port", source="RFC 8357, section 5.1"):
    """The agent sends from another port than 67, and takes answers there."""


class DHCPCiscoLinkSelection(DHCPRelayOption, number=150, title="Link selection (Cisco proprietary)"):
    """As `DHCPLinkSelection`, before that had a number."""

    value: Address = ipv4(
        f"{_OF}link_selection_cisco", default="0.0.0.0", kw_only=False, title="Link selection (Cisco proprietary)"
    )


class DHCPRelayVirtualNetwork(DHCPRelayOption, number=151, title="VRF name/VPN ID", source="RFC 6607, section 3"):
    """The virtual network of the client, by its name or its number."""

    value: bytes = octets("", default=b"", length="rest", kw_only=False, title="VRF name/VPN ID")


class DHCPCiscoServerOverride(DHCPRelayOption, number=152, title="Server ID Override (Cisco proprietary)"):
    """As `DHCPServerOverride`, before that had a number."""

    value: Address = ipv4(
        f"{_OF}server_id_override_cisco",
        default="0.0.0.0",
        kw_only=False,
        title="Server ID Override (Cisco proprietary)",
    )


class DHCPRelayAgent(DHCPValueOption, number=82, title="Agent Information Option", source="RFC 3046, section 2.0"):
    """What a relay agent adds on the way to the server, which gives it back.

    >>> bytes(DHCPRelayAgent([DHCPCircuitID(b"eth0"), DHCPLinkSelection("192.0.2.0")])).hex(" ")
    '52 0c 01 04 65 74 68 30 05 04 c0 00 02 00'
    """

    options: Listing[DHCPRelayOption] = listing(
        OptionList(DHCPRelayOption), "", default=(), length="rest", kw_only=False, title="Options of the relay agent"
    )
