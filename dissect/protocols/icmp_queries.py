"""The queries of ICMP and their answers, each as its RFC draws it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    Address,
    Automatic,
    Coded,
    Coding,
    CountOf,
    Entry,
    Field,
    Listing,
    Problem,
    bits,
    code,
    derived,
    flag,
    i32,
    ipv4,
    records,
    u8,
    u16,
    u32,
)
from dissect.protocols.icmp import (
    ICMP,
    AdvertisementCode,
    ExtendedEchoCode,
    ExtendedEchoRequestCode,
    ICMPType,
    NeighborState,
)
from dissect.protocols.icmp_messages import MessageWithExtensions

__all__ = [
    "AddressMaskReply",
    "AddressMaskRequest",
    "AdvertisedRouter",
    "EchoReply",
    "EchoRequest",
    "ExtendedEchoReply",
    "ExtendedEchoRequest",
    "IdentifiedQuery",
    "InformationReply",
    "InformationRequest",
    "RouterAdvertisement",
    "RouterSolicitation",
    "TimestampReply",
    "TimestampRequest",
]

MILLISECONDS_OF_A_DAY = 86_400_000
ENTRY = 8
"""The bytes of a router's address and preference."""


class IdentifiedQuery(ICMP):
    """A query or its answer: identifier and sequence number tell which answers which."""

    id: int = u16("ident", default=0, title="Identifier (BE)")
    seq: int = u16("seq", default=0, title="Sequence Number (BE)")

    @derived("ident_le", width=16, title="Identifier (LE)")
    def id_little_endian(self) -> int | None:
        """The identifier read with its low byte first, as some systems write it; None where it is cut off."""
        return _swapped(self, "id")

    @derived("seq_le", width=16, title="Sequence Number (LE)")
    def seq_little_endian(self) -> int | None:
        """The sequence number read with its low byte first, as some systems write it; None where it is cut off."""
        return _swapped(self, "seq")

    def info(self) -> str:
        """Return type, identifier and sequence number."""
        return f"{self.type.title} id={self.id:#06x}, seq={self.seq}"


def _swapped(record: Any, name: str) -> int | None:
    values = record.field(name).values(record)
    return (values[0] & 255) << 8 | values[0] >> 8 if values else None


class Echo(IdentifiedQuery):
    """A ping or its answer; ping writes the time of sending in front of the data."""

    carries_data: ClassVar[bool] = True


class EchoRequest(Echo, source="RFC 792, page 14", variant=ICMPType.ECHO_REQUEST):
    """A ping: whoever gets it sends the payload back."""


class EchoReply(Echo, source="RFC 792, page 14", variant=ICMPType.ECHO_REPLY):
    """The answer to a ping."""


class _Timestamp(IdentifiedQuery):
    """Times in milliseconds since midnight UT; one with its highest bit set is of another kind."""

    originate: int = u32("originate_timestamp", default=0, title="Originate Timestamp")
    receive: int = u32("receive_timestamp", default=0, title="Receive Timestamp")
    transmit: int = u32("transmit_timestamp", default=0, title="Transmit Timestamp")

    def check(self) -> Iterator[Problem]:
        """Yield times that no day has."""
        yield from super().check()
        if self.is_cut:
            return
        for name in ("originate", "receive", "transmit"):
            time = self.raw(name)
            if MILLISECONDS_OF_A_DAY <= time < 1 << 31:
                yield self.problem(
                    name, "is no time of the day", f"below {MILLISECONDS_OF_A_DAY} milliseconds", time, "warning"
                )


class TimestampRequest(_Timestamp, source="RFC 792, page 16", variant=ICMPType.TIMESTAMP_REQUEST):
    """Asks for the time of the other side; `originate` is when the sender last touched the message."""


class TimestampReply(_Timestamp, source="RFC 792, page 16", variant=ICMPType.TIMESTAMP_REPLY):
    """Tells when the request came (`receive`) and when this answer left (`transmit`)."""


class InformationRequest(IdentifiedQuery, source="RFC 792, page 18", variant=ICMPType.INFORMATION_REQUEST):
    """Asks for the number of the network, with addresses whose network part is 0 (obsolete, RFC 6918)."""


class InformationReply(IdentifiedQuery, source="RFC 792, page 18", variant=ICMPType.INFORMATION_REPLY):
    """Tells the number of the network in the addresses of its datagram (obsolete, RFC 6918)."""


class _AddressMask(IdentifiedQuery):
    """The mask of a network (RFC 950, appendix I)."""

    mask: Address = ipv4("address_mask", default="0.0.0.0", title="Address Mask")


class AddressMaskRequest(_AddressMask, source="RFC 950, appendix I", variant=ICMPType.ADDRESS_MASK_REQUEST):
    """Asks for the mask of the network; the sender leaves `mask` zero (obsolete, RFC 6918)."""


class AddressMaskReply(_AddressMask, source="RFC 950, appendix I", variant=ICMPType.ADDRESS_MASK_REPLY):
    """Tells the mask of the network (obsolete, RFC 6918)."""


class AdvertisedRouter(Entry, name="icmp", title="Router", source="RFC 1256, section 3.1"):
    """The address of a router and how much it is preferred, a signed number of 32 bits."""

    address: Address = ipv4("router_address", default="0.0.0.0", kw_only=False, title="Router address")
    preference: int = i32("pref_level", default=0, kw_only=False, title="Preference level")


class _RouterCount(CountOf):
    """The number of routers, whose entries are read where they have the size that RFC 1256 gives them."""

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield a count of more, or fewer, routers than there are."""
        if header.raw("entry_size") * 4 == ENTRY:
            yield from super().problems(header, field)


class _EntrySize(Automatic):
    """The 32-bit words of an entry, of which RFC 1256 has two."""

    own = True

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        return ENTRY // 4

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        """Yield a size that entries of address and preference do not have."""
        if header.raw(field) != ENTRY // 4:
            yield header.problem(field.name, "is unknown, so the entries are not read", ENTRY // 4, header.raw(field))


def _addresses_size(record: Any) -> int:
    """Return the bytes of whole entries: as many as are counted and there, or all that a built header holds."""
    room = int(record.own_end) - int(record.own_start) - 8
    if not record.is_attached:
        return room
    return min(record.address_count * ENTRY, room // ENTRY * ENTRY) if record.entry_size * 4 == ENTRY else 0


class RouterAdvertisement(ICMP, source="RFC 1256, section 3.1", variant=ICMPType.ROUTER_ADVERTISEMENT):
    """A router tells its addresses; the one with the highest preference is to be the default router.

    `lifetime` is in seconds, `entry_size` in 32-bit words.

    >>> RouterAdvertisement(addresses=[AdvertisedRouter("192.0.2.1"), AdvertisedRouter("192.0.2.2", -5)]).address_count
    2
    """

    code: Coding[AdvertisementCode] = code(8, AdvertisementCode, "code", default=0, title="Code")
    address_count: int = u8("num_addrs", factory=_RouterCount(), title="Number of addresses")
    entry_size: int = u8("addr_entry_size", factory=_EntrySize(), title="Address entry size")
    lifetime: int = u16("lifetime", default=1800, title="Lifetime")
    addresses: Listing[AdvertisedRouter | bytes] = records(
        "", of=AdvertisedRouter, count="address_count", length=_addresses_size, default=(), title="Addresses"
    )

    names_codes: ClassVar[bool] = True


class RouterSolicitation(ICMP, source="RFC 1256, section 3.1", variant=ICMPType.ROUTER_SOLICITATION):
    """A host asks routers to advertise themselves now."""

    reserved: int = u32("", default=0, base=16, title="Reserved")


class ExtendedEchoRequest(
    MessageWithExtensions, ICMP, source="RFC 8335, section 2", variant=ICMPType.EXTENDED_ECHO_REQUEST
):
    """Asks a node about one of its interfaces, which the extensions name: `local`, or a neighbor on it."""

    code: Coding[ExtendedEchoRequestCode] = code(8, ExtendedEchoRequestCode, "code", default=0, title="Code")
    id: int = u16("ident", default=0, title="Identifier (BE)")
    seq: int = u8("ext.echo.seq", default=0, title="Sequence Number")
    reserved: int = bits(7, "ext.echo.req.res", default=0, base=16, title="Reserved")
    local: bool = flag("ext.echo.req.local", default=False, title="Local bit")

    names_codes: ClassVar[bool] = True

    @derived("ident_le", width=16, title="Identifier (LE)")
    def id_little_endian(self) -> int | None:
        """The identifier read with its low byte first; None where it is cut off."""
        return _swapped(self, "id")

    def extensions_start(self, body: bytes) -> int | None:
        return 0 if body else None


class ExtendedEchoReply(ICMP, source="RFC 8335, section 3", variant=ICMPType.EXTENDED_ECHO_REPLY):
    """Tells whether the interface is active and which protocols run on it, or what is known of the neighbor."""

    code: Coding[ExtendedEchoCode] = code(8, ExtendedEchoCode, "code", default=0, title="Code")
    id: int = u16("ident", default=0, title="Identifier (BE)")
    seq: int = u8("ext.echo.seq", default=0, title="Sequence Number")
    state: Coding[NeighborState] = bits(3, "ext.echo.rsp.state", kind=Coded(NeighborState), default=0, title="State")
    reserved: int = bits(2, "ext.echo.rsp.res", default=0, base=16, title="Reserved")
    active: bool = flag("ext.echo.rsp.active", default=False, title="Active bit")
    ipv4_runs: bool = flag("ext.echo.rsp.ipv4", default=False, title="IPv4 bit")
    ipv6_runs: bool = flag("ext.echo.rsp.ipv6", default=False, title="IPv6 bit")

    names_codes: ClassVar[bool] = True

    @derived("ident_le", width=16, title="Identifier (LE)")
    def id_little_endian(self) -> int | None:
        """The identifier read with its low byte first; None where it is cut off."""
        return _swapped(self, "id")
