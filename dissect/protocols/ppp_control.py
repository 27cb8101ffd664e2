"""What the control protocols of PPP share: codes, and options that both ends agree on (RFC 1661, section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from dissect.declare import (
    Code,
    Coding,
    Header,
    Option,
    OptionList,
    Problem,
    TotalLength,
    code,
    listing,
    octets,
    u8,
    u16,
    u24,
    u32,
)
from dissect.protocols.ppp import PPP

__all__ = ["ControlCode"]


class ControlCode(Code):
    """What a packet is for (IANA, PPP LCP and IPCP codes); LCP alone has those from 8 on."""

    VENDOR_SPECIFIC = 0, "Vendor Specific"
    CONFIGURE_REQUEST = 1, "Configuration Request"
    CONFIGURE_ACK = 2, "Configuration Ack"
    CONFIGURE_NAK = 3, "Configuration Nak"
    CONFIGURE_REJECT = 4, "Configuration Reject"
    TERMINATE_REQUEST = 5, "Termination Request"
    TERMINATE_ACK = 6, "Termination Ack"
    CODE_REJECT = 7, "Code Reject"
    PROTOCOL_REJECT = 8, "Protocol Reject"
    ECHO_REQUEST = 9, "Echo Request"
    ECHO_REPLY = 10, "Echo Reply"
    DISCARD_REQUEST = 11, "Discard Request"
    IDENTIFICATION = 12, "Identification"
    TIME_REMAINING = 13, "Time Remaining"


CONFIGURING = (1, 2, 3, 4)
"""The codes of packets that list options."""


def code_is(*codes: int) -> Callable[[Any], bool]:
    """Return what says that a field is there in packets with these codes."""
    return lambda packet: packet.raw("code") in codes


def options_of(family: type[Option]) -> Any:
    """Declare the options of a packet that asks for them, or answers such a packet."""
    return listing(OptionList(family), "", default=(), length="rest", when=code_is(*CONFIGURING), title="Options")


def _has_data(packet: Any) -> bool:
    return packet.raw("code") not in type(packet).structured


class ControlPacket(Header, form_of=PPP, title="PPP Control Protocol", source="RFC 1661, section 5"):
    """What a packet is for, which answer belongs to which request, and the length of the whole."""

    structured: ClassVar[tuple[int, ...]] = CONFIGURING
    """The codes of packets whose contents have fields of their own."""
    last_code: ClassVar[int] = ControlCode.CODE_REJECT

    code: Coding[ControlCode] = code(8, ControlCode, "code", default=ControlCode.CONFIGURE_REQUEST, title="Code")
    identifier: int = u8("identifier", default=0, title="Identifier", doc="The same in request and answer")
    length: int = u16("length", factory=TotalLength(), title="Length", doc="Of the whole packet, in bytes")
    vendor_magic_number: int | None = u32(
        "magic_number", default=0, base=16, when={"code": ControlCode.VENDOR_SPECIFIC}, title="Magic Number"
    )
    organization: int | None = u24(
        "oui", default=0, when={"code": ControlCode.VENDOR_SPECIFIC}, title="OUI", doc="RFC 2153"
    )
    kind: int | None = u8("kind", default=0, when={"code": ControlCode.VENDOR_SPECIFIC}, title="Kind")
    data: bytes | None = octets(
        "data", default=b"", length="rest", when=_has_data, title="Data", doc="Why a link ends, or what was not known"
    )

    def check(self) -> Iterator[Problem]:
        """Yield a code that the protocol does not have, and what is wrong with the options."""
        if self.is_cut:
            return
        if not self.knows_code():
            yield self.problem("code", "is unknown", f"0 to {self.last_code}", int(self.code), "warning")
        yield from self.option_problems()

    def knows_code(self) -> bool:
        """Whether the protocol has the packet's code."""
        return self.code.known and self.code <= self.last_code

    def info(self) -> str:
        """Return what the packet is for."""
        return self.code.title if self.knows_code() else "Unknown"
