"""What the DSL forum's tags in PPPoE discovery tell of a subscriber's line (TR-101, appendix B; RFC 4679)."""

from __future__ import annotations

from dissect.declare import Option, OptionKind, OptionLength, octets, text, u8, u32

__all__ = [
    "DSLActualDelayDown",
    "DSLActualDelayUp",
    "DSLActualRateDown",
    "DSLActualRateUp",
    "DSLAttainableRateDown",
    "DSLAttainableRateUp",
    "DSLCircuit",
    "DSLEncapsulation",
    "DSLGreatestDelayDown",
    "DSLGreatestDelayUp",
    "DSLGreatestRateDown",
    "DSLGreatestRateUp",
    "DSLIdleRateDown",
    "DSLIdleRateUp",
    "DSLLeastRateDown",
    "DSLLeastRateUp",
    "DSLRemote",
    "DSLTag",
    "MalformedDSLTag",
    "UnknownDSLTag",
]

_HEAD = 2
"""The bytes of type and length, which the length leaves out."""


class DSLTag(Option, name="pppoed", source="TR-101, appendix B", family=True):
    """One thing that is known of a subscriber's line."""

    type: int = u8("tag", factory=OptionKind(), base=16, size=16, title="Tag")
    length: int = u8("tag_length_8", factory=OptionLength(uncounted=_HEAD), title="Tag Length", doc="Of the value")


class UnknownDSLTag(DSLTag, unknown=True, title="Unknown"):
    """A tag of a type without a class here, or of a length that its class does not have."""

    data: bytes = octets("tag.unknown_data", default=b"", length="rest", title="Unknown Data")


class MalformedDSLTag(DSLTag, malformed=True, title="Malformed"):
    """The rest of a list whose next tag runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DSLCircuit(DSLTag, number=0x01, title="Circuit ID"):
    """The port of the access node that the line ends at."""

    value: str = text("tags.circuit_id", default="", length="rest", kw_only=False, title="Circuit ID")


class DSLRemote(DSLTag, number=0x02, title="Remote ID"):
    """What the provider calls the subscriber."""

    value: str = text("tags.remote_id", default="", length="rest", kw_only=False, title="Remote ID")


class DSLActualRateUp(DSLTag, number=0x81, title="Actual Data Rate Upstream"):
    """The rate to the network, in kbit/s."""

    value: int = u32("tags.act_data_rate_up", default=0, kw_only=False, title="Actual Data Rate Upstream")


class DSLActualRateDown(DSLTag, number=0x82, title="Actual Data Rate Downstream"):
    """The rate from the network, in kbit/s."""

    value: int = u32("tags.act_data_rate_down", default=0, kw_only=False, title="Actual Data Rate Downstream")


class DSLLeastRateUp(DSLTag, number=0x83, title="Minimum Data Rate Upstream"):
    """The least rate to the network, in kbit/s."""

    value: int = u32("tags.min_data_rate_up", default=0, kw_only=False, title="Minimum Data Rate Upstream")


class DSLLeastRateDown(DSLTag, number=0x84, title="Minimum Data Rate Downstream"):
    """The least rate from the network, in kbit/s."""

    value: int = u32("tags.min_data_rate_down", default=0, kw_only=False, title="Minimum Data Rate Downstream")


class DSLAttainableRateUp(DSLTag, number=0x85, title="Attainable DataRate Upstream"):
    """The rate to the network that the line could have, in kbit/s."""

    value: int = u32("tags.attainable_data_rate_up", default=0, kw_only=False, title="Attainable DataRate Upstream")


class DSLAttainableRateDown(DSLTag, number=0x86, title="Attainable DataRate Downstream"):
    """The rate from the network that the line could have, in kbit/s."""

    value: int = u32("tags.attainable_data_rate_down", default=0, kw_only=False, title="Attainable DataRate Downstream")


class DSLGreatestRateUp(DSLTag, number=0x87, title="Maximum Data Rate Upstream"):
    """The greatest rate to the network, in kbit/s."""

    value: int = u32("tags.max_data_rate_up", default=0, kw_only=False, title="Maximum Data Rate Upstream")


class DSLGreatestRateDown(DSLTag, number=0x88, title="Maximum Data Rate Downstream"):
    """The greatest rate from the network, in kbit/s."""

    value: int = u32("tags.max_data_rate_down", default=0, kw_only=False, title="Maximum Data Rate Downstream")


class DSLIdleRateUp(DSLTag, number=0x89, title="Min DataRate Upstream in low power state"):
    """The least rate to the network while power is saved, in kbit/s."""

    value: int = u32(
        "tags.min_data_rate_up_lp", default=0, kw_only=False, title="Min DataRate Upstream in low power state"
    )


class DSLIdleRateDown(DSLTag, number=0x8A, title="Minimum Data Rate Downstream in low power state"):
    """The least rate from the network while power is saved, in kbit/s."""

    value: int = u32(
        "tags.min_data_rate_down_lp", default=0, kw_only=False, title="Minimum Data Rate Downstream in low power state"
    )


class DSLGreatestDelayUp(DSLTag, number=0x8B, title="Max Interleaving Delay Upstream"):
    """The longest delay by interleaving to the network, in milliseconds."""

    value: int = u32("tags.max_int_delay_up", default=0, kw_only=False, title="Max Interleaving Delay Upstream")


class DSLActualDelayUp(DSLTag, number=0x8C, title="Actual Interleaving Delay Upstream"):
    """The delay by interleaving to the network, in milliseconds."""

    value: int = u32("tags.act_int_delay_up", default=0, kw_only=False, title="Actual Interleaving Delay Upstream")


class DSLGreatestDelayDown(DSLTag, number=0x8D, title="Maximum Interleaving Delay Downstream"):
    """The longest delay by interleaving from the network, in milliseconds."""

    value: int = u32("tags.max_int_delay_down", default=0, kw_only=False, title="Maximum Interleaving Delay Downstream")


class DSLActualDelayDown(DSLTag, number=0x8E, title="Actual Interleaving Delay Downstream"):
    """The delay by interleaving from the network, in milliseconds."""

    value: int = u32("tags.act_int_delay_down", default=0, kw_only=False, title="Actual Interleaving Delay Downstream")


class DSLEncapsulation(DSLTag, number=0x90, title="Access-Loop-Encapsulation"):
    """How the line carries frames: over ATM or Ethernet, and with what around them."""

    data_link: int = u8("tags.access_loop_encap.data_link", default=0, base=16, title="Data link")
    first: int = u8("tags.access_loop_encap.encap_1", default=0, base=16, title="Encaps 1")
    second: int = u8("tags.access_loop_encap.encap_2", default=0, base=16, title="Encaps 2")
