"""The options of IPCP as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.ipcp_options import IPCPCompression, IPCPOption, MalformedIPCPOption, UnknownIPCPOption
from dissect.wireshark.field_types import BOOLEAN
from dissect.wireshark.ppp_control import OptionSight, WrongOptionSight
from dissect.wireshark.sight_fields import computed

__all__ = ["CompressionSight", "IPCPOptionSight", "MalformedSight", "UnknownSight"]


class IPCPOptionSight(OptionSight, of=IPCPOption):
    """All that an option has."""

    values = {
        "ipcp.opt.type": {
            "IP Addresses (deprecated)": 1,
            "IP Compression Protocol": 2,
            "IP Address": 3,
            "Mobile Node's Home IP Address": 4,
            "Primary DNS Server IP Address": 129,
            "Primary NBNS Server IP Address": 130,
            "Secondary DNS Server IP Address": 131,
            "Secondary NBNS Server IP Address": 132,
        }
    }
    truths = {
        "ipcp.opt.comp_slot_id": (
            "The slot identifier may be compressed",
            "The slot identifier must not be compressed",
        )
    }


class CompressionSight(OptionSight, of=IPCPCompression):
    """The last bit behind the number of slots says whether it may be compressed, too."""

    @computed("opt.comp_slot_id", BOOLEAN, over="reserved", title="Comp Slot ID")
    def compresses_slot(self, option: IPCPCompression) -> int | None:
        """1 where the number of the slot may be left out."""
        return None if option.reserved is None else option.reserved & 1


class UnknownSight(WrongOptionSight, of=UnknownIPCPOption):
    """An option of a type or a length that nobody knows."""


class MalformedSight(WrongOptionSight, of=MalformedIPCPOption):
    """What is no option."""
