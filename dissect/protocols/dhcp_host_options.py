"""The options of DHCP that set a host up: its network, its names, its IP, link and TCP layers."""

from __future__ import annotations

from dissect.declare import Address, Entry, Listing, address_list, i32, ipv4, listing, records, text, u8, u16, u32
from dissect.protocols.dhcp_options import NUMBERS, DHCPValueOption

__all__ = [
    "DHCPARPCacheTimeout",
    "DHCPAllSubnetsAreLocal",
    "DHCPBootFileSize",
    "DHCPBroadcastAddress",
    "DHCPDefaultTTL",
    "DHCPDestination",
    "DHCPDomainName",
    "DHCPDomainNameServers",
    "DHCPEthernetEncapsulation",
    "DHCPExtensionsPath",
    "DHCPHostName",
    "DHCPIPForwarding",
    "DHCPImpressServers",
    "DHCPInterfaceMTU",
    "DHCPLogServers",
    "DHCPMaskSupplier",
    "DHCPMaximumReassemblySize",
    "DHCPMeritDumpFile",
    "DHCPNameServers",
    "DHCPNonLocalSourceRouting",
    "DHCPPathMTUAgingTimeout",
    "DHCPPathMTUPlateauTable",
    "DHCPPerformMaskDiscovery",
    "DHCPPerformRouterDiscovery",
    "DHCPPolicyFilter",
    "DHCPPrintServers",
    "DHCPQuotesServers",
    "DHCPResourceLocationServers",
    "DHCPRootPath",
    "DHCPRouterSolicitationAddress",
    "DHCPRouters",
    "DHCPStaticRoute",
    "DHCPStaticRoutes",
    "DHCPSubnetMask",
    "DHCPSwapServer",
    "DHCPTCPDefaultTTL",
    "DHCPTCPKeepaliveGarbage",
    "DHCPTCPKeepaliveInterval",
    "DHCPTimeOffset",
    "DHCPTimeServers",
    "DHCPTrailerEncapsulation",
]


class DHCPDestination(Entry, name="dhcp", title="Policy Filter"):
    """A destination that source routes may lead to, and its mask."""

    address: Address = ipv4("option.policy_filter.ip", default="0.0.0.0", kw_only=False, title="IP Address")
    mask: Address = ipv4("option.policy_filter.subnet_mask", default="0.0.0.0", kw_only=False, title="Subnet Mask")


class DHCPStaticRoute(Entry, name="dhcp", title="Static Route"):
    """A destination, and the router that leads there."""

    destination: Address = ipv4(
        "option.static_route.ip", default="0.0.0.0", kw_only=False, title="Destination IP Address"
    )
    router: Address = ipv4("option.static_route.router", default="0.0.0.0", kw_only=False, title="Destination Router")


# Requests of RFC 1497 (RFC 2132, section 3).


class DHCPSubnetMask(DHCPValueOption, number=1, title="Subnet Mask"):
    """The mask of the client's network."""

    value: Address = ipv4("option.subnet_mask", default="0.0.0.0", kw_only=False, title="Subnet Mask")


class DHCPTimeOffset(DHCPValueOption, number=2, title="Time Offset"):
    """How far the client's clock is ahead of Coordinated Universal Time, in seconds."""

    value: int = i32("option.time_offset", default=0, kw_only=False, title="Time Offset")


class DHCPRouters(DHCPValueOption, number=3, tolerant=True, title="Router"):
    """Routers on the client's network, the one to prefer first."""

    values: Listing[str] = address_list("option.router", default=(), length="rest", kw_only=False, title="Router")


class DHCPTimeServers(DHCPValueOption, number=4, tolerant=True, title="Time Server"):
    """Servers of the time protocol (RFC 868)."""

    values: Listing[str] = address_list(
        "option.time_server", default=(), length="rest", kw_only=False, title="Time Server"
    )


class DHCPNameServers(DHCPValueOption, number=5, tolerant=True, title="Name Server"):
    """Name servers of the kind before DNS (IEN 116)."""

    values: Listing[str] = address_list(
        "option.name_server", default=(), length="rest", kw_only=False, title="Name Server"
    )


class DHCPDomainNameServers(DHCPValueOption, number=6, tolerant=True, title="Domain Name Server"):
    """Name servers of DNS."""

    values: Listing[str] = address_list(
        "option.domain_name_server", default=(), length="rest", kw_only=False, title="Domain Name Server"
    )


class DHCPLogServers(DHCPValueOption, number=7, tolerant=True, title="Log Server"):
    """Servers that keep logs."""

    values: Listing[str] = address_list(
        "option.log_server", default=(), length="rest", kw_only=False, title="Log Server"
    )


class DHCPQuotesServers(DHCPValueOption, number=8, tolerant=True, title="Quotes Server"):
    """Servers of the quote of the day (RFC 865), called cookie servers."""

    values: Listing[str] = address_list(
        "option.quotes_server", default=(), length="rest", kw_only=False, title="Quotes Server"
    )


class DHCPPrintServers(DHCPValueOption, number=9, tolerant=True, title="LPR Server"):
    """Servers of the line printer protocol (RFC 1179)."""

    values: Listing[str] = address_list(
        "option.lpr_server", default=(), length="rest", kw_only=False, title="LPR Server"
    )


class DHCPImpressServers(DHCPValueOption, number=10, tolerant=True, title="Impress Server"):
    """Imagen Impress servers."""

    values: Listing[str] = address_list(
        "option.impress_server", default=(), length="rest", kw_only=False, title="Impress Server"
    )


class DHCPResourceLocationServers(DHCPValueOption, number=11, tolerant=True, title="Resource Location Server"):
    """Servers that tell where resources are (RFC 887)."""

    values: Listing[str] = address_list(
        "option.resource_location_server", default=(), length="rest", kw_only=False, title="Resource Location Server"
    )


class DHCPHostName(DHCPValueOption, number=12, title="Host Name"):
    """The client's name, with or without its domain."""

    value: str = text("option.hostname", default="", length="rest", kw_only=False, title="Host Name")


class DHCPBootFileSize(DHCPValueOption, number=13, title="Boot File Size"):
    """The size of the boot image, in blocks of 512 bytes."""

    value: int = u16("option.boot_file_size", default=0, kw_only=False, title="Boot File Size")


class DHCPMeritDumpFile(DHCPValueOption, number=14, title="Merit Dump File"):
    """Where the client is to put its memory when it crashes."""

    value: str = text("option.merit_dump_file", default="", length="rest", kw_only=False, title="Merit Dump File")


class DHCPDomainName(DHCPValueOption, number=15, title="Domain Name"):
    """The domain that the client completes names with."""

    value: str = text("option.domain_name", default="", length="rest", kw_only=False, title="Domain Name")


class DHCPSwapServer(DHCPValueOption, number=16, title="Swap Server"):
    """The client's swap server."""

    value: Address = ipv4("option.swap_server", default="0.0.0.0", kw_only=False, title="Swap Server")


class DHCPRootPath(DHCPValueOption, number=17, title="Root Path"):
    """The path of the client's root disk."""

    value: str = text("option.root_path", default="", length="rest", kw_only=False, title="Root Path")


class DHCPExtensionsPath(DHCPValueOption, number=18, title="Extensions Path"):
    """A file, to be fetched by TFTP, that holds more options."""

    value: str = text("option.extension_path", default="", length="rest", kw_only=False, title="Extensions Path")


# IP layer parameters of a host (RFC 2132, section 4).


class DHCPIPForwarding(DHCPValueOption, number=19, title="IP Forwarding"):
    """Whether the client forwards packets."""

    value: int = u8("option.ip_forwarding", default=0, kw_only=False, title="IP Forwarding")


class DHCPNonLocalSourceRouting(DHCPValueOption, number=20, title="Non-Local Source Routing"):
    """Whether the client forwards packets with routes that lead elsewhere."""

    value: int = u8("option.non_local_source_routing", default=0, kw_only=False, title="Non-Local Source Routing")


class DHCPPolicyFilter(DHCPValueOption, number=21, tolerant=True, title="Policy Filter"):
    """Destinations, with masks, that source routes may lead to."""

    filters: Listing[DHCPDestination] = records(
        "", default=(), of=DHCPDestination, kw_only=False, title="Policy Filter"
    )


class DHCPMaximumReassemblySize(DHCPValueOption, number=22, title="Maximum Datagram Reassembly Size"):
    """The largest datagram that the client should be able to put together, in bytes."""

    value: int = u16(
        "option.max_datagram_reassembly_size", default=0, kw_only=False, title="Maximum Datagram Reassembly Size"
    )


class DHCPDefaultTTL(DHCPValueOption, number=23, title="Default IP Time-to-Live"):
    """The time to live of the client's datagrams."""

    value: int = u8("option.default_ip_ttl", default=0, kw_only=False, title="Default IP Time-to-Live")


class DHCPPathMTUAgingTimeout(DHCPValueOption, number=24, title="Path MTU Aging Timeout"):
    """After how many seconds a path's MTU is looked for again (RFC 1191)."""

    value: int = u32("option.path_mtu_aging_timeout", default=0, kw_only=False, title="Path MTU Aging Timeout")


class DHCPPathMTUPlateauTable(DHCPValueOption, number=25, tolerant=True, title="Path MTU Plateau Table"):
    """The sizes to try when a path's MTU is looked for, from the smallest on."""

    values: Listing[int] = listing(
        NUMBERS,
        "option.path_mtu_plateau_table_item",
        default=(),
        length="rest",
        kw_only=False,
        title="Path MTU Plateau Table",
    )


# IP layer parameters of an interface (RFC 2132, section 5).


class DHCPInterfaceMTU(DHCPValueOption, number=26, title="Interface MTU"):
    """The MTU of the interface, in bytes."""

    value: int = u16("option.interface_mtu", default=0, kw_only=False, title="Interface MTU")


class DHCPAllSubnetsAreLocal(DHCPValueOption, number=27, title="All Subnets are Local"):
    """Whether all subnets have the MTU of this one."""

    value: int = u8("option.all_subnets_are_local", default=0, kw_only=False, title="All Subnets are Local")


class DHCPBroadcastAddress(DHCPValueOption, number=28, title="Broadcast Address"):
    """The broadcast address of the client's network."""

    value: Address = ipv4("option.broadcast_address", default="0.0.0.0", kw_only=False, title="Broadcast Address")


class DHCPPerformMaskDiscovery(DHCPValueOption, number=29, title="Perform Mask Discovery"):
    """Whether the client asks for its mask by ICMP."""

    value: int = u8("option.perform_mask_discovery", default=0, kw_only=False, title="Perform Mask Discovery")


class DHCPMaskSupplier(DHCPValueOption, number=30, title="Mask Supplier"):
    """Whether the client answers such questions."""

    value: int = u8("option.mask_supplier", default=0, kw_only=False, title="Mask Supplier")


class DHCPPerformRouterDiscovery(DHCPValueOption, number=31, title="Perform Router Discover"):
    """Whether the client solicits routers (RFC 1256)."""

    value: int = u8("option.perform_router_discover", default=0, kw_only=False, title="Perform Router Discover")


class DHCPRouterSolicitationAddress(DHCPValueOption, number=32, title="Router Solicitation Address"):
    """Where it sends these solicitations to."""

    value: Address = ipv4(
        "option.router_solicitation_address", default="0.0.0.0", kw_only=False, title="Router Solicitation Address"
    )


class DHCPStaticRoutes(DHCPValueOption, number=33, tolerant=True, title="Static Route"):
    """Destinations, each with the router that leads there."""

    routes: Listing[DHCPStaticRoute] = records("", default=(), of=DHCPStaticRoute, kw_only=False, title="Static Route")


# Link layer parameters (RFC 2132, section 6).


class DHCPTrailerEncapsulation(DHCPValueOption, number=34, title="Trailer Encapsulation"):
    """Whether the client negotiates trailers (RFC 893)."""

    value: int = u8("option.trailer_encapsulation", default=0, kw_only=False, title="Trailer Encapsulation")


class DHCPARPCacheTimeout(DHCPValueOption, number=35, title="ARP Cache Timeout"):
    """For how many seconds ARP entries are kept."""

    value: int = u32("option.arp_cache_timeout", default=0, kw_only=False, title="ARP Cache Timeout")


class DHCPEthernetEncapsulation(DHCPValueOption, number=36, title="Ethernet Encapsulation"):
    """Whether frames are those of IEEE 802.3 and not of Ethernet II."""

    value: int = u8("option.ethernet_encapsulation", default=0, kw_only=False, title="Ethernet Encapsulation")


# TCP parameters (RFC 2132, section 7).


class DHCPTCPDefaultTTL(DHCPValueOption, number=37, title="TCP Default TTL"):
    """The time to live of segments."""

    value: int = u8("option.tcp_default_ttl", default=0, kw_only=False, title="TCP Default TTL")


class DHCPTCPKeepaliveInterval(DHCPValueOption, number=38, title="TCP Keepalive Interval"):
    """After how many seconds of silence a keep-alive is sent; 0 for none."""

    value: int = u32("option.tcp_keepalive_interval", default=0, kw_only=False, title="TCP Keepalive Interval")


class DHCPTCPKeepaliveGarbage(DHCPValueOption, number=39, title="TCP Keepalive Garbage"):
    """Whether keep-alives have a byte of garbage, for old peers."""

    value: int = u8("option.tcp_keepalive_garbage", default=0, kw_only=False, title="TCP Keepalive Garbage")
