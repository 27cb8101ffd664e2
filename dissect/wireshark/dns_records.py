"""The resource records of DNS as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declaration.domain_names import DomainName
from dissect.declaration.entry import EntryList
from dissect.declaration.options import OptionList
from dissect.errors import FieldAbsentError
from dissect.protocols.dns_records import (
    AAAARecord,
    ARecord,
    CNAMERecord,
    DNAMERecord,
    MXRecord,
    NSRecord,
    NullRecord,
    OtherRecord,
    PTRRecord,
    ResourceRecord,
    SOARecord,
    SRVRecord,
    TXTRecord,
)
from dissect.protocols.dns_types import RecordClass, RecordType
from dissect.wireshark.dns_messages import Reading, name_in, with_readable_names
from dissect.wireshark.field_types import STRING, UINT16
from dissect.wireshark.notices import PROTOCOL, UNDECODED
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["RECORD_HEAD", "Reading", "RecordSight", "name_in", "type_name"]

_MULTICAST = "mdns"
_COMMON = len(ResourceRecord.layout)
"""How many fields all records begin with."""


def is_multicast(record: Any) -> bool:
    """Whether the record stands in a message of multicast DNS."""
    return getattr(record.holder, "name", "") == _MULTICAST


def type_name(number: int) -> str:
    """Return what the last column calls a type of records."""
    known = RecordType(number)
    return known.title if known.known else f"Unknown ({number})"


def class_name(number: int) -> str:
    """Return what the line of a record calls a class."""
    known = RecordClass(number & 0x7FFF)
    return known.title if known.known else f"Unknown (0x{number & 0x7FFF:04x})"


def told_type(record: Any) -> str:
    """Return what the last column has of a record's type, and in multicast DNS of its class."""
    flushes = is_multicast(record) and record.cache_flush
    return type_name(record.raw("type")) + (", cache flush" if flushes else "")


RECORD_HEAD = tuple(f"resp.{name}" for name in ("name", "type", "class", "cache_flush", "ttl", "len"))
"""What stands in front of the data of a record."""


class RecordSight(Sight, of=ResourceRecord):
    """A record: what all begin with at once, then the data, as far as the message goes and whatever its length says."""

    order = RECORD_HEAD
    unlisted = frozenset({"options", "parameters"})
    spread = frozenset({"strings", "types"})

    hides = {
        "cache_flush": lambda record: not is_multicast(record),
        "record_class": is_multicast,
    }

    @computed("resp.class", UINT16, over="record_class", base=16, title="Class")
    def network_class(self, record: Any) -> int | None:
        """In multicast DNS, the class without its upper bit."""
        return record.raw("record_class") & 0x7FFF if is_multicast(record) else None

    @noted("ttl.high_bit_set", "The uppermost bit of the TTL is set (RFC 2181, section 8)", "Warning", PROTOCOL)
    def wrong_ttl(self, record: Any) -> str | None:
        """The upper bit of a time to live means nothing (RFC 2181, section 8)."""
        return "The uppermost bit of the TTL is set (RFC 2181, section 8)" if record.raw("ttl") >> 31 else None

    def reading(self, record: Any) -> Reading:
        """Return the record as it is read, and whether reading it fails."""
        if not record.has("length"):
            return Reading(None, True)
        seen = with_readable_names(record)
        if not seen.has("length"):
            return Reading(None, True)
        if record.is_cut:
            # Its line tells of more bytes than there are.
            return Reading(None, True, told_type(record))
        length = record.raw("length")
        if seen is record and (not length or (record.is_filled() and not _overruns(record))):
            return Reading(record, False)
        return self._beyond(record, length)

    def _beyond(self, record: Any, length: int) -> Reading:
        """Return a record whose fields take another length than its own, as it is read: whatever stands behind it."""
        read_on = with_readable_names(record.reaching())
        last = type(record).layout[-1]
        if last.length != "rest":
            return Reading(read_on, not read_on.is_whole())
        try:
            place = read_on.span(last)[0] // 8
        except FieldAbsentError:
            return Reading(read_on, True)
        # What takes the rest has as many bytes as the length leaves.
        end = record.span("length")[0] // 8 + 2 + length
        if end < place:
            # Options are looked for as long as the length leaves room, others with as many bytes as it leaves.
            return Reading(read_on.reaching(place), not isinstance(last.kind, OptionList))
        bounded = read_on.reaching(end)
        return Reading(bounded, _overruns(bounded))

    def words(self, record: Any) -> Iterator[str]:
        """Yield the type, and what the last column has of the data."""
        yield told_type(record)
        if record.raw("length"):
            yield from self.told(record)

    def told(self, record: Any) -> Iterator[str]:
        """Yield what the last column has of the data: nothing, for most types."""
        return iter(())

    def entry_line(self, entry: Any) -> str:
        """Return name, type and class, and the data in words."""
        if entry.is_cut or not entry.has("length"):
            return super().entry_line(entry)
        name = name_in(entry, "owner") or "<Root>"
        head = f"{name}: type {type_name(entry.raw('type'))}, class {class_name(entry.raw('record_class'))}"
        is_told = bool(entry.raw("length")) and not self.reading(entry).fails
        return ", ".join([head, *(self.data_words(entry) if is_told else ())])

    def data_words(self, record: Any) -> Iterator[str]:
        """Yield what the record's line says of the data: nothing, for many types."""
        return iter(())


def _overruns(record: Any) -> bool:
    """Whether a list of the record ends with an entry that is cut, or one of its options has a length it can't have."""
    for field in record.layout:
        if isinstance(field.kind, EntryList) and record.has(field.name):
            found = field.kind.entries(record, record.raw(field))
            if any(fails_in_list(entry) for entry in found):
                return True
    return False


def fails_in_list(entry: Any) -> bool:
    """Whether reading a record's list fails at this entry."""
    return (
        not entry.is_filled() or getattr(entry, "malformed", False) or getattr(sight_of(entry), "fails", _never)(entry)
    )


def _never(entry: Any) -> bool:
    return False


class AddressSight(RecordSight, of=ARecord):
    """An address."""

    def told(self, record: ARecord) -> Iterator[str]:
        """Yield the address."""
        yield record.address

    def data_words(self, record: ARecord) -> Iterator[str]:
        yield f"addr {record.address}"


class Address6Sight(RecordSight, of=AAAARecord):
    """An IPv6 address."""

    def told(self, record: AAAARecord) -> Iterator[str]:
        """Yield the address."""
        yield record.address

    def data_words(self, record: AAAARecord) -> Iterator[str]:
        yield f"addr {record.address}"


class NameSight(RecordSight):
    """Records whose first name is told."""

    def told(self, record: Any) -> Iterator[str]:
        """Yield the first name of the data."""
        name = next(field.name for field in type(record).layout[_COMMON:] if isinstance(field.kind, DomainName))
        yield name_in(record, name)

    word: ClassVar[str] = ""
    """What stands in front of the name in the record's line."""

    def data_words(self, record: Any) -> Iterator[str]:
        for name in self.told(record):
            yield f"{self.word} {name}".strip()


class OwnerSight(RecordSight):
    """Records of which the name that has them is told once more."""

    def told(self, record: Any) -> Iterator[str]:
        """Yield the name that has the record."""
        yield name_in(record, "owner")


class NameServerSight(NameSight, of=NSRecord):
    """A name server."""

    word = "ns"


class AliasSight(NameSight, of=CNAMERecord):
    """The name that is meant."""

    word = "cname"


class PointerSight(NameSight, of=PTRRecord):
    """The name that is pointed to."""


class DelegationSight(NameSight, of=DNAMERecord):
    """The name that is meant."""

    word = "dname"


class AuthoritySight(NameSight, of=SOARecord):
    """The first server of a zone."""

    word = "mname"


class NullSight(OwnerSight, of=NullRecord):
    """Anything."""


class StringsSight(RecordSight, of=TXTRecord):
    """Strings, each with its length, below the record itself."""


class ExchangeSight(RecordSight, of=MXRecord):
    """Preference and host, both or neither."""

    hides = RecordSight.hides | {"preference": lambda record: not record.has("exchange")}

    def told(self, record: MXRecord) -> Iterator[str]:
        yield f"{record.preference} {name_in(record, 'exchange')}"

    def data_words(self, record: MXRecord) -> Iterator[str]:
        yield f"preference {record.preference}"
        yield f"mx {name_in(record, 'exchange')}"


class ServiceSight(RecordSight, of=SRVRecord):
    """Where a service is; its name is shown in parts."""

    order = ("srv.service", "srv.proto", "srv.name", *RECORD_HEAD)
    hides = RecordSight.hides | {"owner": lambda record: True}

    def _parts(self, record: SRVRecord) -> tuple[str, str, str]:
        service, _, rest = name_in(record, "owner").partition(".")
        protocol, _, name = rest.partition(".")
        return service, protocol, name

    @computed("srv.service", STRING, over="owner", title="Service")
    def service(self, record: SRVRecord) -> str:
        """The first label of the name."""
        return self._parts(record)[0]

    @computed("srv.proto", STRING, over="owner", title="Protocol")
    def protocol_label(self, record: SRVRecord) -> str:
        """The second label of the name."""
        return self._parts(record)[1]

    @computed("srv.name", STRING, over="owner", title="Name")
    def service_name(self, record: SRVRecord) -> str:
        """The rest of the name."""
        return self._parts(record)[2]

    def told(self, record: SRVRecord) -> Iterator[str]:
        yield f"{record.priority} {record.weight} {record.port} {name_in(record, 'target')}"

    def data_words(self, record: SRVRecord) -> Iterator[str]:
        yield from (f"{field} {record.raw(field)}" for field in ("priority", "weight", "port"))
        yield f"target {name_in(record, 'target')}"


def undecoded_words(record: Any) -> str | None:
    """Return what is said of data that nobody knows the meaning of; None where there are none."""
    if not record.raw("length"):
        return None
    return (
        f"Dissector for DNS Type ({record.raw('type')}) code not implemented, "
        "Contact Wireshark developers if you want this supported"
    )


class OtherSight(RecordSight, of=OtherRecord):
    """Nothing but the bytes."""

    @noted("undecoded.type", "Undecoded option", "Note", UNDECODED, about="type")
    def undecoded(self, record: OtherRecord) -> str | None:
        """Nobody knows what the data mean."""
        return undecoded_words(record)
