"""The DSL forum's tags in PPPoE discovery as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.pppoe_dsl_tags import DSLEncapsulation, DSLTag, MalformedDSLTag, UnknownDSLTag
from dissect.wireshark.field_types import NONE
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["DSLTagSight", "EncapsulationSight", "MalformedSight", "UnknownSight"]


class DSLTagSight(Sight, of=DSLTag):
    """The value alone; type and length are seen of unknown tags."""

    hides = dict.fromkeys(("type", "length"), lambda tag: True)


class EncapsulationSight(DSLTagSight, of=DSLEncapsulation):
    """Three numbers below a line of their own."""

    @computed("tags.access_loop_encap", NONE, title="Access-Loop-Encapsulation")
    def whole(self, tag: DSLEncapsulation) -> int:
        """It is there."""
        return 1


class UnknownSight(DSLTagSight, of=UnknownDSLTag):
    """A tag of an unknown type, or one with a wrong length."""

    hides = {}


class MalformedSight(DSLTagSight, of=MalformedDSLTag):
    """Nothing is seen of it."""

    reads = (Stop(lambda tag: True),)
