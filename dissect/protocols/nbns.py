"""The NetBIOS name service: hosts of a network that ask for, register and release names (RFC 1002, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Code,
    Coding,
    Entry,
    Header,
    LengthBehind,
    Octets,
    RecordList,
    Variant,
    bits,
    code,
    flag,
    ipv4,
    listing,
    mac,
    octets,
    overlay,
    records,
    u8,
    u16,
    u32,
)
from dissect.protocols.netbios_names import NetBIOSName
from dissect.protocols.udp import UDP

__all__ = [
    "NBNS",
    "NBNSOpcode",
    "NBNSResponseCode",
    "NBNSType",
    "NameQuestion",
    "NetBIOSAddress",
    "NetBIOSAddressRecord",
    "NetBIOSRecord",
    "NetBIOSStatusName",
    "NetBIOSStatusRecord",
    "OtherNetBIOSRecord",
]

PORT = 137


class NBNSType(Code):
    """What a record tells of a name, or a question asks for."""

    A = 1, "A"
    NS = 2, "NS"
    NULL = 10, "NULL"
    NB = 32, "NB"
    NBSTAT = 33, "NBSTAT"


class NBNSOpcode(Code):
    """What a message is for."""

    QUERY = 0, "Name query"
    REGISTRATION = 5, "Registration"
    RELEASE = 6, "Release"
    WACK = 7, "Wait for acknowledgment"
    REFRESH = 8, "Refresh"
    REFRESH_ALTERNATE = 9, "Refresh (alternate opcode)"
    MULTI_HOMED = 15, "Multi-homed registration"


class NBNSResponseCode(Code):
    """How an answer turned out."""

    NO_ERROR = 0, "No error"
    FORMAT_ERROR = 1, "Request was invalidly formatted"
    SERVER_FAILURE = 2, "Server failure"
    NO_SUCH_NAME = 3, "Requested name does not exist"
    NOT_IMPLEMENTED = 4, "Request is not implemented"
    REFUSED = 5, "Request was refused"
    ACTIVE = 6, "Name is owned by another node"
    CONFLICT = 7, "Name is in conflict"


class NameQuestion(Entry, name="nbns", title="Question", source="RFC 1002, section 4.2.1.2"):
    """What is asked for: whose a name is, or in what state a host's names are."""

    domain: str = listing(NetBIOSName(), "name", default="<00>", length="", kw_only=False, title="Name")
    type: Coding[NBNSType] = code(16, NBNSType, "type", default=NBNSType.NB, kw_only=False, title="Type")
    record_class: int = u16("class", default=1, title="Class")


class NetBIOSRecord(Entry, name="nbns", source="RFC 1002, section 4.2.1.3", family=True):
    """What a name has, and for how many seconds that may be remembered."""

    owner: str = listing(NetBIOSName(), "name", default="<00>", length="", kw_only=False, title="Name")
    type: Coding[NBNSType] = code(16, NBNSType, "type", factory=Variant(), title="Type")
    record_class: int = u16("class", default=1, title="Class")
    ttl: int = u32("ttl", default=0, title="Time to live", doc="In seconds")
    length: int = u16("data_length", factory=LengthBehind(), title="Data length", doc="In bytes")


class OtherNetBIOSRecord(NetBIOSRecord, unknown=True, title="Resource record"):
    """A record of a type without a class here."""

    data: bytes = octets("data", default=b"", length="rest", kind=Octets("<MISSING>"), kw_only=False, title="Data")


class NetBIOSAddress(Entry, name="nbns", title="Address", source="RFC 1002, section 4.2.13"):
    """An address of a host that has the name; `node` is how it finds names: 0 by broadcasts, 1 by a server, 2 both."""

    group: bool = flag("nb_flags.group", default=False, title="Name type")
    node: int = bits(2, "nb_flags.ont", default=0, size=16, title="ONT")
    reserved: int = bits(13, "", default=0, title="Reserved")
    flags: int = overlay(16, "nb_flags", default=AUTOMATIC, over="group", base=16, title="Name flags")
    address: Address = ipv4("addr", default="0.0.0.0", kw_only=False, title="Addr")


class NetBIOSAddressRecord(NetBIOSRecord, variant=NBNSType.NB, title="NB", source="RFC 1002, section 4.2.13"):
    """The addresses of a name.

    >>> record = NetBIOSAddressRecord("FRED<20>", ["192.0.2.1"], ttl=300)
    >>> record.addresses, len(bytes(record))
    ((NetBIOSAddress('192.0.2.1'),), 50)
    """

    addresses: Any = listing(
        RecordList(NetBIOSAddress, clipped=True), "", default=(), length="rest", kw_only=False, title="Addresses"
    )


class NetBIOSStatusName(Entry, name="nbns", title="Name", source="RFC 1002, section 4.2.18"):
    """A name of a host, and in what state it is; the sixteenth byte says what the name is for."""

    octets: bytes = octets("", size=16, default=bytes(16), kw_only=False, title="Name")
    group: bool = flag("name_flags.group", default=False, title="Name type")
    node: int = bits(2, "name_flags.ont", default=0, size=16, title="ONT")
    deregistering: bool = flag("name_flags.drg", default=False, title="Name is being deregistered")
    conflicting: bool = flag("name_flags.cnf", default=False, title="Name is in conflict")
    active: bool = flag("name_flags.act", default=True, title="Name is active")
    permanent: bool = flag("name_flags.prm", default=False, title="Permanent node name")
    reserved: int = bits(9, "", default=0, title="Reserved")
    flags: int = overlay(16, "name_flags", default=AUTOMATIC, over="group", base=16, title="Name flags")


class NetBIOSStatusRecord(NetBIOSRecord, variant=NBNSType.NBSTAT, title="NBSTAT", source="RFC 1002, section 4.2.18"):
    """The names of a host, and what its adapter counted."""

    count: int = u8("number_of_names", default=0, title="Number of names")
    names: Any = listing(
        RecordList(NetBIOSStatusName, "count"), "", default=(), length="", kw_only=False, title="Names"
    )
    unit: Address = mac("unit_id", default="00:00:00:00:00:00", title="Unit ID")
    jumpers: int = u8("jumpers", default=0, base=16, title="Jumpers")
    test_result: int = u8("test_result", default=0, base=16, title="Test result")
    version: int = u16("version_number", default=0, base=16, title="Version number")
    period: int = u16("period_of_statistics", default=0, base=16, title="Period of statistics")
    crc_errors: int = u16("num_crcs", default=0, title="Number of CRCs")
    alignment_errors: int = u16("num_alignment_errors", default=0, title="Number of alignment errors")
    collisions: int = u16("num_collisions", default=0, title="Number of collisions")
    aborts: int = u16("num_send_aborts", default=0, title="Number of send aborts")
    sent: int = u32("num_good_sends", default=0, title="Number of good sends")
    received: int = u32("num_good_receives", default=0, title="Number of good receives")
    retransmissions: int = u16("numretransmits", default=0, title="Number of retransmits")
    shortages: int = u16("num_no_resource_conditions", default=0, title="Number of no resource conditions")
    # From here on the names in filters are Wireshark's, which passes over two of the numbers.
    free_blocks: int = u16("numcommand_blocks", default=0, title="Free command blocks")
    blocks: int = u16("numpending_sessions", default=0, title="Total command blocks")
    most_blocks: int = u16("max_num_pending_sessions", default=0, title="Max total command blocks")
    pending: int = u16("max_total_sessions_possible", default=0, title="Pending sessions")
    most_pending: int = u16("session_data_packet_size", default=0, title="Max pending sessions")
    most_sessions: int = u16("", default=0, title="Max total sessions possible")
    packet_size: int = u16("", default=0, title="Session data packet size")


def _section(title: str, count: str) -> Any:
    return records("", of=NetBIOSRecord, count=count, clipped=True, title=title)


class NBNS(
    Header,
    name="nbns",
    title="NetBIOS Name Service",
    source="RFC 1002, section 4.2.1",
    over={UDP: PORT},
    leaf=True,
):
    """A question about a name, a wish to have or to leave one, or the answer.

    >>> NBNS(broadcast=True, questions=[NameQuestion("FRED<20>")]).info()
    'Name query FRED<20>'
    """

    id: int = u16(
        "id",
        default=0,
        base=16,
        varies="transaction-ids",
        title="Transaction ID",
        doc="The same in question and answer",
    )
    is_response: bool = flag("flags.response", default=False, title="Response")
    opcode: Coding[NBNSOpcode] = code(4, NBNSOpcode, "flags.opcode", default=NBNSOpcode.QUERY, size=16, title="Opcode")
    authoritative: bool = flag("flags.authoritative", default=False, title="Authoritative")
    truncated: bool = flag("flags.truncated", default=False, title="Truncated")
    recursion_desired: bool = flag("flags.recdesired", default=True, title="Recursion desired")
    recursion_available: bool = flag("flags.recavail", default=False, title="Recursion available")
    reserved: int = bits(2, "", default=0, title="Reserved")
    broadcast: bool = flag("flags.broadcast", default=False, title="Broadcast")
    response_code: Coding[NBNSResponseCode] = code(
        4, NBNSResponseCode, "flags.rcode", default=NBNSResponseCode.NO_ERROR, size=16, title="Reply code"
    )
    flags: int = overlay(16, "flags", default=AUTOMATIC, over="is_response", base=16, title="Flags")
    question_count: int = u16("count.queries", default=0, title="Questions")
    answer_count: int = u16("count.answers", default=0, title="Answer RRs")
    authority_count: int = u16("count.auth_rr", default=0, title="Authority RRs")
    additional_count: int = u16("count.add_rr", default=0, title="Additional RRs")
    questions: Any = records("", default=(), of=NameQuestion, count="question_count", clipped=True, title="Queries")
    answers: Any = _section("Answers", "answer_count")
    authorities: Any = _section("Authoritative nameservers", "authority_count")
    additionals: Any = _section("Additional records", "additional_count")
    rest: bytes = octets("", default=b"", length="rest", title="Rest")

    def tells_names(self) -> Iterator[tuple[str, str]]:
        """Yield the addresses that answers give to names."""
        if self.is_cut or not self.is_response:
            return
        for record in self.answers:
            if isinstance(record, NetBIOSAddressRecord) and record.is_filled():
                yield from ((each.address, record.owner) for each in record.addresses if each.is_filled())

    def info(self) -> str:
        """Return what the message is for, and the names that it is about."""
        names = [each.domain for each in self.questions if each.is_filled()]
        names += [] if names else [each.owner for each in self.answers if each.is_filled()]
        return " ".join([str(self.opcode), *(["response"] if self.is_response else []), *names])
