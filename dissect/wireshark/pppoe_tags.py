"""The tags of PPPoE discovery as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.pppoe_tags import (
    MalformedPPPoETag,
    PPPoECredits,
    PPPoECreditScale,
    PPPoEMaximumPayload,
    PPPoEMetrics,
    PPPoESequenceNumber,
    PPPoETag,
    PPPoEVendorTag,
    UnknownPPPoETag,
)
from dissect.wireshark.field_types import BYTES, NONE, UINT16
from dissect.wireshark.notices import MALFORMED
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["MalformedTagSight", "MaximumPayloadSight", "TagSight", "UnknownTagSight", "VendorTagSight"]


class TagSight(Sight, of=PPPoETag):
    """The value alone; type and length are seen of unknown tags."""

    hides = dict.fromkeys(("type", "length"), lambda tag: True)
    types = {"pppoed.tags.metrics.mdr_units": UINT16, "pppoed.tags.metrics.cdr_units": UINT16}
    values = {
        # RFC 5578, section 5.2.
        f"pppoed.tags.metrics.{rate}_units": {
            "kilobits per second": 0,
            "megabits per second": 1,
            "gigabits per second": 2,
            "terabits per second": 3,
        }
        for rate in ("mdr", "cdr")
    }


class MaximumPayloadSight(TagSight, of=PPPoEMaximumPayload):
    """Bytes, not a number."""

    @computed("tags.max_payload", BYTES, over="value", title="PPP-Max-Payload")
    def octets(self, tag: PPPoEMaximumPayload) -> bytes:
        """The bytes of the value."""
        return bytes(tag)[4:]


class VendorTagSight(TagSight, of=PPPoEVendorTag):
    """Tags of the DSL forum stand below a line of their own."""

    @computed("tags.vendorspecific.tags", NONE, over="line", title="Vendor Specific PPPoE Tags")
    def tells_of_a_line(self, tag: PPPoEVendorTag) -> int | None:
        """1 where tags of the DSL forum follow."""
        return 1 if tag.line else None


class UnknownTagSight(TagSight, of=UnknownPPPoETag):
    """A tag of an unknown type, or one with a wrong length, some of which are shown as they are."""

    hides = dict.fromkeys(("type", "length", "data"), lambda tag: tag.of_number(tag.type) is not None)

    def _of(self, tag: UnknownPPPoETag, number: int | None) -> bytes | None:
        return tag.data or None if tag.type == number else None

    @computed("tags.credits", BYTES, over="data", title="Credits")
    def credits(self, tag: UnknownPPPoETag) -> bytes | None:
        """Credits of a wrong length."""
        return self._of(tag, PPPoECredits.number)

    @computed("tags.metrics", BYTES, over="data", title="Metrics")
    def metrics(self, tag: UnknownPPPoETag) -> bytes | None:
        """Metrics of a wrong length."""
        return self._of(tag, PPPoEMetrics.number)

    @computed("tags.max_payload", BYTES, over="data", title="PPP-Max-Payload")
    def maximum_payload(self, tag: UnknownPPPoETag) -> bytes | None:
        """A largest payload of a wrong length."""
        return self._of(tag, PPPoEMaximumPayload.number)

    @noted("tag_length.invalid", "Wrong length", "Warning", MALFORMED)
    def wrong_length(self, tag: UnknownPPPoETag) -> str | None:
        """A number has not two bytes."""
        known = {PPPoESequenceNumber.number: PPPoESequenceNumber, PPPoECreditScale.number: PPPoECreditScale}
        cls = known.get(tag.type)
        return None if cls is None else f"{cls.title} tag: Wrong length: {tag.length} (expected 2)"


class MalformedTagSight(TagSight, of=MalformedPPPoETag):
    """Nothing is seen of it."""

    reads = (Stop(lambda tag: True),)
