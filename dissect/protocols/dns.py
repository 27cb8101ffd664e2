"""The Domain Name System: questions about names, and the records that answer them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Coding,
    Entry,
    Guess,
    Header,
    IPv6Address,
    LengthField,
    Problem,
    TotalLength,
    code,
    domain_name,
    flag,
    octets,
    overlay,
    records,
    u16,
)
from dissect.protocols import (  # noqa: F401 - what a record holds is declared there
    dns_old_records,
    dns_options,
    dns_security_records,
    dns_service_records,
)
from dissect.protocols.dns_records import AAAARecord, ARecord, PTRRecord, ResourceRecord
from dissect.protocols.dns_types import DNSOpcode, DNSResponseCode, RecordClass, RecordType
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["DNS", "DNSLength", "Question"]

PORT = 53
# Wireshark takes such messages for DNS on any port: the operation is a plain query's, and the counts are small.
_QUERY = Guess(
    places={4: (0,), 5: (1,), 2: range(0x08), 6: (0,), 7: (0,), 8: (0,), 9: (0,), 10: (0,), 11: range(11)},
    least=13,
)
_RESPONSE = Guess(
    places={
        4: (0,), 5: (0, 1), 2: range(0x80, 0x88), 6: (0,), 7: range(101), 8: (0,), 9: range(11), 10: (0,), 11: range(11)
    },
    least=13,
)  # fmt: skip


class Question(Entry, name="dns", title="Question", source="RFC 1035, section 4.1.2"):
    """What is asked for: the records of one type that a name has.

    In multicast DNS the upper bit of the class asks for an answer to the asker alone (RFC 6762, section 5.4).

    >>> Question("example.com"), Question("example.com", "MX").type
    (Question('example.com'), <RecordType.MX: 15>)
    """

    domain: str = domain_name("qry.name", default=".", kw_only=False, title="Name")
    type: Coding[RecordType] = code(16, RecordType, "qry.type", default=RecordType.A, kw_only=False, title="Type")
    record_class: Coding[RecordClass] = code(
        16, RecordClass, "qry.class", default=RecordClass.IN, base=16, title="Class"
    )
    wants_unicast: bool = overlay(1, "qry.qu", default=AUTOMATIC, over="record_class", title='"QU" question')


def _reversed(name: str) -> str:
    """Return the address that a name stands for whose labels are its parts, the last one first; "" for other names."""
    labels = name.lower().split(".")
    parts = labels[-3::-1]
    if labels[-2:] == ["in-addr", "arpa"] and len(parts) == 4 and all(part.isdigit() for part in parts):
        return ".".join(parts) if all(int(part) < 256 for part in parts) else ""
    if labels[-2:] == ["ip6", "arpa"] and len(parts) == 32:
        try:
            return str(IPv6Address.load(bytes.fromhex("".join(parts))))
        except ValueError:
            return ""
    return ""


def _section(title: str, count: str) -> Any:
    return records("", of=ResourceRecord, count=count, clipped=True, title=title)


class DNS(
    Header,
    name="dns",
    title="Domain Name System",
    source="RFC 1035, section 4",
    over={UDP: (PORT, _QUERY, _RESPONSE)},
    leaf=True,
):
    """A question, or the answer to one; an update has a zone, conditions and changes in their places (RFC 2136).

    >>> from dissect.protocols.dns_records import ARecord
    >>> query = DNS(id=7, questions=[Question("example.com")])
    >>> answer = DNS(id=7, is_response=True, questions=query.questions, answers=[ARecord("example.com", "192.0.2.1")])
    >>> answer.answer_count, answer.info()
    (1, 'response, A example.com: A 192.0.2.1')
    >>> from dissect.declare import compressed
    >>> len(bytes(answer)), len(bytes(compressed(answer)))
    (56, 45)
    """

    id: int = u16(
        "id",
        default=0,
        base=16,
        varies="transaction-ids",
        title="Transaction ID",
        doc="The same in question and answer",
    )
    is_response: bool = flag("flags.response", default=False, title="Response", doc="Whether it answers a query (QR)")
    opcode: Coding[DNSOpcode] = code(4, DNSOpcode, "flags.opcode", default=DNSOpcode.QUERY, size=16, title="Opcode")
    authoritative: bool = flag(
        "flags.authoritative", default=False, title="Authoritative", doc="The zone is the server's own (AA)"
    )
    truncated: bool = flag("flags.truncated", default=False, title="Truncated", doc="More did not fit (TC)")
    recursion_desired: bool = flag("flags.recdesired", default=True, title="Recursion desired")
    recursion_available: bool = flag("flags.recavail", default=False, title="Recursion available")
    reserved: bool = flag("flags.z", default=False, title="Z")
    authenticated: bool = flag(
        "flags.authenticated", default=False, title="Answer authenticated", doc="By the server (AD)"
    )
    checking_disabled: bool = flag("flags.checkdisable", default=False, title="Non-authenticated data")
    response_code: Coding[DNSResponseCode] = code(
        4, DNSResponseCode, "flags.rcode", default=DNSResponseCode.NO_ERROR, size=16, title="Reply code"
    )
    flags: int = overlay(16, "flags", default=AUTOMATIC, over="is_response", base=16, title="Flags")
    question_count: int = u16("count.queries", default=0, title="Questions", doc="How many (QDCOUNT)")
    answer_count: int = u16("count.answers", default=0, title="Answer RRs", doc="How many (ANCOUNT)")
    authority_count: int = u16("count.auth_rr", default=0, title="Authority RRs", doc="How many (NSCOUNT)")
    additional_count: int = u16("count.add_rr", default=0, title="Additional RRs", doc="How many (ARCOUNT)")
    questions: Any = records("", default=(), of=Question, count="question_count", clipped=True, title="Queries")
    answers: Any = _section("Answers", "answer_count")
    authorities: Any = _section("Authoritative nameservers", "authority_count")
    additionals: Any = _section("Additional records", "additional_count")
    rest: bytes = octets("extraneous.data", default=b"", length="rest", title="Extraneous Data Bytes")

    def check(self) -> Iterator[Problem]:
        """Yield what stands behind the records, for nothing should (RFC 1035, section 4.1)."""
        if self.rest and not self.is_cut:
            yield self.problem("rest", "stands behind the last record", severity="warning")

    def tells_names(self) -> Iterator[tuple[str, str]]:
        """Yield what answers tell: the addresses of a name, and the name of an address (RFC 1035, section 3.5)."""
        if self.is_cut or not self.is_response:
            return
        for record in (*self.answers, *self.authorities, *self.additionals):
            if not record.is_filled():
                continue
            if isinstance(record, (ARecord, AAAARecord)):
                yield record.address, record.owner
            elif isinstance(record, PTRRecord):
                address = _reversed(record.owner)
                if address:
                    yield address, record.target

    def info(self) -> str:
        """Return what is asked for, and what the answers say."""
        kind = "response" if self.is_response else "query"
        if self.opcode != DNSOpcode.QUERY:
            kind = f"{self.opcode}, {kind}"
        asked = ", ".join(f"{each.type} {each.domain}" for each in self.questions if each.is_filled())
        found = ", ".join(each.summary() for each in self.answers)
        failed = f": {self.response_code}" if self.response_code else ""
        return f"{kind}{f', {asked}' if asked else ''}{f': {found}' if found else failed}"


class DNSLength(
    Header,
    form_of=DNS,
    title="Domain Name System",
    source="RFC 1035, section 4.2.2",
    over={TCP: PORT},
    framing=LengthField(2, added=2),
    carries=DNS,
):
    """The length of a message in front of it, where it is sent over a stream.

    >>> segment = TCP(sport=40000) / DNSLength() / DNS(questions=[Question("example.com")])
    >>> segment.dport, segment[DNSLength].length
    (53, 29)
    """

    length: int = u16("length", factory=TotalLength(with_header=False), title="Length", doc="Of the message, in bytes")

    def info(self) -> str:
        """Return nothing: the message says what there is to tell."""
        return ""
