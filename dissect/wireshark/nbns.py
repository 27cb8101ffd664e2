"""The NetBIOS name service as Wireshark sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dissect.declaration.fields import Field
from dissect.protocols.nbns import (
    NBNS,
    NameQuestion,
    NBNSOpcode,
    NBNSType,
    NetBIOSAddress,
    NetBIOSAddressRecord,
    NetBIOSRecord,
    NetBIOSStatusName,
    NetBIOSStatusRecord,
)
from dissect.protocols.netbios_names import netbios_text
from dissect.wireshark.dns_messages import Reading, name_in, read_sections, with_readable_names
from dissect.wireshark.field_types import STRING
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed

__all__ = ["NBNSSight"]

_FLAGS = 4
"""The bytes up to the flags, without which nothing is seen."""
_ADDRESS = 6
"""The bytes of an address with its flags."""


_SUFFIX = re.compile(r"<([0-9a-f]{2})>(?:\.|\Z)")
_SERVICES = {
    0x00: "Workstation/Redirector",
    0x01: "Browser",
    0x02: "Workstation/Redirector",
    0x03: "Messenger service/Main name",
    0x05: "Forwarded name",
    0x06: "RAS Server service",
    0x1B: "Domain Master Browser",
    0x1C: "Domain Controllers",
    0x1D: "Local Master Browser",
    0x1E: "Browser Election Service",
    0x1F: "Net DDE Service",
    0x20: "Server service",
    0x21: "RAS client service",
    0x22: "Exchange Interchange (MSMail Connector)",
    0x23: "Exchange Store",
    0x24: "Exchange Directory",
    0x2B: "Lotus Notes Server service",
    0x30: "Modem sharing server service",
    0x31: "Modem sharing client service",
    0x43: "SMS Clients Remote Control",
    0x44: "SMS Administrators Remote Control Tool",
    0x45: "SMS Clients Remote Chat",
    0x46: "SMS Clients Remote Transfer",
    0x4C: "DEC Pathworks TCP/IP Service on Windows NT",
    0x52: "DEC Pathworks TCP/IP Service on Windows NT",
    0x6A: "Microsoft Exchange IMC",
    0x87: "Microsoft Exchange MTA",
    0xBE: "Network Monitor Agent",
    0xBF: "Network Monitor Analyzer",
}
"""What Wireshark says that the last byte of a name stands for."""


def _type_name(number: int) -> str:
    return {32: "NB", 33: "NBSTAT"}.get(number, "Unknown")


class NameQuestionSight(Sight, of=NameQuestion):
    """A type and a name."""

    def reading(self, question: NameQuestion) -> Reading:
        """Return the question as it is read, and whether reading it fails."""
        seen = with_readable_names(question)
        is_whole = seen is question and question.has("record_class")
        return Reading(question if is_whole else None, not is_whole)

    def words(self, question: NameQuestion) -> Iterator[str]:
        """Yield type and name."""
        yield _type_name(question.raw("type"))
        yield name_in(question, "domain")


class NetBIOSRecordSight(Sight, of=NetBIOSRecord):
    """A record whose bytes are all there, or nothing; of one of addresses, what the name is for is told as well."""

    hides = {"owner": lambda record: record.raw("type") == NBNSType.NB}

    @computed("name", STRING, over="owner", title="Name")
    def meant_name(self, record: Any) -> str | None:
        """The name, and what its last byte says."""
        if record.raw("type") != NBNSType.NB:
            return None
        name = name_in(record, "owner")
        found = _SUFFIX.search(name)
        return name if found is None else f"{name} ({_SERVICES.get(int(found[1], 16), 'Unknown')})"

    def reading(self, record: Any) -> Reading:
        """Return the record as it is read, and whether reading it fails."""
        seen = with_readable_names(record)
        if not seen.has("length") or record.is_cut:
            return Reading(None, True)
        return Reading(record, not record.is_whole())

    def words(self, record: Any) -> Iterator[str]:
        """Yield the type, for the answers alone."""
        yield _type_name(record.raw("type"))


class AddressRecordSight(NetBIOSRecordSight, of=NetBIOSAddressRecord):
    """The addresses; an answer that asks to wait has the flags of the question."""

    def reading(self, record: Any) -> Reading:
        """Return the record as it is read; a wrong length ends it."""
        found = super().reading(record)
        if found.record is None or getattr(record.holder, "opcode", 0) == NBNSOpcode.WACK:
            return found
        return Reading(None, True) if record.raw("length") % _ADDRESS else found

    def words(self, record: Any) -> Iterator[str]:
        """Yield the type and the first address; nothing where there is none."""
        if record.raw("length") >= _ADDRESS:
            yield "NB"
            yield record.addresses[0].address


class AddressSight(Sight, of=NetBIOSAddress):
    """Flags and an address, both or neither."""

    hides = dict.fromkeys(("group", "node", "flags"), lambda entry: not entry.has("address"))


class StatusRecordSight(NetBIOSRecordSight, of=NetBIOSStatusRecord):
    """The names and what was counted."""


class StatusNameSight(Sight, of=NetBIOSStatusName):
    """The name as text."""

    hides = {"octets": lambda entry: True}

    @computed("netbios_name", STRING, over="octets", title="Name")
    def name_text(self, entry: NetBIOSStatusName) -> str:
        """The name, its last byte in brackets."""
        return netbios_text(entry.octets)[:-4]


def _is_question(message: Any) -> bool:
    return not message.is_response


class NBNSSight(Sight, of=NBNS):
    """The flags that mean something, and the sections up to where reading fails."""

    truths = {
        "nbns.flags.authoritative": ("Server is an authority for domain", "Server is not an authority for domain"),
        "nbns.flags.broadcast": ("Broadcast packet", "Not a broadcast packet"),
        "nbns.flags.recavail": ("Server can do recursive queries", "Server can't do recursive queries"),
        "nbns.flags.recdesired": ("Do query recursively", "Don't do query recursively"),
        "nbns.flags.response": ("Message is a response", "Message is a query"),
        "nbns.flags.truncated": ("Message is truncated", "Message is not truncated"),
        "nbns.name_flags.": ("Yes", "No"),
        "nbns.name_flags.group": ("Group name", "Unique name"),
        "nbns.nb_flags.group": ("Group name", "Unique name"),
    }

    reads = (Needs(_FLAGS),)
    hides = {
        "authoritative": _is_question,
        "recursion_available": _is_question,
        "response_code": _is_question,
    }

    def entries(self, message: Any, field: Field, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the records of a section as they are read."""
        return read_sections(message).sections.get(field.name, ())

    def stops_short(self, message: Any) -> bool:
        """Whether reading fails somewhere."""
        return message.is_cut or read_sections(message).fails

    def words(self, message: NBNS) -> Iterator[str]:
        """Yield what the message is for, what is asked for and what is answered."""
        if message.own_size < _FLAGS:
            return
        opcode = message.opcode
        kind = opcode.title if opcode.known else f"Unknown operation ({int(opcode)})"
        failed = ""
        if message.is_response and message.response_code:
            code = message.response_code
            failed = f", {code.title if code.known else 'Unknown error'}"
        yield f"{kind}{' response' if message.is_response else ''}{failed}"
        sections = read_sections(message).sections
        for section in ("questions", "answers"):
            for entry in sections.get(section, ()):
                yield from sight_of(entry).words(entry)
