"""Cisco's Inter-Switch Link: whole Ethernet frames of a VLAN in others, before IEEE 802.1Q had tags."""

from __future__ import annotations

from typing import Any

from dissect.declare import Data, Header, bits, flag, u8, u16, u24
from dissect.protocols.ethernet import FCS_LENGTH, WITH_LENGTH, Ethernet

__all__ = ["ISL"]


_BEHIND_KIND = 9
"""How far in front of the header the byte stands that has the kind of frame in its first four bits."""


class ISL(
    Header,
    name="isl",
    title="ISL",
    source="Cisco, Inter-Switch Link and IEEE 802.1Q Frame Format, document 17056",
):
    """What stands behind the addresses and the length of the frame around it, which goes to 01:00:0c:00:00:xx.

    The last byte of that address has the kind of frame that is carried in its first four bits, 0 for Ethernet, and
    its priority in the last two. The frame that is carried keeps its check sequence, which is the trailer; another one
    stands at the end.

    >>> from dissect import IPv4
    >>> frame = Ethernet(dst="01:00:0c:00:00:00") / ISL(vlan=5, trailer=bytes(4)) / Ethernet() / IPv4()
    >>> frame.payload_length, bytes(frame)[14:26].hex(" ")
    (50, 'aa aa 03 00 00 0c 00 0a 00 00 00 00')
    """

    dsap: int = u8("dsap", default=0xAA, base=16, title="DSAP")
    ssap: int = u8("ssap", default=0xAA, base=16, title="SSAP")
    control: int = u8("control", default=0x03, base=16, title="Control")
    organization: int = u24(
        "hsa", default=0x00000C, base=16, title="HSA", doc="The first bytes of the sender's address"
    )
    vlan: int = bits(15, "vlan_id", default=1, size=16, title="VLAN ID")
    is_control: bool = flag("bpdu", default=False, title="BPDU/CDP/VTP")
    index: int = u16("index", default=0, title="Index", doc="The port of the sender, for diagnosis")
    reserved: int = u16("reserved", default=0, base=16, title="Reserved")

    def info(self) -> str:
        """Return the VLAN."""
        return f"VLAN ID: {self.vlan}"

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        start, end = self.own_end, self.carried_end
        if start >= end:
            return None
        is_other = self.is_attached and self.own_start >= _BEHIND_KIND and self._kind()
        if deep or is_other:
            return Data.decode(self.buffer, start, end, outer)  # type: ignore[no-any-return]
        # The frame that is carried has a check sequence, too.
        end -= FCS_LENGTH if end - start >= Ethernet.least_size + FCS_LENGTH else 0
        return Ethernet.decode(self.buffer, start, end, outer)  # type: ignore[no-any-return]

    def _kind(self) -> int:
        """Return what kind of frame is carried, from the last byte of the address in front."""
        return self.buffer[self.own_start - _BEHIND_KIND] >> 4


# Catalyst switches send to either.
for _address in ("01000c0000", "0c000c0000"):
    WITH_LENGTH[bytes.fromhex(_address)] = ISL.decode
