"""What Wireshark tells of pings and their answers, in ICMP and ICMPv6 alike."""

from __future__ import annotations

from dissect.wireshark.field_types import DOUBLE, FRAMENUM, NONE
from dissect.wireshark.sight import Sight, learnt

__all__ = ["ReplySight", "RequestSight"]


class RequestSight(Sight):
    """A ping, whose reply comes later: two passes find it."""

    reply_frame = learnt("resp_in", FRAMENUM, "Response frame", doc="The number of the frame that holds the reply")
    unanswered = learnt(
        "resp_not_found", NONE, "No response seen", doc="1 where all packets were read and none is the reply"
    )


class ReplySight(Sight):
    """The answer to a ping."""

    request_frame = learnt("resp_to", FRAMENUM, "Request frame", doc="The number of the frame that holds the request")
    response_time = learnt("resptime", DOUBLE, "Response time", doc="The milliseconds between request and reply")
