"""The exchange of identification between LLC stations, as access points and bridges send it to all."""

from __future__ import annotations

from typing import Any

from dissect.declare import Code, Coding, Data, Header, bits, code, u8

__all__ = ["BasicXID", "LLCClass"]

BASIC_FORMAT = 0x81
"""The format that IEEE 802.2 defines; others are their senders' own."""


class LLCClass(Code):
    """The types of operation that a station takes part in, a bit each (IEEE 802.2, clause 5.4.1.1.2)."""

    TYPE_1 = 1, "Type 1 LLC (Class I LLC)"
    TYPE_2 = 2, "Type 2 LLC"
    TYPES_1_2 = 3, "Type 1 and Type 2 LLCs (Class II LLC)"
    TYPE_3 = 4, "Type 3 LLC"
    TYPES_1_3 = 5, "Type 1 and Type 3 LLCs (Class III LLC)"
    TYPES_2_3 = 6, "Type 2 and Type 3 LLCs"
    TYPES_1_2_3 = 7, "Type 1 and Type 2 and Type 3 LLCs (Class IV LLC)"


class BasicXID(
    Header,
    name="basicxid",
    title="Logical-Link Control Basic Format XID",
    source="IEEE 802.2, clause 5.4.1.1.2",
    leaf=True,
):
    """What a station is capable of, and how many frames it takes without an answer.

    >>> BasicXID(types=LLCClass.TYPES_1_2, window=2).info()
    'Basic Format; Type 1 and Type 2 LLCs (Class II LLC); Window Size 2'
    """

    format: int = u8("llc.xid.format", default=BASIC_FORMAT, base=16, title="XID Format")
    types: Coding[LLCClass] = code(
        8, LLCClass, "llc.xid.types", default=LLCClass.TYPE_1, base=16, title="LLC Types/Classes"
    )
    window: int = bits(7, "llc.xid.wsize", default=0, size=8, title="Receive Window Size")
    unused: int = bits(1, "", default=0, title="Unused")

    def info(self) -> str:
        """Return the format and, as far as they are there, types and window."""
        there = self.own_size
        parts = ["Basic Format"] if there else []
        if there > 1:
            parts.append(self.types.title if self.types.known else f"{int(self.types):#04x}")
        if there > 2:
            parts.append(f"Window Size {self.window}")
        return "; ".join(parts)


def decode_identification(buffer: bytes, start: int, end: int, outer: Any) -> Header:
    """Decode what an XID frame carries: the basic format, or data of its sender's own."""
    cls: type[Header] = BasicXID if buffer[start] == BASIC_FORMAT else Data
    carried: Header = cls.decode(buffer, start, end, outer)
    return carried
