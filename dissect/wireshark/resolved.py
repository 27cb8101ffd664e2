"""Fields that Wireshark has beside those of addresses: their names, which are the addresses here, and makers.

Names are never resolved, and so `ip.src_host` prints what `ip.src` does, as with `tshark -n`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.kinds import IPv4Address, IPv6Address, Kind, MacAddress
from dissect.declaration.named_tuples import NamedTuple
from dissect.wireshark.field_types import STRING, UINT24, FieldType

__all__ = ["BESIDE", "RESOLVED", "Resolved", "maker_in"]


class Resolved(NamedTuple):
    """A field that is told from the bytes of an address: `value` in the form that filters compare, and its text."""

    of: str
    title: str
    type: FieldType
    value: Callable[[bytes], Any]

    def text(self, value: Any) -> str:
        """Return what is printed for a value."""
        return value.decode("ascii") if isinstance(value, bytes) else str(value)


def _text_of(kind: Kind) -> Callable[[bytes], bytes]:
    return lambda address: str(kind.load(address)).encode()


_ether, _ipv4, _ipv6 = map(_text_of, (MacAddress, IPv4Address, IPv6Address))


def _maker(address: bytes) -> int:
    return int.from_bytes(address[:3], "big")


RESOLVED = {
    "eth.dst_resolved": Resolved("eth.dst", "Destination (resolved)", STRING, _ether),
    "eth.src_resolved": Resolved("eth.src", "Source (resolved)", STRING, _ether),
    "eth.addr_resolved": Resolved("eth.addr", "Address (resolved)", STRING, _ether),
    "eth.dst.oui": Resolved("eth.dst", "Destination OUI", UINT24, _maker),
    "eth.src.oui": Resolved("eth.src", "Source OUI", UINT24, _maker),
    "eth.addr.oui": Resolved("eth.addr", "Address OUI", UINT24, _maker),
    "ip.src_host": Resolved("ip.src", "Source Host", STRING, _ipv4),
    "ip.dst_host": Resolved("ip.dst", "Destination Host", STRING, _ipv4),
    "ip.host": Resolved("ip.addr", "Source or Destination Host", STRING, _ipv4),
    "ip.cur_rt_host": Resolved("ip.cur_rt", "Current Route Host", STRING, _ipv4),
    "ip.rec_rt_host": Resolved("ip.rec_rt", "Recorded Route Host", STRING, _ipv4),
    "ip.src_rt_host": Resolved("ip.src_rt", "Source Route Host", STRING, _ipv4),
    "ip.empty_rt_host": Resolved("ip.empty_rt", "Empty Route Host", STRING, _ipv4),
    "ipv6.src_host": Resolved("ipv6.src", "Source Host", STRING, _ipv6),
    "ipv6.dst_host": Resolved("ipv6.dst", "Destination Host", STRING, _ipv6),
    "ipv6.host": Resolved("ipv6.addr", "Source or Destination Host", STRING, _ipv6),
}
"""By display-filter name."""

BESIDE = {
    field.of: tuple(name for name, other in RESOLVED.items() if other.of == field.of) for field in RESOLVED.values()
}
"""The names of these fields by that of the address."""


def maker_in(address: bytes, name: str) -> str:
    """Return the number of the maker of a device that has this address, as the field of this name has it."""
    return RESOLVED[name].text(RESOLVED[name].value(address))
