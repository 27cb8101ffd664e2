"""A packet crafting and protocol dissection workbench.

>>> from dissect import Ethernet, IPv4, TCP, parse
>>> frame = Ethernet(dst="00:05:5d:a1:b8:40") / IPv4(src="192.168.0.55", dst="192.168.0.2") / TCP(dport=80, flags="S")
>>> parse(bytes(frame)) == frame
True
>>> frame[IPv4].ttl, str(frame[TCP].flags), hex(frame[TCP].checksum)
(64, 'S', '0xe09')

What is not needed to parse, build, read and write is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dissect.captures import write
from dissect.declaration.checksum import ChecksumState, internet_checksum, updated_checksum
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.fields import AUTOMATIC
from dissect.declaration.header import Data, Header
from dissect.declaration.options import Option
from dissect.declaration.problems import Problem
from dissect.declaration.views import VIEWS
from dissect.errors import (
    CaptureError,
    DissectError,
    FieldAbsentError,
    FieldError,
    FilterError,
    FragmentationNeededError,
    HexTextError,
    InterfaceError,
    MissingExtraError,
    NoRouteError,
    RestlessNetworkError,
    ScenarioError,
    TimeExceededError,
)
from dissect.packet import Packet, parse
from dissect.protocols.arp import ARP, ARPOperation, HardwareType
from dissect.protocols.ethernet import VLAN, Ethernet, EtherType
from dissect.protocols.ipv4 import IPProtocol, IPv4, IPv4Flags, ServiceClass
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.udp import UDP
from dissect.reading import read

if TYPE_CHECKING:
    from dissect.captures.clipboard import paste
    from dissect.captures.hexdump import hex_dump
    from dissect.captures.hextext import parse_hex_text
    from dissect.differences import Comparison, FieldDifference, FrameDifference, compare
    from dissect.edges.asking import ask, send
    from dissect.edges.network_interface import NetworkInterface
    from dissect.edges.tap import Tap
    from dissect.filters import CompiledFilter, compile_filter
    from dissect.flows.forwarding import forwarded
    from dissect.flows.fragments import fragment
    from dissect.flows.reading import with_context
    from dissect.flows.reassembly import OverlapPolicy, Reassembler, Reassembly
    from dissect.occurrences import values
    from dissect.protocols.chdlc import CiscoHDLC
    from dissect.protocols.icmp import (
        ICMP,
        AdvertisementCode,
        ExtendedEchoCode,
        ExtendedEchoRequestCode,
        ICMPCode,
        ICMPType,
        NeighborState,
        ParameterProblemCode,
        RedirectCode,
        TimeExceededCode,
        UnreachableCode,
    )
    from dissect.protocols.icmp_errors import (
        DestinationUnreachable,
        ParameterProblem,
        Redirect,
        SourceQuench,
        TimeExceeded,
        quotation,
    )
    from dissect.protocols.icmp_extensions import ExtensionObject, ICMPExtensions, InterfaceInformation, MPLSLabel
    from dissect.protocols.icmp_queries import (
        AddressMaskReply,
        AddressMaskRequest,
        EchoReply,
        EchoRequest,
        ExtendedEchoReply,
        ExtendedEchoRequest,
        InformationReply,
        InformationRequest,
        RouterAdvertisement,
        RouterSolicitation,
        TimestampReply,
        TimestampRequest,
    )
    from dissect.protocols.icmpv6 import (
        ICMPv6,
        ICMPv6Code,
        ICMPv6DestinationUnreachable,
        ICMPv6EchoReply,
        ICMPv6EchoRequest,
        ICMPv6ParameterProblem,
        ICMPv6ParameterProblemCode,
        ICMPv6TimeExceeded,
        ICMPv6TimeExceededCode,
        ICMPv6Type,
        ICMPv6UnreachableCode,
        MulticastListenerDone,
        MulticastListenerQuery,
        MulticastListenerReport,
        MulticastListenerReport2,
        PacketTooBig,
    )
    from dissect.protocols.icmpv6_discovery import (
        ICMPv6Redirect,
        ICMPv6RouterAdvertisement,
        ICMPv6RouterSolicitation,
        NeighborAdvertisement,
        NeighborSolicitation,
    )
    from dissect.protocols.icmpv6_options import (
        LinkMTU,
        MalformedNeighborOption,
        NeighborOption,
        Nonce,
        PrefixInformation,
        RecursiveDNSServers,
        RedirectedHeader,
        SourceLinkLayerAddress,
        TargetLinkLayerAddress,
        UnknownNeighborOption,
    )
    from dissect.protocols.igmp import (
        IGMP,
        GroupRecord,
        GroupRecordType,
        IGMPLeave,
        IGMPQuery,
        IGMPType,
        IGMPv1Report,
        IGMPv2Report,
        IGMPv3Query,
        IGMPv3Report,
    )
    from dissect.protocols.ipv4_options import (
        EndOfIPv4Options,
        InternetTimestamp,
        IPv4NoOperation,
        IPv4Option,
        LooseSourceRoute,
        MalformedIPv4Option,
        RecordRoute,
        RouterAlert,
        SelectiveBroadcast,
        StreamIdentifier,
        StrictSourceRoute,
        TimestampForm,
        UnknownIPv4Option,
    )
    from dissect.protocols.ipv6_extensions import (
        AuthenticationHeader,
        DestinationOptions,
        FragmentHeader,
        HopByHopOptions,
        RoutingHeader,
        RoutingType,
    )
    from dissect.protocols.ipv6_options import (
        HomeAddress,
        IPv6Option,
        IPv6Pad1,
        IPv6PadN,
        IPv6RouterAlert,
        JumboPayload,
        MalformedIPv6Option,
        TunnelEncapsulationLimit,
        UnknownIPv6Option,
    )
    from dissect.protocols.llc import LLC, SNAP, LLCIdentification, LLCNumbered, ServiceAccessPoint
    from dissect.protocols.llc_xid import BasicXID, LLCClass
    from dissect.protocols.null import AddressFamily, Loop, Null, NullType
    from dissect.protocols.ppp import PPP, CompressedPPP, HDLCFraming, PPPProtocol
    from dissect.protocols.pppoe import PPPoECode, PPPoESession
    from dissect.protocols.sll import SLL, SLL2, PacketType
    from dissect.protocols.tcp_options import (
        MSS,
        SACK,
        EndOfTCPOptions,
        FastOpen,
        MalformedTCPOption,
        MD5Signature,
        SACKPermitted,
        TCPNoOperation,
        TCPOption,
        Timestamps,
        UnknownTCPOption,
        UserTimeout,
        WindowScale,
    )
    from dissect.replay.host import Host
    from dissect.replay.host_options import OnStart
    from dissect.replay.hub import Hub
    from dissect.replay.interface import Interface
    from dissect.replay.link import Link
    from dissect.replay.network import Network
    from dissect.replay.padding import Padding
    from dissect.replay.ping import Ping
    from dissect.replay.router import Router
    from dissect.replay.scenario import load_scenario
    from dissect.replay.simulation import Simulation
    from dissect.replay.switch import Switch
    from dissect.replay.traceroute import Traceroute
    from dissect.views.fragment_strips import fragment_strips
    from dissect.views.packet_list import listing
    from dissect.views.plots import packet_sizes, packets_over_time, protocol_hierarchy
    from dissect.views.sequence_ladder import sequence_ladder
    from dissect.views.time_sequence import time_sequence

__all__ = [
    "ARP",
    "AUTOMATIC",
    "ICMP",
    "IGMP",
    "LLC",
    "MSS",
    "PPP",
    "SACK",
    "SLL",
    "SLL2",
    "SNAP",
    "TCP",
    "UDP",
    "VLAN",
    "ARPOperation",
    "AddressFamily",
    "AddressMaskReply",
    "AddressMaskRequest",
    "AdvertisementCode",
    "AuthenticationHeader",
    "BasicXID",
    "CaptureError",
    "ChecksumState",
    "CiscoHDLC",
    "Code",
    "Comparison",
    "CompiledFilter",
    "CompressedPPP",
    "Data",
    "DestinationOptions",
    "DestinationUnreachable",
    "DissectError",
    "EchoReply",
    "EchoRequest",
    "EndOfIPv4Options",
    "EndOfTCPOptions",
    "EtherType",
    "Ethernet",
    "ExtendedEchoCode",
    "ExtendedEchoReply",
    "ExtendedEchoRequest",
    "ExtendedEchoRequestCode",
    "ExtensionHeader",
    "ExtensionObject",
    "FastOpen",
    "FieldAbsentError",
    "FieldDifference",
    "FieldError",
    "FilterError",
    "Flags",
    "FragmentHeader",
    "FragmentationNeededError",
    "FrameDifference",
    "GroupRecord",
    "GroupRecordType",
    "HDLCFraming",
    "HardwareType",
    "Header",
    "HexTextError",
    "HomeAddress",
    "HopByHopOptions",
    "Host",
    "Hub",
    "ICMPCode",
    "ICMPExtensions",
    "ICMPType",
    "ICMPv6",
    "ICMPv6Code",
    "ICMPv6DestinationUnreachable",
    "ICMPv6EchoReply",
    "ICMPv6EchoRequest",
    "ICMPv6ParameterProblem",
    "ICMPv6ParameterProblemCode",
    "ICMPv6Redirect",
    "ICMPv6RouterAdvertisement",
    "ICMPv6RouterSolicitation",
    "ICMPv6TimeExceeded",
    "ICMPv6TimeExceededCode",
    "ICMPv6Type",
    "ICMPv6UnreachableCode",
    "IGMPLeave",
    "IGMPQuery",
    "IGMPType",
    "IGMPv1Report",
    "IGMPv2Report",
    "IGMPv3Query",
    "IGMPv3Report",
    "IPProtocol",
    "IPv4",
    "IPv4Flags",
    "IPv4NoOperation",
    "IPv4Option",
    "IPv6",
    "IPv6Option",
    "IPv6Pad1",
    "IPv6PadN",
    "IPv6RouterAlert",
    "InformationReply",
    "InformationRequest",
    "Interface",
    "InterfaceError",
    "InterfaceInformation",
    "InternetTimestamp",
    "JumboPayload",
    "LLCClass",
    "LLCIdentification",
    "LLCNumbered",
    "Link",
    "LinkMTU",
    "Loop",
    "LooseSourceRoute",
    "MD5Signature",
    "MPLSLabel",
    "MalformedIPv4Option",
    "MalformedIPv6Option",
    "MalformedNeighborOption",
    "MalformedTCPOption",
    "MissingExtraError",
    "MulticastListenerDone",
    "MulticastListenerQuery",
    "MulticastListenerReport",
    "MulticastListenerReport2",
    "NeighborAdvertisement",
    "NeighborOption",
    "NeighborSolicitation",
    "NeighborState",
    "Network",
    "NetworkInterface",
    "NoRouteError",
    "Nonce",
    "Null",
    "NullType",
    "OnStart",
    "Option",
    "OverlapPolicy",
    "PPPProtocol",
    "PPPoECode",
    "PPPoESession",
    "Packet",
    "PacketTooBig",
    "PacketType",
    "Padding",
    "ParameterProblem",
    "ParameterProblemCode",
    "Ping",
    "PrefixInformation",
    "Problem",
    "Reassembler",
    "Reassembly",
    "RecordRoute",
    "RecursiveDNSServers",
    "Redirect",
    "RedirectCode",
    "RedirectedHeader",
    "RestlessNetworkError",
    "Router",
    "RouterAdvertisement",
    "RouterAlert",
    "RouterSolicitation",
    "RoutingHeader",
    "RoutingType",
    "SACKPermitted",
    "ScenarioError",
    "SelectiveBroadcast",
    "ServiceAccessPoint",
    "ServiceClass",
    "Simulation",
    "SourceLinkLayerAddress",
    "SourceQuench",
    "StreamIdentifier",
    "StrictSourceRoute",
    "Switch",
    "TCPFlags",
    "TCPNoOperation",
    "TCPOption",
    "Tap",
    "TargetLinkLayerAddress",
    "TimeExceeded",
    "TimeExceededCode",
    "TimeExceededError",
    "TimestampForm",
    "TimestampReply",
    "TimestampRequest",
    "Timestamps",
    "Traceroute",
    "TunnelEncapsulationLimit",
    "UnknownIPv4Option",
    "UnknownIPv6Option",
    "UnknownNeighborOption",
    "UnknownTCPOption",
    "UnreachableCode",
    "UserTimeout",
    "WindowScale",
    "ask",
    "compare",
    "compile_filter",
    "forwarded",
    "fragment",
    "fragment_strips",
    "hex_dump",
    "internet_checksum",
    "listing",
    "load_scenario",
    "packet_sizes",
    "packets_over_time",
    "parse",
    "parse_hex_text",
    "paste",
    "protocol_hierarchy",
    "quotation",
    "read",
    "send",
    "sequence_ladder",
    "time_sequence",
    "updated_checksum",
    "values",
    "with_context",
    "write",
]

_LATER = {
    "Comparison": "dissect.differences",
    "CompiledFilter": "dissect.filters",
    "FieldDifference": "dissect.differences",
    "FrameDifference": "dissect.differences",
    "Host": "dissect.replay.host",
    "Hub": "dissect.replay.hub",
    "Interface": "dissect.replay.interface",
    "Link": "dissect.replay.link",
    "Network": "dissect.replay.network",
    "NetworkInterface": "dissect.edges.network_interface",
    "OnStart": "dissect.replay.host_options",
    "OverlapPolicy": "dissect.flows.reassembly",
    "Padding": "dissect.replay.padding",
    "Ping": "dissect.replay.ping",
    "Reassembler": "dissect.flows.reassembly",
    "Reassembly": "dissect.flows.reassembly",
    "Router": "dissect.replay.router",
    "Simulation": "dissect.replay.simulation",
    "Switch": "dissect.replay.switch",
    "Tap": "dissect.edges.tap",
    "Traceroute": "dissect.replay.traceroute",
    "ask": "dissect.edges.asking",
    "compare": "dissect.differences",
    "compile_filter": "dissect.filters",
    "forwarded": "dissect.flows.forwarding",
    "fragment": "dissect.flows.fragments",
    "fragment_strips": "dissect.views.fragment_strips",
    "hex_dump": "dissect.captures.hexdump",
    "sequence_ladder": "dissect.views.sequence_ladder",
    "listing": "dissect.views.packet_list",
    "load_ipython_extension": "dissect.commands.prompt",
    "load_scenario": "dissect.replay.scenario",
    "packet_sizes": "dissect.views.plots",
    "packets_over_time": "dissect.views.plots",
    "parse_hex_text": "dissect.captures.hextext",
    "paste": "dissect.captures.clipboard",
    "protocol_hierarchy": "dissect.views.plots",
    "send": "dissect.edges.asking",
    "time_sequence": "dissect.views.time_sequence",
    "values": "dissect.occurrences",
    "with_context": "dissect.flows.reading",
}

VIEWS.update(
    bits="dissect.views.bits",
    details="dissect.views.details",
    diagram="dissect.views.diagram",
    explain="dissect.views.explain",
    capture_html="dissect.views.packet_list",
    comparison_html="dissect.views.comparison_html",
    frame_html="dissect.views.frame_html",
    hexdump="dissect.views.hexdump",
    source="dissect.views.source",
    to_mermaid="dissect.views.mermaid",
    to_svg="dissect.views.svg",
)

if not TYPE_CHECKING:
    # Hidden from type checkers, to which it would make every misspelt name a good one.
    def __getattr__(name: str) -> object:
        if name not in __all__ and name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name in _LATER:
            from importlib import import_module

            globals()[name] = getattr(import_module(_LATER[name]), name)
        else:
            from dissect.protocols import modules

            # All of them: who names one protocol names others, and `vars(dissect)` has what a repr needs.
            for module in modules():
                globals().update((each, getattr(module, each)) for each in module.__all__ if each in __all__)
        return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
