"""Extended echo of ICMPv6 (RFC 8335): asks a node about one of its interfaces, and gets told how it is."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import Coded, Coding, bits, code, flag, u8, u16
from dissect.protocols.icmp import ExtendedEchoCode, ExtendedEchoRequestCode, NeighborState
from dissect.protocols.icmp_messages import MessageWithExtensions
from dissect.protocols.icmpv6 import ICMPv6, ICMPv6Type

__all__ = ["ICMPv6ExtendedEchoReply", "ICMPv6ExtendedEchoRequest"]


class ICMPv6ExtendedEchoRequest(
    MessageWithExtensions, ICMPv6, source="RFC 8335, section 2", variant=ICMPv6Type.EXTENDED_ECHO_REQUEST
):
    """Asks a node about one of its interfaces, which the extensions name: `local`, or a neighbor on it.

    >>> from dissect import ICMPExtensions, InterfaceByName
    >>> request = ICMPv6ExtendedEchoRequest(seq=2, local=True, payload=bytes(ICMPExtensions([InterfaceByName("eth0")])))
    >>> request.info(), request.extensions.objects[0].interface_name
    ('Extended Echo request (No error)', 'eth0')
    """

    code: Coding[ExtendedEchoRequestCode] = code(8, ExtendedEchoRequestCode, "code", default=0, title="Code")
    id: int = u16("echo.identifier", default=0, base=16, title="Identifier")
    seq: int = u8("ext.echo.seq", default=0, title="Sequence Number")
    reserved: int = bits(7, "ext.echo.req.res", default=0, base=16, size=8, title="Reserved")
    local: bool = flag("ext.echo.req.local", default=False, title="Local bit")

    names_codes: ClassVar[bool] = True
    carries_data: ClassVar[bool] = True

    def extensions_start(self, body: bytes) -> int | None:
        return 0 if body else None


class ICMPv6ExtendedEchoReply(ICMPv6, source="RFC 8335, section 3", variant=ICMPv6Type.EXTENDED_ECHO_REPLY):
    """Tells whether the interface is active and which protocols run on it, or what is known of the neighbor."""

    code: Coding[ExtendedEchoCode] = code(8, ExtendedEchoCode, "code", default=0, title="Code")
    id: int = u16("echo.identifier", default=0, base=16, title="Identifier")
    seq: int = u8("ext.echo.seq", default=0, title="Sequence Number")
    state: Coding[NeighborState] = bits(3, "ext.echo.rsp.state", kind=Coded(NeighborState), default=0, title="State")
    reserved: int = bits(2, "ext.echo.rsp.res", default=0, base=16, size=8, title="Reserved")
    active: bool = flag("ext.echo.rsp.active", default=False, title="Active bit")
    ipv4_runs: bool = flag("ext.echo.rsp.ipv4", default=False, title="IPv4 bit")
    ipv6_runs: bool = flag("ext.echo.rsp.ipv6", default=False, title="IPv6 bit")

    names_codes: ClassVar[bool] = True
