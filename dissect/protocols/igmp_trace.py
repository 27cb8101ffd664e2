"""Multicast traceroute: who asks for the path of a group's traffic, and what each router on it answers."""

from __future__ import annotations

from dissect.declare import Address, Entry, Listing, bits, ipv4, records, u8, u24, u32
from dissect.protocols.igmp import IGMP, IGMPType

__all__ = ["MulticastTrace", "MulticastTraceBlock"]


class MulticastTraceBlock(
    Entry, name="igmp", title="Response data", source="draft-ietf-idmr-traceroute-ipm-07, section 5"
):
    """What one router tells of itself and of the group's traffic through it."""

    arrival: int = u32("mtrace.q_arrival", default=0, title="Query Arrival")
    incoming: Address = ipv4("mtrace.q_inaddr", default="0.0.0.0", title="In itf addr")
    outgoing: Address = ipv4("mtrace.q_outaddr", default="0.0.0.0", title="Out itf addr")
    previous: Address = ipv4("mtrace.q_prevrtr", default="0.0.0.0", title="Previous rtr addr")
    packets_in: int = u32("mtrace.q_inpkt", default=0, title="In pkts")
    packets_out: int = u32("mtrace.q_outpkt", default=0, title="Out pkts")
    packets_of_source: int = u32("mtrace.q_total", default=0, title="S,G pkt count")
    routing_protocol: int = u8("mtrace.q_rtg_proto", default=0, title="Rtg Protocol")
    forwarding_ttl: int = u8("mtrace.q_fwd_ttl", default=0, title="FwdTTL")
    zero: int = bits(1, "mtrace.q_mbz", default=0, base=16, size=8, title="MBZ")
    is_of_subnet: int = bits(1, "mtrace.q_s", default=0, base=16, size=8, title="S")
    source_mask: int = bits(6, "mtrace.q_src_mask", default=0, base=16, size=8, title="Src Mask")
    code: int = u8("mtrace.q_fwd_code", default=0, base=16, title="Forwarding Code")


class MulticastTrace(
    IGMP,
    source="draft-ietf-idmr-traceroute-ipm-07, section 4",
    leaf=True,
    variant=(IGMPType.TRACE, IGMPType.TRACE_RESPONSE),
):
    """A question for the path from a source to a receiver, and the blocks that routers on the way put behind it.

    >>> MulticastTrace().info(), MulticastTrace(blocks=[MulticastTraceBlock()]).info()
    ('Traceroute Query', 'Traceroute Request')
    """

    max_response: int = u8("mtrace.max_hops", default=0, title="# hops")
    group: Address = ipv4("maddr", default="0.0.0.0", title="Multicast Address")
    sender: Address = ipv4("mtrace.saddr", default="0.0.0.0", title="Source Address")
    receiver: Address = ipv4("mtrace.raddr", default="0.0.0.0", title="Receiver Address")
    response_address: Address = ipv4("mtrace.rspaddr", default="0.0.0.0", title="Response Address")
    response_ttl: int = u8("mtrace.resp_ttl", default=0, title="Response TTL")
    query_id: int = u24("mtrace.q_id", default=0, title="Query ID")
    blocks: Listing[MulticastTraceBlock | bytes] = records(
        "", of=MulticastTraceBlock, length="rest", default=(), title="Response data"
    )

    def info(self) -> str:
        """Return the kind of message; a request without a block, as the first router gets it, is a query."""
        if self.own_end == self.own_start:
            return ""
        count = max(self.own_size - self.least_size, 0) // MulticastTraceBlock.least_size
        if self.type == IGMPType.TRACE_RESPONSE:
            return f"{self.type.title}, {count} block{'' if count == 1 else 's'}"
        return "Traceroute Query" if self.own_size == self.least_size else self.type.title
