"""IEEE 802.2 logical link control, and SNAP, which carries EtherTypes in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from dissect.declare import (
    AUTOMATIC,
    LINKS,
    Automatic,
    Code,
    Coding,
    Data,
    Field,
    Header,
    Selector,
    Variant,
    bits,
    code,
    flag,
    overlay,
    u8,
    u24,
)
from dissect.protocols.ethernet import WITH_LENGTH, Ethernet, EtherType
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.llc_xid import decode_identification

__all__ = ["LLC", "SNAP", "LLCIdentification", "LLCNumbered", "ServiceAccessPoint"]

LINKTYPE_ATM_RFC1483 = 100
_OF_ORGANIZATION = 24
"""The bits of an organization's number."""


class ServiceAccessPoint(Code):
    """Who speaks above the link (IEEE 802.2, and the registry of LSAPs); the lowest bit is not part of it."""

    NULL = 0x00, "NULL LSAP"
    MANAGEMENT = 0x02, "LLC Sub-Layer Management"
    SNA_PATH_CONTROL = 0x04, "SNA Path Control"
    IP = 0x06, "TCP/IP"
    SNA = 0x08, "SNA"
    SNA_2 = 0x0C, "SNA"
    PROWAY_MANAGEMENT = 0x0E, "PROWAY (IEC955) Network Management and Initialization"
    NETWARE_UNOFFICIAL = 0x10, "NetWare (unofficial?)"
    OSLAN_1 = 0x14, "ISO Network Layer (OSLAN 1)"
    TEXAS_INSTRUMENTS = 0x18, "Texas Instruments"
    ISO_UNOFFICIAL = 0x20, "ISO Network Layer (unofficial?)"
    ISO_UNOFFICIAL_2 = 0x34, "ISO Network Layer (unofficial?)"
    SPANNING_TREE = 0x42, "Spanning Tree BPDU"
    MANUFACTURING_MESSAGES = 0x4E, "EIA RS-511 Manufacturing Message Service"
    OSLAN_2 = 0x54, "ISO Network Layer (OSLAN 2)"
    X25 = 0x7E, "ISO 8208 (X.25 over 802.2)"
    XNS = 0x80, "XNS"
    BACNET = 0x82, "BACnet"
    NESTAR = 0x86, "Nestar"
    PROWAY_STATIONS = 0x8E, "PROWAY (IEC955) Active Station List Maintenance"
    ARP = 0x98, "ARP"
    SNAP = 0xAA, "SNAP"
    JETDIRECT = 0xB4, "HP JetDirect Printer"
    VINES = 0xBA, "Banyan Vines"
    VINES_2 = 0xBC, "Banyan Vines"
    NETWARE = 0xE0, "NetWare"
    NETBIOS = 0xF0, "NetBIOS"
    IBM_MANAGEMENT = 0xF4, "IBM Net Management"
    HP_EXTENDED = 0xF8, "HP Extended LLC"
    UNGERMANN_BASS = 0xFA, "Ungermann-Bass"
    REMOTE_PROGRAM_LOAD = 0xFC, "Remote Program Load"
    ISO = 0xFE, "ISO Network Layer"


_UNNUMBERED = 3
"""Both low bits of a control field of one byte."""
EXCHANGE_IDENTIFICATION = (0xAF, 0xBF)
"""The control field of XID, and of XID that polls."""
UNNUMBERED_INFORMATION = 0x03
"""The control field of a frame that carries data without numbers."""


class LLC(
    Header,
    name="llc",
    title="Logical-Link Control",
    source="IEEE 802.2, clause 3",
    link_type=LINKTYPE_ATM_RFC1483,
    carries={ServiceAccessPoint.IP: IPv4},
):
    """Destination and source access points and a control field of one byte, that of an unnumbered frame.

    Frames with sequence numbers are `LLCNumbered`. The access points follow from what is carried: 0xAA in
    front of SNAP. A source point with its lowest bit set makes the frame a response.

    >>> from dissect import Ethernet, IPv4
    >>> frame = Ethernet() / LLC() / SNAP() / IPv4()
    >>> frame.type, hex(frame[LLC].dsap), hex(frame[SNAP].type)
    (<EtherType.0x1c: 28>, '0xaa', '0x800')
    """

    dsap: Coding[ServiceAccessPoint] = code(8, ServiceAccessPoint, "dsap", factory=Selector(), base=16, title="DSAP")
    ssap: Coding[ServiceAccessPoint] = code(8, ServiceAccessPoint, "ssap", factory=Selector(), base=16, title="SSAP")
    control: int = u8("control", factory=Variant(), base=16, size=16, title="Control field")
    _variant_number: ClassVar[int] = UNNUMBERED_INFORMATION

    dsap_group: bool = overlay(1, "dsap.ig", default=AUTOMATIC, over="dsap", skip=7, title="IG Bit")
    ssap_response: bool = overlay(1, "ssap.cr", default=AUTOMATIC, over="ssap", skip=7, title="CR Bit")

    def info(self) -> str:
        """Return who speaks to whom, and the control field."""
        return f"{self.ssap.title} to {self.dsap.title}, control {self.control:#04x}"


class LLCIdentification(LLC, source="IEEE 802.2, clause 5.4.1.1.2", variant=EXCHANGE_IDENTIFICATION):
    """A frame in which a station tells what it is capable of, whatever its access points are."""

    def other_payload(self, outer: object, deep: bool) -> Header | None:
        if deep or self.own_end >= self.carried_end:
            return super().other_payload(outer, deep)
        return decode_identification(self.buffer, self.own_end, self.carried_end, outer)


class LLCNumbered(
    LLC,
    source="IEEE 802.2, clause 5.2",
    carries_like=LLC,
    variant=tuple(number for number in range(256) if number & 3 != _UNNUMBERED),
):
    """A frame that carries a sequence number (I) or only acknowledges (S), with a control field of two bytes.

    `control` is the first byte: an even number is twice the number of this frame, N(S); 1, 5, 9 and 13
    are RR, RNR, REJ and SREJ. `receive_number`, N(R), is that of the frame that is expected next.
    """

    receive_number: int = bits(7, "control.n_r", default=0, title="N(R)", within="control")
    poll: bool = flag("", default=False, title="Poll/Final")

    def info(self) -> str:
        """Return who speaks to whom, and the number that is expected next."""
        return f"{self.ssap.title} to {self.dsap.title}, N(R)={self.receive_number}"


class _OrganizationProtocol(Selector):
    """An EtherType, or the number of a protocol behind that of the organization that counts it so."""

    def greatest(self, field: Field) -> int:
        return (1 << _OF_ORGANIZATION + field.width) - 1

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        return super().fill(record, header, payload, network, field) & 0xFFFF

    def expression(self, name: str) -> str:
        return Automatic.expression(self, name)


class SNAP(
    Header,
    form_of=LLC,
    title="Subnetwork Access Protocol",
    source="IEEE 802, clause 10; RFC 1042",
    unless="oui",
    carries_like=Ethernet,
    over={LLC: ServiceAccessPoint.SNAP},
):
    """An organization, and the number of a protocol as it counts them: an EtherType for organization 0.

    A protocol with a number of an organization is `over={SNAP: 0x00000C_010B}`, both in one.
    """

    oui: int = u24("oui", default=0, title="Organization Code")
    type: Coding[EtherType] = code(16, EtherType, "type", factory=_OrganizationProtocol(), base=16, title="Type")

    @property
    def counts_ethertypes(self) -> bool:
        """Whether the organization's numbers are EtherTypes."""
        return self.oui in _ETHERTYPE_ORGANIZATIONS

    def other_payload(self, outer: object, deep: bool) -> Header | None:
        if not deep:
            number = self.raw("type") if self.counts_ethertypes else self.raw("oui") << 16 | self.raw("type")
            decode = self.decoder_of(number)
            if decode is not None:
                carried: Header = decode(self.buffer, self.own_end, self.carried_end, outer)
                return carried
        return super().other_payload(outer, deep)

    def info(self) -> str:
        """Return organization and protocol."""
        return f"OUI {self.oui:06x}, protocol {self.raw('type'):#06x}"


_ETHERTYPE_ORGANIZATIONS = frozenset({0x000000, 0x0000F8})
"""Organizations that count EtherTypes: RFC 1042, and Cisco's bridging of Ethernet over others (RFC 1042 too)."""


def _behind_access_points(ssap: int) -> Callable[[bytes, int, int, Any], Header]:
    """Return a decoder for what the destination point 0xAA promises; it is SNAP if the source point says so too."""

    def decode(buffer: bytes, start: int, end: int, outer: Any) -> Header:
        cls: type[Header] = SNAP if buffer[start - ssap] == ServiceAccessPoint.SNAP else Data
        carried: Header = cls.decode(buffer, start, end, outer)
        return carried

    return decode


for _cls in (LLC, LLCNumbered):
    _cls.carry(SNAP, ServiceAccessPoint.SNAP, decode=_behind_access_points(_cls.least_size - 1))

WITH_LENGTH[b""] = LLC.decode

LINKS[LINKTYPE_ATM_RFC1483] = LLC.decode
