"""The door to declarations: everything that a protocol file imports, in this repository and outside of it.

A header is a class whose fields stand in the order of the wire. From that one declaration come its constructor,
decoder, repr, display-filter names, details, diagrams, differences and Hypothesis strategies.

>>> from dissect import UDP, Ethernet, IPv4, parse
>>> class Beacon(Header, name="beacon", title="Beacon", over={UDP: 65000}):
...     version: int = bits(4, "version", default=1)
...     urgent: bool = flag("urgent")
...     reserved: int = bits(3, "reserved")
...     length: int = u8("length", factory=LengthOf())
...     text: bytes = octets("text", length="length")
>>> frame = parse(bytes(Ethernet() / IPv4() / UDP() / Beacon(text=b"here")))
>>> frame[Beacon]
Beacon(text=b'here')
>>> frame[Beacon].length
4

A declaration that cannot be kept is a TypeError when the class is made; its text names class, field and remedy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dissect.declaration.annotations import Address, Coding, Flagging, Listing
from dissect.declaration.automatic import (
    Checksum,
    CRC32c,
    HeaderLength,
    LengthBehind,
    LengthOf,
    Ports,
    Selector,
    TotalLength,
    Variant,
)
from dissect.declaration.carrying import protocol_named
from dissect.declaration.checksum import ChecksumState, internet_checksum
from dissect.declaration.compression import compressed
from dissect.declaration.decoder import LINKS, NETWORKS
from dissect.declaration.derived_fields import Derived, derived, expert
from dissect.declaration.domain_names import DomainName, domain_name
from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.fields import AUTOMATIC, Automatic, Field
from dissect.declaration.framing import (
    UNTIL_END,
    Begun,
    Blank,
    ByBeginning,
    Chunks,
    Dialogue,
    Framing,
    FramingError,
    LengthField,
    Line,
)
from dissect.declaration.header import Data, Header
from dissect.declaration.kinds import (
    Boolean,
    Characters,
    Coded,
    Duration,
    FlagSet,
    HardwareAddress,
    Integer,
    IPv4Address,
    IPv6Address,
    Kind,
    MacAddress,
    Moment,
    Number,
    ObjectIdentifier,
    Octets,
    ProtocolAddress,
    Signed,
    StructList,
    Text,
)
from dissect.declaration.options import Option, OptionKind, OptionLength, OptionList, OptionSubtype
from dissect.declaration.pending import OpenTable
from dissect.declaration.problems import Problem
from dissect.declaration.record import Record
from dissect.declaration.record_lists import CountOf, RecordList
from dissect.declaration.selection import Guess
from dissect.declaration.specifiers import (
    address_list,
    bits,
    code,
    digits,
    flag,
    flag_set,
    hardware_address,
    i8,
    i16,
    i32,
    i64,
    ipv4,
    ipv6,
    line,
    lines,
    listing,
    mac,
    octets,
    overlay,
    protocol_address,
    records,
    text,
    u8,
    u16,
    u24,
    u32,
    u64,
    word,
)
from dissect.declaration.varints import Varint, varint

if TYPE_CHECKING:
    from dissect.declaration.line_kinds import Digits, RestOfLine, Word
    from dissect.declaration.lines import LineList, Lines, NamedLines

__all__ = [
    "AUTOMATIC",
    "LINKS",
    "NETWORKS",
    "UNTIL_END",
    "Address",
    "Automatic",
    "Begun",
    "Blank",
    "Boolean",
    "ByBeginning",
    "CRC32c",
    "Characters",
    "Checksum",
    "ChecksumState",
    "Chunks",
    "Code",
    "Coded",
    "Coding",
    "CountOf",
    "Data",
    "Derived",
    "Dialogue",
    "Digits",
    "DomainName",
    "Duration",
    "Entry",
    "EntryList",
    "Field",
    "FlagSet",
    "Flagging",
    "Flags",
    "Framing",
    "FramingError",
    "Guess",
    "HardwareAddress",
    "Header",
    "HeaderLength",
    "IPv4Address",
    "IPv6Address",
    "Integer",
    "Kind",
    "LengthBehind",
    "LengthField",
    "LengthOf",
    "Line",
    "LineList",
    "Lines",
    "Listing",
    "MacAddress",
    "Moment",
    "NamedLines",
    "Number",
    "ObjectIdentifier",
    "Octets",
    "OpenTable",
    "Option",
    "OptionKind",
    "OptionLength",
    "OptionList",
    "OptionSubtype",
    "Ports",
    "Problem",
    "ProtocolAddress",
    "Record",
    "RecordList",
    "RestOfLine",
    "Selector",
    "Signed",
    "StructList",
    "Text",
    "TotalLength",
    "Variant",
    "Varint",
    "Word",
    "address_list",
    "bits",
    "code",
    "compressed",
    "derived",
    "digits",
    "domain_name",
    "expert",
    "flag",
    "flag_set",
    "hardware_address",
    "i8",
    "i16",
    "i32",
    "i64",
    "internet_checksum",
    "ipv4",
    "ipv6",
    "line",
    "lines",
    "listing",
    "mac",
    "octets",
    "overlay",
    "protocol_address",
    "protocol_named",
    "records",
    "text",
    "u8",
    "u16",
    "u24",
    "u32",
    "u64",
    "varint",
    "word",
]

_LATE = {
    **dict.fromkeys(("Digits", "RestOfLine", "Word"), "line_kinds"),
    **dict.fromkeys(("LineList", "Lines", "NamedLines"), "lines"),
}
"""What protocols of text declare: loaded for them alone, from these modules."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(f"dissect.declaration.{_LATE[name]}"), name))
