"""IPv4 as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.header import Header
from dissect.declaration.kinds import IPv4Address
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv4_options import LooseSourceRoute, StrictSourceRoute
from dissect.protocols.ipv6 import IPv6
from dissect.wireshark.field_types import BOOLEAN, IPV4, UINT16
from dissect.wireshark.notices import PROTOCOL, SEQUENCE
from dissect.wireshark.preferences import is_on
from dissect.wireshark.reassembly import ReassemblySight
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight_fields import computed, mark, noted

__all__ = ["CONGESTION", "SERVICE_CLASSES", "IPv4Sight"]

SERVICE_CLASSES = {
    "Default": 0,
    "Lower Effort": 1,
    **{f"Class Selector {number}": 8 * number for number in range(1, 8)},
    **{f"Assured Forwarding {group}{drop}": 8 * group + 2 * drop for group in range(1, 5) for drop in range(1, 4)},
    "Voice Admit": 44,
    "Expedited Forwarding": 46,
}
"""RFC 2474 (class selectors), 2597 (assured forwarding), 3246, 5865 and 8622."""
CONGESTION = {
    "Not ECN-Capable Transport": 0,
    "ECN-Capable Transport codepoint '01'": 1,
    "ECN-Capable Transport codepoint '10'": 2,
    "Congestion Experienced": 3,
}
"""RFC 3168, section 5."""
_LOCAL_MULTICAST = bytes((224, 0, 0))
"""The block that routers do not forward (RFC 5771, section 4)."""
_LOCAL_TTL = {18: 255, 102: 255, 251: 255, 252: None}
"""The time to live of VRRP, GLBP, mDNS and LLMNR (any), by the last byte of the address; all others have 1."""


def _is_routed(datagram: IPv4) -> bool:
    """Whether the destination is only the next stop on a source route (RFC 791, page 18)."""
    if datagram.own_size <= datagram.least_size or datagram.is_cut:
        return False
    return any(
        option.pending for option in datagram.options if isinstance(option, (LooseSourceRoute, StrictSourceRoute))
    )


def _may_be_routed(datagram: IPv4) -> bool:
    """Whether options that are cut off could have been a route, which the first three bytes of one tell."""
    return _is_routed(datagram) or (
        datagram.is_cut and datagram.own_size < datagram.least_size + 3 and datagram.ihl > 5
    )


def _is_too_short(datagram: IPv4) -> bool:
    """Whether the total length of a parsed header is less than its own; 0 is that of a large segment."""
    if not datagram.is_attached or datagram.own_size < 4:
        return False
    return bool(0 < datagram.total_length < 4 * datagram.ihl)


def _length_fault(datagram: IPv4) -> str:
    """Return what is wrong with a total length: it ends within the header, or behind the packet."""
    if datagram.total_length < 4 * datagram.ihl:
        return "Bogus IP length"
    there = datagram.buffer_end - datagram.own_start if datagram.is_attached else len(datagram)
    return f"IPv4 total length exceeds packet length ({there} bytes)"


def _is_ipv6(datagram: IPv4) -> bool:
    """Whether the header is one of IPv6: that is then looked at in its place."""
    return bool(datagram.own_size and datagram.version == 6)


def _is_carried_ipv6(datagram: IPv4) -> bool:
    """The same of a header within a packet, of which only the version of IPv6 is seen."""
    return _is_ipv6(datagram) and datagram.network_header is not None


class IPv4Sight(ReassemblySight, of=IPv4):
    """Version, header length, total length: where one of them is wrong, nothing behind it is read."""

    titles = {"ip.addr": "Source or Destination Address", "ip.checksum.status": "Header checksum status"}

    order = tuple(
        """
        version hdr_len dsfield len id flags frag_offset ttl proto checksum checksum.status
        checksum_calculated src dst cur_rt
        """.split()
    )

    reads = (
        ("version", "wrong_version"),
        Stop(lambda datagram: datagram.version != 4),
        ("ihl", "wrong_header_length"),
        Stop(lambda datagram: datagram.ihl < 5),
        ("dscp", "ecn", "tos"),
        ("total_length", "wrong_length"),
        Stop(_is_too_short),
        ("flags", "reserved_flag", "dont_fragment", "more_fragments", "fragment_offset"),
    )
    hides = {
        "options": lambda datagram: datagram.is_cut,
        "dst": _may_be_routed,
        "reserved_flag": lambda datagram: is_on("ip.security_flag"),
        "total_length": lambda datagram: not datagram.total_length,
        "version": _is_carried_ipv6,
        "wrong_version": _is_carried_ipv6,
    }
    values = {
        "ip.dsfield.dscp": SERVICE_CLASSES,
        "ip.dsfield.ecn": CONGESTION,
        # RFC 791, section 3.1.
        "ip.tos.precedence": {
            "routine": 0,
            "priority": 1,
            "immediate": 2,
            "flash": 3,
            "flash override": 4,
            "CRITIC/ECP": 5,
            "internetwork control": 6,
            "network control": 7,
        },
    }
    truths = {
        "ip.flags.": ("Set", "Not set"),
        "ip.flags.sf": ("Evil", "Not evil"),
        "ip.tos.": ("High", "Normal"),
        "ip.tos.cost": ("Low", "Normal"),
        "ip.tos.delay": ("Low", "Normal"),
    }

    wrong_version = mark("bogus_ip_version", "Bogus IP version", words="Bogus IPv4 version", about="version")
    wrong_header_length = mark(
        "bogus_header_length",
        "Bogus IP header length",
        words=lambda datagram: f"Bogus IP header length ({4 * datagram.ihl}, must be at least 20)",
        about="ihl",
    )
    wrong_length = mark("bogus_ip_length", "Bogus IP length", words=_length_fault, about="total_length")
    no_operations = mark(
        "nop", "4 NOP in a row", "Warning", "4 NOP in a row - a router may have removed some options", about="options"
    )

    @noted("ttl.too_small", "Time To Live is small", "Note", SEQUENCE, about="ttl")
    def low_ttl_mark(self, header: IPv4) -> str | None:
        """The time to live is below 5: no mistake, but worth a look where nobody traces a route."""
        # The first 4 bits of an address that many listen to are 1110 (RFC 1112, section 4).
        is_small = header.ttl < 5 and header.raw("dst")[0] >> 4 != 0xE
        is_expected = header.protocol in (IPProtocol.PIM, IPProtocol.OSPF)
        return f'"Time To Live" only {header.ttl}' if is_small and not is_expected else None

    @noted("ttl.lncb", "Time To Live is unusual for a local multicast", "Note", SEQUENCE, about="ttl")
    def local_ttl_mark(self, header: IPv4) -> str | None:
        """A datagram to a multicast address that no router forwards has not the usual time to live."""
        dst = header.raw("dst")
        if not dst.startswith(_LOCAL_MULTICAST):
            return None
        usual = 1 if header.protocol == IPProtocol.IGMP else _LOCAL_TTL.get(dst[3], 1)
        if usual in (header.ttl, None):
            return None
        return f'"Time To Live" != {usual} for a packet sent to the Local Network Control Block (see RFC 3171)'

    @computed("len", UINT16, over="total_length", when_zero="total_length", title="Total Length of a large segment")
    def real_length(self, header: IPv4) -> int | None:
        """The bytes that there were, where the total length is 0: segmentation was left to the interface."""
        return None if header.own_size < 20 or header.total_length else header.wire_length

    @computed("flags.sf", BOOLEAN, width=1, over="flags", title="Security flag")
    def security_flag(self, header: IPv4) -> int | None:
        """RFC 3514's reading of the reserved bit; None unless it is asked for, for it was a joke."""
        return int(header.reserved_flag) if is_on("ip.security_flag") else None

    @noted("evil_packet", "Packet has evil intent", "Warning", PROTOCOL, about="flags")
    def evil(self, header: IPv4) -> str | None:
        """The bit is set, and read so."""
        return "Packet has evil intent" if is_on("ip.security_flag") and header.reserved_flag else None

    @computed("dst", IPV4, also="addr", title="Final Destination Address", with_options=True)
    def routed_destination(self, header: IPv4) -> bytes | None:
        """The last address of a source route that is not used up, 4 bytes; None where there is no such route."""
        return header.final_destination() if _is_routed(header) else None

    @computed("cur_rt", IPV4, over="dst", title="Current Route", with_options=True)
    def current_route(self, header: IPv4) -> bytes | None:
        """The next stop on a source route that is not used up, 4 bytes; None where there is no such route."""
        return header.buffer[header.own_start + 16 : header.own_start + 20] if _is_routed(header) else None

    def endpoints(self, header: IPv4, source: str, destination: str) -> tuple[str, str]:
        """Return for the destination the last address of a source route that is not used up (RFC 791, section 3.1)."""
        return source, IPv4Address.load(header.final_destination()) if _is_routed(header) else destination

    def payload(self, header: IPv4) -> Header | None:
        """Return what the datagram carries, or the header of IPv6 that stands in its place."""
        if not _is_ipv6(header) or header.learnt("payload") is not None:
            return super().payload(header)
        inside: IPv6 = header.read_as(IPv6)
        header.learn(payload=inside)
        return inside

    def stops_short(self, header: IPv4) -> bool:
        """Whether what is missing of the header keeps it from being read: not where it is wrong from the start."""
        return header.is_cut and not self.info(header)

    def protocol(self, header: IPv4) -> str:
        """Return IPv4, or IP where another datagram carries something that says it is of another version."""
        # Of what stands in another datagram, nobody has said that it is IPv4.
        is_carried = header.own_end > header.own_start and header.version != 4 and header.network_header is not None
        return "IP" if is_carried else super().protocol(header)

    def words(self, header: IPv4) -> Iterator[str]:
        """Yield what is wrong with the header, or the place of a fragment, or a protocol that is not known here."""
        there = header.own_size
        if there and header.version != 4:
            if header.network_header is None:
                yield f"Bogus IPv4 version ({header.version}, must be 4)"
            else:
                yield f"Bogus IP version ({header.version})"
            return
        own = 4 * header.ihl if there else header.least_size
        if own < header.least_size:
            yield f"Bogus IP header length ({own}, must be at least {header.least_size})"
        elif there >= 4 and 0 < header.total_length < own:
            yield f"Bogus IP length ({header.total_length}, less than header length {own})"
        elif not header.is_cut and header.payload is not None:
            yield from _carried(header)


def _carried(datagram: IPv4) -> Iterator[str]:
    """Yield what the datagram carries, as far as no header stands for it."""
    if datagram.is_fragment and datagram.learnt("reassembled_length") is None:
        place = f"proto={datagram.protocol.title} {int(datagram.protocol)}, off={8 * datagram.fragment_offset}"
        yield f"Fragmented IP protocol ({place}, ID={datagram.id:04x})"
        if datagram.learnt("reassembled_in") is not None:
            yield f"[Reassembled in #{datagram.learnt('reassembled_in')}]"
    elif datagram.is_fragment or not datagram.can_carry(datagram.protocol):
        yield f"{datagram.protocol.title} ({int(datagram.protocol)})"
