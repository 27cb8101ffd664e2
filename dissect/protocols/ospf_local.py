"""What routers of one link tell each other behind a message of OSPF: link-local signaling."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Automatic,
    Entry,
    Field,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    internet_checksum,
    listing,
    octets,
    overlay,
    u16,
    u32,
)

__all__ = [
    "MalformedOSPFLocalTLV",
    "OSPFLocalAuthentication",
    "OSPFLocalOptions",
    "OSPFLocalSignaling",
    "UnknownOSPFLocalTLV",
]


class OSPFLocalTLV(Option, name="ospf", source="RFC 5613, section 2.3", family=True):
    """A type, the length of the value, and a value, filled up to whole words."""

    type: int = u16("tlv_type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFLocalTLV(OSPFLocalTLV, unknown=True, title="Unknown LLS TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFLocalTLV(OSPFLocalTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFLocalOptions(OSPFLocalTLV, number=1, title="Extended options TLV", source="RFC 5613, section 2.4"):
    """Which extensions a router understands."""

    options: int = u32("lls.ext.options", default=0, base=16, title="Options")
    restarts: bool = overlay(
        1, "lls.ext.options.rs", default=AUTOMATIC, over="options", skip=30, title="(RS) Restart Signal"
    )
    resynchronizes: bool = overlay(
        1, "lls.ext.options.lr", default=AUTOMATIC, over="options", skip=31, title="(LR) LSDB Resynchronization"
    )


class OSPFLocalAuthentication(
    OSPFLocalTLV, number=2, title="Crypto Authentication TLV", source="RFC 5613, section 2.5"
):
    """The digest of the block."""

    sequence: int = u32("v2.lls.sequence_number", default=0, base=16, title="Sequence number")
    digest: bytes = octets("v2.lls.auth_data", default=bytes(16), length="rest", title="Auth Data")


class _WordsOfAll(Automatic):
    """The length of the block in words of 4 bytes."""

    own = True

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        return (fixed + sum(map(len, pieces.values())) + 3) // 4


class _BlockChecksum(Automatic):
    """The Internet checksum over the block; 0 where a digest stands for it."""

    last = True

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        authenticated = any(isinstance(tlv, OSPFLocalAuthentication) for tlv in record.tlvs)
        return 0 if authenticated else internet_checksum(header)


def _left(block: Any) -> int:
    """Return the bytes of the TLVs, as the length tells, or all that there are before it is known."""
    words = block.raw("data_length")
    return int(words * 4 - 4 if words else block.own_end - block.own_start - 4)


class OSPFLocalSignaling(Entry, name="ospf", title="OSPF LLS Data Block", source="RFC 5613, section 2.2"):
    """A checksum, a length and TLVs."""

    checksum: int = u16("lls.checksum", factory=_BlockChecksum(), base=16, title="Checksum")
    data_length: int = u16("lls.data_length", factory=_WordsOfAll(), scale=4, title="LLS Data Length")
    tlvs: Listing[Option] = listing(
        OptionList(OSPFLocalTLV),
        "",
        default=(),
        length=_left,
        title="TLVs",
    )
