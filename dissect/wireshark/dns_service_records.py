"""Records of services as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.protocols.dns_service_records import (
    AFSDBRecord,
    CAARecord,
    KXRecord,
    MalformedServiceParameter,
    NAPTRRecord,
    ServiceALPN,
    ServiceParameter,
    UnknownServiceParameter,
    URIRecord,
)
from dissect.wireshark.dns_messages import name_in
from dissect.wireshark.dns_names import length_of_name
from dissect.wireshark.dns_records import OwnerSight, RecordSight, undecoded_words
from dissect.wireshark.field_types import BYTES, NONE, STRING, UINT8, UINT16
from dissect.wireshark.notices import UNDECODED
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["NamingSight", "ServiceParameterSight"]


_PARAMETER_HEAD = 4
"""The bytes of key and length."""


def _always(record: Any) -> bool:
    return True


class NamingSight(RecordSight, of=NAPTRRecord):
    """Order, preference and flags."""

    @computed("naptr.replacement_length", UINT8, over="replacement", title="Replacement Length")
    def replacement_length(self, record: NAPTRRecord) -> int:
        """How many characters the name has."""
        first = record.span("replacement")[0] // 8
        return length_of_name(record.message or bytes(record), record.place_in_message + first)

    def told(self, record: NAPTRRecord) -> Iterator[str]:
        """Yield what the rule is, and what its result is."""
        yield f"{record.order} {record.preference} {record.flags}"


class ExchangerSight(RecordSight, of=KXRecord):
    """Preference and host."""

    def told(self, record: KXRecord) -> Iterator[str]:
        """Yield preference and host."""
        yield f"{record.preference} {name_in(record, 'exchanger')}"


class CellSight(OwnerSight, of=AFSDBRecord):
    """A server of a cell."""


class LocatorSight(RecordSight, of=URIRecord):
    """Bytes that nobody looks into."""

    hides = RecordSight.hides | dict.fromkeys(("priority", "weight", "uri"), _always)

    @computed("data", BYTES, over="uri", title="Data")
    def data(self, record: URIRecord) -> bytes:
        """The bytes behind the length."""
        return record.own_bytes[record.span("length")[0] // 8 + 2 :]

    @noted("undecoded.type", "Undecoded option", "Note", UNDECODED, about="type")
    def undecoded(self, record: URIRecord) -> str | None:
        """Nobody looks into the data."""
        return undecoded_words(record)


class AuthorizationSight(RecordSight, of=CAARecord):
    """The value, under a name that the tag tells as well."""

    def _of(self, record: CAARecord, *tags: str) -> str | None:
        return record.field("value").text(record.raw("value")) if record.tag in tags else None

    @computed("caa.issue", STRING, over="value", title="Issue")
    def issue(self, record: CAARecord) -> str | None:
        """Who may issue certificates."""
        return self._of(record, "issue")

    @computed("caa.issuewild", STRING, over="value", title="Issue Wildcard")
    def issue_wildcard(self, record: CAARecord) -> str | None:
        """Who may issue certificates for all names below."""
        return self._of(record, "issuewild")

    @computed("caa.iodef", STRING, over="value", title="Report URL")
    def report(self, record: CAARecord) -> str | None:
        """Where to complain."""
        return self._of(record, "iodef")

    @computed("caa.unknown", STRING, over="value", title="Unknown tag")
    def unknown(self, record: CAARecord) -> str | None:
        """The value of another tag."""
        return (
            None if record.tag in ("issue", "issuewild", "iodef") else record.field("value").text(record.raw("value"))
        )


class ServiceParameterSight(Sight, of=ServiceParameter):
    """A parameter, below a line of its own."""

    spread = frozenset({"protocols"})
    parts_lists = True
    types = {"dns.svcb.svcparam.mandatory.key": UINT16}

    @computed("svcb.svcparam", NONE, title="SvcParam")
    def is_there(self, parameter: Any) -> int:
        """1 for each parameter."""
        return 1


class ServiceALPNSight(ServiceParameterSight, of=ServiceALPN):
    """The names of protocols, wherever they end."""

    def fails(self, parameter: Any) -> bool:
        """Whether the last name goes on behind the message."""
        names, place = parameter.raw("protocols"), 0
        while place < len(names):
            place += 1 + names[place]
        behind = parameter.place_in_message + _PARAMETER_HEAD + place
        return bool(place > len(names) and behind > len(parameter.message))


class UnknownServiceParameterSight(ServiceParameterSight, of=UnknownServiceParameter):
    """The bytes; of one whose length its key can't have, none are seen."""

    hides = {"value": lambda parameter: parameter.of_number(parameter.key) is not None}

    def fails(self, parameter: Any) -> bool:
        """Whether reading it runs behind its end: its class is another."""
        return parameter.of_number(parameter.raw("key")) is not None


class MalformedServiceParameterSight(ServiceParameterSight, of=MalformedServiceParameter):
    """Key and length."""
