"""Service tags as Wireshark sees them: two in a row are one to it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.header import Header
from dissect.protocols.ethernet import EtherType
from dissect.protocols.ieee8021ad import ServiceTag
from dissect.wireshark.field_types import UINT16
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["ServiceTagSight"]


def _begins_pair(tag: ServiceTag) -> bool:
    """Whether this is the first of two service tags, which Wireshark takes for the tags of provider and customer."""
    return isinstance(tag.payload, ServiceTag) and not tag.learnt("ends_pair")


class ServiceTagSight(Sight, of=ServiceTag):
    """The whole tag or nothing; of two in a row the numbers have names of their own, and the first type none."""

    holders = {"ieee8021ad.": 16}

    called = "IEEE 802.1AD"
    reads = (Needs(4),)
    hides = {
        "id": lambda tag: _begins_pair(tag) or tag.learnt("ends_pair"),
        "type": _begins_pair,
    }
    types = {"ieee8021ad.dei": UINT16}

    @computed("svid", UINT16, title="ID")
    def provider_number(self, tag: ServiceTag) -> int | None:
        """The number in the first of two service tags."""
        return tag.id if _begins_pair(tag) else None

    @computed("cvid", UINT16, title="ID")
    def customer_number(self, tag: ServiceTag) -> int | None:
        """The number in the second of two service tags."""
        return tag.id if tag.learnt("ends_pair") else None

    def payload(self, header: ServiceTag) -> Header | None:
        """Return what the tag carries; the second of two service tags learns what the first one says."""
        seen = super().payload(header)
        if isinstance(seen, ServiceTag) and _begins_pair(header):
            seen.learn(ends_pair=self.info(header))
        return seen

    def path(self, header: ServiceTag) -> tuple[str, ...]:
        """Return the tag's name, once for two, and that of the table in which the type is looked up."""
        if header.is_cut:
            return () if header.learnt("ends_pair") else (header.name,)
        found = () if header.learnt("ends_pair") else (header.name,)
        return found if _begins_pair(header) else (*found, "ethertype")

    def protocol(self, header: ServiceTag) -> str:
        """Return the type, for what it says to stands behind has its own name there."""
        return "802.1ad" if header.is_cut or _begins_pair(header) else f"{int(header.type):#06x}"

    def words(self, header: ServiceTag) -> Iterator[str]:
        """Yield priority, drop eligibility and number: those of the first of two."""
        yield header.learnt("ends_pair") or f"PRI: {header.priority}  DROP: {int(header.dei)} ID: {header.id}"

    def text(self, header: ServiceTag) -> str:
        """Return one line for two service tags in a row, and none for the second of them."""
        if header.own_size < 2 or header.learnt("ends_pair"):
            return ""
        if header.is_cut or header.type != EtherType.QINQ:
            return super().text(header)
        inner = header.payload
        if not isinstance(inner, ServiceTag) or inner.own_size < 2:
            return header.name
        return f"{header.title}, S-VID: {header.id}, C-VID: {inner.id}"

    def headline(self, header: ServiceTag) -> str:
        """Return the title with the number, which of two is the provider's and the customer's."""
        if header.is_cut:
            return header.title
        whose = "S-V" if _begins_pair(header) else "C-V" if header.learnt("ends_pair") else ""
        return f"{header.title}, {whose}ID: {header.id}"
