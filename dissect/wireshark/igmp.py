"""IGMP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.header import Header
from dissect.declaration.kinds import IPv4Address
from dissect.errors import FieldAbsentError
from dissect.protocols.igmp import IGMP, IGMPv3Query, IGMPv3Report
from dissect.wireshark.field_types import IPV4, NONE, UINT8
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["IGMPSight", "IGMPv3QuerySight", "IGMPv3ReportSight"]


class IGMPSight(Sight, of=IGMP):
    """Of messages that are no query or report, the type alone is seen."""

    order = tuple(
        """
        version type max_resp checksum checksum.status maddr s qrv qqic num_src num_grp_recs
        """.split()
    )

    hides = {
        "max_response": lambda message: message.version != 2,
        "checksum": lambda message: message.version is None,
    }
    types = {"igmp.max_resp": UINT8, "igmp.saddr": IPV4, "igmp.bad_checksum": NONE}
    values = {
        # RFC 3376, section 4.2.12.
        "igmp.record_type": {
            "Mode Is Include": 1,
            "Mode Is Exclude": 2,
            "Change To Include Mode": 3,
            "Change To Exclude Mode": 4,
            "Allow New Sources": 5,
            "Block Old Sources": 6,
        },
    }
    truths = {"igmp.s": ("SUPPRESS router side processing", "Do not suppress router side processing")}

    def protocol(self, header: Any) -> str:
        """Return IGMP with its version."""
        version = _version(header)
        return "IGMP" if version is None else f"IGMPv{version}"

    def payload(self, header: Any) -> Header | None:
        """Return nothing: what a message of another protocol has behind its type is not looked at."""
        return None

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the protocol twice, as tshark does: for the message and for its version."""
        return (header.name,) if _version(header) is None else (header.name, header.name)


def _version(message: Any) -> int | None:
    """Return the version, which the type and what stands right behind it tell of a message that is cut, too."""
    try:
        return message.version if message.own_size else None
    except FieldAbsentError:
        return None


class IGMPv3ReportSight(IGMPSight, of=IGMPv3Report):
    """Records as many as there should be."""

    def stops_short(self, header: IGMPv3Report) -> bool:
        """Whether the header is cut, or records are missing that it counts."""
        return header.is_cut or len(header.group_records()) < header.record_count


class IGMPv3QuerySight(IGMPSight, of=IGMPv3Query):
    """The maximum response time is a code, which is seen decoded."""

    hides = {"max_response": lambda message: True}

    @computed("saddr", IPV4, title="Source Address")
    def first_sources(self, header: IGMPv3Query) -> list[bytes] | None:
        """The sources of a query that has fewer than it counts."""
        return _first_sources(header)

    def words(self, header: IGMPv3Query) -> Iterator[str]:
        """Yield what is asked for; of sources that are missing, those in front of them."""
        found = _first_sources(header)
        if found is None:
            yield header.info()
            return
        group = f"specific for group {header.group}" if any(header.raw("group")) else "general"
        sources = "".join(f"{IPv4Address.load(source)}, " for source in found)
        yield f"{header.type.title}, {group}, source{'' if header.source_count == 1 else 's'} {{{sources}"


def _first_sources(query: IGMPv3Query) -> list[bytes] | None:
    """Return the sources that are there of a query that is cut behind its head; None for any other."""
    data = query.own_bytes
    if not query.is_cut or len(data) < query.least_size:
        return None
    return [data[place : place + 4] for place in range(query.least_size, len(data) - 3, 4)]
