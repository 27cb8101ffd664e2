"""Who says that a network address is its own, and when somebody else did."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["MOST_CLAIMS", "Claim", "Claims"]

MOST_CLAIMS = 4096
"""How many addresses are held; of more, the one that nobody claimed longest gives way."""


class Claim(NamedTuple):
    """Who said last that an address is its own: its hardware address, the frame, and its time or None."""

    hardware: bytes
    number: int
    time_ns: int | None


class Claims:
    """The owners of addresses on each VLAN; a claim holds against another one for `holds_ns` nanoseconds."""

    def __init__(self, holds_ns: int) -> None:
        self._holds_ns = holds_ns
        self._owners: OrderedDict[tuple[int, bytes], Claim] = OrderedDict()
        self._asked: OrderedDict[tuple[int, bytes], int | None] = OrderedDict()
        self._told: OrderedDict[tuple[Any, ...], None] = OrderedDict()

    def claim(self, vlan: int, address: bytes, claim: Claim) -> Claim | None:
        """Take a claim in; return the one that it contradicts, once for each pair of hardware addresses."""
        key = vlan, address
        before = self._owners.get(key)
        _put(self._owners, key, claim)
        if before is None or before.hardware == claim.hardware or not self._holds(before, claim.time_ns):
            return None
        pair = (vlan, address, *sorted((before.hardware, claim.hardware)))
        if pair in self._told:
            return None
        _put(self._told, pair, None)
        return before

    def ask(self, vlan: int, address: bytes, time_ns: int | None) -> None:
        """Note that somebody has asked for an address."""
        _put(self._asked, (vlan, address), time_ns)

    def is_asked(self, vlan: int, address: bytes, time_ns: int | None, within_ns: int) -> bool:
        """Whether somebody has asked for an address, no longer ago than this."""
        key = vlan, address
        if key not in self._asked:
            return False
        asked = self._asked[key]
        return asked is None or time_ns is None or time_ns - asked <= within_ns

    def _holds(self, claim: Claim, time_ns: int | None) -> bool:
        return claim.time_ns is None or time_ns is None or time_ns - claim.time_ns <= self._holds_ns


def _put(table: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    """Keep something as the newest of a bounded table."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > MOST_CLAIMS:
        table.popitem(last=False)
