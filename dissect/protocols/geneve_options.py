"""The options of Geneve."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    AUTOMATIC,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    Problem,
    bits,
    flag,
    octets,
    overlay,
    u64,
)

__all__ = [
    "GeneveGCPEndpoint",
    "GeneveGCPNetwork",
    "GeneveGCPProfile",
    "GeneveOption",
    "MalformedGeneveOption",
    "UnknownGeneveOption",
]

HEAD = 4
"""The bytes of class, type and length, which the length leaves out."""


class GeneveOption(Option, name="geneve", source="RFC 8926, section 3.5", family=True, branch="option"):
    """An option: who defined it, which of theirs it is, and up to 124 bytes of data in whole words.

    Class and type together are its kind.
    """

    kind: int = bits(24, "", factory=OptionKind(), base=16, title="Class and Type")
    reserved: int = bits(3, "option.flags", default=0, base=16, size=8, title="Flags")
    length: int = bits(5, "", factory=OptionLength(4, uncounted=HEAD), title="Length")
    option_class: int = overlay(16, "option.class", default=AUTOMATIC, over="kind", base=16, title="Class")
    type: int = overlay(8, "option.type", default=AUTOMATIC, over="kind", skip=16, base=16, title="Type")
    critical: bool = overlay(
        1, "option.type.critical", default=AUTOMATIC, over="kind", skip=16, title="Critical Option"
    )


class UnknownGeneveOption(GeneveOption, unknown=True, title="Unknown"):
    """An option of a kind without a class here."""

    data: bytes = octets(
        "option.unknown.data", default=b"", length="rest", kind=Octets("<MISSING>"), title="Unknown Option Data"
    )


class MalformedGeneveOption(GeneveOption, malformed=True, title="Malformed"):
    """Bytes in the place of options that are none: a length that goes past their end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")

    def problems(self) -> Iterator[Problem]:
        """Yield the length that goes past the end."""
        yield self.problem("is longer than the options", "warning", name="option.length.invalid")


class GeneveGCPNetwork(GeneveOption, number=0x013201, title="GCP Virtual Network ID", source="Google Cloud"):
    """The network of a cloud that a packet comes from, and which way it goes."""

    network: int = bits(28, "option.gcp.vnid", default=0, title="GCP Virtual Network ID")
    gcp_reserved: int = bits(3, "", default=0, title="GCP Reserved bits")
    egress: bool = flag("option.gcp.direction", default=False, title="GCP Traffic Direction")


class GeneveGCPEndpoint(GeneveOption, number=0x013202, title="GCP Endpoint ID", source="Google Cloud"):
    """The endpoint of a cloud that a packet comes from."""

    endpoint: bytes = octets("option.gcp.endpoint", default=b"", length="rest", title="GCP Endpoint ID")


class GeneveGCPProfile(GeneveOption, number=0x013203, title="GCP Profile ID", source="Google Cloud"):
    """The profile of a cloud by which a packet is handled."""

    profile: int = u64("option.gcp.profile", default=0, title="GCP Profile ID")
