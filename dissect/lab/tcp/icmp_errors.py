"""What ICMP errors do to a connection (RFC 9293, section 3.9.2.2; RFC 1191; RFC 5927)."""

from __future__ import annotations

from dissect.lab.path_mtu import mtu_told
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.states import Failure
from dissect.protocols.icmp import ICMP, UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable, ParameterProblem, TimeExceeded

__all__ = ["take_error"]

_HARD = {UnreachableCode.PROTOCOL, UnreachableCode.PORT, UnreachableCode.PROHIBITED}
"""What is there to stay: a router or host refuses it (section 3.9.2.2: codes 2 to 4; RFC 1812, 5.2.7.1: 13)."""


def take_error(endpoint: Endpoint, error: ICMP, seq: int, length: int, now_ns: int) -> None:
    """Tell an endpoint of an error about a segment of it, whose number and datagram's length are quoted."""
    if isinstance(error, DestinationUnreachable):
        if error.code == UnreachableCode.FRAGMENTATION_NEEDED:
            endpoint.lower_mtu(mtu_told(error.next_hop_mtu, length), seq, now_ns)
        else:
            is_hard = error.code in _HARD
            failure = Failure.REFUSED if is_hard else Failure.UNREACHABLE
            endpoint.report(failure, seq, now_ns, is_hard=is_hard)
    elif isinstance(error, (TimeExceeded, ParameterProblem)):
        endpoint.report(Failure.UNREACHABLE, seq, now_ns, is_hard=False)
