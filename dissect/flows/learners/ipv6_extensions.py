"""Fragments of IPv6."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Header
from dissect.flows.learner import Place
from dissect.flows.learners.fragments import FragmentLearner
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ipv6_extensions import FragmentHeader

__all__ = ["FragmentHeaderLearner"]

_HEADER = IPv6.least_size


class FragmentHeaderLearner(FragmentLearner, of=FragmentHeader):
    """Puts fragments together; of a packet that reaches beyond what is there, none is whole."""

    preference = "ipv6.defragment"

    def observe(self, header: Any, place: Place) -> None:
        network = place.network
        if not isinstance(network, IPv6) or not header.makes_fragment() or place.addresses is None:
            return
        body = header.parts()[1]
        if not body or place.is_cut:
            return
        raw = header.own_bytes
        # Of the fragment header the whole packet has the next header and the identification.
        prefix = place.prefix + raw[:2] + bytes(2) + raw[4:8]
        key = (place.addresses, header.raw("id"))
        start, last = header.fragment_offset * 8, not header.more_fragments
        if self.take(
            header, network, place, key, start, bytes(body), last, lambda data: _carried(network, prefix, data)
        ):
            header.learn(complete=True)

    @classmethod
    def is_part(cls, header: Any) -> bool:
        return True


def _carried(network: Any, prefix: bytes, data: bytes) -> Header | None:
    """Return what a whole packet of these data carries behind the fragment header, the last one in `prefix`."""
    length = min(len(prefix) + len(data) - _HEADER, 0xFFFF)
    raw = prefix[:4] + length.to_bytes(2, "big") + prefix[6:] + data
    header: Any = network.reparsed(raw)
    while header is not None and header.__class__ is not FragmentHeader:
        header = header.payload
    return None if header is None else header.payload
