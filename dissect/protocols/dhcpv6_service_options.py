"""The options of DHCPv6 about services: servers, domains, time, and what else a host needs to know."""

from __future__ import annotations

from dissect.declare import (
    Address,
    IPv6Address,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    address_list,
    ipv6,
    listing,
    octets,
    text,
    u16,
)
from dissect.protocols.dhcp_later_options import NameList
from dissect.protocols.dhcpv6_options import HEAD, DHCPv6Option

__all__ = [
    "DHCPv6AccessControllers",
    "DHCPv6BroadcastDomains",
    "DHCPv6BroadcastServers",
    "DHCPv6CaptivePortal",
    "DHCPv6DNSServers",
    "DHCPv6DomainSearch",
    "DHCPv6NISDomain",
    "DHCPv6NISPlusDomain",
    "DHCPv6NISPlusServers",
    "DHCPv6NISServers",
    "DHCPv6NTPAddress",
    "DHCPv6NTPMulticast",
    "DHCPv6NTPName",
    "DHCPv6NTPOption",
    "DHCPv6NTPServers",
    "DHCPv6PANAAgents",
    "DHCPv6SIPDomains",
    "DHCPv6SIPServers",
    "DHCPv6SNTPServers",
    "DHCPv6TimeZone",
    "DHCPv6TimeZoneName",
    "DHCPv6TunnelName",
    "MalformedDHCPv6NTPOption",
    "UnknownDHCPv6NTPOption",
]


class DHCPv6NTPOption(Option, name="dhcpv6", source="RFC 5908, section 4", family=True):
    """A server of NTP."""

    type: int = u16("ntpserver.option.type", factory=OptionKind(), title="Suboption")
    length: int = u16("ntpserver.option.length", factory=OptionLength(uncounted=HEAD), title="Length")


class UnknownDHCPv6NTPOption(DHCPv6NTPOption, unknown=True, title="Unknown"):
    """One that is told in another way."""

    value: bytes = octets("", default=b"", length="rest", title="Value")


class MalformedDHCPv6NTPOption(DHCPv6NTPOption, malformed=True, title="Malformed"):
    """What is none."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DHCPv6NTPAddress(DHCPv6NTPOption, number=1, title="NTP Server Address"):
    """A server by its address."""

    value: Address = ipv6("ntpserver.addr", default="::", kw_only=False, title="NTP Server Address")


class DHCPv6NTPMulticast(DHCPv6NTPOption, number=2, title="NTP Multicast Address"):
    """Servers by their group."""

    value: Address = ipv6("ntpserver.mc_addr", default="::", kw_only=False, title="NTP Multicast Address")


class DHCPv6NTPName(DHCPv6NTPOption, number=3, title="NTP Server FQDN"):
    """A server by its name."""

    names: Listing[str] = listing(
        NameList(), "ntpserver.fqdn", default=(), length="rest", kw_only=False, title="NTP Server FQDN"
    )


class DHCPv6NTPServers(DHCPv6Option, number=56, title="NTP Server", source="RFC 5908, section 4"):
    """Servers of NTP."""

    servers: Listing[DHCPv6NTPOption] = listing(
        OptionList(DHCPv6NTPOption), "", default=(), length="rest", kw_only=False, title="NTP Servers"
    )


class DHCPv6SIPServers(DHCPv6Option, number=22, title="SIP Servers IPv6 Address List"):
    """Servers of SIP (RFC 3319)."""

    values: Listing[str] = address_list(
        "sip_server_a", of=IPv6Address, default=(), length="rest", kw_only=False, title="SIP server address"
    )


class DHCPv6DNSServers(DHCPv6Option, number=23, title="DNS recursive name server"):
    """Name servers (RFC 3646)."""

    values: Listing[str] = address_list(
        "dns_server", of=IPv6Address, default=(), length="rest", kw_only=False, title="DNS server address"
    )


class DHCPv6NISServers(DHCPv6Option, number=27, title="Network Information Server"):
    """Servers of the Network Information Service (RFC 3898)."""

    values: Listing[str] = address_list(
        "nis_server", of=IPv6Address, default=(), length="rest", kw_only=False, title="NIS server address"
    )


class DHCPv6NISPlusServers(DHCPv6Option, number=28, title="Network Information Server V2"):
    """Servers of NIS+ (RFC 3898)."""

    values: Listing[str] = address_list(
        "nisp_server", of=IPv6Address, default=(), length="rest", kw_only=False, title="NISP server address"
    )


class DHCPv6SNTPServers(DHCPv6Option, number=31, title="Simple Network Time Protocol Server"):
    """Servers of simple NTP (RFC 4075)."""

    values: Listing[str] = address_list(
        "sntp_server", of=IPv6Address, default=(), length="rest", kw_only=False, title="SNTP server address"
    )


class DHCPv6BroadcastServers(DHCPv6Option, number=34, title="BCMCS Servers IPv6 Address List"):
    """Controllers of broadcast and multicast services (RFC 4280)."""

    values: Listing[str] = address_list(
        "bcmcs_server_a", of=IPv6Address, default=(), length="rest", kw_only=False, title="BCMCS server address"
    )


class DHCPv6PANAAgents(DHCPv6Option, number=40, title="PANA Agents IPv6 Address List"):
    """Agents that authenticate for network access (RFC 5192)."""

    values: Listing[str] = address_list(
        "pana_agent", of=IPv6Address, default=(), length="rest", kw_only=False, title="PANA agents address"
    )


class DHCPv6AccessControllers(DHCPv6Option, number=52, title="CAPWAP Access Controllers"):
    """Controllers of access points (RFC 5417)."""

    values: Listing[str] = address_list(
        "capwap_ac_v6",
        of=IPv6Address,
        default=(),
        length="rest",
        kw_only=False,
        title="CAPWAP Access Controllers address",
    )


class DHCPv6SIPDomains(DHCPv6Option, number=21, title="SIP Server Domain Name List"):
    """Domains of SIP servers (RFC 3319)."""

    names: Listing[str] = listing(
        NameList(),
        "sip_server_domain_search_fqdn",
        default=(),
        length="rest",
        kw_only=False,
        title="SIP Server Domain Search FQDN",
    )


class DHCPv6DomainSearch(DHCPv6Option, number=24, title="Domain Search List"):
    """Domains in which names are looked for (RFC 3646)."""

    names: Listing[str] = listing(
        NameList(), "search_list_entry", default=(), length="rest", kw_only=False, title="List entry"
    )


class DHCPv6NISDomain(DHCPv6Option, number=29, title="Network Information Server Domain Name"):
    """The domain in the Network Information Service (RFC 3898)."""

    names: Listing[str] = listing(NameList(), "nis_fqdn", default=(), length="rest", kw_only=False, title="NIS FQDN")


class DHCPv6NISPlusDomain(DHCPv6Option, number=30, title="Network Information Server V2 Domain Name"):
    """The domain in NIS+ (RFC 3898)."""

    names: Listing[str] = listing(NameList(), "nisp_fqdn", default=(), length="rest", kw_only=False, title="NISP FQDN")


class DHCPv6BroadcastDomains(DHCPv6Option, number=33, title="BCMCS Server Domain"):
    """Domains of controllers of broadcast services (RFC 4280)."""

    names: Listing[str] = listing(
        NameList(), "bcmcs_server_fqdn", default=(), length="rest", kw_only=False, title="BCMCS server FQDN"
    )


class DHCPv6TunnelName(DHCPv6Option, number=64, title="Dual-Stack Lite AFTR Name"):
    """The end of a tunnel for IPv4 (RFC 6334)."""

    names: Listing[str] = listing(
        NameList(), "aftr_name", default=(), length="rest", kw_only=False, title="DS-Lite AFTR Name"
    )


class DHCPv6TimeZone(DHCPv6Option, number=41, title="Time Zone"):
    """The time zone as POSIX writes it (RFC 4833)."""

    value: str = text("timezone", default="", length="rest", kw_only=False, title="Time-zone")


class DHCPv6TimeZoneName(DHCPv6Option, number=42, title="Time Zone Database"):
    """The name of the time zone (RFC 4833)."""

    value: str = text("tzdb", default="", length="rest", kw_only=False, title="TZ-database")


class DHCPv6CaptivePortal(DHCPv6Option, number=103, title="Captive Portal"):
    """The address of the API of a captive portal (RFC 8910)."""

    value: str = text("captive_portal", default="", length="rest", kw_only=False, title="Captive Portal")
