"""A TLV in an announcement, as the tests of each organization's TLVs look at it."""

from __future__ import annotations

import dissect
from dissect import Ethernet, Header, Option
from dissect.protocols.lldp import LLDP, LLDPChassis, LLDPEnd, LLDPPort, LLDPTimeToLive

__all__ = ["announced"]


def announced(tlv: Option, digits: str) -> Header:
    """Return a frame with the TLV, read from its bytes; asserted is that it is these bytes, and is read as itself."""
    assert bytes(tlv).hex(" ") == digits
    first = [LLDPChassis(address="02:00:00:00:00:01"), LLDPPort(id="eth0"), LLDPTimeToLive(120)]
    sent = Ethernet(src="02:00:00:00:00:01", dst="01:80:c2:00:00:0e") / LLDP(tlvs=[*first, tlv, LLDPEnd()])
    frame = dissect.parse(bytes(sent))
    assert frame == sent
    read = frame[LLDP].tlvs[3]
    assert (type(read), read) == (type(tlv), tlv)
    return frame
