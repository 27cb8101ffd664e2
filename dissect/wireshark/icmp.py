"""ICMP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.header import Data, Header
from dissect.protocols.icmp import ICMP
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.wireshark.field_types import UINT32
from dissect.wireshark.notices import CHECKSUM, Notice
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight

__all__ = ["ICMPSight"]

_LEAST_MESSAGE = 6
"""A message is read that reaches to the length of what an error quotes (RFC 4884)."""
_OTHER_CODES = {
    6: ("Alternate address for host",),
    # RFC 2521
    40: (
        "Bad SPI",
        "Authentication Failed",
        "Decompression Failed",
        "Decryption Failed",
        "Need Authentication",
        "Need Authorization",
    ),
}
"""Codes of types that have no class, whose names only a list tells."""


def _is_read(message: ICMP) -> bool:
    return message.captured_length >= _LEAST_MESSAGE


class ICMPSight(Sight, of=ICMP):
    """A message of six bytes at least; data that its type does not speak of are not looked at."""

    titles = {"icmp.resp_in": "Response frame"}

    order = tuple(
        """
        type code checksum checksum.status ident ident_le seq seq_le resp_in resp_to resptime no_resp resp_not_found
        data_time data_time_relative redir_gw num_addrs addr_entry_size lifetime unused length
        length.original_datagram mtu pointer
        """.split()
    )

    reads = (Stop(lambda message: not _is_read(message)),)
    types = {"icmp.pointer": UINT32}
    wrong_checksum = Notice("Warning", "Bad checksum", CHECKSUM)
    # Filters know no names for these two.
    values = {
        "icmp.type": {},
        "icmp.code": {},
    }
    truths = {
        "icmp.": ("Set", "Not set"),
    }

    def payload(self, header: Any) -> Header | None:
        """Return what the message carries, as far as its type says that it carries anything."""
        carried = super().payload(header)
        if isinstance(carried, Data) and header.quotes:
            # What is quoted is read as a header of IP, whatever its version says.
            return carried.read_as(IPv4)  # type: ignore[no-any-return]
        return None if isinstance(carried, Data) and not header.carries_data else carried

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the protocol, and IP where a packet of IPv6 is quoted: it is looked for as one of IPv4."""
        return (header.name, "ip") if header.quotes and isinstance(header.payload, IPv6) else (header.name,)

    def type_title(self, header: Any) -> str:
        """Return what a list calls the type."""
        return header.type.title if header.type.known else "Unknown ICMP (obsolete or malformed?)"

    def words(self, header: Any) -> Iterator[str]:
        """Yield the type and, where it has codes, the code."""
        if _is_read(header):
            yield f"{self.type_title(header):<20}{_code(header)}"


def _code(message: ICMP) -> str:
    """Return the code with its brackets, where the type has codes."""
    number = int(message.code)
    if message.names_codes:
        return f" ({message.code.title if message.code.known else f'Unknown code: {number}'})"
    titles = _OTHER_CODES.get(int(message.type)) if type(message) is ICMP else None
    if titles is None:
        return ""
    return f" ({titles[number] if number < len(titles) else f'Unknown code: {number}'})"
