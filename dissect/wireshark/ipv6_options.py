"""The options of IPv6 as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.assigned_numbers import IPV6_OPTION_TYPES
from dissect.protocols.ipv6_options import IPv6Option, IPv6Pad1, UnknownIPv6Option
from dissect.wireshark.sight import Sight, by_title
from dissect.wireshark.sight_fields import noted

__all__ = ["IPv6OptionSight", "Pad1Sight", "UnknownSight"]


class IPv6OptionSight(Sight, of=IPv6Option):
    """All that an option has."""

    values = {
        "ipv6.opt.type": by_title(IPV6_OPTION_TYPES),
        # RFC 8200, section 4.2: what a node does with an option that it does not know.
        "ipv6.opt.type.action": {
            "Skip and continue": 0,
            "Discard": 1,
            "Discard and send ICMP Parameter Problem": 2,
            "Discard and send ICMP if not multicast": 3,
        },
        # RFC 2711, section 2.1.
        "ipv6.opt.router_alert": {"MLD": 0, "RSVP": 1, "Active Network": 2},
    }
    truths = {"ipv6.opt.type.change": ("Yes", "No")}


class UnknownSight(IPv6OptionSight, of=UnknownIPv6Option):
    """An option that nobody reads."""

    @noted("opt.unknown_data.expert", "Unknown Data (not interpreted)", "Note", "Undecoded", about="data")
    def unread(self, option: UnknownIPv6Option) -> str | None:
        """There are data that nobody reads."""
        return "Unknown Data (not interpreted)" if option.data else None


class Pad1Sight(IPv6OptionSight, of=IPv6Pad1):
    """The type as a whole: its bits mean nothing."""

    hides = {name: lambda option: True for name in ("action", "may_change", "low_bits")}
