"""LLC and SNAP as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.llc import LLC, SNAP, LLCNumbered, ServiceAccessPoint
from dissect.wireshark.field_types import BOOLEAN, UINT8, UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["LLCNumberedSight", "LLCSight", "SNAPSight"]

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
_ORGANIZATIONS = {
    0x000000: "Officially Xerox, but 0:0:0:0:0:0 is more common",
    0x00000C: "Cisco Systems, Inc",
    0x0000F8: "Digital Equipment Corporation",
    0x0080C2: "IEEE",
    0x080007: "Apple, Inc.",
}
_KNOWN_ORGANIZATIONS = frozenset({0x00000C, 0x080007})
"""Organizations whose numbers tshark knows by names of their own: Cisco and Apple."""


class LLCSight(Sight, of=LLC):
    """Access points and control field; an unnumbered frame has a function and may poll."""

    order = tuple(
        """
        dsap dsap.sap dsap.ig ssap ssap.sap ssap.cr control control.n_r control.n_s control.p control.f
        control.s_ftype control.u_modifier_cmd control.u_modifier_resp control.ftype oui pid type
        """.split()
    )

    # IEEE 802.2, section 5.
    values = {
        "llc.control.ftype": {"Information frame": 0, "Supervisory frame": 1, "Unnumbered frame": 3},
        "llc.control.s_ftype": {"Receiver ready": 0, "Receiver not ready": 1, "Reject": 2, "Selective reject": 3},
    }
    truths = {
        "llc.control.": ("Set", "Not set"),
        "llc.dsap.ig": ("Group", "Individual"),
        "llc.ssap.cr": ("Response", "Command"),
    }

    def shares(self, header: LLC) -> bool:
        """Whether SNAP follows, which is shown with it."""
        return isinstance(header.payload, SNAP)

    @computed("dsap.sap", UINT8, within="dsap", over="dsap", title="SAP")
    def dsap_point(self, header: LLC) -> int | None:
        """The destination access point without the bit that marks a group, as tshark counts it: halved."""
        return int(header.dsap) >> 1

    @computed("ssap.sap", UINT8, within="ssap", over="ssap", title="SAP")
    def ssap_point(self, header: LLC) -> int | None:
        """The source access point without the bit that marks a response, as tshark counts it: halved."""
        return int(header.ssap) >> 1

    @computed("control.ftype", UINT8, within="control", base=16, over="control", title="Frame type")
    def frame_type(self, header: LLC) -> int | None:
        """3 for an unnumbered frame."""
        return None if header.is_cut else header.control & 3

    @computed("control.u_modifier_cmd", UINT8, within="control", base=16, over="control", title="Command")
    def command_number(self, header: LLC) -> int | None:
        """The five modifier bits of a command."""
        return None if header.is_cut or header.ssap_response else _modifiers(header)

    @computed("control.u_modifier_resp", UINT8, within="control", base=16, over="control", title="Response")
    def response_number(self, header: LLC) -> int | None:
        """The five modifier bits of a response."""
        return _modifiers(header) if not header.is_cut and header.ssap_response else None

    @computed("control.p", BOOLEAN, within="control", over="control", title="Poll")
    def poll_mark(self, header: LLC) -> int | None:
        """1 where the frame polls: a command, and one that carries a number whichever way it goes."""
        return 1 if not header.is_cut and self.poll(header) == " P" else None

    @computed("control.f", BOOLEAN, within="control", over="control", title="Final")
    def final_mark(self, header: LLC) -> int | None:
        """1 where the frame answers a poll."""
        return 1 if not header.is_cut and self.poll(header) == " F" else None

    def poll(self, header: LLC) -> str:
        """Return the letter of a frame that polls or answers a poll."""
        return "" if not header.control & 0x10 else " F" if header.ssap_response else " P"

    def function(self, header: LLC) -> str:
        """Return what the frame is for."""
        names = _RESPONSES if header.ssap_response else _COMMANDS
        return f"U{self.poll(header)}, func={names.get(_modifiers(header), 'Unknown')}"

    def protocol(self, header: LLC) -> str:
        """Return LLC."""
        return "LLC"

    def words(self, header: LLC) -> Iterator[str]:
        """Yield the function of the frame and who speaks to whom; SNAP has no line of its own."""
        if header.is_cut:
            return
        carried, function = header.payload, self.function(header)
        if isinstance(carried, SNAP):
            yield function if carried.is_cut else f"{function}; {_organization(carried)}"
            return
        destination, source = _point(header.raw("dsap")), _point(header.raw("ssap"))
        yield (
            f"{function}; DSAP {destination} {'Group' if header.dsap_group else 'Individual'}, "
            f"SSAP {source} {'Response' if header.ssap_response else 'Command'}"
        )


class LLCNumberedSight(LLCSight, of=LLCNumbered):
    """A frame that carries a sequence number (I) or only acknowledges (S): its control field has two bytes."""

    hides = {"control": lambda frame: True}
    types = {"llc.control.n_r": UINT16, "llc.control.ftype": UINT16}

    @computed("control", UINT16, base=16, over="control", title="Control field")
    def whole_control(self, header: LLCNumbered) -> int | None:
        """Both bytes of the control field, the second one in front, as tshark has them."""
        return None if header.is_cut else header.receive_number << 9 | header.poll << 8 | header.control

    @computed("control.n_s", UINT16, within="control", over="control", title="N(S)")
    def send_number(self, header: LLCNumbered) -> int | None:
        """The number of this frame; None where it only acknowledges."""
        return None if header.is_cut or header.control & 1 else header.control >> 1

    @computed("control.s_ftype", UINT16, within="control", base=16, over="control", title="Supervisory frame type")
    def supervisory_type(self, header: LLCNumbered) -> int | None:
        """0 to 3 for RR, RNR, REJ and SREJ; None where the frame carries a number."""
        return header.control >> 2 & 3 if not header.is_cut and header.control & 1 else None

    @computed("control.ftype", UINT16, within="control", base=16, over="control", title="Frame type")
    def frame_type(self, header: LLCNumbered) -> int | None:
        """0 where the frame carries a number, 1 where it only acknowledges."""
        return None if header.is_cut else header.control & 1

    @computed("control.u_modifier_cmd", UINT8, within="control", base=16, over="control", title="Command")
    def command_number(self, header: LLCNumbered) -> int | None:
        """None: only unnumbered frames have functions."""
        return None

    @computed("control.u_modifier_resp", UINT8, within="control", base=16, over="control", title="Response")
    def response_number(self, header: LLCNumbered) -> int | None:
        """None: only unnumbered frames have functions."""
        return None

    @computed("control.p", BOOLEAN, within="control", over="control", title="Poll")
    def poll_mark(self, header: LLCNumbered) -> int | None:
        """1 where the frame polls; one that carries a number does so whichever way it goes."""
        return 1 if not header.is_cut and self.poll(header) == " P" else None

    @computed("control.f", BOOLEAN, within="control", over="control", title="Final")
    def final_mark(self, header: LLCNumbered) -> int | None:
        """1 where the frame answers a poll and only acknowledges."""
        return 1 if not header.is_cut and self.poll(header) == " F" else None

    def poll(self, header: LLCNumbered) -> str:  # type: ignore[override]
        """Return the letter of a frame that polls or answers a poll."""
        return "" if not header.poll else " F" if header.control & 1 and header.ssap_response else " P"

    def function(self, header: LLCNumbered) -> str:  # type: ignore[override]
        """Return what the frame is for, and its numbers."""
        if header.control & 1 == 0:
            return f"I{self.poll(header)}, N(R)={header.receive_number}, N(S)={header.control >> 1}"
        name = ("RR", "RNR", "REJ", "SREJ")[header.control >> 2 & 3]
        return f"S{self.poll(header)}, func={name}, N(R)={header.receive_number}"


class SNAPSight(Sight, of=SNAP):
    """An organization, and the number of a protocol, which has a name of its own where it is no EtherType."""

    hides = {"type": lambda header: not header.counts_ethertypes}

    @computed("pid", UINT16, base=16, over="type", title="Protocol ID")
    def protocol_id(self, header: SNAP) -> int | None:
        """The number of a protocol where it is no EtherType and the organization has no numbers known here."""
        known = header.counts_ethertypes or header.oui in _KNOWN_ORGANIZATIONS
        return None if header.is_cut or known else header.raw("type")

    def protocol(self, header: SNAP) -> str:
        """Return nothing: the line of the frame is LLC's, which asks this header."""
        return ""

    def path(self, header: SNAP) -> tuple[str, ...]:
        """Return nothing: it is a part of LLC."""
        return ()


def _modifiers(frame: LLC) -> int:
    return (frame.control & 0xEC) >> 2


def _point(number: int) -> str:
    point = ServiceAccessPoint(number & 0xFE)
    return point.title if point.known else f"{number & 0xFE:#04x}"


def _organization(header: SNAP) -> str:
    organization = _ORGANIZATIONS.get(header.oui, "Unknown")
    return f"SNAP, OUI 0x{header.oui:06X} ({organization}), PID 0x{header.raw('type'):04X}"
