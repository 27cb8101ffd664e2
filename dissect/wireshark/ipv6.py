"""IPv6 as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declaration.header import Data, Header
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.wireshark.field_types import FRAMENUM, NONE, UINT24, UINT32
from dissect.wireshark.ipv4 import CONGESTION, SERVICE_CLASSES
from dissect.wireshark.notices import MALFORMED, PROTOCOL
from dissect.wireshark.reassembly import ReassemblySight
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import learnt, noted

__all__ = ["ExtensionSight", "IPv6Sight"]

_VERSION = 6


def _following(header: Any) -> Iterator[str]:
    """Yield what follows a header, where no header stands for it."""
    number = header.next_header
    if header.can_carry(number):
        return
    if number == IPProtocol.IPV6_NONXT:
        yield "IPv6 no next header"
        return
    yield f"Unknown IP Protocol: {number.title} ({int(number)})"


def _is_refused(header: IPv6) -> bool:
    """Whether the version is not 6: to Wireshark the bytes are data then."""
    return bool(header.own_size and header.version != _VERSION)


def _refusal(header: IPv6) -> str:
    """Return what a list says of a header that is refused."""
    network, kind = header.network_header, IPProtocol.IPV6
    if isinstance(network, IPv4) and network.protocol == kind:
        return f"{kind.title} ({int(kind)})"
    if isinstance(network, IPv6) and network.next_header == kind:
        return f"Unknown IP Protocol: {kind.title} ({int(kind)})"
    return f"Bogus IPv6 version ({header.version}, must be {_VERSION})"


class IPv6Sight(ReassemblySight, of=IPv6):
    """All that is there of a header, and what follows."""

    titles = {"ipv6.addr": "Source or Destination Address"}
    holders = {"ipv6.tclass": 32}

    reads = (
        ("version", "wrong_version"),
        Stop(lambda packet: packet.version != _VERSION),
        ("dscp", "ecn", "traffic_class", "flow_label"),
        ("payload_length", "next_header"),
    )
    types = {
        "ipv6.tclass.dscp": UINT32,
        "ipv6.tclass.ecn": UINT32,
        "ipv6.flow": UINT24,
        "ipv6.fragments": NONE,
    }
    values = {"ipv6.tclass.dscp": SERVICE_CLASSES, "ipv6.tclass.ecn": CONGESTION}

    reassembled_in = learnt(
        "reassembled.in",
        FRAMENUM,
        "Reassembled IPv6 in frame",
        doc="The frame that completes the datagram of this fragment",
    )

    @noted("bogus_ipv6_version", "Bogus IP version", "Error", MALFORMED, about="version")
    def wrong_version(self, header: IPv6) -> str | None:
        """The version is not 6."""
        return "Bogus IPv6 version" if header.version != _VERSION else None

    @noted(
        "plen_exceeds_framing",
        "IPv6 payload length does not match expected framing length",
        "Warning",
        PROTOCOL,
        about="payload_length",
    )
    def too_long(self, header: IPv6) -> str | None:
        """The payload would go on behind the frame, and nobody cut it."""
        there = header.wire_length - header.least_size
        is_told = not header.is_cut and header.payload_length > there
        return f"IPv6 payload length exceeds framing length ({there} bytes)" if is_told else None

    @noted("plen_zero", "IPv6 payload length equals 0", "Chat", PROTOCOL, about="payload_length")
    def empty(self, header: IPv6) -> str | None:
        """There is no length although something follows: a large segment that the interface cuts into pieces."""
        is_empty = not header.payload_length and header.next_header not in (IPProtocol.IPV6_NONXT, IPProtocol.HOPOPT)
        sentence = 'IPv6 payload length equals 0 (maybe because of "TCP segmentation offload" (TSO))'
        return sentence if is_empty and not header.is_cut else None

    def is_counted(self, header: IPv6) -> bool:
        """Whether extension headers are whole as well, and this is no fragment that does not complete its packet."""
        return self.reads_all(header) and all(
            sight_of(each).reads_all(each) and (each.learnt("complete") or not each.makes_fragment())
            for each in header.extension_headers()
        )

    def payload(self, header: IPv6) -> Header | None:
        """Return what the packet carries; the whole of it as data where it is none of IPv6."""
        return header.read_as(Data) if _is_refused(header) else super().payload(header)

    def path(self, header: IPv6) -> tuple[str, ...]:
        """Return the protocol, if it is that."""
        return () if _is_refused(header) else (header.name,)

    def protocol(self, header: IPv6) -> str:
        """Return IPv6; what looks for a protocol by its number in a link's header says that there is none."""
        return "IPv6" if header.network_header is not None or not _is_refused(header) else ""

    def stops_short(self, header: IPv6) -> bool:
        """Whether bytes of the header are missing, if it is one."""
        return header.is_cut and not _is_refused(header)

    def words(self, header: IPv6) -> Iterator[str]:
        """Yield what follows, where no header stands for it, and the length of a header that is too short."""
        there = header.own_size
        if _is_refused(header):
            yield _refusal(header)
        elif there < header.least_size and not header.bytes_left_out:
            yield f"Invalid IPv6 header ({there} bytes, need exactly {header.least_size})"
        elif not header.is_cut:
            yield from _following(header)


class ExtensionSight(Sight, of=ExtensionHeader):
    """An extension header has the line of the list where nothing behind it has more to say."""

    phrase: ClassVar[str] = ""
    """What the last column calls it."""

    def protocol(self, header: Any) -> str:
        """Return IPv6, of which it is a part."""
        return "IPv6"

    def words(self, header: Any) -> Iterator[str]:
        """Yield what follows, where no header stands for it, and else the extension headers up to this one."""
        network = header.network_header
        if header.is_cut:
            if network is None:
                return
        elif not header.can_carry(header.next_header):
            yield from _following(header)
            return
        phrases = []
        if isinstance(network, IPv6) and header.is_attached:
            before = [each for each in network.extension_headers() if each.own_start < header.own_start]
            phrases = [sight.phrase for each in before if isinstance(sight := sight_of(each), ExtensionSight)]
        yield " , ".join(filter(None, [*phrases, self.phrase]))
