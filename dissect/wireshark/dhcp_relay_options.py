"""What relay agents add to DHCP messages, as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.dhcp_relay_options import (
    DHCPRelayOption,
    DHCPRelayVirtualNetwork,
    MalformedDHCPRelayOption,
    UnknownDHCPRelayOption,
)
from dissect.wireshark.field_types import BYTES, STRING, UINT8
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["MalformedSight", "RelayOptionSight", "UnknownSight", "VirtualNetworkSight"]

_HEAD = 2


class RelayOptionSight(Sight, of=DHCPRelayOption):
    """All that an option has, and its value as bytes."""

    @computed("option.agent_information_option.value", BYTES, empty="<MISSING>", title="Value")
    def value_bytes(self, option: DHCPRelayOption) -> bytes | None:
        """The value as it stands."""
        return bytes(option)[_HEAD:]


class UnknownSight(RelayOptionSight, of=UnknownDHCPRelayOption):
    """The value is all that there is; it is not seen where options of this code have another length."""

    hides = {"value": lambda option: True}

    @noted("bad_length", "length isn't 0", "Error", PROTOCOL)
    def wrong_length(self, option: UnknownDHCPRelayOption) -> str | None:
        """Options of this code have another length."""
        known = option.of_number(option.code)
        return None if known is None else f"length isn't {known.least_size - _HEAD}"


class VirtualNetworkSight(RelayOptionSight, of=DHCPRelayVirtualNetwork):
    """A name behind 0, a number behind 1, or 255 for the network that is none."""

    hides = {"value": lambda option: True}

    @computed("option.agent_information_option.vrf_name.global", UINT8, title="Global, default VPN")
    def is_global(self, option: DHCPRelayVirtualNetwork) -> int | None:
        """The one byte that there is."""
        return option.value[0] if len(option.value) == 1 else None

    @computed("option.agent_information_option.vrf_name", STRING, title="VRF name")
    def network_name(self, option: DHCPRelayVirtualNetwork) -> str | None:
        """The name."""
        data = option.value
        return data.partition(b"\0")[0].decode("utf-8", "replace") if len(data) > 1 else None


class MalformedSight(RelayOptionSight, of=MalformedDHCPRelayOption):
    """Code and length are seen, or nothing where there is no length."""

    hides = {
        "code": lambda option: len(option) < _HEAD,
        "length": lambda option: len(option) < _HEAD,
        "data": lambda option: True,
    }

    @computed("option.agent_information_option.value", BYTES, empty="<MISSING>", title="Value")
    def value_bytes(self, option: DHCPRelayOption) -> bytes | None:
        """Nothing."""
        return None
