"""Options of DHCP whose meaning a maker knows: of PXE, of a vendor class, and by enterprise."""

from __future__ import annotations

from functools import lru_cache

from dissect.declare import (
    Address,
    Entry,
    LengthOf,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    derived,
    ipv4,
    listing,
    octets,
    records,
    text,
    u8,
    u32,
)
from dissect.protocols.dhcp_options import COOKIE, VALUE, DHCPOption, DHCPValueOption, DHCPVendorClass

__all__ = [
    "DHCPPXEDiscoveryControl",
    "DHCPPXEEnd",
    "DHCPPXEMulticastAddress",
    "DHCPPXEOption",
    "DHCPPXEPad",
    "DHCPVendorClassData",
    "DHCPVendorClasses",
    "DHCPVendorData",
    "DHCPVendorIdentified",
    "DHCPVendorInformation",
    "DHCPVendorSuboption",
    "MalformedDHCPPXEOption",
    "MalformedDHCPVendorSuboption",
    "UnknownDHCPPXEOption",
    "UnknownDHCPVendorSuboption",
]

_HEAD = 2
_COOKIE_SIZE = 4
PXE = "PXEClient"
"""What the vendor class of a client begins with that boots over the network (RFC 4578, section 2)."""


@lru_cache(maxsize=4)
def vendor_class(message: bytes) -> str:
    """Return the vendor class that a message tells; "" where it tells none."""
    options = OptionList(DHCPOption).load(message[COOKIE + _COOKIE_SIZE :])
    return next((option.value for option in options if isinstance(option, DHCPVendorClass)), "")


class DHCPPXEOption(Option, name="dhcp", source="PXE 2.1, section 2.2.3", family=True):
    """What a boot server tells a client of PXE."""

    code: int = u8("option.vendor.pxeclient.suboption", factory=OptionKind(), title="Option 43 Suboption")


class DHCPPXEPad(DHCPPXEOption, number=0, single=True, title="Padding"):
    """A zero between options."""


class DHCPPXEEnd(DHCPPXEOption, number=255, single=True, last=True, title="End"):
    """No option follows."""

    rest: bytes = octets("", default=b"", length="rest", title="Rest")


class DHCPPXEValueOption(DHCPPXEOption):
    """An option that has a value, and tells how long that is."""

    length: int = u8("option.suboption_length", factory=OptionLength(uncounted=_HEAD), title="Length")


class UnknownDHCPPXEOption(DHCPPXEValueOption, unknown=True, title="Unknown"):
    """An option of a code without a class here, or of a length that its class does not have."""

    value: bytes = octets("", default=b"", length="rest", title="Value")


class MalformedDHCPPXEOption(DHCPPXEOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DHCPPXEDiscoveryControl(DHCPPXEValueOption, number=6, title="PXE discovery control"):
    """How a client looks for boot servers."""

    value: int = u8(
        "option.vendor.pxeclient.discovery_control", default=0, base=16, kw_only=False, title="discovery control"
    )


class DHCPPXEMulticastAddress(DHCPPXEValueOption, number=7, title="PXE multicast address"):
    """The group by which boot servers are found."""

    value: Address = ipv4(
        "option.vendor.pxeclient.multicast_address", default="0.0.0.0", kw_only=False, title="multicast address"
    )


class DHCPVendorInformation(DHCPValueOption, number=43, title="Vendor-Specific Information"):
    """What a server tells clients of one kind; the vendor class (option 60) says of which.

    >>> bytes(DHCPVendorInformation(bytes(DHCPPXEDiscoveryControl(8)) + bytes(DHCPPXEEnd()))).hex(" ")
    '2b 04 06 01 08 ff'
    """

    value: bytes = octets("option.vendor.value", default=b"", length="rest", kind=VALUE, kw_only=False, title="Value")

    @property
    def vendor(self) -> str:
        """The vendor class of the message that the option stands in."""
        return vendor_class(self.message)

    @derived("", kind=OptionList(DHCPPXEOption), at=lambda option: (_HEAD, option.length), title="Options of PXE")
    def pxe_options(self) -> bytes | None:
        """What is told to a client of PXE."""
        return self.value if self.vendor.startswith(PXE) else None


class DHCPVendorClassData(Entry, name="dhcp", ends_early=True, title="V-I Vendor Class"):
    """An enterprise, and what it tells of its client."""

    enterprise: int = u32("option.vi_class.enterprise", default=0, title="Enterprise")
    length: int = u8("option.vi_class.length", factory=LengthOf(), title="Length")
    data: str = text("option.vi_class.data", default="", length="length", title="Data")


class DHCPVendorClasses(DHCPValueOption, number=124, title="V-I Vendor Class", source="RFC 3925, section 3"):
    """What kind of client this is, in the words of several enterprises."""

    values: Listing[DHCPVendorClassData] = records(
        "", of=DHCPVendorClassData, default=(), kw_only=False, title="V-I Vendor Class"
    )


class DHCPVendorSuboption(Option, name="dhcp", source="RFC 3925, section 4", family=True):
    """An option whose meaning an enterprise knows."""

    code: int = u8("vendor.suboption", factory=OptionKind(), title="Option 125 Suboption")
    length: int = u8("option.suboption_length", factory=OptionLength(uncounted=_HEAD), title="Length")


class UnknownDHCPVendorSuboption(DHCPVendorSuboption, unknown=True, title="Suboption"):
    """One of any code."""

    value: bytes = octets("", default=b"", length="rest", title="Value")


class MalformedDHCPVendorSuboption(DHCPVendorSuboption, malformed=True, title="Malformed"):
    """What is none."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DHCPVendorData(Entry, name="dhcp", ends_early=True, title="V-I Vendor-specific Information"):
    """An enterprise, and its options."""

    enterprise: int = u32("option.vi.enterprise", default=0, title="Enterprise")
    length: int = u8("option.vi.length", factory=LengthOf(), title="Length")
    options: Listing[DHCPVendorSuboption] = listing(
        OptionList(DHCPVendorSuboption), "", default=(), length="length", title="Options"
    )


class DHCPVendorIdentified(
    DHCPValueOption, number=125, title="V-I Vendor-specific Information", source="RFC 3925, section 4"
):
    """Options of several enterprises."""

    values: Listing[DHCPVendorData] = records(
        "", of=DHCPVendorData, default=(), kw_only=False, title="V-I Vendor-specific Information"
    )
