"""Which addresses a device can have, and which a datagram can come from."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Interface, NetmaskValueError

from dissect.declaration.addresses import hardware_address_text, ipv4_bytes, ipv4_text, mac_bytes
from dissect.errors import FieldError
from dissect.packets.group_addresses import BROADCAST_MAC

__all__ = [
    "ALL_HOSTS",
    "BROADCAST",
    "LIMITED_BROADCAST",
    "NO_ADDRESS",
    "address_with_mask",
    "is_group",
    "is_loopback",
    "is_single_host",
    "number_of",
    "single_host",
    "single_interface",
]

BROADCAST = BROADCAST_MAC
LIMITED_BROADCAST = "255.255.255.255"
"""Every host on the link that a datagram is sent on (RFC 919)."""
_REMEMBERED = 4096
"""Of how many addresses it is remembered what they are: hosts ask of each datagram, and talk with few others."""
LOOPBACK = 127
"""The first byte of addresses that every host has for itself."""
NO_ADDRESS = "0.0.0.0"
"""What a datagram comes from whose sender has no address yet (RFC 1122, section 3.2.1.3)."""
ALL_HOSTS = "224.0.0.1"
"""The multicast group that every host is in (RFC 1112, section 7.1)."""


@lru_cache(maxsize=_REMEMBERED)
def is_single_host(ip: str) -> bool:
    """Whether a datagram can come from this address (RFC 1122, section 3.2.1.3)."""
    first = int(ip.partition(".")[0])
    return 0 < first < 224 and first != 127


@lru_cache(maxsize=_REMEMBERED)
def is_group(ip: str) -> bool:
    """Whether the address is that of a multicast group (RFC 1112, section 4)."""
    return 224 <= int(ip.partition(".")[0]) < 240


@lru_cache(maxsize=_REMEMBERED)
def number_of(ip: str) -> int:
    """Return an IPv4 address as a number; FieldError for what is none.

    >>> hex(number_of("192.168.0.2"))
    '0xc0a80002'
    """
    try:
        return int.from_bytes(ipv4_bytes(ip), "big")
    except ValueError as reason:
        raise FieldError(f"the IPv4 address is {ip!r}, expected {reason}") from None


def is_loopback(text: str) -> bool:
    """Whether an address is a host's own, whoever it is: 127.0.0.0/8 (RFC 1122, section 3.2.1.3).

    >>> is_loopback("127.0.0.1"), is_loopback("127.0.0.256"), is_loopback("10.0.0.1")
    (True, False, False)
    """
    try:
        return number_of(text) >> 24 == LOOPBACK
    except FieldError:
        return False


def single_host(ip: str, whose: str = "the host") -> str:
    """Return the IPv4 address of a single host as text; FieldError for any other."""
    try:
        text = ipv4_text(ipv4_bytes(ip))
    except ValueError as reason:
        raise FieldError(f"{whose}'s IPv4 address is {ip!r}, expected {reason}") from None
    if not is_single_host(text):
        raise FieldError(
            f"{whose}'s IPv4 address is {text}, expected that of a single host: "
            "1.0.0.0 to 223.255.255.255, without 127.0.0.0/8"
        )
    return text


def single_interface(mac: str, whose: str = "the host") -> str:
    """Return the MAC address of a single interface as text; FieldError for any other."""
    try:
        raw = mac_bytes(mac)
    except ValueError as reason:
        raise FieldError(f"{whose}'s MAC address is {mac!r}, expected {reason}") from None
    if raw[0] & 1:
        raise FieldError(f"{whose}'s MAC address is {mac}, which is a group's, expected that of a single interface")
    return hardware_address_text(raw)


def address_with_mask(text: str, whose: str = "the host") -> IPv4Interface:
    """Return an address with the length of its network's prefix, or its mask, behind a slash.

    >>> str(address_with_mask("192.168.0.2/255.255.255.0"))
    '192.168.0.2/24'

    Raises FieldError where the mask is missing or none, and for an address that no host has.
    """
    ip, slash, mask = text.partition("/")
    ip = single_host(ip, whose)
    try:
        # Without a mask nobody knows who is on the same network; "/0.0.0.255" would be read as a wildcard.
        if not slash or ("." in mask and not mask.startswith(("255", "254", "252", "248", "240", "224", "192", "128"))):
            raise NetmaskValueError
        return IPv4Interface(f"{ip}/{mask}")
    except (AddressValueError, NetmaskValueError):
        raise FieldError(
            f'{whose}\'s address is {text!r}, expected a prefix length of 0 to 32 or a mask behind it, as in "{ip}/24"'
        ) from None
