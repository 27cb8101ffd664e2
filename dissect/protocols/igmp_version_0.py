"""The first version of IGMP (RFC 988): hosts ask an agent to create groups, to join and to leave them."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import Address, derived, ipv4, octets, u8, u32
from dissect.protocols.igmp import IGMP

__all__ = ["IGMPv0"]

CREATE_REQUEST = 1
DENIED = 4
"""The last code of a reply that is final; those behind it are seconds after which to ask again."""
TYPES = (*range(1, 0x10), 0)
"""The first 8 have a meaning; no later version uses the others."""


class IGMPv0(IGMP, source="RFC 988, section 5.2", leaf=True, variant=TYPES):
    """A request of a host, or the reply of its agent.

    `max_response` is the code: of a request to create a group whether it is private, and of a reply how it ends.
    """

    max_response: int = u8("", default=0, title="Code")
    identifier: int = u32("identifier", default=0, title="Identifier", doc="Tells which reply belongs to a request")
    group: Address = ipv4("maddr", default="0.0.0.0", title="Multicast Address")
    access_key: bytes = octets("access_key", size=8, default=bytes(8), title="Access Key")

    _version: ClassVar[int] = 0

    def _is_reply(self) -> bool:
        """Whether the type is that of a reply: they are even."""
        return not self.type % 2

    @derived("version", width=8, title="IGMP Version")
    def version(self) -> int | None:
        """Always 0."""
        return 0

    @derived("group_type", width=8, over="max_response", title="Type Of Group")
    def group_type(self) -> int | None:
        """Of a request to create a group 0 for a public one, 1 for a private one."""
        return self.max_response if self.type == CREATE_REQUEST else None

    @derived("reply", width=8, over="max_response", title="Reply")
    def reply(self) -> int | None:
        """Of a reply 0 where the request was granted, and up to 4 why not."""
        return self.max_response if self._is_reply() and self.max_response <= DENIED else None

    @derived("reply.pending", width=8, over="max_response", title="Reply Pending")
    def pending(self) -> int | None:
        """Of a reply that is not decided the seconds after which to ask again."""
        return self.max_response if self._is_reply() and self.max_response > DENIED else None
