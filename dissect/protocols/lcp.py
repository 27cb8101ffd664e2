"""The Link Control Protocol of PPP: opens a link, watches it, and ends it."""

from __future__ import annotations

from typing import Any, ClassVar

from dissect.declare import Coding, Data, Header, Listing, Option, code, octets, text, u32
from dissect.protocols.lcp_options import LCPOption
from dissect.protocols.ppp import PPP, PPPProtocol
from dissect.protocols.ppp_control import CONFIGURING, ControlCode, ControlPacket, code_is, options_of

__all__ = ["LCP"]

_ECHOING = (ControlCode.ECHO_REQUEST, ControlCode.ECHO_REPLY, ControlCode.DISCARD_REQUEST)
_TELLING = (ControlCode.IDENTIFICATION, ControlCode.TIME_REMAINING)


class LCP(
    ControlPacket,
    name="lcp",
    title="PPP Link Control Protocol",
    source="RFC 1661, section 5, and RFC 1570",
    over={PPP: PPPProtocol.LCP},
    quotes=True,
):
    """A packet of LCP, whose code says which of the fields are there.

    `options` are in packets that configure; `magic_number`, which tells a looped link, in echoes and what was added
    later. A rejected protocol is told by `rejected_protocol`, and the packet that was rejected is the payload.

    >>> from dissect.protocols.lcp_options import MagicNumber, MaximumReceiveUnit
    >>> LCP(code="configure request", options=[MaximumReceiveUnit(1492), MagicNumber(7)]).length
    14
    >>> LCP(code="echo request", magic_number=7).info()
    'Echo Request'
    """

    structured: ClassVar[tuple[int, ...]] = (*CONFIGURING, ControlCode.PROTOCOL_REJECT, *_ECHOING, *_TELLING)
    last_code: ClassVar[int] = ControlCode.TIME_REMAINING

    options: Listing[Option] = options_of(LCPOption)
    rejected_protocol: Coding[PPPProtocol] = code(
        16,
        PPPProtocol,
        "rej_proto",
        default=0,
        base=16,
        when={"code": ControlCode.PROTOCOL_REJECT},
        title="Rejected Protocol",
    )
    magic_number: int | None = u32(
        "magic_number", default=0, base=16, when=code_is(*_ECHOING, *_TELLING), title="Magic Number"
    )
    seconds: int | None = u32(
        "secs_remaining", default=0, when={"code": ControlCode.TIME_REMAINING}, title="Seconds Remaining"
    )
    test_data: bytes | None = octets("data", default=b"", length="rest", when=code_is(*_ECHOING), title="Data")
    message: str | None = text("message", default="", length="rest", when=code_is(*_TELLING), title="Message")

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        start, end = self.own_end, self.carried_end
        if start >= end:
            return None
        # A packet that says to be shorter than its head has bytes behind that, and no number for them.
        number = self.rejected_protocol
        decode = None if deep or number is None else PPP.decoder_of(number)
        rejected: Header = (decode or Data.decode)(self.buffer, start, end, outer)
        return rejected
