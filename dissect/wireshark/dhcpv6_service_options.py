"""The options of DHCPv6 about services as Wireshark sees them: names end with a dot."""

from __future__ import annotations

from typing import Any

from dissect.protocols.dhcp_later_options import names_in
from dissect.protocols.dhcpv6_service_options import (
    DHCPv6BroadcastDomains,
    DHCPv6DomainSearch,
    DHCPv6NISDomain,
    DHCPv6NISPlusDomain,
    DHCPv6NTPName,
    DHCPv6SIPDomains,
    DHCPv6TunnelName,
    MalformedDHCPv6NTPOption,
)
from dissect.wireshark.dhcp_later_options import shown_name
from dissect.wireshark.dhcpv6_options import OptionSight
from dissect.wireshark.field_types import STRING
from dissect.wireshark.sight import Sight, Stop
from dissect.wireshark.sight_fields import computed

__all__ = ["DomainSearchSight"]


def _names(option: Any) -> list[str]:
    """Return the names that an option lists, each with a dot at its end; the root has none."""
    data = option.raw("names")
    return [f"{shown_name(each, data)}." for each in names_in(data) if each != b"\0"]


def _names_field(label: str, title: str) -> Any:
    @computed(label, STRING, over="names", title=title)
    def shown(sight: Any, option: Any) -> list[str]:
        """The names."""
        return _names(option)

    return shown


_HIDDEN_NAMES = {"names": lambda option: True}
"""The bytes of names are not shown: the names are, one by one."""


class SIPDomainsSight(OptionSight, of=DHCPv6SIPDomains):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("sip_server_domain_search_fqdn", "SIP Server Domain Search FQDN")


class DomainSearchSight(OptionSight, of=DHCPv6DomainSearch):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("search_list_entry", "List entry")


class NISDomainSight(OptionSight, of=DHCPv6NISDomain):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("nis_fqdn", "NIS FQDN")


class NISPlusDomainSight(OptionSight, of=DHCPv6NISPlusDomain):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("nisp_fqdn", "NISP FQDN")


class BroadcastDomainsSight(OptionSight, of=DHCPv6BroadcastDomains):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("bcmcs_server_fqdn", "BCMCS server FQDN")


class TunnelNameSight(OptionSight, of=DHCPv6TunnelName):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("aftr_name", "DS-Lite AFTR Name")


class NTPNameSight(Sight, of=DHCPv6NTPName):
    """Names end with a dot."""

    hides = _HIDDEN_NAMES
    shown = _names_field("ntpserver.fqdn", "NTP Server FQDN")


class MalformedNTPSight(Sight, of=MalformedDHCPv6NTPOption):
    """Nothing is seen of it."""

    reads = (Stop(lambda option: True),)
