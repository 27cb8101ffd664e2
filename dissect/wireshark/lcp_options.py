"""The options of LCP as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.lcp_options import (
    EndpointClass,
    EndpointDiscriminator,
    LCPOption,
    MalformedLCPOption,
    UnknownLCPOption,
)
from dissect.wireshark.field_types import BYTES, ETHER, IPV4
from dissect.wireshark.ppp_control import OptionSight, WrongOptionSight
from dissect.wireshark.sight_fields import computed

__all__ = ["EndpointSight", "LCPOptionSight", "MalformedSight", "UnknownSight"]


class LCPOptionSight(OptionSight, of=LCPOption):
    """All that an option has."""

    values = {
        "lcp.opt.type": {
            "Vendor Specific": 0,
            "Maximum Receive Unit": 1,
            "Async Control Character Map": 2,
            "Authentication Protocol": 3,
            "Quality Protocol": 4,
            "Magic Number": 5,
            "Link Quality Monitoring": 6,
            "Protocol Field Compression": 7,
            "Address and Control Field Compression": 8,
            "FCS Alternatives": 9,
            "Self Describing Pad": 10,
            "Numbered Mode": 11,
            "Callback": 13,
            "Multilink MRRU": 17,
            "Multilink Short Sequence Number Header": 18,
            "Multilink Endpoint Discriminator": 19,
            "Link Discriminator for BACP": 23,
        }
    }
    truths = {"lcp.opt.": ("True", "False")}


class UnknownSight(WrongOptionSight, of=UnknownLCPOption):
    """An option of a type or a length that nobody knows."""


class MalformedSight(WrongOptionSight, of=MalformedLCPOption):
    """What is no option."""


class EndpointSight(OptionSight, of=EndpointDiscriminator):
    """The address is a field of another name for each class of addresses."""

    @computed("opt.ip_address", IPV4, over="address", title="IP Address")
    def ipv4(self, option: EndpointDiscriminator) -> bytes | None:
        """The address of IPv4."""
        is_one = option.address_class == EndpointClass.IPV4 and len(option.address) == 4
        return option.address if is_one else None

    @computed("opt.802_1_address", ETHER, over="address", title="IEEE 802.1 Address")
    def mac(self, option: EndpointDiscriminator) -> bytes | None:
        """The address of an interface."""
        is_one = option.address_class == EndpointClass.MAC and len(option.address) == 6
        return option.address if is_one else None

    @computed("opt.magic_block", BYTES, over="address", title="PPP Magic-Number Block")
    def magic_block(self, option: EndpointDiscriminator) -> bytes | None:
        """The magic numbers."""
        return option.address if option.address_class == EndpointClass.MAGIC else None

    @computed("opt.psndn", BYTES, over="address", title="Public Switched Network Directory Number")
    def directory_number(self, option: EndpointDiscriminator) -> bytes | None:
        """The number of a telephone."""
        return option.address if option.address_class == EndpointClass.DIRECTORY else None

    @computed("opt.data", BYTES, over="address", title="Data")
    def other(self, option: EndpointDiscriminator) -> bytes | None:
        """What no other name has."""
        return option.address if option.address_class == EndpointClass.LOCAL else None
