"""The Encapsulating Security Payload of IPsec: what follows is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import Header, Problem, octets, u32
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = ["ESP"]

_LEAST_SPI = 256
"""Lower numbers are reserved, and 0 stands for no association (RFC 4303, section 2.1)."""


class ESP(
    Header,
    name="esp",
    title="Encapsulating Security Payload",
    source="RFC 4303, section 2",
    over={IPv4: IPProtocol.ESP},
    leaf=True,
):
    """Which security association a packet belongs to, and its number there; all else takes the keys of its two ends.

    >>> packet = IPv4(src="192.0.2.1", dst="192.0.2.2") / ESP(spi=0x1000, sequence=1, data=bytes(32))
    >>> int(packet.protocol), bytes(packet[ESP])[:8].hex(" ", 4), packet[ESP].info()
    (50, '00001000 00000001', 'ESP (SPI=0x00001000)')
    """

    spi: int = u32("spi", default=_LEAST_SPI, base=16, title="ESP SPI")
    sequence: int = u32("sequence", default=1, title="ESP Sequence")
    data: bytes = octets("", default=b"", length="rest", title="ESP Encrypted Data")

    def check(self) -> Iterator[Problem]:
        """Yield a number that is no association's."""
        if not self.is_cut and self.spi < _LEAST_SPI:
            yield self.problem("spi", "is reserved", f"at least {_LEAST_SPI:#x}", f"{self.spi:#x}", "warning")

    def info(self) -> str:
        """Return the security association."""
        return f"ESP (SPI=0x{self.spi:08x})" if self.has("sequence") else ""
