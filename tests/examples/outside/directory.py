"""A directory of stations over UDP port 17900: records whose names may go on elsewhere in the message, as in DNS.

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|          Transaction          |R|T| Reserved  |     Count     |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|  Zone: a name ...             |  Records ...
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

A record is a name, a kind, a time to live, the length of what follows, and that.
"""

from __future__ import annotations

from typing import Any

from dissect import UDP
from dissect.declare import (
    Code,
    Coding,
    Entry,
    Header,
    bits,
    code,
    domain_name,
    flag,
    octets,
    records,
    u8,
    u16,
    u32,
)


class StationKind(Code):
    """What a record tells of a station."""

    ADDRESS = 1, "Address"
    PLACE = 2, "Place"


class Station(Entry, name="directory", title="Station"):
    """One record; "printer.@4" goes on at byte 4 of the message, where the name of the zone is, and reads in full."""

    owner: str = domain_name("station.owner", title="Owner", kw_only=False)
    kind: Coding[StationKind] = code(8, StationKind, "station.kind", default=StationKind.ADDRESS, title="Kind")
    ttl: int = u32("station.ttl", default=3600, title="Time to Live", doc="In seconds")
    size: int = u16("station.size", title="Length")
    data: bytes = octets("station.data", length="size", title="Data")


class Directory(
    Header, name="directory", title="Station Directory", source="Directories, section 2", over={UDP: 17900}
):
    """The stations of a zone.

    >>> stations = [Station("printer.@4", data=b"abcd"), Station("scanner.@4", data=b"efgh")]
    >>> directory = Directory(zone="hall.local", stations=stations)
    >>> directory.count, [station.owner for station in directory.stations]
    (2, ['printer.hall.local', 'scanner.hall.local'])
    >>> from dissect.declare import compressed
    >>> compressed(Directory(zone="hall.local", stations=[Station("scanner.hall.local")])).stations
    (Station('scanner.@4'),)
    >>> bytes(directory)[:16]
    b'\\x00\\x00\\x00\\x02\\x04hall\\x05local\\x00'
    """

    transaction: int = u16("transaction", base=16, title="Transaction")
    is_response: bool = flag("response", title="Response")
    is_truncated: bool = flag("truncated", title="Truncated")
    reserved: int = bits(6, "reserved", title="Reserved")
    count: int = u8("count", title="Count")
    zone: str = domain_name("zone", title="Zone")
    stations: Any = records("station", of=Station, count="count", title="Stations")

    def info(self) -> str:
        """Return what is asked, or how many stations there are."""
        return f"{self.count} stations of {self.zone}" if self.is_response else f"Who is in {self.zone}?"
