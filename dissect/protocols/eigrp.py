"""Cisco's Enhanced Interior Gateway Routing Protocol: its header, and what routers tell each other in TLVs."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    AUTOMATIC,
    Checksum,
    Code,
    Coding,
    Header,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    code,
    listing,
    octets,
    overlay,
    u8,
    u16,
    u32,
)
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = [
    "EIGRP",
    "EIGRPOpcode",
    "EIGRPParameters",
    "EIGRPTLVType",
    "MalformedEIGRPTLV",
    "UnknownEIGRPTLV",
]


class EIGRPOpcode(Code):
    """What a packet is for (RFC 7868, section 6.4)."""

    UPDATE = 1, "Update"
    REQUEST = 2, "Request"
    QUERY = 3, "Query"
    REPLY = 4, "Reply"
    HELLO = 5, "Hello"
    IPX_SAP = 6, "IPX/SAP Update"
    ROUTE_PROBE = 7, "Route Probe"
    HELLO_ACK = 8, "Hello (Ack)"
    STUB_INFO = 9, "Stub-Info"
    SIA_QUERY = 10, "SIA-Query"
    SIA_REPLY = 11, "SIA-Reply"


class EIGRPTLVType(Code):
    """What a TLV tells (RFC 7868, section 6.6)."""

    PARAMETERS = 0x0001, "Parameters"
    AUTHENTICATION = 0x0002, "Authentication"
    SEQUENCE = 0x0003, "Sequence"
    SOFTWARE_VERSION = 0x0004, "Software Version"
    NEXT_MULTICAST_SEQUENCE = 0x0005, "Next multicast sequence"
    PEER_STUB = 0x0006, "Peer Stub Information"
    PEER_TERMINATION = 0x0007, "Peer Termination"
    PEER_TOPOLOGIES = 0x0008, "Peer Topology ID List"
    IPV4_INTERNAL = 0x0102, "Internal Route(IPv4)"
    IPV4_EXTERNAL = 0x0103, "External Route(IPv4)"
    IPV4_COMMUNITY = 0x0104, "Ext-Community(IPv4)"
    APPLETALK_INTERNAL = 0x0202, "Internal Route(ATALK)"
    APPLETALK_EXTERNAL = 0x0203, "External Route(ATALK)"
    IPX_INTERNAL = 0x0302, "IPX Internal Route(IPX)"
    IPX_EXTERNAL = 0x0303, "IPX External Route(IPX)"
    IPV6_INTERNAL = 0x0402, "Internal Route(IPv6)"
    IPV6_EXTERNAL = 0x0403, "External Route(IPv6)"
    IPV6_COMMUNITY = 0x0404, "Ext-Community(IPv6)"
    REQUEST = 0x0601, "Request"
    INTERNAL = 0x0602, "Internal Route"
    EXTERNAL = 0x0603, "External Route"
    COMMUNITY = 0x0604, "Ext-Community"


class EIGRPTLV(Option, name="eigrp", source="RFC 7868, section 6.6", family=True):
    """A type, a length that counts itself, and a value."""

    type: Coding[EIGRPTLVType] = code(16, EIGRPTLVType, "tlv_type", factory=OptionKind(), base=16, title="Type")
    length: int = u16("tlv.len", factory=OptionLength(), title="Length")


class UnknownEIGRPTLV(EIGRPTLV, unknown=True, title="TLV"):
    """A TLV whose value is not read here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedEIGRPTLV(EIGRPTLV, malformed=True, ends_early=True, title="Malformed"):
    """Bytes in the place of TLVs that are none."""

    type: Coding[EIGRPTLVType] = code(16, EIGRPTLVType, "", factory=OptionKind(), base=16, title="Type")
    length: int = u16("", factory=OptionLength(), title="Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class EIGRPParameters(EIGRPTLV, number=1, title="Parameters", source="RFC 7868, section 6.6.1"):
    """How metrics are made of bandwidth, load, delay and the rest, and after how many seconds a router is gone.

    A router that says 255 of all is about to leave.
    """

    k1: int = u8("par.k1", default=1, title="K1")
    k2: int = u8("par.k2", default=0, title="K2")
    k3: int = u8("par.k3", default=1, title="K3")
    k4: int = u8("par.k4", default=0, title="K4")
    k5: int = u8("par.k5", default=0, title="K5")
    k6: int = u8("par.k6", default=0, title="K6")
    hold_time: int = u16("par.holdtime", default=15, title="Hold Time")


class EIGRP(
    Header,
    name="eigrp",
    title="Cisco EIGRP",
    source="RFC 7868, section 6.4",
    over={IPv4: IPProtocol.EIGRP},
    leaf=True,
):
    """What a packet is for, which one it acknowledges, and the autonomous system that it is of.

    >>> hello = EIGRP(autonomous_system=100, tlvs=[EIGRPParameters(hold_time=15)])
    >>> len(bytes(hello)), hello.info()
    (32, 'Hello')
    """

    version: int = u8("version", default=2, title="Version")
    opcode: Coding[EIGRPOpcode] = code(8, EIGRPOpcode, "opcode", default=EIGRPOpcode.HELLO, title="Opcode")
    checksum: int = u16("checksum", factory=Checksum(bad="checksum.bad"), base=16, title="Checksum")
    flags: int = u32("flags", default=0, base=16, title="Flags")
    sequence: int = u32("seq", default=0, title="Sequence")
    acknowledgment: int = u32("ack", default=0, title="Acknowledge")
    router_id: int = u16("vrid", default=0, title="Virtual Router ID")
    autonomous_system: int = u16("as", default=1, title="Autonomous System")
    tlvs: Listing[Option] = listing(OptionList(EIGRPTLV), "", default=(), length="rest", title="TLVs")
    is_end: bool = overlay(1, "flags.eot", default=AUTOMATIC, over="flags", skip=28, title="End Of Table")
    restarts: bool = overlay(1, "flags.restart", default=AUTOMATIC, over="flags", skip=29, title="Restart")
    conditional: bool = overlay(
        1, "flags.condrecv", default=AUTOMATIC, over="flags", skip=30, title="Conditional Receive"
    )
    begins: bool = overlay(1, "flags.init", default=AUTOMATIC, over="flags", skip=31, title="Init")

    def check(self) -> Iterator[Problem]:
        """Yield another version or operation, and wrong TLVs."""
        if self.is_cut:
            return
        if self.version != 2:
            yield self.problem("version", "is unknown", 2, self.version, "warning")
        if not self.opcode.known:
            yield self.problem("opcode", "is unknown", "1 to 11", int(self.opcode), "warning")
        yield from self.option_problems()

    def info(self) -> str:
        """Return what the packet is for; a hello that acknowledges something is nothing else."""
        if self.opcode == EIGRPOpcode.HELLO and self.has("acknowledgment") and self.acknowledgment:
            return EIGRPOpcode.HELLO_ACK.title
        return self.opcode.title if self.opcode.known else f"Unknown OpCode (0x{int(self.opcode):04x})"
