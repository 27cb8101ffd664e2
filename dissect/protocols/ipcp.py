"""The control protocol of PPP by which both ends agree on their IPv4 addresses."""

from __future__ import annotations

from dissect.declare import Listing, Option
from dissect.protocols.ipcp_options import IPCPOption
from dissect.protocols.ppp import PPP, PPPProtocol
from dissect.protocols.ppp_control import ControlPacket, options_of

__all__ = ["IPCP"]


class IPCP(
    ControlPacket,
    name="ipcp",
    title="PPP IP Control Protocol",
    source="RFC 1332",
    over={PPP: PPPProtocol.IPCP},
):
    """A packet of IPCP: asks for addresses and name servers, or answers such a packet.

    >>> from dissect.protocols.ipcp_options import IPCPAddress
    >>> IPCP(code="configure nak", identifier=1, options=[IPCPAddress("192.0.2.7")]).info()
    'Configuration Nak'
    """

    options: Listing[Option] = options_of(IPCPOption)
