"""The options of DHCP as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.declaration.record_lists import RecordList
from dissect.protocols.dhcp_options import (
    COOKIE,
    DHCPClientIdentifier,
    DHCPEnd,
    DHCPOption,
    DHCPPad,
    DHCPValueOption,
    MalformedDHCPOption,
    MessageType,
    UnknownDHCPOption,
)
from dissect.wireshark.field_types import BOOLEAN, BYTES, ETHER, INT32, STRING, UINT8, UINT16, FieldType
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed, noted

__all__ = [
    "ClientIdentifierSight",
    "DHCPOptionSight",
    "EndSight",
    "MalformedSight",
    "MessageTypeSight",
    "PadSight",
    "UnknownSight",
    "ValueSight",
]

_HEAD = 2
_MAC, _UUID, _LEAST_DUID = 6, 16, 7
"""How many bytes a MAC address and a UUID have, and 255, an IAID and the type of a DUID."""
_ETHERNET = (1, 6)
"""The hardware types with MAC addresses: Ethernet and IEEE 802."""


def _options(names: str, kind: FieldType) -> dict[str, FieldType]:
    """Return the type of options by their names."""
    return {f"dhcp.option.{name}": kind for name in names.split()}


_ABLE = """
    ethernet_encapsulation ip_forwarding non_local_source_routing perform_mask_discovery perform_router_discover
    tcp_keepalive_garbage trailer_encapsulation
"""
_TRUE = "all_subnets_are_local mask_supplier"


class DHCPOptionSight(Sight, of=DHCPOption):
    """All that an option has, below its number."""

    heading = "option.type"
    parts_lists = True
    spread = frozenset({"routes", "filters"})
    order = ("option.length", "option.value")
    types = {
        **_options(f"{_ABLE} {_TRUE}", BOOLEAN),
        **_options("client_system_architecture path_mtu_plateau_table_item", UINT16),
        **_options("request_list_item", UINT8),
        **_options("time_offset", INT32),
    }
    truths = {
        **{f"dhcp.option.{name}": ("Enabled", "Disabled") for name in _ABLE.split()},
        **{f"dhcp.option.{name}": ("Yes", "No") for name in _TRUE.split()},
    }


class PadSight(DHCPOptionSight, of=DHCPPad):
    """Zeros, of which the first is the code."""

    hides = {"more": lambda option: True}

    @computed("option.padding", BYTES, title="Padding")
    def zeros(self, option: DHCPPad) -> bytes:
        """All of the zeros."""
        return bytes(option)


def _is_no_padding(option: Any) -> bool:
    """Whether the end is that of a field which holds options, or the capture left out what is behind it."""
    return option.place_in_message < COOKIE or sight_of(option.holder).stops_short(option.holder)


class EndSight(DHCPOptionSight, of=DHCPEnd):
    """The code of the end stands for 0, and under a name of its own for 255; zeros stand behind it."""

    beside = frozenset({"option.padding"})

    hides = {"code": lambda option: True, "padding": _is_no_padding}

    @computed("option.type", UINT8, title="Option")
    def as_option(self, option: DHCPEnd) -> int:
        """The number that the end has in Wireshark."""
        return 0

    @computed("option.end", UINT8, title="Option End")
    def own_code(self, option: DHCPEnd) -> int:
        """The number that it has."""
        return 255


class ValueSight(DHCPOptionSight, of=DHCPValueOption):
    """Filters find the bytes of every value."""

    @computed("option.value", BYTES, empty="<MISSING>", title="Value")
    def value_bytes(self, option: DHCPValueOption) -> bytes:
        """The value as it stands."""
        return bytes(option)[_HEAD:]

    @noted("bad_length", "length isn't 0", "Error", PROTOCOL)
    def wrong_length(self, option: DHCPValueOption) -> str | None:
        """What the option lists does not fill it."""
        listed = option.layout[-1].kind
        size = listed.family.least_size if isinstance(listed, RecordList) else getattr(listed, "size", 1)
        is_wrong = option.tolerant and (len(option) - _HEAD) % size
        return f"Option length isn't a multiple of {size}" if is_wrong else None


class UnknownSight(ValueSight, of=UnknownDHCPOption):
    """The value is all that there is."""

    hides = {"value": lambda option: True}

    @noted("bad_length", "length isn't 0", "Error", PROTOCOL)
    def wrong_length(self, option: DHCPValueOption) -> str | None:
        """Options of this code have another length."""
        known = option.of_number(option.code)
        return None if known is None else f"length isn't {known.least_size - _HEAD}"


class MessageTypeSight(ValueSight, of=MessageType):
    """The first byte of the value counts; where there is none, reading ends."""

    def ends_list(self, option: MessageType) -> bool:
        """Whether there is no value."""
        return len(option) == _HEAD


class ClientIdentifierSight(ValueSight, of=DHCPClientIdentifier):
    """A hardware address behind its type, a text behind 0, or what RFC 4361 has behind 255: an IAID and a DUID."""

    hides = {"value": lambda option: True}

    def _mac(self, option: DHCPClientIdentifier) -> bytes | None:
        data = option.value
        return data[1:] if len(data) == _MAC + 1 and data[0] in _ETHERNET else None

    @computed("hw.type", UINT8, base=16, title="Hardware type")
    def hardware_type(self, option: DHCPClientIdentifier) -> int | None:
        """The type of the address."""
        return None if self._mac(option) is None else option.value[0]

    @computed("hw.mac_addr", ETHER, title="Client MAC address")
    def mac(self, option: DHCPClientIdentifier) -> bytes | None:
        """The address."""
        return self._mac(option)

    @computed("client_id.type", UINT8, title="Type")
    def type(self, option: DHCPClientIdentifier) -> int | None:
        """0, where a text follows."""
        return 0 if option.value[:1] == b"\0" and len(option.value) != _UUID + 1 else None

    @computed("client_id.undef", STRING, title="Client Identifier")
    def as_text(self, option: DHCPClientIdentifier) -> str | None:
        """The text."""
        is_text = option.value[:1] == b"\0" and len(option.value) not in (1, _UUID + 1)
        return option.value[1:].partition(b"\0")[0].decode("utf-8", "replace") if is_text else None

    @computed("client_id.iaid", STRING, title="IAID")
    def iaid(self, option: DHCPClientIdentifier) -> str | None:
        """What the client calls its interface."""
        data = option.value
        return data[1:5].hex() if data[:1] == b"\xff" and len(data) >= _LEAST_DUID else None

    @computed("client_id.duid_type", UINT16, title="DUID Type")
    def duid_type(self, option: DHCPClientIdentifier) -> int | None:
        """What kind of identifier the client has."""
        data = option.value
        return int.from_bytes(data[5:7], "big") if data[:1] == b"\xff" and len(data) >= _LEAST_DUID else None

    def ends_list(self, option: DHCPClientIdentifier) -> bool:
        """Whether there is less than the type of a DUID."""
        return option.value[:1] == b"\xff" and len(option.value) < _LEAST_DUID


class MalformedSight(DHCPOptionSight, of=MalformedDHCPOption):
    """Code and length are seen, or nothing where there is no length."""

    hides = {"code": lambda option: len(option) < _HEAD, "data": lambda option: True}

    @computed("option.length", UINT8, title="Length")
    def claimed_length(self, option: MalformedDHCPOption) -> int | None:
        """The length that the option says it has."""
        return bytes(option)[1] if len(option) >= _HEAD else None
