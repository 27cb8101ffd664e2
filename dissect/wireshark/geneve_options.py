"""Geneve's options as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.geneve_options import GeneveGCPNetwork, GeneveOption, MalformedGeneveOption
from dissect.wireshark.field_types import BOOLEAN, BYTES, UINT8
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, mark

__all__ = ["GeneveGCPNetworkSight", "GeneveOptionSight", "MalformedGeneveOptionSight"]


class _OptionSight(Sight):
    """An option with the length of the whole, head and data."""

    wrong_length = mark("option.length.invalid", "Invalid length for option", "Warning")

    @computed("option", BYTES, title="Option")
    def whole(self, option: GeneveOption) -> bytes:
        """All bytes of the option."""
        return bytes(option)

    @computed("option.flags.reserved", BOOLEAN, within="option.flags", over="reserved", title="Reserved")
    def has_reserved(self, option: GeneveOption) -> int:
        """1 where bits beside the length are set."""
        return int(option.reserved != 0)

    @computed("option.length", UINT8, over="length", title="Length")
    def whole_length(self, option: GeneveOption) -> int:
        """The bytes of the option."""
        return 4 * option.length + 4


class GeneveOptionSight(_OptionSight, of=GeneveOption):
    """Any option."""


class GeneveGCPNetworkSight(_OptionSight, of=GeneveGCPNetwork):
    """The network that an option of Google's cloud tells of."""

    truths = {"geneve.option.gcp.direction": ("Egress", "Ingress")}

    @computed("option.gcp.reserved", BOOLEAN, over="gcp_reserved", title="GCP Reserved bits")
    def has_gcp_reserved(self, option: GeneveGCPNetwork) -> int:
        """1 where bits between network and direction are set."""
        return int(option.gcp_reserved != 0)


class MalformedGeneveOptionSight(_OptionSight, of=MalformedGeneveOption):
    """An option that ends behind the others is told of, and not looked into."""

    reads = (("wrong_length",), Stop(lambda option: True))
