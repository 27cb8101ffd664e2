"""DHCP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.options import Option
from dissect.protocols.dhcp import DHCP, BOOTPOperation
from dissect.protocols.dhcp_later_options import names_in
from dissect.protocols.dhcp_options import DHCPEnd, DHCPMessageType, DHCPOptionOverload, DHCPOverload, MessageType
from dissect.protocols.dhcp_vendor_options import DHCPVendorInformation
from dissect.wireshark.dhcp_later_options import shown_name
from dissect.wireshark.dhcp_vendor_options import knows_vendor
from dissect.wireshark.field_types import BOOLEAN, BYTES, STRING, UINT16
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.record_fields import options_in
from dissect.wireshark.seen import Needs, Stop
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed, mark, noted

__all__ = ["DHCPSight", "type_of"]

_HARDWARE, _COOKIE = 28, 236
"""Where the client's hardware address begins, and what stands where options do not follow."""
_LEAST = 3
"""How many bytes there are at least, or nothing is read."""
_VENDOR_AREA = 64
"""How many bytes a vendor's area has (RFC 951, section 3)."""
_LONGEST_HARDWARE = 16
_DOMAIN_SEARCH = 119
_OVERLOADED_NAME, _OVERLOADED_FILE = (f"{name} option overloaded by DHCP" for name in ("Server name", "Boot file name"))
_ETHERNET = (1, 6)
"""The hardware types with MAC addresses: Ethernet and IEEE 802."""


def _has_mac(header: DHCP) -> bool:
    return header.hardware_length == 6 and header.hardware_type in _ETHERNET


def _is_overloaded(header: DHCP, field: DHCPOverload) -> bool:
    """Whether a field holds options, which the last option that tells says."""
    found = [option for option in _options(header) if isinstance(option, DHCPOptionOverload) and option.has("value")]
    return bool(found and found[-1].value in (field, DHCPOverload.BOTH))


def _options(header: DHCP) -> tuple[Any, ...]:
    """Return the options of a message itself."""
    return () if header.is_cut or not header.has_options else header.options


def _lacks_bytes(header: DHCP) -> bool:
    """Whether the capture left bytes of the message out."""
    network = header.network_header
    is_complete = network is not None and 0 < network.declared_end <= header.carried_end
    return bool(header.bytes_left_out) and not is_complete


def _lacks_options(header: DHCP) -> bool:
    """Whether options may be among the bytes that the capture left out: all are looked at before anything is shown."""
    options = _options(header)
    is_told = not header.is_cut and header.has_options and not (options and isinstance(options[-1], DHCPEnd))
    return is_told and _lacks_bytes(header)


def type_of(header: DHCP) -> int | None:
    """Return what a message is for, by the last option that tells; None for one of BOOTP."""
    if _lacks_options(header):
        return None
    found = [option for option in _options(header) if isinstance(option, MessageType)]
    if not found:
        return None
    # Of an option without a value, it is the byte behind.
    behind = header.own_bytes[found[-1].place_in_message + 2 :]
    return behind[0] if behind else 0


def _is_swapped(header: DHCP) -> bool:
    """Whether the seconds look as if their low byte came first."""
    return header.seconds > 255 and not header.seconds & 255


def _tells_asker(header: DHCP) -> bool:
    """Whether the hardware address is there."""
    return header.own_size >= _HARDWARE + header.hardware_length


def _asker(header: DHCP) -> str:
    """Return the hardware address of who asks, as a list has it."""
    if _has_mac(header):
        return f"{header.client_mac} ({header.client_mac})"
    start, size = _HARDWARE, header.hardware_length
    return header.own_bytes[start : start + size].hex() or "<No address>"


class DHCPSight(Sight, of=DHCP):
    """Field by field, then the options in front of the first one that breaks."""

    called = "DHCP/BOOTP"
    unlisted = frozenset({"options"})
    order = tuple(
        """
        bootp type hw.type hw.len hops id secs flags ip.client ip.your ip.server ip.relay hw.mac_addr hw.addr
        hw.addr_padding server file cookie
        """.split()
    )
    # A list tells who asks, before anything else is read.
    reads = (
        Needs(_LEAST),
        Stop(_lacks_options),
        Stop(lambda header: header.operation == BOOTPOperation.REQUEST and not _tells_asker(header)),
    )
    hides = {
        "seconds": _is_swapped,
        "client_hardware": lambda header: True,
        "client_mac": lambda header: not _has_mac(header),
        # A name that is not given is there, and empty.
        "server_name": lambda header: header.raw("server_name")[0] and _is_overloaded(header, DHCPOverload.SERVER_NAME),
        "file": lambda header: header.raw("file")[0] and _is_overloaded(header, DHCPOverload.FILE),
        "cookie": lambda header: not header.has_options,
        "vendor_area": lambda header: True,
    }
    truths = {"dhcp.flags.bc": ("Broadcast", "Unicast")}

    @computed("bootp", BOOLEAN, title="Frame is BOOTP")
    def is_bootp(self, header: DHCP) -> int | None:
        """1 where no option tells what the message is for."""
        return 1 if header.own_size >= _COOKIE and type_of(header) is None else None

    @noted("server_name_overloaded_by_dhcp", _OVERLOADED_NAME, "Note", PROTOCOL)
    def overloaded_name(self, header: DHCP) -> str | None:
        """Options stand in the field of the server's name."""
        return _OVERLOADED_NAME if _is_overloaded(header, DHCPOverload.SERVER_NAME) else None

    @noted("boot_filename_overloaded_by_dhcp", _OVERLOADED_FILE, "Note", PROTOCOL)
    def overloaded_file(self, header: DHCP) -> str | None:
        """Options stand in the field of the boot file."""
        return _OVERLOADED_FILE if _is_overloaded(header, DHCPOverload.FILE) else None

    @computed("hw.addr", BYTES, over="client_hardware", title="Client hardware address")
    def hardware_bytes(self, header: DHCP) -> bytes | None:
        """The field of an address that is no MAC address."""
        is_there = 0 < header.hardware_length <= _LONGEST_HARDWARE and not _has_mac(header)
        return header.client_hardware if is_there else None

    @computed("hw.addr_padding", BYTES, over="client_hardware", title="Client hardware address padding")
    def hardware_padding(self, header: DHCP) -> bytes | None:
        """What stands behind the address in its field."""
        if not 0 < header.hardware_length < _LONGEST_HARDWARE:
            return None
        return header.client_hardware[header.hardware_length :]

    @computed("vendor_specific_options", BYTES, title="Bootp vendor specific options")
    def vendor_options(self, header: DHCP) -> bytes | None:
        """What stands in the vendor's area of BOOTP."""
        area = header.own_bytes[_COOKIE : _COOKIE + _VENDOR_AREA]
        return area if not header.has_options and len(area) == _VENDOR_AREA else None

    @computed("option.dhcp_dns_domain_search_list_fqdn", STRING, title="FQDN")
    def domains(self, header: DHCP) -> list[str]:
        """The domains to search, whose pointers count from the first byte of the first of the options."""
        data = b"" if header.is_cut else header.joined(_DOMAIN_SEARCH)
        return [shown_name(each, data) for each in names_in(data)] if data else []

    no_end = mark("end_option_missing", "End option missing")

    @noted("client_address_not_given", "Client address not given", "Note", PROTOCOL, about="hardware_length")
    def no_address(self, header: DHCP) -> str | None:
        """The length of the hardware address is 0, or more than there is room for."""
        return None if 0 < header.hardware_length <= _LONGEST_HARDWARE else "Client address not given"

    @computed("secs", UINT16, over="seconds", title="Seconds elapsed")
    def swapped_seconds(self, header: DHCP) -> int | None:
        """The seconds with their low byte first."""
        return header.seconds >> 8 if _is_swapped(header) else None

    @noted("secs_le", "Seconds elapsed appears to be encoded as little-endian", "Note", PROTOCOL, about="seconds")
    def seconds_are_swapped(self, header: DHCP) -> str | None:
        """The seconds look as if their low byte came first."""
        return "Seconds elapsed appears to be encoded as little-endian" if _is_swapped(header) else None

    def path(self, header: DHCP) -> tuple[str, ...]:
        """Return the protocol's name, and once more for information that a maker's part of it reads."""
        told = [option for option in _options(header) if isinstance(option, DHCPVendorInformation)]
        return (header.name, *(header.name for option in told if knows_vendor(option)))

    def protocol(self, header: DHCP) -> str:
        """Return the name of the protocol: without a type of message it is the older one."""
        return "BOOTP" if type_of(header) is None else "DHCP"

    def words(self, header: DHCP) -> Iterator[str]:
        """Yield what the message is for, or who asks."""
        if header.own_size < _LEAST:
            return
        kind = type_of(header)
        if kind is not None:
            known = DHCPMessageType(kind)
            title = known.title if known.known else f"Unknown Message Type ({kind:#04x})"
            yield f"DHCP {title:8} - Transaction ID 0x{header.transaction_id:x}"
        elif header.operation == BOOTPOperation.REQUEST:
            yield f"Boot Request from {_asker(header)}"
        elif header.operation == BOOTPOperation.REPLY:
            yield "Boot Reply"
        else:
            yield f"Unknown BOOTP message type ({int(header.operation)})"

    def stops_short(self, header: DHCP) -> bool:
        """Whether the header, the vendor's area, or an option asks for more bytes than there are."""
        if header.is_cut or _lacks_bytes(header):
            return True
        if not header.has_options:
            return header.own_size < _COOKIE + _VENDOR_AREA
        return any(isinstance(option, Option) and sight_of(option).ends_list(option) for option in options_in(header))

    def headline(self, header: DHCP) -> str:
        """Return the title and what the message is for."""
        kinds = [option for option in _options(header) if isinstance(option, MessageType) and option.has("value")]
        return " ".join([header.title, *(f"({option.value.title})" for option in kinds)])
