"""Generic Network Virtualization Encapsulation: frames of any EtherType over UDP, with options."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    Coding,
    Header,
    HeaderLength,
    Listing,
    Option,
    OptionList,
    Problem,
    Selector,
    bits,
    code,
    flag,
    listing,
    u8,
    u24,
)
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.geneve_options import GeneveOption
from dissect.protocols.udp import UDP

__all__ = ["Geneve"]


class Geneve(
    Header,
    name="geneve",
    title="Generic Network Virtualization Encapsulation",
    source="RFC 8926, section 3.4",
    over={UDP: 6081},
    carries_like=Ethernet,
):
    """The virtual network that a packet belongs to, what kind of packet it is, and options in words of 4 bytes.

    >>> from dissect import IPv4
    >>> frame = Ethernet() / IPv4() / UDP(sport=49152) / Geneve(vni=42) / Ethernet() / IPv4()
    >>> frame[UDP].dport, frame[Geneve].protocol, bytes(frame[Geneve])[:8].hex(" ")
    (6081, <EtherType.TRANSPARENT_BRIDGING: 25944>, '00 00 65 58 00 00 2a 00')
    """

    version: int = bits(2, "version", default=0, title="Version")
    options_length: int = bits(
        6,
        "option.length",
        factory=HeaderLength(4, uncounted=8),
        scale=4,
        size=8,
        title="Length",
        doc="Bytes of options",
    )
    control: bool = flag("flags.oam", default=False, title="Operations, Administration and Management Frame")
    critical: bool = flag("flags.critical", default=False, title="Critical Options Present")
    reserved_flags: int = bits(6, "", default=0, base=16, title="Reserved")
    protocol: Coding[EtherType] = code(16, EtherType, "proto_type", factory=Selector(), base=16, title="Protocol Type")
    vni: int = u24("vni", default=0, base=16, title="Virtual Network Identifier (VNI)")
    reserved: int = u8("reserved", default=0, base=16, title="Reserved")
    options: Listing[Option] = listing(OptionList(GeneveOption), "options", default=(), length="rest", title="Options")

    def check(self) -> Iterator[Problem]:
        """Yield an unknown version, wrong options, and a flag that says otherwise than these (section 3.4)."""
        if self.is_cut:
            return
        if self.version:
            yield self.problem("version", "is unknown", 0, self.version, "warning", name="version.unknown")
        yield from self.option_problems()
        needed = any(isinstance(option, GeneveOption) and option.critical for option in self.options)
        if needed != self.critical:
            yield self.problem("critical", "says otherwise than the options", needed, self.critical, "warning")

    def info(self) -> str:
        """Return what is encapsulated."""
        if self.own_size < 4:
            return ""
        protocol = self.protocol
        return f"Encapsulated {protocol.title if protocol.known else f'{int(protocol):#06x} (unknown)'}"
