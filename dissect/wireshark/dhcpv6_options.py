"""The options of DHCPv6 as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.dhcp_later_options import names_in
from dissect.protocols.dhcpv6_options import (
    DHCPv6ClientName,
    DHCPv6DUIDOption,
    DHCPv6ElapsedTime,
    DHCPv6MessageType,
    DHCPv6Option,
    DHCPv6VendorInformation,
    MalformedDHCPv6Option,
)
from dissect.wireshark.dhcp_later_options import shown_name
from dissect.wireshark.dhcpv6_option_names import DHCPV6_OPTIONS
from dissect.wireshark.field_types import (
    ABSOLUTE_TIME,
    BOOLEAN,
    BYTES,
    IPV4,
    IPV6,
    STRING,
    UINT8,
    UINT16,
    UINT32,
    FieldType,
)
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["ClientNameSight", "DUIDSight", "MakersSight", "MalformedSight", "OptionSight"]

_LINK_TIME, _ENTERPRISE, _LINK, _UUID = 1, 2, 3, 4
"""The types of DUIDs (RFC 8415, section 11.1; RFC 6355)."""
_EPOCH = 946_684_800
"""The seconds from 1970 to 2000, where the times of DUIDs begin."""


class OptionSight(Sight, of=DHCPv6Option):
    """What an option is called is a field, too."""

    types = {
        "dhcpv6.iaid": STRING,
        "dhcpv6.iata": STRING,
        "dhcpv6.requested_option_code": UINT16,
    }

    @computed("option.type_str", STRING, over="type", title="Option")
    def type_name(self, option: DHCPv6Option) -> str:
        """What the option is called."""
        return DHCPV6_OPTIONS.get(option.type, f"DHCP option {option.type}")


def _not_read(name: str, kind: FieldType, title: str) -> Any:
    @computed(name, kind, title=title)
    def absent(sight: Any, option: Any) -> None:
        """Nothing: what makers of cable networks put into their options is shown as bytes."""

    return absent


class MakersSight(OptionSight, of=DHCPv6VendorInformation):
    """Filters know the names of what cable networks tell, and find it nowhere."""

    cable_option = _not_read("cablelabs.opt", UINT16, "Suboption")
    cable_server = _not_read("cablelabs.ipv6_server", IPV6, "IPv6 address")
    packet_cable = _not_read("packetcable.ccc.suboption", UINT16, "Sub element")
    primary_server = _not_read("packetcable.ccc.pri_dhcp", IPV4, "Primary DHCP")
    secondary_server = _not_read("packetcable.ccc.sec_dhcp", IPV4, "Secondary DHCP")
    parameter = _not_read("docsis.cccV6.tlv5.suboption", UINT16, "Type")
    parameter_length = _not_read("cccV6.tlv5.suboption.length", UINT16, "Length")
    parameter_value = _not_read("cccV6.tlv5.suboption.value", BYTES, "Value")


class MalformedSight(OptionSight, of=MalformedDHCPv6Option):
    """Nothing is seen of it."""

    reads = (Stop(lambda option: True),)


class DUIDSight(OptionSight, of=DHCPv6DUIDOption):
    """The parts of an identifier, by its type."""

    def _kind(self, option: DHCPv6DUIDOption) -> int | None:
        return int.from_bytes(option.duid[:2], "big") if len(option.duid) >= 2 else None

    @computed("duid.type", UINT16, over="duid", title="DUID Type")
    def duid_type(self, option: DHCPv6DUIDOption) -> int | None:
        """What it is made of."""
        return self._kind(option)

    @computed("duidllt.hwtype", UINT16, over="duid", title="Hardware type")
    def timed_hardware_type(self, option: DHCPv6DUIDOption) -> int | None:
        """The type of a hardware address behind which a time stands."""
        is_so = self._kind(option) == _LINK_TIME and len(option.duid) >= 4
        return int.from_bytes(option.duid[2:4], "big") if is_so else None

    @computed("duidllt.time", ABSOLUTE_TIME, over="duid", title="DUID Time")
    def time(self, option: DHCPv6DUIDOption) -> int | None:
        """When the identifier was made."""
        is_so = self._kind(option) == _LINK_TIME and len(option.duid) >= 8
        return (int.from_bytes(option.duid[4:8], "big") + _EPOCH) * 1_000_000_000 if is_so else None

    @computed("duidllt.link_layer_addr", STRING, over="duid", title="Link-layer address")
    def timed_address(self, option: DHCPv6DUIDOption) -> str | None:
        """The hardware address behind a time."""
        is_so = self._kind(option) == _LINK_TIME and len(option.duid) > 8
        return _address(option.duid[2:4], option.duid[8:]) if is_so else None

    @computed("duiden.enterprise", UINT32, over="duid", title="Enterprise ID")
    def enterprise(self, option: DHCPv6DUIDOption) -> int | None:
        """Who gave the identifier."""
        is_so = self._kind(option) == _ENTERPRISE and len(option.duid) >= 6
        return int.from_bytes(option.duid[2:6], "big") if is_so else None

    @computed("duiden.identifier", BYTES, over="duid", title="Identifier")
    def identifier(self, option: DHCPv6DUIDOption) -> bytes | None:
        """What was given."""
        is_so = self._kind(option) == _ENTERPRISE and len(option.duid) > 6
        return option.duid[6:] if is_so else None

    @computed("duidll.hwtype", UINT16, over="duid", title="Hardware type")
    def hardware_type(self, option: DHCPv6DUIDOption) -> int | None:
        """The type of a hardware address."""
        is_so = self._kind(option) == _LINK and len(option.duid) >= 4
        return int.from_bytes(option.duid[2:4], "big") if is_so else None

    @computed("duidll.link_layer_addr", STRING, over="duid", title="Link-layer address")
    def link_address(self, option: DHCPv6DUIDOption) -> str | None:
        """The hardware address."""
        is_so = self._kind(option) == _LINK and len(option.duid) > 4
        return _address(option.duid[2:4], option.duid[4:]) if is_so else None

    @computed("duiduuid.bytes", BYTES, over="duid", title="UUID")
    def uuid(self, option: DHCPv6DUIDOption) -> bytes | None:
        """The UUID."""
        return option.duid[2:] if self._kind(option) == _UUID else None


def _address(kind: bytes, data: bytes) -> str:
    return data.hex(":") if kind in (b"\0\x01", b"\0\x06") and len(data) == 6 else data.hex()


class ElapsedTimeSight(OptionSight, of=DHCPv6ElapsedTime):
    """Milliseconds."""

    hides = {"value": lambda option: True}

    @computed("elapsed_time", UINT16, over="value", title="Elapsed time")
    def milliseconds(self, option: DHCPv6ElapsedTime) -> int:
        """The time, in thousandths of a second."""
        return 10 * option.value


_OF_CLIENTS = ("SOLICIT", "REQUEST", "RENEW", "REBIND")
_OF_SERVERS = ("ADVERTISE", "REPLY")


def _is_from_client(option: Any) -> bool:
    kind = getattr(option.holder, "type", None)
    return isinstance(kind, DHCPv6MessageType) and kind.name in _OF_CLIENTS


def _is_from_server(option: Any) -> bool:
    kind = getattr(option.holder, "type", None)
    return isinstance(kind, DHCPv6MessageType) and kind.name in _OF_SERVERS


_ADDRESSES = "Server SHOULD perform AAAA RR updates", "Server SHOULD NOT perform AAAA RR updates"
_POINTERS = "Server SHOULD NOT perform PTR RR updates", "Server SHOULD perform PTR RR updates"


class ClientNameSight(OptionSight, of=DHCPv6ClientName):
    """The flags are a number, too."""

    truths = {
        "dhcpv6.clientfqdn.client.n": _POINTERS,
        "dhcpv6.clientfqdn.client.s": _ADDRESSES,
        "dhcpv6.clientfqdn.server.n": _POINTERS,
        "dhcpv6.clientfqdn.server.o": (
            "Server HAS overridden client's S bit preference",
            "Server HAS NOT overridden client's S bit preference",
        ),
        "dhcpv6.clientfqdn.server.s": _ADDRESSES,
    }

    hides = {
        "name_bytes": lambda option: True,
        "overrides": lambda option: not _is_from_server(option),
        "no_updates": lambda option: not _is_from_client(option),
        "server_updates": lambda option: not _is_from_client(option),
    }

    @computed("clientfqdn.server.n", BOOLEAN, title="N bit")
    def server_says_no(self, option: DHCPv6ClientName) -> int | None:
        """Whether the server leaves DNS alone."""
        return int(option.no_updates) if _is_from_server(option) else None

    @computed("clientfqdn.server.s", BOOLEAN, title="S bit")
    def server_updates_all(self, option: DHCPv6ClientName) -> int | None:
        """Whether the server tells DNS of the address."""
        return int(option.server_updates) if _is_from_server(option) else None

    @computed("client_fqdn_flags", UINT8, base=16, title="Flags")
    def flags(self, option: DHCPv6ClientName) -> int:
        """All flags."""
        return bytes(option)[4]

    @computed("client_domain", STRING, over="name_bytes", title="Client Domain Name")
    def domain(self, option: DHCPv6ClientName) -> str | None:
        """The name; one without an end, which is a part of one, is a single label here (RFC 4704, section 4.2)."""
        data = option.name_bytes
        if len(data) > 1 and data[0] == len(data) - 1:
            return data[1:].decode("utf-8", "replace")
        found = [shown_name(each, data) for each in names_in(data)]
        # Nothing is shown of a label alone, or of several names.
        is_name = len(found) == 1 and "." in found[0] and not found[0].startswith("<")
        return f"{found[0]}." if is_name else None
