"""DNS as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.fields import Field
from dissect.protocols.dns import DNS, DNSLength, Question
from dissect.protocols.dns_types import DNSOpcode
from dissect.wireshark.dns_messages import Reading, name_in, read_sections, with_readable_names
from dissect.wireshark.dns_names import length_of_name
from dissect.wireshark.dns_records import class_name, is_multicast, type_name
from dissect.wireshark.field_types import BOOLEAN, FRAMENUM, INT32, RELATIVE_TIME, UINT16, FieldType
from dissect.wireshark.notices import PROTOCOL, UNDECODED
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["DNSLengthSight", "DNSSight", "QuestionSight"]


class QuestionSight(Sight, of=Question):
    """A name in full, how long it is, and how many labels it has."""

    order = ("qry.name", "qry.name.len", "count.labels")
    hides = {
        "wants_unicast": lambda question: not is_multicast(question),
        "record_class": is_multicast,
    }

    @computed("qry.name.len", UINT16, over="domain", title="Name Length")
    def name_length(self, question: Question) -> int:
        """How many characters the name has."""
        return length_of_name(question.message or bytes(question), question.place_in_message)

    @computed("count.labels", UINT16, over="domain", title="Label Count")
    def label_count(self, question: Question) -> int:
        """How many labels the name has, as dots tell."""
        return name_in(question, "domain").count(".") + 1

    @computed("qry.class", UINT16, over="record_class", base=16, title="Class")
    def network_class(self, question: Question) -> int | None:
        """In multicast DNS, the class without its upper bit."""
        return question.raw("record_class") & 0x7FFF if is_multicast(question) else None

    def entry_line(self, entry: Any) -> str:
        """Return name, type and class."""
        if entry.is_cut or not entry.has("record_class"):
            return super().entry_line(entry)
        name = name_in(entry, "domain") or "<Root>"
        return f"{name}: type {type_name(entry.raw('type'))}, class {class_name(entry.raw('record_class'))}"

    def reading(self, question: Question) -> Reading:
        """Return the question as it is read, and whether reading it fails."""
        seen = with_readable_names(question)
        is_whole = seen is question and question.has("record_class")
        return Reading(question if is_whole else None, not is_whole)

    def words(self, question: Question) -> Iterator[str]:
        """Yield the type and the name, and in multicast DNS who is to be answered."""
        yield type_name(question.raw("type"))
        yield name_in(question, "domain") + (
            f', "Q{"U" if question.wants_unicast else "M"}" question' if is_multicast(question) else ""
        )


def _is_question(message: DNS) -> bool:
    return not message.is_response


def _is_update(message: DNS) -> bool:
    return bool(message.opcode == DNSOpcode.UPDATE)


_TYPES = {
    "Unused": 0,
    "A (Host Address)": 1,
    "NS (authoritative Name Server)": 2,
    "MD (Mail Destination)": 3,
    "MF (Mail Forwarder)": 4,
    "CNAME (Canonical NAME for an alias)": 5,
    "SOA (Start Of a zone of Authority)": 6,
    "MB (MailBox domain name)": 7,
    "MG (Mail Group member)": 8,
    "MR (Mail Rename domain)": 9,
    "NULL RR": 10,
    "WKS (Well Known Service)": 11,
    "PTR (domain name PoinTeR)": 12,
    "HINFO (host information)": 13,
    "MINFO (Mailbox or mail list information)": 14,
    "MX (Mail eXchange)": 15,
    "TXT (Text strings)": 16,
    "RP (Responsible Person)": 17,
    "AFSDB (AFS Data Base location)": 18,
    "X25 (XX.25 PSDN address)": 19,
    "ISDN (ISDN address)": 20,
    "RT (Route Through)": 21,
    "NSAP (NSAP address)": 22,
    "NSAP-PTR (NSAP domain name pointer)": 23,
    "SIG (security signature)": 24,
    "KEY (security key)": 25,
    "PX (X.400 mail mapping information)": 26,
    "GPOS (Geographical Position)": 27,
    "AAAA (IPv6 Address)": 28,
    "LOC (Location Information)": 29,
    "NXT (Next Domain)": 30,
    "EID (Endpoint Identifier)": 31,
    "NIMLOC (Nimrod Locator)": 32,
    "SRV (Server Selection)": 33,
    "ATMA (ATM Address)": 34,
    "NAPTR (Naming Authority Pointer)": 35,
    "KX (Key Exchanger)": 36,
    "CERT": 37,
    "A6 (OBSOLETE - use AAAA)": 38,
    "DNAME": 39,
    "SINK": 40,
    "OPT": 41,
    "APL": 42,
    "DS (Delegation Signer)": 43,
    "SSHFP (SSH Key Fingerprint)": 44,
    "IPSECKEY": 45,
    "RRSIG (Resource Record Signature)": 46,
    "NSEC (Next Secure)": 47,
    "DNSKEY (DNS Public Key)": 48,
    "DHCID": 49,
    "NSEC3": 50,
    "NSEC3PARAM": 51,
    "TLSA": 52,
    "HIP (Host Identity Protocol)": 55,
    "RKEY": 57,
    "TALINK (Trust Anchor LINK)": 58,
    "CDS (Child DS)": 59,
    "CDNSKEY (DNSKEY(s) the Child wants reflected in DS)": 60,
    "OPENPGPKEY (OpenPGP Key)": 61,
    "CSYNC (Child-to-Parent Synchronization)": 62,
    "ZONEMD": 63,
    "SVCB (General Purpose Service Endpoints)": 64,
    "HTTPS (HTTPS Specific Service Endpoints)": 65,
    "SPF": 99,
    "UINFO": 100,
    "UID": 101,
    "GID": 102,
    "UNSPEC": 103,
    "NID (NodeID)": 104,
    "L32 (Locator32)": 105,
    "L64 (Locator64)": 106,
    "LP (Locator FQDN)": 107,
    "EUI48": 108,
    "EUI64": 109,
    "TKEY (Transaction Key)": 249,
    "TSIG (Transaction Signature)": 250,
    "IXFR (incremental transfer)": 251,
    "AXFR (transfer of an entire zone)": 252,
    "MAILB (mailbox-related RRs)": 253,
    "MAILA (mail agent RRs)": 254,
    "* (A request for all records the server/cache has available)": 255,
    "URI": 256,
    "CAA (Certification Authority Restriction)": 257,
    "TA (DNSSEC Trust Authorities)": 32768,
    "DLV (DNSSEC Lookaside Validation)": 32769,
    "WINS": 65281,
    "WINS-R": 65282,
    "XPF": 65422,
}
"""What Wireshark calls the types of records in full."""
_FLAGS = 4
"""The bytes up to the flags, without which nothing is seen."""


def _known(message: Any, fact: str) -> Any:
    """Return what other frames tell of a message that is read to its end."""
    return None if read_sections(message).fails else message.learnt(fact)


def _learnt(label: str, kind: FieldType, title: str, fact: str) -> Any:
    """Declare a field that other frames tell of a message that is read to its end."""

    def value(sight: Any, message: Any) -> Any:
        return _known(message, fact)

    value.__doc__ = title
    return computed(label, kind, is_learnt=True, title=title)(value)


class DNSSight(Sight, of=DNS):
    """The flags that mean something, and the sections up to where reading fails; an update's have other names."""

    sections = frozenset({"questions", "answers", "authorities", "additionals"})
    truths = {
        "dns.apl.negation": ("Yes (!)", "No (0)"),
        "dns.caa.flags.issuer_critical": ("Critical", "Not critical"),
        "dns.dnskey.flags.": ("Yes", "No"),
        "dns.dnskey.flags.zone_key": ("This is the zone key for specified zone", "This it not a zone key"),
        "dns.flags.authenticated": ("Set", "Not set"),
        "dns.flags.authoritative": ("Server is an authority for domain", "Server is not an authority for domain"),
        "dns.flags.checkdisable": ("Acceptable", "Unacceptable"),
        "dns.flags.conflict": ("The name is not considered unique", "The name is considered unique"),
        "dns.flags.recavail": ("Server can do recursive queries", "Server can't do recursive queries"),
        "dns.flags.recdesired": ("Do query recursively", "Don't do query recursively"),
        "dns.flags.response": ("Message is a response", "Message is a query"),
        "dns.flags.tentative": ("Tentative", "Not tentative"),
        "dns.flags.truncated": ("Message is truncated", "Message is not truncated"),
        "dns.flags.z": ("reserved - incorrect!", "reserved (0)"),
        "dns.key.flags.associated_": ("Yes", "No"),
        "dns.key.flags.authentication": ("Not Allowed", "Allowed"),
        "dns.key.flags.confidentiality": ("Not Allowed", "Allowed"),
        "dns.key.flags.ipsec": ("Valid", "Invalid"),
        "dns.key.flags.mime": ("Valid", "Invalid"),
        "dns.key.flags.required": ("Experimental or optional", "Required"),
        "dns.nsec3.flags.opt_out": (
            "Additional insecure delegations allowed",
            "Additional insecure delegations forbidden",
        ),
        "dns.resp.z.do": ("Accepts DNSSEC security RRs", "Cannot handle DNSSEC security RRs"),
    }

    called = "DNS"
    reads = (Needs(_FLAGS),)
    values = dict.fromkeys(("dns.qry.type", "dns.resp.type", "dns.rrsig.type_covered"), _TYPES)
    hides = {
        "authoritative": _is_question,
        "recursion_available": _is_question,
        "authenticated": lambda message: _is_question(message) and not message.authenticated,
        "response_code": _is_question,
        "question_count": _is_update,
        "answer_count": _is_update,
        "authority_count": _is_update,
        "rest": lambda message: read_sections(message).fails,
    }

    @computed("flags.conflict", BOOLEAN, over="authoritative", title="Conflict")
    def llmnr_conflict(self, message: DNS) -> int | None:
        """In LLMNR, whether somebody else has the name, too."""
        return int(message.authoritative) if message.name == "llmnr" else None

    @computed("flags.tentative", BOOLEAN, over="recursion_desired", title="Tentative")
    def llmnr_tentative(self, message: DNS) -> int | None:
        """In LLMNR, whether it is not yet certain that the name is nobody else's."""
        return int(message.recursion_desired) if message.name == "llmnr" else None

    @computed("count.zones", UINT16, over="question_count", title="Zones")
    def zone_count(self, message: DNS) -> int | None:
        """The zones that an update is about."""
        return message.question_count if _is_update(message) else None

    @computed("count.prerequisites", UINT16, over="answer_count", title="Prerequisites")
    def condition_count(self, message: DNS) -> int | None:
        """The conditions of an update."""
        return message.answer_count if _is_update(message) else None

    @computed("count.updates", UINT16, over="authority_count", title="Updates")
    def change_count(self, message: DNS) -> int | None:
        """The changes of an update."""
        return message.authority_count if _is_update(message) else None

    @computed("extraneous.length", INT32, over="rest", title="Extraneous Data Length")
    def rest_length(self, message: DNS) -> int | None:
        """How many bytes stand behind the last record."""
        return len(message.rest) or None if not read_sections(message).fails else None

    @noted("extraneous", "Extraneous data", "Note", UNDECODED, about="rest")
    def extraneous(self, message: DNS) -> str | None:
        """Bytes stand behind the last record."""
        return "Extraneous data" if message.rest and not read_sections(message).fails else None

    answer_frame = _learnt("response_in", FRAMENUM, "Response In", "answer_frame")
    question_frame = _learnt("response_to", FRAMENUM, "Request In", "question_frame")
    original_question = _learnt(
        "retransmit_request_in",
        FRAMENUM,
        "Retransmitted request. Original request in",
        "original_question",
    )
    original_answer = _learnt(
        "retransmit_response_in",
        FRAMENUM,
        "Retransmitted response. Original response in",
        "original_answer",
    )
    retransmission = _learnt("retransmission", BOOLEAN, "Retransmission", "retransmission")
    response_time = _learnt("time", RELATIVE_TIME, "Time", "response_time")
    unsolicited = _learnt("unsolicited", BOOLEAN, "Unsolicited", "unsolicited")

    @noted("retransmit_request", "DNS query retransmission", "Warning", PROTOCOL, about="id", is_learnt=True)
    def question_again(self, message: DNS) -> str | None:
        """The question was asked before, a moment ago."""
        original = _known(message, "original_question")
        return None if original is None else f"DNS query retransmission. Original request in frame {original}"

    @noted("retransmit_response", "DNS response retransmission", "Warning", PROTOCOL, about="id", is_learnt=True)
    def answer_again(self, message: DNS) -> str | None:
        """The question was answered before."""
        original = _known(message, "original_answer")
        return None if original is None else f"DNS response retransmission. Original response in frame {original}"

    def entries(self, message: Any, field: Field, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the records of a section as they are read."""
        return read_sections(message).sections.get(field.name, ())

    def stops_short(self, message: Any) -> bool:
        """Whether reading fails somewhere."""
        return message.is_cut or read_sections(message).fails

    def protocol(self, message: Any) -> str:
        """Return what Wireshark calls the protocol."""
        return self.called

    def words(self, message: DNS) -> Iterator[str]:
        """Yield what the message is for, its number, what is asked for and what is answered."""
        if message.own_size < _FLAGS:
            return
        opcode = message.opcode
        kind = opcode.title if opcode.known else f"Unknown operation ({int(opcode)})"
        yield f"{kind}{' response' if message.is_response else ''} {message.id:#06x}"
        if message.is_response and message.response_code:
            code = message.response_code
            yield code.title if code.known else f"Unknown error ({int(code)})"
        for entries in read_sections(message).sections.values():
            for entry in entries:
                yield from sight_of(entry).words(entry)
        yield read_sections(message).told


class DNSLengthSight(Sight, of=DNSLength):
    """The length stands in one layer with the message."""

    called = "DNS"
    hides = {"length": lambda header: len(header.parts()[1]) < _FLAGS}

    def protocol(self, header: DNSLength) -> str:
        """Return nothing: the message has the column."""
        return ""

    def path(self, header: DNSLength) -> tuple[str, ...]:
        """Return nothing: the message has a place of its own."""
        return ()

    def shares(self, header: DNSLength) -> bool:
        """Whether the message is shown in one layer with its length."""
        return True
