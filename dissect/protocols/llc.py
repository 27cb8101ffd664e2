"""IEEE 802.2 logical link control, and SNAP, which carries EtherTypes in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from dissect.declaration.automatic import Selector, Variant
from dissect.declaration.decoder import LINKS
from dissect.declaration.enumerated import Code
from dissect.declaration.fields import AUTOMATIC, Coding, Field, bits, code, derived, flag, overlay, u8, u24
from dissect.declaration.header import Data, Header
from dissect.declaration.kinds import Boolean
from dissect.protocols.ethernet import LOGICAL_LINK_CONTROL, Ethernet, EtherType
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.llc_xid import decode_identification

__all__ = ["LLC", "SNAP", "LLCIdentification", "LLCNumbered", "ServiceAccessPoint"]

LINKTYPE_ATM_RFC1483 = 100


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
_BOOLEAN = Boolean()


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

    @derived("dsap.sap", within="dsap", width=8, over="dsap", title="SAP")
    def dsap_point(self) -> int | None:
        """The destination access point without the bit that marks a group, as tshark counts it: halved."""
        return int(self.dsap) >> 1

    @derived("ssap.sap", within="ssap", width=8, over="ssap", title="SAP")
    def ssap_point(self) -> int | None:
        """The source access point without the bit that marks a response, as tshark counts it: halved."""
        return int(self.ssap) >> 1

    @derived("control.ftype", within="control", width=8, base=16, over="control", title="Frame type")
    def frame_type(self) -> int | None:
        """3 for an unnumbered frame."""
        return None if self._is_cut() else self.control & 3

    @derived("control.u_modifier_cmd", within="control", width=8, base=16, over="control", title="Command")
    def command_number(self) -> int | None:
        """The five modifier bits of a command."""
        return None if self._is_cut() or self.ssap_response else (self.control & 0xEC) >> 2

    @derived("control.u_modifier_resp", within="control", width=8, base=16, over="control", title="Response")
    def response_number(self) -> int | None:
        """The five modifier bits of a response."""
        return (self.control & 0xEC) >> 2 if not self._is_cut() and self.ssap_response else None

    @derived("control.p", within="control", kind=_BOOLEAN, over="control", title="Poll")
    def poll_mark(self) -> int | None:
        """1 in a command that polls."""
        return 1 if not self._is_cut() and self._polls() and not self.ssap_response else None

    @derived("control.f", within="control", kind=_BOOLEAN, over="control", title="Final")
    def final_mark(self) -> int | None:
        """1 in a response to a poll."""
        return 1 if not self._is_cut() and self._polls() and self.ssap_response else None

    def _polls(self) -> bool:
        return bool(self.control & 0x10)

    def _function(self) -> str:
        names = _RESPONSES if self.ssap_response else _COMMANDS
        return f"U{self._mark()}, func={names.get((self.control & 0xEC) >> 2, 'Unknown')}"

    def _mark(self) -> str:
        return "" if not self._polls() else " F" if self.ssap_response else " P"

    def info(self) -> str:
        """Return the function of the frame and who speaks to whom."""
        if self._is_cut():
            return ""
        carried = self.payload
        if isinstance(carried, SNAP):
            return self._function() if carried._is_cut() else f"{self._function()}; {carried.info()}"
        destination, source = _point(self.raw("dsap")), _point(self.raw("ssap"))
        return (
            f"{self._function()}; DSAP {destination} {'Group' if self.dsap_group else 'Individual'}, "
            f"SSAP {source} {'Response' if self.ssap_response else 'Command'}"
        )

    def protocol_column(self) -> str:
        return "LLC"


def _point(number: int) -> str:
    point = ServiceAccessPoint(number & 0xFE)
    return point.title if point.known else f"{number & 0xFE:#04x}"


_COMMANDS = {
    0x00: "UI",
    0x01: "SIM",
    0x03: "SARM",
    0x08: "UP",
    0x0B: "SABM",
    0x10: "DISC",
    0x13: "SARME",
    0x18: "UA",
    0x1B: "SABME",
    0x20: "SNRM",
    0x21: "FRMR",
    0x23: "RESET",
    0x2B: "XID",
    0x31: "CFGR",
    0x33: "SNRME",
    0x38: "TEST",
    0x3B: "BCN",
}
"""The functions of unnumbered frames, by their modifier bits (ISO 4335; 802.2 has a few of them)."""
_RESPONSES = _COMMANDS | {0x01: "RIM", 0x03: "DM", 0x10: "RD"}


class LLCIdentification(LLC, source="IEEE 802.2, clause 5.4.1.1.2", variant=EXCHANGE_IDENTIFICATION):
    """A frame in which a station tells what it is capable of, whatever its access points are."""

    def _other_payload(self, outer: object, deep: bool) -> Header | None:
        if deep or self._body >= self._end:
            return super()._other_payload(outer, deep)
        return decode_identification(self._buffer, self._body, self._end, outer)


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

    @derived("control", width=16, base=16, over="control", title="Control field")
    def whole_control(self) -> int | None:
        """Both bytes of the control field, the second one in front, as tshark has them."""
        return None if self._is_cut() else self.receive_number << 9 | self.poll << 8 | self.control

    @derived("control.n_s", within="control", width=16, over="control", title="N(S)")
    def send_number(self) -> int | None:
        """The number of this frame; None where it only acknowledges."""
        return None if self._is_cut() or self.control & 1 else self.control >> 1

    @derived("control.s_ftype", within="control", width=16, base=16, over="control", title="Supervisory frame type")
    def supervisory_type(self) -> int | None:
        """0 to 3 for RR, RNR, REJ and SREJ; None where the frame carries a number."""
        return self.control >> 2 & 3 if not self._is_cut() and self.control & 1 else None

    @derived("control.ftype", within="control", width=16, base=16, over="control", title="Frame type")
    def frame_type(self) -> int | None:
        """0 where the frame carries a number, 1 where it only acknowledges."""
        return None if self._is_cut() else self.control & 1

    @derived("control.u_modifier_cmd", within="control", width=8, base=16, over="control", title="Command")
    def command_number(self) -> int | None:
        """None: only unnumbered frames have functions."""
        return None

    @derived("control.u_modifier_resp", within="control", width=8, base=16, over="control", title="Response")
    def response_number(self) -> int | None:
        """None: only unnumbered frames have functions."""
        return None

    def shows(self, field: Field) -> bool:
        return field.name != "control"

    def _polls(self) -> bool:
        return self.poll

    def _function(self) -> str:
        if self.control & 1 == 0:
            return f"I{self._mark()}, N(R)={self.receive_number}, N(S)={self.control >> 1}"
        name = ("RR", "RNR", "REJ", "SREJ")[self.control >> 2 & 3]
        return f"S{self._mark()}, func={name}, N(R)={self.receive_number}"

    def _mark(self) -> str:
        return " P" if self.poll and not self.control & 1 else super()._mark()

    @derived("control.p", within="control", kind=_BOOLEAN, over="control", title="Poll")
    def poll_mark(self) -> int | None:
        """1 where the frame polls; one that carries a number does so whichever way it goes."""
        return 1 if not self._is_cut() and self._mark() == " P" else None

    @derived("control.f", within="control", kind=_BOOLEAN, over="control", title="Final")
    def final_mark(self) -> int | None:
        """1 where the frame answers a poll and only acknowledges."""
        return 1 if not self._is_cut() and self._mark() == " F" else None


class SNAP(
    Header,
    form_of=LLC,
    title="Subnetwork Access Protocol",
    source="IEEE 802, clause 10; RFC 1042",
    unless="oui",
    carries_like=Ethernet,
    over={LLC: ServiceAccessPoint.SNAP},
):
    """An organization, and the number of a protocol as it counts them: an EtherType for organization 0."""

    oui: int = u24("oui", default=0, title="Organization Code")
    type: Coding[EtherType] = code(16, EtherType, "type", factory=Selector(), base=16, title="Type")

    @derived("pid", width=16, base=16, over="type", title="Protocol ID")
    def protocol_id(self) -> int | None:
        """The number of a protocol where it is no EtherType and the organization has no numbers known here."""
        known = self._counts_ethertypes() or self.oui in _KNOWN_ORGANIZATIONS
        return None if self._is_cut() or known else self.raw("type")

    def _counts_ethertypes(self) -> bool:
        return self.oui in _ETHERTYPE_ORGANIZATIONS

    def shows(self, field: Field) -> bool:
        return field.name != "type" or self._counts_ethertypes()

    def _other_payload(self, outer: object, deep: bool) -> Header | None:
        if not deep and self.oui in _ETHERTYPE_ORGANIZATIONS:
            decode = self._carried.get(self.raw("type"))
            if decode is not None:
                carried: Header = decode(self._buffer, self._body, self._end, outer)
                return carried
        return super()._other_payload(outer, deep)

    def info(self) -> str:
        """Return organization and protocol."""
        if self._is_cut():
            return ""
        return f"SNAP, OUI 0x{self.oui:06X} ({_ORGANIZATIONS.get(self.oui, 'Unknown')}), PID 0x{self.raw('type'):04X}"

    def protocol_column(self) -> str:
        # The line of the frame is LLC's, which asks this header.
        return ""

    def protocol_path(self) -> tuple[str, ...]:
        return ()


_ETHERTYPE_ORGANIZATIONS = frozenset({0x000000, 0x0000F8})
"""Organizations that count EtherTypes: RFC 1042, and Cisco's bridging of Ethernet over others (RFC 1042 too)."""
_KNOWN_ORGANIZATIONS = frozenset({0x00000C, 0x080007})
"""Organizations whose numbers tshark knows by names of their own: Cisco and Apple."""
_ORGANIZATIONS = {
    0x000000: "Officially Xerox, but 0:0:0:0:0:0 is more common",
    0x00000C: "Cisco Systems, Inc",
    0x0000F8: "Digital Equipment Corporation",
    0x0080C2: "IEEE",
    0x080007: "Apple, Inc.",
}


def _behind_access_points(ssap: int) -> Callable[[bytes, int, int, Any], Header]:
    """Return a decoder for what the destination point 0xAA promises; it is SNAP if the source point says so too."""

    def decode(buffer: bytes, start: int, end: int, outer: Any) -> Header:
        cls: type[Header] = SNAP if buffer[start - ssap] == ServiceAccessPoint.SNAP else Data
        carried: Header = cls._decode(buffer, start, end, outer)
        return carried

    return decode


LLC._carried[ServiceAccessPoint.SNAP] = _behind_access_points(LLC._fixed - 1)
LLCNumbered._carried[ServiceAccessPoint.SNAP] = _behind_access_points(LLCNumbered._fixed - 1)

LOGICAL_LINK_CONTROL.append(LLC._decode)

LINKS[LINKTYPE_ATM_RFC1483] = LLC._decode
