"""Router renumbering of ICMPv6 (RFC 2894): the prefixes of all routers of a site are changed at once."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import AUTOMATIC, Code, Coding, bits, code, flag, overlay, u8, u16, u32
from dissect.protocols.icmpv6 import ICMPv6, ICMPv6Type

__all__ = ["RouterRenumbering", "RouterRenumberingCode"]


class RouterRenumberingCode(Code):
    """What a message is for (RFC 2894, section 3.1)."""

    COMMAND = 0, "Command"
    RESULT = 1, "Result"
    SEQUENCE_NUMBER_RESET = 255, "Sequence number reset"


class RouterRenumbering(ICMPv6, source="RFC 2894, section 3.1", variant=ICMPv6Type.ROUTER_RENUMBERING):
    """The header of a command or a result; what follows says which prefixes are meant, and what becomes of them.

    >>> RouterRenumbering(code="result").info()
    'Router Renumbering (Result)'
    """

    code: Coding[RouterRenumberingCode] = code(8, RouterRenumberingCode, "code", default=0, title="Code")
    sequence: int = u32("rr.sequence_number", default=0, title="Sequence Number")
    segment: int = u8("rr.segment_number", default=0, title="Segment Number")
    is_test: bool = flag("rr.flag.t", default=False, title="Test command")
    wants_result: bool = flag("rr.flag.r", default=False, title="Result requested")
    for_all: bool = flag("rr.flag.a", default=False, title="All interfaces")
    site_specific: bool = flag("rr.flag.s", default=False, title="Site-specific")
    was_processed: bool = flag("rr.flag.p", default=False, title="Processed previously")
    reserved: int = bits(3, "rr.flag.rsv", default=0, size=8, title="Reserved")
    longest_delay: int = u16("rr.maxdelay", default=0, title="Max Delay", doc="In milliseconds")
    unused: int = u32("", default=0, base=16, title="Reserved")
    flags: int = overlay(8, "rr.flag", default=AUTOMATIC, over="is_test", base=16, title="Flags")

    names_codes: ClassVar[bool] = True
