"""The options of Multipath TCP as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.tcp_multipath import MultipathDataSignal
from dissect.wireshark.field_types import UINT16
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.tcp_options import TCPOptionSight

__all__ = ["DataSignalSight"]


class DataSignalSight(TCPOptionSight, of=MultipathDataSignal):
    """A mapping has a checksum where two bytes more are left than one takes."""

    @computed("options.mptcp.checksum", UINT16, base=16, title="Checksum")
    def checksum_with_two_more(self, option: MultipathDataSignal) -> int | None:
        """The first two of four bytes behind a mapping. A right checksum, of which two are left, is not shown."""
        rest = option.rest
        return int.from_bytes(rest[:2], "big") if option.has_mapping and len(rest) >= 4 else None
