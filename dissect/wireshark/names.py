"""Values by name: what a filter may write for a number, as in `ip.proto == "TCP"`."""

from __future__ import annotations

from functools import cache

from dissect.declaration.kinds import Coded
from dissect.packets.links import link_name
from dissect.wireshark.field_tables import TRUTHS, VALUES
from dissect.wireshark.field_types import BOOLEAN
from dissect.wireshark.frame import ENCAPSULATIONS
from dissect.wireshark.loading import load_named
from dissect.wireshark.notices import GROUPS, SEVERITIES
from dissect.wireshark.sight import by_title
from dissect.wireshark.types import declared_fields, field_type

__all__ = ["truth_names", "value_names"]


_CHECKSUM_STATUS = {"Bad": 0, "Good": 1, "Unverified": 2, "Not present": 3, "Illegal": 4}
# What Wireshark calls the link types that have headers here; the others go by their own names.
_LINK_NAMES = {
    "Ethernet": 1,
    "PPP": 4,
    "Raw IP": 7,
    "NULL/Loopback": 15,
    "Linux cooked-mode capture v1": 25,
    "Cisco HDLC": 28,
    "Linux cooked-mode capture v2": 210,
}


def truth_names(name: str) -> tuple[str, str]:
    """Return what Wireshark calls the field being 1, and being 0."""
    load_named(name)
    return TRUTHS[max((prefix for prefix in TRUTHS if name.startswith(prefix)), key=len, default="")]


@cache
def value_names(name: str) -> dict[str, int]:
    """Return the values of a field by their names, as Wireshark prints these; {} where it has none."""
    load_named(name)
    found = VALUES.get(name)
    if isinstance(found, str):
        return value_names(found)
    if found is not None:
        return dict(found)
    if field_type(name) is BOOLEAN:
        return {}
    if name.endswith("checksum.status"):
        return _CHECKSUM_STATUS
    if name in ("_ws.expert.severity", "_ws.expert.group"):
        return dict(SEVERITIES if name.endswith("severity") else GROUPS)
    if name == "frame.encap_type":
        return {link_name(link): number for link, number in ENCAPSULATIONS.items()} | _LINK_NAMES
    titles: dict[int, str] = {}
    for field in declared_fields(name):
        if isinstance(field.kind, Coded):
            titles |= {int(member): member.title for member in field.kind.codes}
            titles = {**field.kind.codes.other_titles(), **titles}
    return by_title(dict(sorted(titles.items())))
