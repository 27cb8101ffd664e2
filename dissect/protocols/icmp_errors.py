"""The errors of ICMP, each as its RFC draws it, with the beginning of the datagram that caused it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    Address,
    Coding,
    Header,
    Octets,
    Problem,
    code,
    derived,
    internet_checksum,
    ipv4,
    u8,
    u16,
    u32,
)
from dissect.protocols.icmp import (
    ICMP,
    ICMPType,
    ParameterProblemCode,
    RedirectCode,
    TimeExceededCode,
    UnreachableCode,
)
from dissect.protocols.icmp_messages import LEAST_QUOTE, FieldShownIf, QuotingMessage, QuotingWithExtensions
from dissect.protocols.ipv4 import IPv4

__all__ = [
    "DestinationUnreachable",
    "ParameterProblem",
    "Redirect",
    "SourceQuench",
    "TimeExceeded",
    "quotation",
]

LEAST_DATA = 8
"""How many bytes behind the quoted header an error holds at least (RFC 792)."""
USUAL_DATA = 548
"""How many bytes of the datagram an error quotes at most, so that it has 576 bytes (RFC 1812, section 4.3.2.3)."""

_OCTETS = Octets()


def quotation(datagram: IPv4, length: int = USUAL_DATA) -> Header:
    """Return the first `length` bytes of a datagram, header included, as an ICMP error quotes them.

    RFC 792 asks for the header and 8 bytes (`length=28` without options), RFC 1812 for as much as
    makes the error 576 bytes long. What is cut stays what it was: its lengths are the datagram's.

    >>> from dissect.protocols.udp import UDP
    >>> quotation(IPv4(src="10.0.0.1") / UDP(dport=7) / b"never mind", 28)
    IPv4(total_length=38, src='10.0.0.1') / UDP(dport=7, length=18, checksum=0xc309)
    """
    data = bytes(datagram)[:length]
    return IPv4.decode(data, 0, len(data), 0)  # type: ignore[no-any-return]


class _Quoting(QuotingMessage, ICMP):
    """An error that quotes 8 bytes of the datagram's data at least (RFC 792)."""

    names_codes: ClassVar[bool] = True

    def check(self) -> Iterator[Problem]:
        """Yield a quotation that is not there, is no datagram, or is shorter than RFC 792 has it."""
        yield from super().check()
        if self.is_cut:
            return
        quote = self.payload
        if quote is None:
            if not self.is_cut_by_capture(1):
                yield self.problem("", "quotes no datagram", "an IP header and 8 bytes of its data")
        elif not isinstance(quote, IPv4):
            yield self.problem("", "quotes what is no IPv4 datagram", "an IP header", severity="warning")
        elif not self.is_cut_by_capture(1):
            there = quote.captured_length
            needed = 20 if quote.is_cut else min(quote.total_length or there, 4 * quote.ihl + LEAST_DATA)
            if there < needed or quote.is_cut:
                yield self.problem(
                    "", "quotes too little", "an IP header and 8 bytes of its data", f"{there} bytes", "warning"
                )


class SourceQuench(_Quoting, source="RFC 792, page 10", variant=ICMPType.SOURCE_QUENCH):
    """Asks a sender to slow down (obsolete, RFC 6633)."""

    unused: int = u32("", default=0, base=16, title="Unused")

    names_codes: ClassVar[bool] = False


class Redirect(_Quoting, source="RFC 792, page 12", variant=ICMPType.REDIRECT):
    """Tells a host of a gateway on its own network that is nearer to where it sends."""

    code: Coding[RedirectCode] = code(8, RedirectCode, "code", default=1, title="Code")
    gateway: Address = ipv4("redir_gw", default="0.0.0.0", title="Gateway Address")


def _length() -> Any:
    return FieldShownIf(
        8, "length", _has_length, title="Length", doc="Length of the quotation in 32-bit words; 0 says nothing"
    )


def _next_hop_mtu() -> Any:
    return FieldShownIf(
        16, "mtu", _tells_mtu, title="MTU of next hop", doc="In bytes, where fragmentation is needed (RFC 1191)"
    )


def _has_length(error: Any) -> bool:
    return bool(error.raw("length"))


def _tells_mtu(error: Any) -> bool:
    return bool(error.code == UnreachableCode.FRAGMENTATION_NEEDED)


class _Extensible(QuotingWithExtensions, _Quoting):
    """An error whose sixth byte tells the length of the quotation, in 32-bit words."""

    def unstated_start(self, body: bytes) -> int | None:
        # Routers older than RFC 4884 leave the length 0 and quote 128 bytes (RFC 4884, section 5.5).
        if len(body) <= LEAST_QUOTE:
            return None
        # Then the quoted datagram is too short to reach there, or the bytes there are what a structure is.
        ends_before = int.from_bytes(body[2:4], "big") <= LEAST_QUOTE
        behind = body[LEAST_QUOTE:]
        if ends_before or (behind[0] >> 4 == 2 and behind[2:4] != b"\0\0" and internet_checksum(behind) == 0):
            return LEAST_QUOTE
        return None

    @derived("length.original_datagram", width=8, title="Length of original datagram")
    def quotation_length(self) -> int | None:
        """The bytes of the quotation, where the message tells them."""
        return self.length_unit * self.raw("length") if self.has_length() else None


class DestinationUnreachable(_Extensible, source="RFC 792, page 4", variant=ICMPType.DESTINATION_UNREACHABLE):
    """A datagram could not be delivered, and why; with `next_hop_mtu` where it had to be fragmented (RFC 1191).

    >>> from dissect import parse
    >>> error = DestinationUnreachable(code="fragmentation needed", next_hop_mtu=1400)
    >>> parse(bytes(IPv4() / error), link="raw")[DestinationUnreachable].next_hop_mtu
    1400
    """

    code: Coding[UnreachableCode] = code(8, UnreachableCode, "code", default=0, title="Code")
    unused: int = u8("", default=0, base=16, title="Unused")
    length: int = _length()
    next_hop_mtu: int = _next_hop_mtu()

    @derived("unused", kind=_OCTETS, title="Unused")
    def unused_octets(self) -> list[bytes]:
        """The bytes that mean nothing in this message, each run of them."""
        mtu = not self.is_cut and _tells_mtu(self)
        return _runs(self, (4, 5), (6, 6 if mtu else 8)) if self.has_length() else _runs(self, (4, 6 if mtu else 8))


class TimeExceeded(_Extensible, source="RFC 792, page 6", variant=ICMPType.TIME_EXCEEDED):
    """A datagram passed too many routers, or its fragments took too long to come."""

    code: Coding[TimeExceededCode] = code(8, TimeExceededCode, "code", default=0, title="Code")
    unused: int = u8("", default=0, base=16, title="Unused")
    length: int = _length()
    unused_word: int = u16("", default=0, base=16, title="Unused")

    @derived("unused", kind=_OCTETS, title="Unused")
    def unused_octets(self) -> list[bytes]:
        """The bytes that mean nothing in this message, each run of them."""
        return _runs(self, (4, 5), (6, 8)) if self.has_length() else _runs(self, (4, 8))


class ParameterProblem(_Extensible, source="RFC 792, page 8", variant=ICMPType.PARAMETER_PROBLEM):
    """Something in the header of a datagram was wrong: the byte that `pointer` counts to, from 0."""

    code: Coding[ParameterProblemCode] = code(8, ParameterProblemCode, "code", default=0, title="Code")
    pointer: int = u8("pointer", default=0, title="Pointer")
    length: int = _length()
    unused: int = u16("", default=0, base=16, title="Unused")

    @derived("unused", kind=_OCTETS, title="Unused")
    def unused_octets(self) -> list[bytes]:
        """The bytes that mean nothing in this message, each run of them."""
        return _runs(self, (6, 8)) if self.has_length() else _runs(self, (5, 8))


def _runs(error: Any, *places: tuple[int, int]) -> list[bytes]:
    """Return the runs of bytes between these offsets; none where the header is cut."""
    own = error.own_bytes
    return [] if error.is_cut else [own[start:end] for start, end in places if start < end]
