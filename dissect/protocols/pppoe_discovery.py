"""The discovery stage of PPP over Ethernet: a host looks for an access concentrator, and gets a session from it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import Coding, HeaderLength, Listing, Option, OptionList, Problem, code, listing, u16
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.pppoe import PPPoECode, PPPoEHeader
from dissect.protocols.pppoe_tags import PPPoEConcentrator, PPPoEServiceName, PPPoETag

__all__ = ["PPPoEDiscovery"]

_HEAD = 6
"""The bytes in front of the tags, which the length leaves out."""
_NAMING_ONE_SERVICE = (PPPoECode.INITIATION, PPPoECode.REQUEST)


class PPPoEDiscovery(
    PPPoEHeader,
    name="pppoed",
    title="PPP-over-Ethernet Discovery",
    source="RFC 2516, section 5",
    over={Ethernet: EtherType.PPPOE_DISCOVERY},
    leaf=True,
):
    """A packet of the discovery stage, with tags that say what is asked for or offered.

    >>> from dissect.protocols.pppoe_tags import PPPoEHostUnique
    >>> frame = Ethernet() / PPPoEDiscovery(tags=[PPPoEServiceName(), PPPoEHostUnique(b"me")])
    >>> frame.type, frame[PPPoEDiscovery].payload_length, frame[PPPoEDiscovery].info()
    (<EtherType.PPPOE_DISCOVERY: 34915>, 10, 'Active Discovery Initiation (PADI)')
    """

    code: Coding[PPPoECode] = code(
        8, PPPoECode, "code", default=PPPoECode.INITIATION, base=16, also="pppoe.code", title="Code"
    )
    payload_length: int = u16(
        "payload_length",
        factory=HeaderLength(1, uncounted=_HEAD),
        also="pppoe.payload_length",
        title="Payload Length",
        doc="The tags, in bytes",
    )
    tags: Listing[Option] = listing(OptionList(PPPoETag), "", default=(), length="rest", title="PPPoE Tags")

    def check(self) -> Iterator[Problem]:
        """Yield wrong tags, and a host's packet that does not name one service (RFC 2516, sections 5.1 and 5.3)."""
        if self.is_cut:
            return
        yield from self.option_problems()
        services = sum(isinstance(tag, PPPoEServiceName) for tag in self.tags)
        if self.code in _NAMING_ONE_SERVICE and services != 1:
            yield self.problem("tags", "do not name one service, which may be empty", 1, services, "warning")

    def info(self) -> str:
        """Return the kind of packet, and the concentrator that offers itself."""
        kind = self.code.title
        named = [tag.value for tag in self.tags if isinstance(tag, PPPoEConcentrator)] if not self.is_cut else []
        return " ".join([kind, *(f"AC-Name='{name}'" for name in named)])
