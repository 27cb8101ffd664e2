"""The advertisements of OSPF version 3 as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.ospf_lsa import HEAD
from dissect.protocols.ospf_v3_lsa import MalformedOSPFv3LSA
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight

__all__ = ["MalformedAdvertisementSight"]


class MalformedAdvertisementSight(Sight, of=MalformedOSPFv3LSA):
    """Nothing of one that goes on behind the end; the header of one that says to be shorter than that."""

    reads = (Stop(lambda advertisement: advertisement.length >= HEAD),)
