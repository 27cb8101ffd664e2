"""A zone: the names below one name, as one server knows them, and how a question is answered from it (RFC 1034)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dissect.errors import DissectError, ScenarioError
from dissect.lab.applications.dns_messages import canonical
from dissect.protocols.dns_records import (
    AAAARecord,
    ARecord,
    CharacterString,
    CNAMERecord,
    MXRecord,
    NSRecord,
    PTRRecord,
    ResourceRecord,
    SOARecord,
    SRVRecord,
    TXTRecord,
)
from dissect.protocols.dns_types import RecordType

__all__ = ["Found", "Zone", "load_zones", "read_zones"]

LARGEST_FILE = 16 << 20
LONGEST_CHAIN = 8
"""How many names may stand for each other, one after the other."""
LONGEST_STRING = 255
_ZONE = frozenset({"origin", "ttl", "soa", "names"})
_SOA = {"server": "ns", "mailbox": "hostmaster", "serial": 1, "refresh": 7200, "retry": 900, "expire": 1209600,
        "minimum": 300}  # fmt: skip


@dataclass(slots=True)
class Found:
    """What a zone has for a question, by section; `exists` is whether there is such a name."""

    exists: bool = True
    is_authoritative: bool = True
    """Whether the zone answers for itself, and doesn't tell who else does."""
    answers: list[ResourceRecord] = field(default_factory=list)
    authorities: list[ResourceRecord] = field(default_factory=list)
    additionals: list[ResourceRecord] = field(default_factory=list)


class Zone:
    """The records of the names from `origin` downwards, and its SOA record; `names` are as `read_zones` has them.

    >>> zone = Zone("example.com", {"@": {"NS": "ns"}, "ns": {"A": "192.0.2.53"}, "www": {"CNAME": "web"}})
    >>> [str(record.type) for record in zone.find("example.com", RecordType.NS).answers]
    ['NS']
    >>> zone.find("nobody.example.com", RecordType.A).exists
    False

    Raises ScenarioError for what is no record, and where a name with a CNAME has other records.
    """

    def __init__(
        self,
        origin: str,
        names: Mapping[str, Mapping[str, Any]],
        *,
        ttl: int = 3600,
        soa: Mapping[str, Any] | None = None,
    ) -> None:
        self.origin = origin.removesuffix(".") or "."
        self._end = canonical(origin)
        self.ttl = ttl
        self._records: dict[str, dict[RecordType, list[ResourceRecord]]] = {}
        self._inner: set[str] = set()
        for name, sets in names.items():
            for kind, given in sets.items():
                for value in given if isinstance(given, list) else [given]:
                    self._add(self._record(name, kind, value))
        stated: dict[str, Any] = _SOA | dict(soa or {})
        server, mailbox = (self.whole(str(stated.pop(key))) for key in ("server", "mailbox"))
        self.soa = SOARecord(self.origin, server, mailbox, ttl=ttl, **stated)
        self._add(self.soa)
        for name, found in self._records.items():
            if RecordType.CNAME in found and (len(found) > 1 or len(found[RecordType.CNAME]) > 1):
                raise ScenarioError(f"{name or '.'} stands for another name, expected no other records of it")

    def _add(self, record: ResourceRecord) -> None:
        name = canonical(record.owner)
        self._records.setdefault(name, {}).setdefault(record.type, []).append(record)
        while name != self._end and name:
            self._inner.add(name)
            name = name.partition(".")[2]
        self._inner.add(name)

    def whole(self, name: str) -> str:
        """Return a name of the zone in full: "@" is the origin, one that ends with a dot is whole already."""
        if name == "@":
            return self.origin
        if name.endswith("."):
            return name.removesuffix(".") or "."
        return name if self.origin == "." else f"{name}.{self.origin}"

    def _record(self, name: str, kind: str, value: Any) -> ResourceRecord:
        owner = self.whole(name)
        make = _MAKERS.get(kind)
        if make is None:
            raise ScenarioError(f"{owner} has records of type {kind!r}, expected {', '.join(_MAKERS)}")
        if not self.covers(owner):
            raise ScenarioError(f"{owner} is not of the zone {self.origin}, expected a name below it")
        ttl = self.ttl
        if isinstance(value, dict) and set(value) == {"value", "ttl"}:
            value, ttl = value["value"], value["ttl"]
        try:
            if not isinstance(value, str):
                raise ValueError("expected text in quotes")
            return make(owner, value, ttl, self.whole)
        except (DissectError, ValueError, TypeError) as reason:
            raise ScenarioError(f"{owner} has the {kind} record {value!r}: {reason}") from None

    def covers(self, name: str) -> bool:
        """Whether a name is the zone's, or below it."""
        name = canonical(name)
        return not self._end or name == self._end or name.endswith(f".{self._end}")

    def find(self, name: str, kind: RecordType) -> Found:
        """Return the answer to a question (RFC 1034, section 4.3.2); names of other zones are not followed."""
        found = Found()
        wanted = name
        for _ in range(LONGEST_CHAIN):
            servers = self._delegation(wanted)
            if servers and not (canonical(wanted) == canonical(servers[0].owner) and kind == RecordType.DS):
                if not found.answers:
                    found.is_authoritative = False
                found.authorities += servers
                found.additionals += self._addresses(servers)
                return found
            sets = self._sets_of(wanted)
            if sets is None:
                found.exists = False
                found.authorities.append(self._negative())
                return found
            alias = sets.get(RecordType.CNAME)
            if alias and kind not in (RecordType.CNAME, RecordType.ANY):
                found.answers.append(_named(alias[0], wanted))
                wanted = str(getattr(alias[0], "target", ""))
                if not self.covers(wanted):
                    return found
                continue
            chosen = (
                [each for every in sets.values() for each in every] if kind == RecordType.ANY else sets.get(kind, [])
            )
            found.answers += [_named(record, wanted) for record in chosen]
            if not chosen:
                found.authorities.append(self._negative())
            found.additionals += self._addresses(chosen)
            return found
        return found

    def _negative(self) -> ResourceRecord:
        """Return the SOA record that says for how long a name is missing (RFC 2308, section 3)."""
        return self.soa.replace(ttl=min(self.soa.ttl, self.soa.minimum))

    def _sets_of(self, name: str) -> dict[RecordType, list[ResourceRecord]] | None:
        """Return the records of a name by type, or of the wildcard that stands for it (RFC 4592); None for none."""
        key = canonical(name)
        found = self._records.get(key)
        if found is not None:
            return found
        if key in self._inner:
            return {}
        parent = key.partition(".")[2]
        while parent not in self._inner and parent:
            parent = parent.partition(".")[2]
        return self._records.get(f"*.{parent}" if parent else "*")

    def _delegation(self, name: str) -> list[ResourceRecord]:
        """Return the name servers of the zone below this one that a name belongs to; none where it is this one's."""
        labels = canonical(name).split(".")
        own = len(self._end.split(".")) if self._end else 0
        for place in range(len(labels) - own - 1, -1, -1):
            servers = self._records.get(".".join(labels[place:]), {}).get(RecordType.NS)
            if servers:
                return servers
        return []

    def _addresses(self, records: Sequence[ResourceRecord]) -> list[ResourceRecord]:
        """Return the addresses of the hosts that records name, as far as they are known here."""
        found: list[ResourceRecord] = []
        for record in records:
            target = _host_of(record)
            sets = self._records.get(canonical(target), {}) if target else {}
            for kind in (RecordType.A, RecordType.AAAA):
                found += [each for each in sets.get(kind, []) if each not in found]
        return found


def _named(record: ResourceRecord, name: str) -> ResourceRecord:
    """Return a record under the name that was asked for: in its letters, and in place of a wildcard."""
    return record if record.owner == name else record.replace(owner=name)


def _host_of(record: ResourceRecord) -> str:
    if isinstance(record, NSRecord):
        return record.server
    if isinstance(record, MXRecord):
        return record.exchange
    return record.target if isinstance(record, SRVRecord) else ""


_Whole = Callable[[str], str]


def _strings(value: Any) -> list[CharacterString]:
    data = str(value)
    return [CharacterString(data[place : place + LONGEST_STRING]) for place in range(0, len(data), LONGEST_STRING)] or [
        CharacterString("")
    ]


def _numbers(value: Any, count: int) -> tuple[list[int], str]:
    """Return the numbers in front of a name."""
    *numbers, name = str(value).split()
    if len(numbers) != count or not all(number.isdecimal() for number in numbers):
        raise ValueError(f"expected {count} number{'s' * (count > 1)} and a name")
    return [int(number) for number in numbers], name


def _mail(owner: str, value: Any, ttl: int, whole: _Whole) -> ResourceRecord:
    (preference,), name = _numbers(value, 1)
    return MXRecord(owner, preference, whole(name), ttl=ttl)


def _service(owner: str, value: Any, ttl: int, whole: _Whole) -> ResourceRecord:
    (priority, weight, port), name = _numbers(value, 3)
    return SRVRecord(owner, port, whole(name), priority=priority, weight=weight, ttl=ttl)


_MAKERS: dict[str, Callable[[str, Any, int, _Whole], ResourceRecord]] = {
    "A": lambda owner, value, ttl, whole: ARecord(owner, value, ttl=ttl),
    "AAAA": lambda owner, value, ttl, whole: AAAARecord(owner, value, ttl=ttl),
    "CNAME": lambda owner, value, ttl, whole: CNAMERecord(owner, whole(value), ttl=ttl),
    "MX": _mail,
    "NS": lambda owner, value, ttl, whole: NSRecord(owner, whole(value), ttl=ttl),
    "PTR": lambda owner, value, ttl, whole: PTRRecord(owner, whole(value), ttl=ttl),
    "SRV": _service,
    "TXT": lambda owner, value, ttl, whole: TXTRecord(owner, _strings(value), ttl=ttl),
}
"""The types of records that a file may have."""


def load_zones(path: str | Path) -> list[Zone]:
    """Return the zones of a TOML file; ScenarioError where it describes none, OSError where it can't be read."""
    with Path(path).open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ScenarioError(f"{path} has more than {LARGEST_FILE} bytes, expected the description of a zone")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise ScenarioError(f"{path} is no TOML: {reason}") from None
    try:
        return list(read_zones(table.get("zones", table)))
    except ScenarioError as reason:
        raise ScenarioError(f"{path}: {reason}") from None


def read_zones(given: Any) -> Iterator[Zone]:
    """Yield the zones of a table, or of several; ScenarioError where one is none.

    A table has its `origin`, `names`, and where it wants the `ttl` of its records (3600 s) and `soa`: server,
    mailbox, serial, refresh, retry, expire, minimum. Names and what they lead to are relative to the origin unless
    they end with a dot, "@" is the origin itself; each has values by type, several in brackets; a value with a time to
    live of its own is written { value = "192.0.2.1", ttl = 60 }.

    >>> www = {"A": ["192.0.2.80", {"value": "192.0.2.81", "ttl": 60}]}
    >>> (zone,) = read_zones({"origin": "example.com", "names": {"www": www}})
    >>> [record.ttl for record in zone.find("www.example.com", RecordType.A).answers]
    [3600, 60]
    """
    for table in given if isinstance(given, list) else [given]:
        if not isinstance(table, dict) or not isinstance(table.get("origin"), str):
            raise ScenarioError('a zone has no origin, expected one as origin = "example.com"')
        origin = table["origin"]
        unknown = set(table) - _ZONE
        if unknown:
            raise ScenarioError(f"the zone {origin} has the keys {', '.join(sorted(unknown))}, expected {_KEYS}")
        names, soa, ttl = table.get("names", {}), table.get("soa", {}), table.get("ttl", 3600)
        if not isinstance(names, dict) or not all(isinstance(sets, dict) for sets in names.values()):
            raise ScenarioError(f'the names of {origin} are no tables, expected names.www = {{ A = "192.0.2.1" }}')
        if not isinstance(soa, dict) or set(soa) - set(_SOA):
            raise ScenarioError(f"the soa of {origin} is {soa!r}, expected a table of {', '.join(_SOA)}")
        try:
            yield Zone(origin, names, ttl=ttl, soa=soa)
        except ScenarioError:
            raise
        except (DissectError, TypeError) as reason:
            raise ScenarioError(f"the zone {origin}: {reason}") from None


_KEYS = ", ".join(sorted(_ZONE))
