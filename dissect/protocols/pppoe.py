"""PPP over Ethernet, as far as the session: what subscribers' lines carry between modem and provider."""

from __future__ import annotations

from dissect.declare import Code, Coding, Header, TotalLength, bits, code, u16
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.ppp import CarriesPPP

__all__ = ["PPPoECode", "PPPoESession"]


class PPPoECode(Code):
    """The kind of packet (RFC 2516, section 5; RFC 5578, section 3); a session has but the first."""

    SESSION = 0x00, "Session Data"
    OFFER = 0x07, "Active Discovery Offer (PADO)"
    INITIATION = 0x09, "Active Discovery Initiation (PADI)"
    REQUEST = 0x19, "Active Discovery Request (PADR)"
    GRANT = 0x0A, "Active Discovery Session-Grant (PADG)"
    CREDIT = 0x0B, "Active Discovery Session-Credit Resp.(PADC)"
    QUALITY = 0x0C, "Active Discovery Quality (PADQ)"
    CONFIRMATION = 0x65, "Active Discovery Session-confirmation (PADS)"
    TERMINATION = 0xA7, "Active Discovery Terminate (PADT)"
    MESSAGE = 0xD3, "Active Discovery Message (PADM)"
    NETWORK = 0xD4, "Active Discovery Network (PADN)"


class PPPoEHeader(Header, name="pppoe", title="PPP-over-Ethernet", source="RFC 2516, section 4"):
    """What both stages have in common: the kind of packet, and the session that it belongs to."""

    version: int = bits(4, "version", default=1, title="Version")
    type: int = bits(4, "type", default=1, title="Type")
    code: Coding[PPPoECode] = code(8, PPPoECode, "code", default=0, base=16, title="Code")
    session_id: int = u16("session_id", default=0, base=16, title="Session ID")

    def info(self) -> str:
        """Return the kind of packet."""
        return str(self.code.title)


class PPPoESession(
    PPPoEHeader,
    CarriesPPP,
    name="pppoes",
    title="PPP-over-Ethernet Session",
    source="RFC 2516, section 6",
    links=(51,),
    over={Ethernet: EtherType.PPPOE_SESSION},
):
    """The session that a PPP frame belongs to, and its length; PPP stands here without framing.

    >>> from dissect import PPP, Ethernet, IPv4
    >>> frame = Ethernet() / PPPoESession(session_id=7) / PPP() / IPv4()
    >>> frame.type, frame[PPPoESession].payload_length
    (<EtherType.PPPOE_SESSION: 34916>, 22)
    """

    payload_length: int = u16(
        "payload_length",
        factory=TotalLength(with_header=False),
        also="pppoe.payload_length",
        title="Payload Length",
        doc="What follows this header, in bytes",
    )
