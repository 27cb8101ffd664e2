"""Values by name: what a filter may write for a number, as in `ip.proto == "TCP"`."""

from __future__ import annotations

from functools import cache

from dissect.declaration.kinds import Coded
from dissect.filters.types import BOOLEAN, declared_fields, field_type
from dissect.frame_fields import ENCAPSULATIONS
from dissect.links import link_name

__all__ = ["truth_names", "value_names"]

_CHECKSUM_STATUS = {"Bad": 0, "Good": 1, "Unverified": 2, "Not present": 3, "Illegal": 4}
# RFC 2474 (class selectors), 2597 (assured forwarding), 3246, 5865 and 8622.
_SERVICE_CLASSES = {
    "Default": 0,
    "Lower Effort": 1,
    **{f"Class Selector {number}": 8 * number for number in range(1, 8)},
    **{f"Assured Forwarding {group}{drop}": 8 * group + 2 * drop for group in range(1, 5) for drop in range(1, 4)},
    "Voice Admit": 44,
    "Expedited Forwarding": 46,
}
# Names that Wireshark has and no enumeration of ours.
_OTHERWISE = {
    "ip.dsfield.dscp": _SERVICE_CLASSES,
    # RFC 3168, section 5.
    "ip.dsfield.ecn": {
        "Not ECN-Capable Transport": 0,
        "ECN-Capable Transport codepoint '01'": 1,
        "ECN-Capable Transport codepoint '10'": 2,
        "Congestion Experienced": 3,
    },
    # RFC 791, section 3.1: precedence, and the class and number of an option.
    "ip.tos.precedence": {
        "routine": 0,
        "priority": 1,
        "immediate": 2,
        "flash": 3,
        "flash override": 4,
        "CRITIC/ECP": 5,
        "internetwork control": 6,
        "network control": 7,
    },
    "ip.opt.type.class": {"Control": 0, "Debugging and measurement": 2},
    "ip.opt.type.number": {
        "End of Option List (EOL)": 0,
        "No-Operation (NOP)": 1,
        "Loose source route": 3,
        "Time stamp": 4,
        "Record route": 7,
        "Strict source route": 9,
        "Router Alert": 20,
    },
    "tcp.option_kind": {
        "End of Option List": 0,
        "No-Operation": 1,
        "Maximum Segment Size": 2,
        "Window Scale": 3,
        "SACK Permitted": 4,
        "SACK": 5,
        "Time Stamp Option": 8,
        "MD5 Signature Option": 19,
        "User Timeout Option": 28,
        "TCP Fast Open Cookie": 34,
    },
    # IEEE 802.1Q, annex I.
    "vlan.priority": {
        "Best Effort (default)": 0,
        "Background": 1,
        "Excellent Effort": 2,
        "Critical Applications": 3,
        "Video, < 100ms latency and jitter": 4,
        "Voice, < 10ms latency and jitter": 5,
        "Internetwork Control": 6,
        "Network Control": 7,
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
    **{f"arp.{side}.{what}": ("E.164", "ATM Forum NSAPA") for side in ("src", "dst") for what in ("htype", "stype")},
    "eth.": ("Group address (multicast/broadcast)", "Individual address (unicast)"),
    "icmp.": ("Set", "Not set"),
    "icmp.int_info.": ("Present", "Not Present"),
    "icmpv6.nd.": ("Set", "Not set"),
    "icmpv6.opt.prefix.flag.": ("Set", "Not set"),
    "igmp.s": ("SUPPRESS router side processing", "Do not suppress router side processing"),
    "ip.flags.": ("Set", "Not set"),
    "ip.flags.sf": ("Evil", "Not evil"),
    "ip.opt.type.copy": ("Yes", "No"),
    "ip.tos.": ("High", "Normal"),
    "ip.tos.cost": ("Low", "Normal"),
    "ip.tos.delay": ("Low", "Normal"),
    "ipv6.fraghdr.more": ("Yes", "No"),
    "ipv6.opt.type.change": ("Yes", "No"),
    "llc.control.": ("Set", "Not set"),
    "llc.dsap.ig": ("Group", "Individual"),
    "llc.ssap.cr": ("Response", "Command"),
    "tcp.flags.": ("Set", "Not set"),
    "tcp.options.user_to_granularity": ("Minutes", "Seconds"),
    "vlan.dei": ("Eligible", "Ineligible"),
}
_LOCALITY = (
    "Locally administered address (this is NOT the factory default)",
    "Globally unique address (factory default)",
)


def truth_names(name: str) -> tuple[str, str]:
    """Return what Wireshark calls the field being 1, and being 0."""
    if name.startswith("eth.") and name.endswith("lg"):
        return _LOCALITY
    return _TRUTHS[max((prefix for prefix in _TRUTHS if name.startswith(prefix)), key=len)]


@cache
def value_names(name: str) -> dict[str, int]:
    """Return the values of a field by their names, as Wireshark prints these; {} where it has none."""
    found = _OTHERWISE.get(name)
    if found is not None:
        return found
    if name in _NAMELESS or field_type(name) is BOOLEAN:
        return {}
    if name.endswith("checksum.status"):
        return _CHECKSUM_STATUS
    if name == "frame.encap_type":
        return {link_name(link): number for link, number in ENCAPSULATIONS.items()}
    names: dict[str, int] = {}
    for field in declared_fields(name):
        if isinstance(field.kind, Coded):
            names |= {member.title: int(member) for member in field.kind.codes}
    return names
