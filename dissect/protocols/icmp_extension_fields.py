"""The fields that display filters find in the extensions of an ICMP message (RFC 4884)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.checksum import ChecksumState
from dissect.declaration.derived_fields import derived
from dissect.declaration.kinds import Boolean, IPv4Address, IPv6Address, Kind, Octets, Text
from dissect.protocols.icmp import ICMP
from dissect.protocols.icmp_extensions import (
    INTERFACE_IDENTIFICATION,
    INTERFACE_INFORMATION,
    MPLS_LABEL_STACK,
    ExtensionObject,
    ICMPExtensions,
    InterfaceInformation,
    MPLSLabel,
)

__all__: list[str] = []


def _in_structure(
    label: str, read: Callable[[ICMPExtensions], list[Any]], kind: Kind | None = None, **options: Any
) -> Any:
    """Declare a field of display filters that lies in the extensions."""

    def values(error: Any) -> list[Any]:
        extensions = error.extensions
        return [] if extensions is None else read(extensions)

    return derived(label, kind=kind, **options)(values)


def _in_objects(
    label: str, read: Callable[[ExtensionObject], list[Any]], kind: Kind | None = None, **options: Any
) -> Any:
    """Declare a field of display filters that lies in the objects of the extensions."""
    return _in_structure(
        label, lambda extensions: [v for each in extensions.objects for v in read(each)], kind, **options
    )


def _in_interfaces(label: str, read: Callable[[ExtensionObject], int], kind: Kind | None = None, **options: Any) -> Any:
    return _in_objects(
        label, lambda each: [read(each)] if each.class_number == INTERFACE_INFORMATION else [], kind, **options
    )


def _of_interface(
    label: str, read: Callable[[InterfaceInformation], Any], kind: Kind | None = None, **options: Any
) -> Any:
    def values(each: ExtensionObject) -> list[Any]:
        interface = each.interface
        value = None if interface is None else read(interface)
        return [] if value is None else [value]

    return _in_objects(label, values, kind, **options)


def _of_labels(label: str, read: Callable[[MPLSLabel], int], kind: Kind | None = None, **options: Any) -> Any:
    return _in_objects(label, lambda each: [read(entry) for entry in each.labels], kind, **options)


def _before_address(each: ExtensionObject) -> bytes:
    """Return the family of an interface's address and the reserved bytes behind it; b"" where there is no address."""
    if each.class_number != INTERFACE_INFORMATION or not each.c_type & 4:
        return b""
    start = 4 if each.c_type & 8 else 0
    return each.data[start : start + 4] if len(each.data) >= start + 4 else b""


_STATUS = {ChecksumState.BAD: 0, ChecksumState.GOOD: 1, ChecksumState.ABSENT: 3}
_READ: tuple[int, ...] = (MPLS_LABEL_STACK, INTERFACE_INFORMATION, INTERFACE_IDENTIFICATION)
"""The classes of objects whose data are read."""


def _octets_of(address: str | None, kind: Any, mark: str) -> bytes | None:
    return kind.store(address, 0) if address is not None and mark in address else None


class _CarriesExtensions(ICMP):
    """A message that can have an extension structure as its last part."""

    def _extensions_start(self, body: bytes) -> int | None:
        """Return where in the payload and trailer the extensions begin; None where there are none."""
        return None

    @property
    def extensions(self) -> ICMPExtensions | None:
        """What stands behind the quoted datagram; None where nothing does."""
        if self.is_cut:
            return None
        body = self.parts()[1]
        start = self._extensions_start(body)
        return None if start is None else ICMPExtensions.read(body[start:])

    # What display filters find in the extensions.

    _ext = _in_structure("ext", lambda ext: [1], title="ICMP Extensions")
    _ext_version = _in_structure("ext.version", lambda ext: [ext.version], width=8, title="Version")
    _ext_reserved = _in_structure("ext.res", lambda ext: [ext.reserved], width=16, base=16, title="Reserved")
    _ext_checksum = _in_structure("ext.checksum", lambda ext: [ext.checksum], width=16, base=16, title="Checksum")
    _ext_checksum_status = _in_structure(
        "ext.checksum.status", lambda ext: [_STATUS[ext.checksum_state]], width=8, title="Checksum Status"
    )
    _ext_checksum_bad = _in_structure(
        "ext.checksum_bad",
        lambda ext: [1] if ext.checksum_state is ChecksumState.BAD else [],
        Boolean(),
        width=1,
        title="Bad checksum",
    )
    _ext_length = _in_objects(
        "ext.length", lambda each: [int.from_bytes(bytes(each)[:2], "big")], width=16, title="Length"
    )
    _ext_class = _in_objects("ext.class", lambda each: [each.class_number], width=8, title="Class")
    _ext_type = _in_objects("ext.ctype", lambda each: [each.c_type], width=8, title="C-Type")
    _ext_data = _in_objects(
        "ext.data",
        lambda each: [each.data] if each.data and each.class_number not in _READ else [],
        Octets(),
        title="Data",
    )
    _label = _of_labels("mpls.label", lambda entry: entry.label, width=24, title="Label")
    _label_class = _of_labels("mpls.exp", lambda entry: entry.traffic_class, width=24, title="Experimental")
    _label_bottom = _of_labels("mpls.s", lambda entry: int(entry.bottom), Boolean(), width=1, title="Stack bit")
    _label_ttl = _of_labels("mpls.ttl", lambda entry: entry.ttl, width=8, title="Time to live")
    _label_rest = _in_objects(
        "mpls.data",
        lambda each: [each.data[len(each.data) // 4 * 4 :]] if each.labels and len(each.data) % 4 else [],
        Octets(),
        title="Data",
    )
    _role = _of_interface("int_info.role", lambda interface: interface.role, width=8, title="Interface Role")
    _reserved = _in_interfaces("int_info.reserved", lambda each: each.c_type >> 4 & 3, width=8, title="Reserved")
    _index_there = _in_interfaces(
        "int_info.ifindex", lambda each: each.c_type >> 3 & 1, Boolean(), width=1, title="ifIndex"
    )
    _address_there = _in_interfaces(
        "int_info.ipaddr", lambda each: each.c_type >> 2 & 1, Boolean(), width=1, title="IP Address"
    )
    _name_there = _in_interfaces(
        "int_info.name_present", lambda each: each.c_type >> 1 & 1, Boolean(), width=1, title="Interface Name"
    )
    _mtu_there = _in_interfaces("int_info.mtu_present", lambda each: each.c_type & 1, Boolean(), width=1, title="MTU")
    _index = _of_interface("int_info.index", lambda interface: interface.interface_index, title="Interface Index")
    _family = _in_objects(
        "int_info.afi",
        lambda each: [int.from_bytes(before[:2], "big")] if (before := _before_address(each)) else [],
        width=16,
        title="Address Family Identifier",
    )
    _address_reserved = _in_objects(
        "reserved",
        lambda each: [before[2:]] if (before := _before_address(each)) else [],
        Octets(),
        title="Reserved",
    )
    # Tshark has the name, and gives up where the family is neither of IPv4 nor of IPv6.
    _address_unknown = _in_objects("int_info.ipunknown", lambda each: [], Octets(), title="Source")
    _address = _of_interface(
        "int_info.ipv4", lambda interface: _octets_of(interface.address, IPv4Address, "."), IPv4Address, title="Source"
    )
    _address_6 = _of_interface(
        "int_info.ipv6", lambda interface: _octets_of(interface.address, IPv6Address, ":"), IPv6Address, title="Source"
    )
    _name_length = _of_interface(
        "int_info.name_length",
        lambda interface: None if interface.name is None else len(interface.name_object),
        width=8,
        title="Name Length",
    )
    _name = _of_interface("int_info.name", lambda interface: interface.name, Text(), title="Name")
    _mtu = _of_interface("int_info.mtu", lambda interface: interface.mtu, title="Maximum Transmission Unit")
