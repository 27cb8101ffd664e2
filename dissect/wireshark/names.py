"""Values by name: what a filter may write for a number, as in `ip.proto == "TCP"`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dissect.declaration.kinds import Coded
from dissect.packets.links import link_name
from dissect.protocols.assigned_numbers import IPV4_OPTION_NUMBERS, IPV6_OPTION_TYPES, TCP_OPTION_KINDS
from dissect.wireshark.field_types import BOOLEAN
from dissect.wireshark.frame import ENCAPSULATIONS
from dissect.wireshark.sight import TRUTHS, VALUES, load_all
from dissect.wireshark.types import declared_fields, field_type

__all__ = ["truth_names", "value_names"]


def _by_title(titles: Mapping[int, str]) -> dict[str, int]:
    """Return the numbers by their titles; the first has a title that several have, as Wireshark has it."""
    found: dict[str, int] = {}
    for number, title in titles.items():
        found.setdefault(title, number)
    return found


_CHECKSUM_STATUS = {"Bad": 0, "Good": 1, "Unverified": 2, "Not present": 3, "Illegal": 4}
# What Wireshark calls the link types that have headers here; the others go by their own names.
_LINK_NAMES = {
    "Ethernet": 1,
    "PPP": 4,
    "Raw IP": 7,
    "NULL/Loopback": 15,
    "Linux cooked-mode capture v1": 25,
    "Cisco HDLC": 28,
    "Linux cooked-mode capture v2": 210,
}
# Names that Wireshark has and no enumeration of ours.
_OTHERWISE = {
    "ip.opt.type.class": {"Control": 0, "Debugging and measurement": 2},
    "ip.opt.type.number": _by_title(IPV4_OPTION_NUMBERS),
    "ipv6.opt.type": _by_title(IPV6_OPTION_TYPES),
    "tcp.option_kind": _by_title(TCP_OPTION_KINDS),
    # RFC 5837, section 4.1: which interface an object is about.
    "icmp.int_info.role": {
        "IP interface upon which datagram arrived": 0,
        "sub-IP component of an IP interface upon which datagram arrived": 1,
        "IP interface through which datagram would be forwarded": 2,
        "IP next-hop to which datagram would be forwarded": 3,
    },
    # RFC 4191, section 2.2: a preference, in two bits with a sign.
    "icmpv6.nd.ra.flag.prf": {"Medium": 0, "High": 1, "Reserved": 2, "Low": 3},
    # RFC 2113, section 2.1.
    "ip.opt.ra": {"Router shall examine packet": 0},
    # RFC 8200, section 4.2: what a node does with an option that it does not know.
    "ipv6.opt.type.action": {
        "Skip and continue": 0,
        "Discard": 1,
        "Discard and send ICMP Parameter Problem": 2,
        "Discard and send ICMP if not multicast": 3,
    },
    # RFC 2711, section 2.1.
    "ipv6.opt.router_alert": {"MLD": 0, "RSVP": 1, "Active Network": 2},
    # RFC 3376, section 4.2.12.
    "igmp.record_type": {
        "Mode Is Include": 1,
        "Mode Is Exclude": 2,
        "Change To Include Mode": 3,
        "Change To Exclude Mode": 4,
        "Allow New Sources": 5,
        "Block Old Sources": 6,
    },
    "icmp.ext.class": {
        "MPLS Label Stack Class": 1,
        "Interface Information Object": 2,
        "Interface Identification Object": 3,
    },
}
# Enumerations of ours to which Wireshark knows no names in filters.
_NAMELESS = ("icmp.type", "icmp.code")

# What the two truth values are called, by the beginning of the field's name; the longest decides.
_TRUTHS = {
    "": ("True", "False"),
    "icmp.": ("Set", "Not set"),
    "icmp.int_info.": ("Present", "Not Present"),
    "icmp.int_info.ifindex": ("True", "False"),
    "icmpv6.nd.": ("Set", "Not set"),
    "icmpv6.opt.prefix.flag.": ("Set", "Not set"),
    "igmp.s": ("SUPPRESS router side processing", "Do not suppress router side processing"),
    "ip.opt.type.copy": ("Yes", "No"),
    "ipv6.opt.type.change": ("Yes", "No"),
    "tcp.options.user_to_granularity": ("Minutes", "Seconds"),
}


def truth_names(name: str) -> tuple[str, str]:
    """Return what Wireshark calls the field being 1, and being 0."""
    load_all()
    known = TRUTHS | _TRUTHS
    return known[max((prefix for prefix in known if name.startswith(prefix)), key=len)]


@cache
def value_names(name: str) -> dict[str, int]:
    """Return the values of a field by their names, as Wireshark prints these; {} where it has none."""
    load_all()
    found = VALUES.get(name) or _OTHERWISE.get(name)
    if isinstance(found, str):
        return value_names(found)
    if found is not None:
        return dict(found)
    if name in _NAMELESS or field_type(name) is BOOLEAN:
        return {}
    if name.endswith("checksum.status"):
        return _CHECKSUM_STATUS
    if name == "frame.encap_type":
        return {link_name(link): number for link, number in ENCAPSULATIONS.items()} | _LINK_NAMES
    titles: dict[int, str] = {}
    for field in declared_fields(name):
        if isinstance(field.kind, Coded):
            titles |= {int(member): member.title for member in field.kind.codes}
            titles = {**field.kind.codes.other_titles(), **titles}
    return _by_title(dict(sorted(titles.items())))
