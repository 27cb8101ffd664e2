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
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
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


class NamesSight(OptionSight):
    """Names end with a dot, and are shown one by one in place of their bytes."""

    hides = {"names": lambda option: True}


class SIPDomainsSight(NamesSight, of=DHCPv6SIPDomains):
    """Domains of SIP servers."""

    shown = _names_field("sip_server_domain_search_fqdn", "SIP Server Domain Search FQDN")


class DomainSearchSight(NamesSight, of=DHCPv6DomainSearch):
    """Domains in which names are looked for."""

    shown = _names_field("search_list_entry", "List entry")


class NISDomainSight(NamesSight, of=DHCPv6NISDomain):
    """The domain of NIS."""

    shown = _names_field("nis_fqdn", "NIS FQDN")


class NISPlusDomainSight(NamesSight, of=DHCPv6NISPlusDomain):
    """The domain of NIS+."""

    shown = _names_field("nisp_fqdn", "NISP FQDN")


class BroadcastDomainsSight(NamesSight, of=DHCPv6BroadcastDomains):
    """Domains of broadcast services."""

    shown = _names_field("bcmcs_server_fqdn", "BCMCS server FQDN")


class TunnelNameSight(NamesSight, of=DHCPv6TunnelName):
    """The other end of a tunnel."""

    shown = _names_field("aftr_name", "DS-Lite AFTR Name")


class NTPNameSight(Sight, of=DHCPv6NTPName):
    """Names end with a dot."""

    hides = NamesSight.hides
    shown = _names_field("ntpserver.fqdn", "NTP Server FQDN")


class MalformedNTPSight(Sight, of=MalformedDHCPv6NTPOption):
    """Nothing is seen of it."""

    reads = (Stop(lambda option: True),)
