"""What a resolver remembers: records for as long as they may be, and that there are none (RFC 1034, RFC 2308)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dissect.lab.applications.dns_messages import canonical
from dissect.protocols.dns_records import CNAMERecord, ResourceRecord, SOARecord
from dissect.protocols.dns_types import DNSResponseCode, RecordType

__all__ = ["DNSCache", "Known"]

SECOND = 1_000_000_000
LONGEST = 86_400
"""For how many seconds anything is remembered at most."""
LONGEST_MISSING = 10_800
"""For how many seconds it is remembered that there is none (RFC 2308, section 5)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a name: records of one type, the name that it stands for, or that there are none.

    Times to live are what is left of them. `soa` says for how long there are none.
    """

    records: tuple[ResourceRecord, ...] = ()
    code: DNSResponseCode = DNSResponseCode.NO_ERROR
    soa: ResourceRecord | None = None

    @property
    def alias(self) -> str | None:
        """The name that this one stands for; None where it stands for none."""
        first = self.records[0] if self.records else None
        return first.target if isinstance(first, CNAMERecord) else None


class DNSCache:
    """Records by name and type, for `limit` names and types: of more, the oldest go.

    >>> from dissect.protocols.dns_records import ARecord
    >>> cache = DNSCache()
    >>> cache.put([ARecord("www.example.com", "192.0.2.1", ttl=60)], now_ns=0)
    >>> known = cache.find("WWW.example.com", RecordType.A, now_ns=10 * SECOND)
    >>> known.records[0].ttl
    50
    >>> cache.find("www.example.com", RecordType.A, now_ns=60 * SECOND) is None
    True
    """

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        # (what is known, when it ends)
        self._entries: dict[tuple[str, RecordType | None], tuple[Known, int]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, records: Iterable[ResourceRecord], now_ns: int) -> None:
        """Remember records, by name and type; the least time to live of a set counts for all of it."""
        sets: dict[tuple[str, RecordType], list[ResourceRecord]] = {}
        for record in records:
            sets.setdefault((canonical(record.owner), record.type), []).append(record)
        for key, found in sets.items():
            ttl = min(min(record.ttl for record in found), LONGEST)
            self._keep(key, Known(tuple(found)), now_ns + ttl * SECOND)

    def put_missing(self, name: str, kind: RecordType, soa: SOARecord, code: DNSResponseCode, now_ns: int) -> None:
        """Remember that there is no such name, or that it has no records of a type."""
        ttl = min(soa.ttl, soa.minimum, LONGEST_MISSING)
        key = canonical(name), None if code == DNSResponseCode.NO_SUCH_NAME else kind
        self._keep(key, Known(code=code, soa=soa.replace(ttl=ttl)), now_ns + ttl * SECOND)

    def find(self, name: str, kind: RecordType, now_ns: int) -> Known | None:
        """Return what is known of a name's records of a type, or of what it stands for; None where nothing is."""
        key = canonical(name)
        for wanted in (None, kind, RecordType.CNAME):
            entry = self._entries.get((key, wanted))
            if entry is None:
                continue
            known, ends_ns = entry
            left = -((now_ns - ends_ns) // SECOND)
            if ends_ns <= now_ns:
                del self._entries[key, wanted]
                continue
            soa = None if known.soa is None else known.soa.replace(ttl=left)
            return Known(tuple(record.replace(ttl=left) for record in known.records), known.code, soa)
        return None

    def _keep(self, key: tuple[str, RecordType | None], known: Known, ends_ns: int) -> None:
        self._entries.pop(key, None)
        if len(self._entries) >= self.limit:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = known, ends_ns
