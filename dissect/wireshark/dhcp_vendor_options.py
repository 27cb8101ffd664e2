"""What makers tell in DHCP as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.dhcp_vendor_options import (
    PXE,
    DHCPPXEEnd,
    DHCPPXEOption,
    DHCPPXEPad,
    DHCPPXEValueOption,
    DHCPVendorInformation,
    DHCPVendorSuboption,
    MalformedDHCPPXEOption,
    MalformedDHCPVendorSuboption,
    UnknownDHCPVendorSuboption,
)
from dissect.wireshark.dhcp_options import ValueSight
from dissect.wireshark.field_types import BYTES, UINT8
from dissect.wireshark.record_fields import options_in
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["VendorInformationSight", "knows_vendor"]

_HEAD = 2
_KNOWN = (PXE, "docsis", "pktc", "ArubaAP", "ArubaInstantAP", "AAPLBSDPC", "alcatel")
"""What the vendor classes begin with of clients whose information Wireshark reads."""


def knows_vendor(option: DHCPVendorInformation) -> bool:
    """Whether the information is read as that of some maker."""
    return option.length > 0 and option.vendor.startswith(_KNOWN)


class VendorInformationSight(ValueSight, of=DHCPVendorInformation):
    """The bytes, where nobody reads them."""

    hides = {"value": lambda option: option.vendor.startswith(_KNOWN)}

    def ends_list(self, option: DHCPVendorInformation) -> bool:
        """Whether an option within runs past the end."""
        return any(isinstance(each, MalformedDHCPPXEOption) and len(each) >= _HEAD for each in options_in(option))


class PXEOptionSight(Sight, of=DHCPPXEOption):
    """All that an option has."""


class PXEPadSight(PXEOptionSight, of=DHCPPXEPad):
    """A zero is no option."""

    hides = {"code": lambda option: True}


class PXEEndSight(PXEOptionSight, of=DHCPPXEEnd):
    """The end is no option."""

    hides = {"code": lambda option: True, "rest": lambda option: True}


class PXEValueSight(PXEOptionSight, of=DHCPPXEValueOption):
    """Every value is seen as bytes."""

    hides = {"value": lambda option: type(option).number is None}

    @computed("option.vendor.value", BYTES, empty="<MISSING>", title="Value")
    def value_bytes(self, option: DHCPPXEValueOption) -> bytes:
        """The value as it stands."""
        return bytes(option)[_HEAD:]


class MalformedPXESight(PXEOptionSight, of=MalformedDHCPPXEOption):
    """Code and length are seen, or nothing where there is no length, which nobody minds."""

    hides = {"code": lambda option: len(option) < _HEAD, "data": lambda option: True}

    @computed("option.suboption_length", UINT8, title="Length")
    def claimed_length(self, option: MalformedDHCPPXEOption) -> int | None:
        """The length that the option says it has."""
        return bytes(option)[1] if len(option) >= _HEAD else None

    def ends_list(self, option: MalformedDHCPPXEOption) -> bool:
        """Whether it runs past the end."""
        return len(option) >= _HEAD


class VendorSuboptionSight(Sight, of=DHCPVendorSuboption):
    """Code and length."""


class UnknownSuboptionSight(VendorSuboptionSight, of=UnknownDHCPVendorSuboption):
    """Nothing is seen of the value."""

    hides = {"value": lambda option: True}


class MalformedSuboptionSight(VendorSuboptionSight, of=MalformedDHCPVendorSuboption):
    """Nothing is seen of it."""

    reads = (Stop(lambda option: True),)
