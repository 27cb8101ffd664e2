"""The options of an IPv4 header (RFC 791, section 3.1, and the documents named at each)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coding,
    IPv4Address,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    Problem,
    StructList,
    address_list,
    bits,
    code,
    listing,
    octets,
    overlay,
    u8,
    u16,
)

__all__ = [
    "EndOfIPv4Options",
    "IPv4NoOperation",
    "IPv4Option",
    "InternetTimestamp",
    "LooseSourceRoute",
    "MalformedIPv4Option",
    "RecordRoute",
    "RouteOption",
    "RouterAlert",
    "SelectiveBroadcast",
    "SourceRoute",
    "StreamIdentifier",
    "StrictSourceRoute",
    "TimestampForm",
    "UnknownIPv4Option",
]


class IPv4Option(Option, name="ip", source="RFC 791, section 3.1", family=True):
    """An option of an IPv4 header: its type says whether fragments copy it, its class and number."""

    type: int = u8("opt.type", factory=OptionKind(), title="Type")
    copy_flag: bool = overlay(1, "opt.type.copy", default=AUTOMATIC, over="type", title="Copy on fragmentation")
    option_class: int = overlay(2, "opt.type.class", default=AUTOMATIC, over="type", skip=1, title="Class")
    option_number: int = overlay(5, "opt.type.number", default=AUTOMATIC, over="type", skip=3, title="Number")


class EndOfIPv4Options(
    IPv4Option, number=0, single=True, last=True, branch="options.eol", title="End of Options List (EOL)"
):
    """Where the options end; what stands behind it is padding."""

    padding: bytes = octets("", default=b"", length="rest", title="Padding")


class IPv4NoOperation(IPv4Option, number=1, single=True, branch="options.nop", title="No-Operation (NOP)"):
    """One byte that aligns the next option."""


class UnknownIPv4Option(IPv4Option, unknown=True, title="Unknown"):
    """An option of a type without a class here, or of a length that its class does not have."""

    length: int = u8("opt.len", factory=OptionLength(), title="Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")

    def problems(self) -> Iterator[Problem | str]:
        """Yield the wrong length of an option whose type is known."""
        known = IPv4Option.of_number(self.type)
        if known is not None:
            sentence = f"of type {self.type} ({known.title}) has {self.length} bytes, which that option cannot have"
            if known in (StreamIdentifier, RouterAlert):
                yield self.problem(sentence, name="opt.len.invalid")
            elif known is not SelectiveBroadcast and len(self) > known.least_size:
                yield self.problem(sentence, name="subopt_too_long")
            else:
                yield sentence
        elif OTHER_TYPES.get(self.type) not in (None, self.length):
            yield self.problem(
                f"of type {self.type} has {self.length} bytes, expected {OTHER_TYPES[self.type]}",
                name="opt.len.invalid",
            )


class MalformedIPv4Option(IPv4Option, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or one that runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong."""
        yield self.problem(
            "has a length that is missing, below 2 or past the end of the header", name="opt.len.invalid"
        )


class RouteOption(IPv4Option):
    """A list of addresses with a pointer, in bytes from 1, to the next one to use."""

    length: int = u8("opt.len", factory=OptionLength(), title="Length")
    pointer: int = u8("opt.ptr", default=4, title="Pointer")
    route: Listing[str] = address_list("", default=(), length="rest", title="Route")

    def problems(self) -> Iterator[Problem]:
        """Yield a pointer that points into the middle of an address or in front of the first."""
        if self.pointer < 4:
            yield self.problem(f"has the pointer {self.pointer}, which is less than 4", name="opt.ptr.before_address")
        elif self.pointer & 3:
            yield self.problem(
                f"has the pointer {self.pointer}, which points into the middle of an address",
                name="opt.ptr.middle_address",
            )


class RecordRoute(RouteOption, number=7, branch="options.record_route", title="Record Route"):
    """Room in which routers write their addresses."""


class SourceRoute(RouteOption):
    """A route that the sender prescribes; its last address is where the datagram shall end."""

    @property
    def pending(self) -> bool:
        """Whether there are stops left; behind the last address the route is used up."""
        return 4 <= self.pointer <= len(self) - 3 and self.pointer % 4 == 0


class LooseSourceRoute(SourceRoute, number=131, branch="options.route", title="Loose Source Route"):
    """Addresses that the datagram shall pass, others between them allowed."""


class StrictSourceRoute(SourceRoute, number=137, branch="options.source_route", title="Strict Source Route"):
    """Addresses that the datagram shall pass, with nothing between them."""


class TimestampForm(Code):
    """What a timestamp option records."""

    TIMESTAMPS = 0, "Time stamps only"
    ADDRESSES = 1, "Time stamp and address"
    PRESPECIFIED = 3, "Time stamps for prespecified addresses"


class InternetTimestamp(IPv4Option, number=68, branch="options.timestamp", title="Time Stamp"):
    """Milliseconds since midnight UT, with the routers' addresses or without, by `form`.

    `words` are the 32-bit words as they stand; `entries` reads them by form.
    """

    length: int = u8("opt.len", factory=OptionLength(), title="Length")
    pointer: int = u8("opt.ptr", default=5, title="Pointer")
    overflow: int = bits(4, "opt.overflow", default=0, size=8, title="Overflow")
    form: Coding[TimestampForm] = code(4, TimestampForm, "opt.flag", default=0, base=16, size=8, title="Flag")
    words: Listing[int] = listing(StructList("!I", "numbers below 2**32"), "", default=(), length="rest", title="Words")

    @property
    def entries(self) -> list[tuple[str | None, int | None]]:
        """Pairs of address and milliseconds since midnight; the address is None in the form without."""
        words: list[Any] = list(self.words)
        if self.form not in WITH_ADDRESSES:
            return [(None, word) for word in words]
        addresses = [IPv4Address.load(word.to_bytes(4, "big")) for word in words[::2]]
        times: list[int | None] = [*words[1::2]]
        times += [None] * (len(addresses) - len(times))
        return list(zip(addresses, times, strict=True))

    def problems(self) -> Iterator[Problem | str]:
        """Yield a pointer in front of the first entry, half an entry, and a form that RFC 791 does not know."""
        if self.form in WITH_ADDRESSES and len(self.words) % 2:
            yield self.problem("ends with an address that has no time", name="subopt_too_long")
        if self.pointer < 5:
            yield f"has the pointer {self.pointer}, which is less than 5"
        if not self.form.known:
            yield f"has the form {int(self.form)}, expected 0, 1 or 3"


class RouterAlert(IPv4Option, number=148, branch="options.routeralert", title="Router Alert"):
    """Tells routers to look into the datagram; 0 is the only value in use (RFC 2113)."""

    length: int = u8("opt.len", factory=OptionLength(), title="Length")
    value: int = u16("opt.ra", default=0, title="Router Alert")


class StreamIdentifier(IPv4Option, number=136, branch="options.sid", title="Stream ID"):
    """The stream that the datagram belongs to on networks that have such (RFC 791; obsolete, RFC 6814)."""

    length: int = u8("opt.len", factory=OptionLength(), title="Length")
    value: int = u16("opt.sid", default=0, title="Stream Identifier")


class SelectiveBroadcast(
    IPv4Option, number=149, branch="options.sdb", title="Selective Directed Broadcast", source="RFC 1770"
):
    """Further addresses that the datagram is for (obsolete, RFC 6814)."""

    length: int = u8("opt.len", factory=OptionLength(), title="Length")
    addresses: Listing[str] = address_list("opt.addr", default=(), length="rest", title="IP Address")


WITH_ADDRESSES = (TimestampForm.ADDRESSES, TimestampForm.PRESPECIFIED)
OTHER_TYPES: dict[int, int | None] = {11: 4, 12: 4, 25: 8, 82: 12, 130: None, 133: None, 134: None}
"""Types that have a meaning but no class here, and the length in bytes of those that have but one."""
