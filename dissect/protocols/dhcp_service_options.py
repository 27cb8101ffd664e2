"""The options of DHCP that tell where services are, as addresses or as one name."""

from __future__ import annotations

from dissect.declare import Listing, address_list, text
from dissect.protocols.dhcp_options import DHCPValueOption

__all__ = [
    "DHCPANDSFServers",
    "DHCPAccessControllers",
    "DHCPCaptivePortal",
    "DHCPConfigurationFile",
    "DHCPDirectoryContext",
    "DHCPDirectoryServers",
    "DHCPDirectoryTree",
    "DHCPDisplayManagers",
    "DHCPFingerServers",
    "DHCPFontServers",
    "DHCPHomeAgents",
    "DHCPIRCServers",
    "DHCPLoSTServer",
    "DHCPNISDomain",
    "DHCPNISPlusDomain",
    "DHCPNISPlusServers",
    "DHCPNISServers",
    "DHCPNTPServers",
    "DHCPNetBIOSDatagramServers",
    "DHCPNetBIOSNameServers",
    "DHCPNetBIOSScope",
    "DHCPNetInfoServers",
    "DHCPNetInfoTag",
    "DHCPNewsServers",
    "DHCPPANAAgents",
    "DHCPPOP3Servers",
    "DHCPPathPrefix",
    "DHCPProxyAutodiscovery",
    "DHCPSMTPServers",
    "DHCPStreetTalkDirectoryServers",
    "DHCPStreetTalkServers",
    "DHCPTFTPServers",
    "DHCPTimeZone",
    "DHCPTimeZoneName",
    "DHCPUsageDescription",
    "DHCPWebServers",
]


# Applications and services (RFC 2132, section 8).


class DHCPNISDomain(DHCPValueOption, number=40, title="Network Information Service Domain"):
    """The client's domain in the Network Information Service."""

    value: str = text(
        "option.nis_domain", default="", length="rest", kw_only=False, title="Network Information Service Domain"
    )


class DHCPNISServers(DHCPValueOption, number=41, tolerant=True, title="Network Information Service Servers"):
    """Servers of that service."""

    values: Listing[str] = address_list(
        "option.nis_server", default=(), length="rest", kw_only=False, title="Network Information Service Servers"
    )


class DHCPNTPServers(DHCPValueOption, number=42, tolerant=True, title="Network Time Protocol Servers"):
    """Servers of NTP."""

    values: Listing[str] = address_list(
        "option.ntp_server", default=(), length="rest", kw_only=False, title="Network Time Protocol Servers"
    )


class DHCPNetBIOSNameServers(DHCPValueOption, number=44, tolerant=True, title="NetBIOS over TCP/IP Name Server"):
    """Name servers of NetBIOS (RFC 1001)."""

    values: Listing[str] = address_list(
        "option.netbios_over_tcpip_name_server",
        default=(),
        length="rest",
        kw_only=False,
        title="NetBIOS over TCP/IP Name Server",
    )


class DHCPNetBIOSDatagramServers(
    DHCPValueOption, number=45, tolerant=True, title="NetBIOS over TCP/IP Datagram Distribution Name Server"
):
    """Servers that distribute datagrams of NetBIOS."""

    values: Listing[str] = address_list(
        "option.netbios_over_tcpip_dd_name_server",
        default=(),
        length="rest",
        kw_only=False,
        title="NetBIOS over TCP/IP Datagram Distribution Name Server",
    )


class DHCPNetBIOSScope(DHCPValueOption, number=47, title="NetBIOS over TCP/IP Scope"):
    """The scope of NetBIOS names."""

    value: str = text(
        "option.netbios_over_tcpip_scope", default="", length="rest", kw_only=False, title="NetBIOS over TCP/IP Scope"
    )


class DHCPFontServers(DHCPValueOption, number=48, tolerant=True, title="X Window System Font Server"):
    """Font servers of the X Window System."""

    values: Listing[str] = address_list(
        "option.xwindows_system_font_server",
        default=(),
        length="rest",
        kw_only=False,
        title="X Window System Font Server",
    )


class DHCPDisplayManagers(DHCPValueOption, number=49, tolerant=True, title="X Window System Display Manager"):
    """Hosts with a display manager of the X Window System."""

    values: Listing[str] = address_list(
        "option.xwindows_system_display_manager",
        default=(),
        length="rest",
        kw_only=False,
        title="X Window System Display Manager",
    )


class DHCPNISPlusDomain(DHCPValueOption, number=64, title="Network Information Service+ Domain"):
    """The client's domain in NIS+."""

    value: str = text(
        "option.nis_plus_domain", default="", length="rest", kw_only=False, title="Network Information Service+ Domain"
    )


class DHCPNISPlusServers(DHCPValueOption, number=65, tolerant=True, title="Network Information Service+ Servers"):
    """Servers of NIS+."""

    values: Listing[str] = address_list(
        "option.nis_plus_server", default=(), length="rest", kw_only=False, title="Network Information Service+ Servers"
    )


class DHCPHomeAgents(DHCPValueOption, number=68, tolerant=True, title="Mobile IP Home Agent"):
    """Home agents of Mobile IP; none where there are none."""

    values: Listing[str] = address_list(
        "option.mobile_ip_home_agent", default=(), length="rest", kw_only=False, title="Mobile IP Home Agent"
    )


class DHCPSMTPServers(DHCPValueOption, number=69, tolerant=True, title="SMTP Server"):
    """Servers that take mail."""

    values: Listing[str] = address_list(
        "option.smtp_server", default=(), length="rest", kw_only=False, title="SMTP Server"
    )


class DHCPPOP3Servers(DHCPValueOption, number=70, tolerant=True, title="POP3 Server"):
    """Servers that hand mail out."""

    values: Listing[str] = address_list(
        "option.pop3_server", default=(), length="rest", kw_only=False, title="POP3 Server"
    )


class DHCPNewsServers(DHCPValueOption, number=71, tolerant=True, title="NNTP Server"):
    """News servers."""

    values: Listing[str] = address_list(
        "option.nntp_server", default=(), length="rest", kw_only=False, title="NNTP Server"
    )


class DHCPWebServers(DHCPValueOption, number=72, tolerant=True, title="Default WWW Server"):
    """Web servers."""

    values: Listing[str] = address_list(
        "option.default_www_server", default=(), length="rest", kw_only=False, title="Default WWW Server"
    )


class DHCPFingerServers(DHCPValueOption, number=73, tolerant=True, title="Default Finger Server"):
    """Servers that tell of users."""

    values: Listing[str] = address_list(
        "option.default_finger_server", default=(), length="rest", kw_only=False, title="Default Finger Server"
    )


class DHCPIRCServers(DHCPValueOption, number=74, tolerant=True, title="Default IRC Server"):
    """Servers of Internet Relay Chat."""

    values: Listing[str] = address_list(
        "option.default_irc_server", default=(), length="rest", kw_only=False, title="Default IRC Server"
    )


class DHCPStreetTalkServers(DHCPValueOption, number=75, tolerant=True, title="StreetTalk Server"):
    """Servers of StreetTalk."""

    values: Listing[str] = address_list(
        "option.streettalk_server", default=(), length="rest", kw_only=False, title="StreetTalk Server"
    )


class DHCPStreetTalkDirectoryServers(
    DHCPValueOption, number=76, tolerant=True, title="StreetTalk Directory Assistance Server"
):
    """Servers of its directory."""

    values: Listing[str] = address_list(
        "option.streettalk_da_server",
        default=(),
        length="rest",
        kw_only=False,
        title="StreetTalk Directory Assistance Server",
    )


# Of later documents.


class DHCPDirectoryServers(DHCPValueOption, number=85, tolerant=True, title="Novell Directory Services Servers"):
    """Servers of Novell's directory (RFC 2241)."""

    values: Listing[str] = address_list(
        "option.novell_dss.ip", default=(), length="rest", kw_only=False, title="Novell Directory Services Servers"
    )


class DHCPDirectoryTree(DHCPValueOption, number=86, title="Novell Directory Services Tree Name"):
    """The tree of that directory (RFC 2241)."""

    value: str = text(
        "option.novell_ds_tree_name",
        default="",
        length="rest",
        kw_only=False,
        title="Novell Directory Services Tree Name",
    )


class DHCPDirectoryContext(DHCPValueOption, number=87, title="Novell Directory Services Context"):
    """The context in that directory (RFC 2241)."""

    value: str = text(
        "option.novell_ds_context", default="", length="rest", kw_only=False, title="Novell Directory Services Context"
    )


class DHCPTimeZone(DHCPValueOption, number=100, title="PCode"):
    """The client's time zone as POSIX writes it (RFC 4833)."""

    value: str = text("option.tz_pcode", default="", length="rest", kw_only=False, title="PCode")


class DHCPTimeZoneName(DHCPValueOption, number=101, title="TCode"):
    """The name of the client's time zone in the TZ database (RFC 4833)."""

    value: str = text("option.tz_tcode", default="", length="rest", kw_only=False, title="TCode")


class DHCPNetInfoServers(DHCPValueOption, number=112, tolerant=True, title="NetInfo Parent Server Address"):
    """Parent servers of NetInfo."""

    values: Listing[str] = address_list(
        "option.netinfo_parent_server_address",
        default=(),
        length="rest",
        kw_only=False,
        title="NetInfo Parent Server Address",
    )


class DHCPNetInfoTag(DHCPValueOption, number=113, title="NetInfo Parent Server Tag"):
    """The tag of a parent server of NetInfo."""

    value: str = text(
        "option.netinfo_parent_server_tag", default="", length="rest", kw_only=False, title="NetInfo Parent Server Tag"
    )


class DHCPCaptivePortal(DHCPValueOption, number=114, title="DHCP Captive-Portal"):
    """The address of the API of a captive portal (RFC 8910)."""

    value: str = text("option.captive_portal", default="", length="rest", kw_only=False, title="DHCP Captive-Portal")


class DHCPPANAAgents(DHCPValueOption, number=136, tolerant=True, title="PANA Authentication Agent"):
    """Agents that authenticate for network access (RFC 5192)."""

    values: Listing[str] = address_list(
        "option.pana_agent", default=(), length="rest", kw_only=False, title="PANA Authentication Agent"
    )


class DHCPLoSTServer(DHCPValueOption, number=137, title="LoST Server Domain Name"):
    """The server that tells where emergency calls go, in the form of DNS (RFC 5223)."""

    value: str = text(
        "option.lost_server_domain_name", default="", length="rest", kw_only=False, title="LoST Server Domain Name"
    )


class DHCPAccessControllers(DHCPValueOption, number=138, tolerant=True, title="CAPWAP Access Controllers"):
    """Controllers of access points (RFC 5417)."""

    values: Listing[str] = address_list(
        "option.capwap_access_controller", default=(), length="rest", kw_only=False, title="CAPWAP Access Controllers"
    )


class DHCPANDSFServers(DHCPValueOption, number=142, tolerant=True, title="IPv4 Address ANDSF"):
    """Servers that tell of other networks (RFC 6153)."""

    values: Listing[str] = address_list(
        "option.andsf_server", default=(), length="rest", kw_only=False, title="IPv4 Address ANDSF"
    )


class DHCPTFTPServers(DHCPValueOption, number=150, tolerant=True, title="TFTP Server Address"):
    """Servers with configurations of telephones (RFC 5859)."""

    values: Listing[str] = address_list(
        "option.tftp_server_address", default=(), length="rest", kw_only=False, title="TFTP Server Address"
    )


class DHCPUsageDescription(DHCPValueOption, number=161, title="Manufacturer Usage Description"):
    """Where the maker tells what a thing is for (RFC 8520)."""

    value: str = text("option.mudurl", default="", length="rest", kw_only=False, title="Manufacturer Usage Description")


class DHCPConfigurationFile(DHCPValueOption, number=209, title="PXE Configuration file"):
    """The configuration file of PXELINUX (RFC 5071)."""

    value: str = text(
        "option.pxe_config_file", default="", length="rest", kw_only=False, title="PXE Configuration file"
    )


class DHCPPathPrefix(DHCPValueOption, number=210, title="PXE Path Prefix"):
    """What the paths of PXELINUX begin with (RFC 5071)."""

    value: str = text("option.pxe_path_prefix", default="", length="rest", kw_only=False, title="PXE Path Prefix")


class DHCPProxyAutodiscovery(DHCPValueOption, number=252, title="Private/Proxy autodiscovery"):
    """Where a browser finds its proxy settings."""

    value: str = text(
        "option.private_proxy_autodiscovery",
        default="",
        length="rest",
        kw_only=False,
        title="Private/Proxy autodiscovery",
    )
