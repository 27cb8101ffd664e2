"""What opaque advertisements of OSPF tell, as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.ospf_opaque import OSPFExtendedPrefix, OSPFMappingPreference, OSPFPrefixIdentifier
from dissect.wireshark.field_types import UINT16, UINT24
from dissect.wireshark.sight import Sight

__all__ = ["ExtendedPrefixSight", "MappingPreferenceSight", "PrefixIdentifierSight"]


class ExtendedPrefixSight(Sight, of=OSPFExtendedPrefix):
    """A prefix; its type of route has a type of two bytes."""

    types = {"ospf.tlv.extpfx.rotuetype": UINT16}
    truths = {"ospf.tlv.extpfx.flags.": ("Set", "Not set")}


class PrefixIdentifierSight(Sight, of=OSPFPrefixIdentifier):
    """The segment of a prefix."""

    truths = {"ospf.tlv.pfxsid.flags.": ("Set", "Not set")}


class MappingPreferenceSight(Sight, of=OSPFMappingPreference):
    """A preference, which has a type of three bytes."""

    types = {"ospf.tlv.preference": UINT24}
