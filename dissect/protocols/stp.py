"""The Spanning Tree Protocol: bridges agree on a tree without loops, slowly, fast (RSTP) or on several (MSTP)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    AUTOMATIC,
    Address,
    Code,
    Coding,
    Header,
    Listing,
    Number,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    Variant,
    bits,
    code,
    derived,
    flag,
    listing,
    mac,
    octets,
    overlay,
    u8,
    u16,
    u32,
)
from dissect.protocols.llc import LLC, SNAP, ServiceAccessPoint
from dissect.protocols.stp_instances import MSTPExtension, SPTExtension, extension, spt_extension

__all__ = [
    "STP",
    "MalformedPVSTTLV",
    "PVSTOriginatingVLAN",
    "STPConfiguration",
    "STPMultiple",
    "STPPerVLANConfiguration",
    "STPPerVLANRapid",
    "STPRapid",
    "STPTopologyChange",
    "STPType",
    "STPVersion",
    "UnknownPVSTTLV",
]

TICKS = 256
"""Times are counted in so many parts of a second (IEEE 802.1D-2004, 9.2.8)."""
LEAST_MULTIPLE = 102
"""The bytes that a rapid message has at least that tells of several trees (IEEE 802.1Q, 14.4)."""
PER_VLAN = 0x00000C010B
"""Cisco's number, behind its organization's, for a tree of each VLAN (PVST+)."""


_ROLES = "0: unknown, 1: alternate or backup, 2: root, 3: designated"


class STPVersion(Code):
    """Which of the protocols a bridge speaks (IEEE 802.1Q, 14.3)."""

    SPANNING_TREE = 0, "Spanning Tree"
    RAPID = 2, "Rapid Spanning Tree"
    MULTIPLE = 3, "Multiple Spanning Tree"
    SHORTEST_PATH = 4, "Shortest Path Tree"


class STPType(Code):
    """The kind of message, a bridge protocol data unit."""

    CONFIGURATION = 0x00, "Configuration"
    RAPID = 0x02, "Rapid/Multiple Spanning Tree"
    TOPOLOGY_CHANGE = 0x80, "Topology Change Notification"


class STP(
    Header,
    name="stp",
    title="Spanning Tree Protocol",
    source="IEEE 802.1D-2004, clause 9",
    over={LLC: ServiceAccessPoint.SPANNING_TREE, SNAP: PER_VLAN},
    leaf=True,
):
    """The version and the kind of a message; what follows is a matter of these.

    Every kind that there is has a class of its own, so this one stands for others.
    """

    protocol: int = u16("protocol", default=0, base=16, title="Protocol Identifier")
    version: Coding[STPVersion] = code(8, STPVersion, "version", default=0, title="Protocol Version Identifier")
    type: Coding[STPType] = code(8, STPType, "type", factory=Variant(), base=16, title="BPDU Type")

    # Left out, the type is one that no message has.
    _variant_number: ClassVar[int] = 0x7F

    def check(self) -> Iterator[Problem]:
        """Yield another protocol, and a kind of message that is unknown."""
        if self.is_cut:
            return
        if self.protocol:
            yield self.problem("protocol", "is unknown", 0, self.protocol)
        if not self.type.known:
            yield self.problem("type", "is unknown", "0, 2 or 0x80", f"{int(self.type):#x}", name="type.unknown")

    def info(self) -> str:
        """Return the kind of message."""
        return f"Unknown BPDU type ({int(self.type)})"


class STPTopologyChange(STP, variant=STPType.TOPOLOGY_CHANGE, source="IEEE 802.1D-2004, 9.3.2"):
    """A bridge tells the root that a port came or went."""

    def info(self) -> str:
        """Return the kind of message."""
        return self.type.title


def _seconds(label: str, over: str, title: str) -> Any:
    @derived(label, kind=Number(), over=over, title=title)
    def seconds(message: Any) -> float:
        """In seconds."""
        return float(message.raw(over)) / TICKS

    return seconds


def _priority(label: str, over: str, title: str) -> Any:
    @derived(label, width=16, title=title)
    def priority(message: Any) -> int:
        """As bridges show it: in steps of 4096."""
        return int(message.raw(over)) << 12

    return priority


class STPConfiguration(STP, variant=STPType.CONFIGURATION, source="IEEE 802.1D-2004, 9.3.1"):
    """A bridge tells which bridge it takes for the root, how far that is, and the times that the root wants.

    Times are in 256ths of a second, `root_rank` and `bridge_rank` in steps of 4096. The lower an identifier, the
    better: first the rank, then the number that was a part of it once, then the address.

    >>> message = STPConfiguration(root="02:00:00:00:00:01", bridge="02:00:00:00:00:02", root_cost=4, port=0x8001)
    >>> message.root_priority, message.hello_time, message.info()
    (32768, 2.0, 'Conf. Root = 32768/0/02:00:00:00:00:01  Cost = 4  Port = 0x8001')
    """

    acknowledgment: bool = flag("flags.tcack", default=False, title="Topology Change Acknowledgment")
    other_flags: int = bits(6, "", default=0, title="Flags of rapid messages")
    topology_change: bool = flag("flags.tc", default=False, title="Topology Change")
    root_rank: int = bits(4, "", default=8, title="Root Bridge Priority")
    root_extension: int = bits(12, "root.ext", default=0, title="Root Bridge System ID Extension")
    root: Address = mac("root.hw", default="00:00:00:00:00:00", title="Root Bridge System ID")
    root_cost: int = u32("root.cost", default=0, title="Root Path Cost")
    bridge_rank: int = bits(4, "", default=8, title="Bridge Priority")
    bridge_extension: int = bits(12, "bridge.ext", default=0, title="Bridge System ID Extension")
    bridge: Address = mac("bridge.hw", default="00:00:00:00:00:00", title="Bridge System ID")
    port: int = u16("port", default=0x8001, base=16, title="Port identifier")
    message_age: int = u16("", default=0, title="Message Age")
    maximum_age: int = u16("", default=20 * TICKS, title="Max Age")
    hello: int = u16("", default=2 * TICKS, title="Hello Time")
    delay: int = u16("", default=15 * TICKS, title="Forward Delay")
    flags: int = overlay(8, "flags", default=AUTOMATIC, over="acknowledgment", base=16, title="BPDU flags")

    root_priority = _priority("root.prio", "root_rank", "Root Bridge Priority")
    bridge_priority = _priority("bridge.prio", "bridge_rank", "Bridge Priority")
    age_time = _seconds("msg_age", "message_age", "Message Age")
    maximum_age_time = _seconds("max_age", "maximum_age", "Max Age")
    hello_time = _seconds("hello", "hello", "Hello Time")
    delay_time = _seconds("forward", "delay", "Forward Delay")

    _word: ClassVar[str] = "Conf"

    def check(self) -> Iterator[Problem]:
        """Yield a message that is too old to be of use, besides what is wrong with all (IEEE 802.1D-2004, 9.3.4)."""
        yield from super().check()
        if not self.is_cut and self.message_age >= self.maximum_age:
            yield self.problem(
                "message_age", "is not below the maximum age", f"below {self.maximum_age}", self.message_age, "warning"
            )

    def info(self) -> str:
        """Return whether the tree changes, and the root, how far it is, and from which port the message came."""
        change = "TC + " if self.topology_change else ""
        root = f"{self.root_priority}/{self.root_extension}/{self.root}"
        return f"{self._word}. {change}Root = {root}  Cost = {self.root_cost}  Port = 0x{self.port:04x}"


def _flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"flags.{label}", default=AUTOMATIC, over="other_flags", skip=bit, title=title)


class STPRapid(STPConfiguration, variant=STPType.RAPID, source="IEEE 802.1D-2004, 9.3.3"):
    """The same in rapid spanning trees, with what the port is for, what it does, and what it wants to do at once.

    >>> STPRapid(port_role=3, learning=True, forwarding=True).flags
    60
    """

    version: Coding[STPVersion] = code(
        8, STPVersion, "version", default=STPVersion.RAPID, title="Protocol Version Identifier"
    )
    agreement: bool = _flag("agreement", 0, "Agreement")
    forwarding: bool = _flag("forwarding", 1, "Forwarding")
    learning: bool = _flag("learning", 2, "Learning")
    port_role: int = overlay(
        2, "flags.port_role", default=AUTOMATIC, over="other_flags", skip=3, title="Port Role", doc=_ROLES
    )
    proposal: bool = _flag("proposal", 5, "Proposal")
    version_1_length: int = u8("version_1_length", default=0, title="Version 1 Length")

    _word: ClassVar[str] = "RST"

    def info(self) -> str:
        """Return what `STPConfiguration.info` does, after the word for the protocol's version."""
        told = super().info()
        word = {3: "MST", 4: "SPT"}.get(self.version, self._word)
        return word + told.removeprefix(self._word)


class STPMultiple(STPRapid, source="IEEE 802.1Q, 14.4"):
    """The same for several trees: which VLANs are in which stands behind it, in short, and what is told of each."""

    version: Coding[STPVersion] = code(
        8, STPVersion, "version", default=STPVersion.MULTIPLE, title="Protocol Version Identifier"
    )
    extension: Listing[MSTPExtension] = extension()
    spt_extension: Listing[SPTExtension] = spt_extension()
    unread: bytes = octets("", default=b"", length="rest", title="Unread")

    _variant_number: ClassVar[int] = STPType.RAPID


class PVSTTLV(Option, name="stp", source="Cisco", family=True):
    """What Cisco's bridges tell of the VLAN whose tree it is."""

    type: int = u16("pvst.tlvtype", factory=OptionKind(), base=16, title="Type")
    length: int = u16("pvst.tlvlen", factory=OptionLength(uncounted=4), title="Length")


class UnknownPVSTTLV(PVSTTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("pvst.tlvval", default=b"", length="rest", title="Value")


class MalformedPVSTTLV(PVSTTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), base=16, title="Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class PVSTOriginatingVLAN(PVSTTLV, number=0, title="Originating VLAN"):
    """The VLAN that the message was sent in."""

    vlan: int = u16("pvst.origvlan", default=1, kw_only=False, title="Originating VLAN")


def _vlans() -> Any:
    return listing(OptionList(PVSTTLV), "", default=(), length="rest", title="Per VLAN")


class STPPerVLANConfiguration(STPConfiguration, source="Cisco"):
    """A configuration for the tree of one VLAN, over Cisco's number in SNAP."""

    padding: int = u8("", default=0, title="Padding")
    vlans: Listing[Option] = _vlans()

    _variant_number: ClassVar[int] = STPType.CONFIGURATION


class STPPerVLANRapid(STPRapid, source="Cisco"):
    """A rapid message for the tree of one VLAN, over Cisco's number in SNAP."""

    vlans: Listing[Option] = _vlans()

    _variant_number: ClassVar[int] = STPType.RAPID


def _decode_rapid(buffer: bytes, start: int, end: int, outer: Any) -> STP:
    """Decode a rapid message: one of several trees, if it says so and is long enough (IEEE 802.1Q, 14.4)."""
    is_multiple = (
        end - start >= LEAST_MULTIPLE
        and buffer[start + _VERSION] >= STPVersion.MULTIPLE
        and not buffer[start + _VERSION_1_LENGTH]
    )
    message: STPRapid = (STPMultiple if is_multiple else STPRapid).decode(buffer, start, end, outer)
    return message


_VERSION, _VERSION_1_LENGTH = (STPRapid.field(name).bit // 8 for name in ("version", "version_1_length"))


def _decode_per_vlan(buffer: bytes, start: int, end: int, outer: Any) -> STP:
    """Decode a message for the tree of a VLAN, which ends with the number of that."""
    kind = buffer[start + 3] if end - start > STPTopologyChange.least_size else STPType.TOPOLOGY_CHANGE
    forms: dict[int, type[STP]] = {0: STPPerVLANConfiguration, 2: STPPerVLANRapid}
    cls = forms.get(kind, STP)
    message: STP = cls.decode(buffer, start, end, outer)
    return message


STP.read_variant(STPType.RAPID, _decode_rapid)
for _cls in (STPPerVLANConfiguration, STPPerVLANRapid):
    SNAP.carry(_cls, PER_VLAN, decode=_decode_per_vlan)
