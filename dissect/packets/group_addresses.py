"""The MAC addresses to which frames for groups of hosts go."""

from __future__ import annotations

from ipaddress import ip_address

from dissect.declaration.addresses import hardware_address_text

__all__ = ["BROADCAST_MAC", "multicast_mac", "solicited_node"]

BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"


def multicast_mac(group: str) -> str:
    """Return the MAC address of a multicast group of IPv4 (RFC 1112, section 6.4) or IPv6 (RFC 2464, section 7).

    >>> multicast_mac("224.0.0.1"), multicast_mac("ff02::1:ff00:2")
    ('01:00:5e:00:00:01', '33:33:ff:00:00:02')
    """
    address = ip_address(group)
    if address.version == 4:
        return hardware_address_text((0x01005E << 24 | int(address) & 0x7FFFFF).to_bytes(6, "big"))
    return hardware_address_text(b"\x33\x33" + address.packed[-4:])


def solicited_node(address: str) -> str:
    """Return the group in which an IPv6 address is asked for (RFC 4291, section 2.7.1).

    >>> solicited_node("2001:db8::aabb:ccdd")
    'ff02::1:ffbb:ccdd'
    """
    prefix = int(ip_address("ff02::1:ff00:0"))
    return str(ip_address(prefix | int(ip_address(address)) & 0xFFFFFF))
