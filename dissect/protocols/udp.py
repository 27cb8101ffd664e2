"""The User Datagram Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import Checksum, Field, Header, Ports, Problem, TotalLength, u16
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = ["UDP"]

LARGEST = 0xFFFF
"""The longest datagram that is no jumbogram, in bytes."""


class _Length(TotalLength):
    """The length of a datagram; over IPv6 it is 0 where 16 bits don't hold it (RFC 2675, section 4)."""

    def problems(self, header: Any, field: Field) -> Iterator[Problem]:
        if not header.is_jumbogram:
            yield from super().problems(header, field)
        elif header.captured_length <= LARGEST:
            yield header.problem(
                field.name, "is 0, which only a jumbogram has", header.captured_length, 0, name="length.bad_zero"
            )


class UDP(
    Header, name="udp", title="User Datagram Protocol", source="RFC 768", usual=True, over={IPv4: IPProtocol.UDP}
):
    """Ports and a length over IP; the checksum is optional over IPv4: 0 means that there is none."""

    sport: int = u16("srcport", default=0, also="port", title="Source Port", kept=True)
    dport: int = u16("dstport", factory=Ports("sport", "udp.port"), also="port", title="Destination Port", kept=True)
    length: int = u16(
        "length", factory=_Length(), title="Length", doc="Header and payload in bytes", wrong="length.bad"
    )
    checksum: int = u16(
        "checksum", factory=Checksum(pseudo_header=17, optional=True, bad="checksum.bad"), base=16, title="Checksum"
    )

    @property
    def is_jumbogram(self) -> bool:
        """Whether the length is 0 because 16 bits do not hold it: over IPv6 alone (RFC 2675, section 4)."""
        return self.length == 0 and self.requires_checksum

    def check(self) -> Iterator[Problem]:
        """Yield the length where it runs past the end of a header that is cut itself."""
        there = self.own_size
        if self.is_cut and there >= 6 and self.length > there and not self.is_cut_by_capture(self.length - there):
            yield self.problem("length", "runs past the end of the data", there, self.length, name="length.bad")

    def headline(self) -> str:
        return f"{self.title}, Src Port: {self.sport}, Dst Port: {self.dport}"

    def info(self) -> str:
        """Return ports and the length of the data."""
        return f"{self.sport} → {self.dport} Len={self.length - 8}"
