"""IPv4: the addresses from end to end, and fragments."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Header
from dissect.flows.learner import Place
from dissect.flows.learners.fragments import FragmentLearner
from dissect.protocols.ipv4 import IPv4

__all__ = ["IPv4Learner"]

_SIZE = IPv4.least_size
_MORE, _OFFSET = 0x2000, 0x1FFF


class IPv4Learner(FragmentLearner, of=IPv4):
    """Notes the addresses, and puts fragments of the same VLAN together."""

    silent = True
    preference = "ip.defragment"

    def observe(self, header: Any, place: Place) -> None:
        place.network = header
        place.addresses = None
        raw = header.own_bytes
        if len(raw) < _SIZE or len(raw) < (raw[0] & 15) * 4:
            return
        place.addresses = raw[12:16], raw[16:20] if len(raw) == _SIZE else header.final_destination()
        fragment = (raw[6] << 8 | raw[7]) & (_MORE | _OFFSET)
        if not fragment:
            return
        body = _fragment_data(header, raw)
        if body is None:
            # A fragment whose data cannot be trusted joins no datagram, and is shown as far as its bytes go.
            return
        key = (raw[12:20], raw[9], raw[4:6], place.vlan)
        start, last = (fragment & _OFFSET) * 8, not fragment & _MORE
        self.take(header, header, place, key, start, body, last, lambda data: _carried(header, raw, data))

    @classmethod
    def is_part(cls, header: Any) -> bool:
        return not header.is_cut and header.is_fragment

    @classmethod
    def depends(cls, header: Any) -> bool:
        return cls.is_part(header)


def _fragment_data(header: Any, raw: bytes) -> bytes | None:
    """Return the data of a fragment that can be trusted; None for one that is cut short or has a bad checksum."""
    body = header.parts()[1]
    size = (raw[0] << 2 & 60) if raw[0] >> 4 == 4 else 0
    there = int.from_bytes(raw[2:4], "big") - size
    if raw[2:4] == bytes(2):
        there = len(body)
    if size < _SIZE or not 0 < there <= len(body) or not header.checksum_state().is_trusted:
        return None
    return bytes(body[:there])


def _carried(header: Any, raw: bytes, data: bytes) -> Header | None:
    """Return what a whole datagram of these data carries, under the header of the fragment that completed it."""
    total = len(raw) + len(data)
    # More bytes than a length can tell of have the length 0: then they reach to the end of the frame.
    length = total if total <= 0xFFFF else 0
    head = raw[:2] + length.to_bytes(2, "big") + raw[4:6] + bytes((raw[6] & 0xC0, 0)) + raw[8:]
    return header.reparsed(head + data).payload  # type: ignore[no-any-return]
