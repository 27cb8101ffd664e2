"""The options of IPV6CP as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.ipv6cp import IPV6CPOption, MalformedIPV6CPOption, UnknownIPV6CPOption
from dissect.wireshark.ppp_control import OptionSight, WrongOptionSight

__all__ = ["IPV6CPOptionSight", "MalformedSight", "UnknownSight"]


class IPV6CPOptionSight(OptionSight, of=IPV6CPOption):
    """All that an option has."""

    values = {"ipv6cp.opt.type": {"Interface Identifier": 1, "IPv6 compression": 2}}


class UnknownSight(WrongOptionSight, of=UnknownIPV6CPOption):
    """An option of a type or a length that nobody knows."""


class MalformedSight(WrongOptionSight, of=MalformedIPV6CPOption):
    """What is no option."""
