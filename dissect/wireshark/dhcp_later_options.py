"""The options of DHCP that have parts as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.declaration.domain_names import DomainName
from dissect.protocols.dhcp_later_options import (
    DHCPClasslessRoutes,
    DHCPClientInterface,
    DHCPClientName,
    DHCPDomainSearch,
    DHCPMicrosoftRoutes,
    DHCPRoute,
    DHCPUserClass,
    DHCPUserClasses,
    names_in,
)
from dissect.wireshark.dhcp_options import ValueSight
from dissect.wireshark.field_types import BYTES, STRING, UINT8
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = [
    "ClientInterfaceSight",
    "ClientNameSight",
    "DomainSearchSight",
    "MicrosoftRoutesSight",
    "RouteSight",
    "RoutesSight",
    "UserClassSight",
    "UserClassesSight",
]

_HEAD = 2
_FLAGS = 2
"""Where the flags of a client's name stand."""
_LEAST_CLASS, _LEAST_ROUTE = 2, 5
_WIDEST = 32
_LOOP = "<Name contains a pointer that loops>"


class UserClassSight(Sight, of=DHCPUserClass):
    """All that it has; one without bytes ends the list."""

    def ends_list(self, entry: DHCPUserClass) -> bool:
        """Whether there is nothing in it."""
        return entry.length == 0


def _classes(option: DHCPUserClasses) -> list[DHCPUserClass]:
    """Return the classes without what makes none."""
    listed: tuple[Any, ...] = option.values
    return [entry for entry in listed if isinstance(entry, DHCPUserClass)]


class UserClassesSight(ValueSight, of=DHCPUserClasses):
    """Classes are numbered; what is none is text."""

    @computed("option.user_class", UINT8, over="values", title="Instance of User Class")
    def numbers(self, option: DHCPUserClasses) -> list[int]:
        """The number of each class, from 0 on, up to one without bytes."""
        sizes = [entry.length for entry in _classes(option)]
        return list(range(sizes.index(0) + 1 if 0 in sizes else len(sizes)))

    @noted("bad_length", "length isn't 0", "Error", PROTOCOL)
    def wrong_length(self, option: DHCPUserClasses) -> str | None:
        """There is nothing, or a class has no bytes."""
        sizes = [entry.length for entry in _classes(option)]
        if 0 in sizes:
            return f"UC_Len_{sizes.index(0)} isn't >= 1 (UC_Len_{sizes.index(0)} = 0)"
        return "length isn't >= 2" if option.length < _LEAST_CLASS else None

    @computed("option.user_class.text", STRING, over="values", title="User Class Data (Text)")
    def as_text(self, option: DHCPUserClasses) -> str | None:
        """What is no class."""
        rest = [bytes(entry) for entry in option.values[len(_classes(option)) :]]
        return rest[0].partition(b"\0")[0].decode("utf-8", "replace") if rest else None


class ClientNameSight(ValueSight, of=DHCPClientName):
    """The flags are a number, too."""

    truths = {
        "dhcp.fqdn.s": ("Server", "Client"),
        "dhcp.fqdn.o": ("Override", "No override"),
        "dhcp.fqdn.e": ("Binary encoding", "ASCII encoding"),
        "dhcp.fqdn.n": ("No server updates", "Some server updates"),
    }
    hides = {"name_bytes": lambda option: True}

    @computed("fqdn.flags", UINT8, base=16, title="Flags")
    def flags(self, option: DHCPClientName) -> int:
        """All flags."""
        return bytes(option)[_FLAGS]

    @computed("fqdn.name", STRING, over="name_bytes", title="Client name")
    def name(self, option: DHCPClientName) -> str | None:
        """The name, which DNS writes with lengths."""
        data = option.name_bytes
        if not data:
            return None
        if not option.is_encoded:
            return data.partition(b"\0")[0].decode("utf-8", "replace")
        found = [shown_name(each, data) for each in names_in(data)]
        return found[0] if found else shown_name(data + b"\0", data)


class ClientInterfaceSight(ValueSight, of=DHCPClientInterface):
    """The versions, where the interface is of the one type that there is."""

    hides = dict.fromkeys(("major", "minor"), lambda option: option.type != 1)


class DomainSearchSight(ValueSight, of=DHCPDomainSearch):
    """The names stand with the message, for they may lie in several of its options."""

    hides = {"names": lambda option: True}


class RoutesSight(ValueSight, of=DHCPClasslessRoutes):
    """Nothing of fewer bytes than a route has, and no route behind one with a wrong mask."""

    @noted("bad_length", "length isn't 0", "Error", PROTOCOL)
    def wrong_length(self, option: Any) -> str | None:
        """There is not one route."""
        return "length isn't >= 5" if option.length < _LEAST_ROUTE else None

    def ends_list(self, option: Any) -> bool:
        """Whether the last route lacks bytes."""
        rest = [route for route in option.routes if isinstance(route, bytes)]
        return option.length >= _LEAST_ROUTE and any(route[0] <= _WIDEST for route in rest)


class MicrosoftRoutesSight(RoutesSight, of=DHCPMicrosoftRoutes):
    """The same under another number."""


class RouteSight(Sight, of=DHCPRoute):
    """The bytes of a route."""

    hides = dict.fromkeys(("destination", "router"), lambda route: True)

    @computed("option.classless_static_route", BYTES, title="Subnet/MaskWidth-Router")
    def route_bytes(self, route: DHCPRoute) -> bytes:
        """All of it."""
        return bytes(route)


_NAME = DomainName()


def shown_name(raw: bytes, message: bytes) -> str:
    """Return a name as Wireshark writes it, whose pointers lead into `message`."""
    whole = _NAME.whole(raw, message)
    if any(_NAME.faults(raw, message, len(message))):
        return _LOOP
    return _NAME.load(whole) if whole != b"\0" else "<Root>"
