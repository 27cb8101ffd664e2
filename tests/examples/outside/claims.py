"""Claims of addresses over UDP port 17800: a message with a name of 16 bytes, a magic cookie, and options.

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|   Operation   |     Hops      |          Transaction          |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                        Claimed address                        |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|              Name of the station (16 bytes) ...               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                   Cookie: 99 67 ad dc                         |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|  Options: code, length of what follows, value; 255 ends them ...
"""

from __future__ import annotations

from collections.abc import Iterator

from dissect import UDP
from dissect.declare import (
    Address,
    Code,
    Coding,
    Header,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    code,
    ipv4,
    listing,
    octets,
    text,
    u8,
    u16,
    u32,
)

COOKIE = 0x9967ADDC


class ClaimOperation(Code):
    """What the sender wants."""

    CLAIM = 1, "Claim"
    OBJECTION = 2, "Objection"
    RELEASE = 3, "Release"


class ClaimOption(Option, name="claim", source="Address Claims, section 5", family=True):
    """An option of a claim."""

    code: int = u8("option.code", factory=OptionKind(), title="Code")


class EndOfClaimOptions(ClaimOption, number=255, single=True, last=True, title="End"):
    """Nothing follows."""


class UnknownClaimOption(ClaimOption, unknown=True, title="Unknown"):
    """An option of another code."""

    length: int = u8("option.length", factory=OptionLength(uncounted=2), title="Length")
    data: bytes = octets("option.data", length="rest", title="Data")


class MalformedClaimOption(ClaimOption, malformed=True, title="Malformed"):
    """Bytes that are no option."""

    data: bytes = octets("", length="rest", title="Data")


class Lease(ClaimOption, number=1, title="Lease"):
    """For how long the address is claimed."""

    length: int = u8("option.length", factory=OptionLength(uncounted=2), title="Length")
    seconds: int = u32("option.lease", title="Lease", doc="In seconds", kw_only=False)


class Location(ClaimOption, number=2, title="Location"):
    """Where the station is."""

    length: int = u8("option.length", factory=OptionLength(uncounted=2), title="Length")
    place: str = text("option.location", length="rest", title="Location", kw_only=False)


class Claim(Header, name="claim", title="Address Claim", source="Address Claims, section 3", over={UDP: 17800}):
    """A station claims an address.

    >>> claim = Claim(address="10.0.0.9", station="printer", options=[Lease(3600), EndOfClaimOptions()])
    >>> bytes(claim)[24:].hex()
    '9967addc010400000e10ff'
    """

    operation: Coding[ClaimOperation] = code(8, ClaimOperation, "op", default=ClaimOperation.CLAIM, title="Operation")
    hops: int = u8("hops", title="Hops")
    transaction: int = u16("transaction", base=16, title="Transaction")
    address: Address = ipv4("address", title="Claimed address")
    station: str = text("station", size=16, title="Station")
    cookie: int = u32("cookie", default=COOKIE, base=16, title="Cookie")
    options: Listing[ClaimOption] = listing(OptionList(ClaimOption), "option", length="rest", title="Options")

    def check(self) -> Iterator[Problem]:
        """Say that the cookie is another one."""
        if self.cookie != COOKIE:
            yield self.problem("cookie", "is not the magic one", expected=f"{COOKIE:#x}", found=f"{self.cookie:#x}")

    def info(self) -> str:
        """Return who wants what."""
        return f"{self.operation.title} of {self.address} by {self.station}"
