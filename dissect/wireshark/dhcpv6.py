"""DHCPv6 as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.protocols.dhcpv6 import DHCPv6
from dissect.protocols.dhcpv6_options import (
    DHCPv6Address,
    DHCPv6ClientIdentifier,
    DHCPv6Message,
    DHCPv6MessageType,
    DHCPv6RelayMessage,
)
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.record_fields import options_in
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import noted

__all__ = ["DHCPv6Sight"]

_HEAD, _RELAYED_HEAD = 4, 34
_MOST_HOPS = 32


class DHCPv6Sight(Sight, of=DHCPv6):
    """A list tells who asks and which addresses there are, of messages within messages as well."""

    @noted("error_hopcount", "Detected error on hop-count", "Warning", PROTOCOL)
    def wrong_hops(self, header: Any) -> list[str] | None:
        """Relays that count wrong, each of those that passed the message on (RFC 8415, section 7.6)."""
        return None if header.is_cut else list(_wrong_hops(header)) or None

    def info(self, header: Any) -> str:
        """Return each word with a blank behind it."""
        return "".join(f"{word} " for word in self.words(header))

    def words(self, header: DHCPv6) -> Iterator[str]:
        """Yield what each message is for, and what its options tell."""
        if header.own_size < 1:
            return
        yield from _heading(header)
        if header.is_cut:
            return
        for option in options_in(header):
            if isinstance(option, DHCPv6Message):
                yield from _heading(option)
            elif isinstance(option, DHCPv6ClientIdentifier) and option.duid:
                yield f"CID: {option.duid.hex()}"
            elif isinstance(option, DHCPv6Address):
                yield f"IAA: {option.address}"


def _heading(message: Any) -> Iterator[str]:
    """Yield what a message is for, and its transaction or link."""
    kind = message.type
    yield kind.title if kind.known else f"Message Type {int(kind)}"
    if kind in (DHCPv6MessageType.RELAY_FORWARD, DHCPv6MessageType.RELAY_REPLY):
        if message.has("peer_address"):
            yield f"L: {message.link_address}"
    elif message.has("transaction_id"):
        yield f"XID: 0x{message.transaction_id:06x}"


def _wrong_hops(message: Any) -> Iterator[str]:
    """Yield what is wrong about the hops of a message and of those within: each relay adds one, the first has none."""
    while message is not None and message.has("hops"):
        hops = message.hops
        if hops > _MOST_HOPS:
            yield f"Hopcount ({hops}) exceeds the maximum limit HOP_COUNT_LIMIT ({_MOST_HOPS})"
        passed_on = (each for each in message.options if isinstance(each, DHCPv6RelayMessage))
        message = next((inner for each in passed_on for inner in each.relayed), None)
        if message is None:
            return
        if message.has("hops"):
            if hops != message.hops + 1:
                yield f"hopcount is not correctly incremented by 1 (expected : {message.hops + 1}, actual : {hops})"
        elif hops:
            yield f"Hopcount of most inner message has to equal 0 instead of {hops}"
