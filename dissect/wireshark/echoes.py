"""What Wireshark tells of pings and their answers, in ICMP and ICMPv6 alike."""

from __future__ import annotations

from typing import Any, ClassVar

from dissect.wireshark.field_types import DOUBLE, FRAMENUM, NONE
from dissect.wireshark.notices import SEQUENCE
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt, noted

__all__ = ["ReplySight", "RequestSight"]


class RequestSight(Sight):
    """A ping, whose reply comes later: two passes find it."""

    family: ClassVar[str] = ""
    """What the protocol's name has behind "ICMP"."""

    reply_frame = learnt("resp_in", FRAMENUM, "Response frame", doc="The number of the frame that holds the reply")

    @computed("no_resp", NONE, title="No response seen", is_learnt=True)
    def silence(self, header: Any) -> int | None:
        """1 where the ping has no answer."""
        return 1 if header.learnt("unanswered") else None

    @noted("resp_not_found", "No response seen", "Warning", SEQUENCE, about="no_resp", is_learnt=True)
    def unanswered(self, header: Any) -> str | None:
        """All packets were read and none is the reply."""
        frame = header.learnt("unanswered")
        where = f" in frame {frame}" if self.family else ""
        return f"No response seen to ICMP{self.family} request{where}" if frame else None


class ReplySight(Sight):
    """The answer to a ping."""

    request_frame = learnt("resp_to", FRAMENUM, "Request frame", doc="The number of the frame that holds the request")
    response_time = learnt("resptime", DOUBLE, "Response time", doc="The milliseconds between request and reply")
