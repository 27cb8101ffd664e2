"""What servers and clients of DNS do alike: read messages, write them within a limit, and send them over streams."""

from __future__ import annotations

from typing import Any, TypeVar

from dissect.declare import compressed
from dissect.errors import ConnectionFailedError
from dissect.lab.tcp.connection import TCPConnection
from dissect.protocols.dns import DNS, DNSLength, Question
from dissect.protocols.dns_options import OPTRecord
from dissect.protocols.dns_records import ResourceRecord

__all__ = [
    "PAYLOAD",
    "PLAIN_PAYLOAD",
    "PORT",
    "canonical",
    "of_message",
    "options_record",
    "read_from_stream",
    "read_message",
    "written",
    "written_out",
]

PORT = 53
PLAIN_PAYLOAD = 512
"""How many bytes a message over UDP has at most without EDNS (RFC 1035, section 4.2.1)."""
PAYLOAD = 1232
"""How many are offered and taken with EDNS: what gets through everywhere without fragments."""

_Record = TypeVar("_Record", bound=ResourceRecord)


def canonical(name: str) -> str:
    """Return a name as it is compared: in lower case, without the dot at the end; "" is the root.

    >>> canonical("WWW.Example.com."), canonical(".")
    ('www.example.com', '')
    """
    return name.lower().removesuffix(".")


def read_message(data: bytes) -> DNS | None:
    """Return a message; None where the header is cut or a record could not be read."""
    message: DNS = DNS.decode(data, 0, len(data), 0)
    if message.is_cut:
        return None
    sections = (message.questions, message.answers, message.authorities, message.additionals)
    counts = (message.question_count, message.answer_count, message.authority_count, message.additional_count)
    for records, count in zip(sections, counts, strict=True):
        if len(records) != count or not all(_is_whole(record) for record in records):
            return None
    return message


def _is_whole(record: Any) -> bool:
    return isinstance(record, (Question, ResourceRecord)) and record.is_filled()


def options_record(message: DNS) -> OPTRecord | None:
    """Return what a message says of EDNS; None where it says nothing."""
    return next((record for record in message.additionals if isinstance(record, OPTRecord)), None)


def of_message(record: _Record, **changes: Any) -> _Record:
    """Return a record of a message with its names written out, so that it may stand in another one."""
    given = {field.name: getattr(record, field.name) for field in type(record).layout if field.name != "length"}
    return type(record)(**(given | changes))


def written_out(records: Any) -> list[ResourceRecord]:
    """Return the records of a section, to stand in other messages."""
    return [of_message(record) for record in records if isinstance(record, ResourceRecord)]


def written(message: DNS, limit: int = 65535) -> bytes:
    """Return the bytes of a message, with pointers for names that repeat.

    One that is longer than `limit` loses its additional records but for EDNS', and then, truncated, all of its
    records, so that whoever asks comes back over TCP (RFC 2181, section 9).
    """
    data = bytes(compressed(message))
    if len(data) <= limit:
        return data
    options = options_record(message)
    kept = [] if options is None else [options]
    if not message.is_response:
        return data
    shorter = bytes(compressed(_with(message, additionals=kept)))
    if len(shorter) <= limit:
        return shorter
    return bytes(compressed(_with(message, answers=[], authorities=[], additionals=kept, truncated=True)))


def _with(message: DNS, **changes: Any) -> DNS:
    """Return a copy with other sections, and the counts that belong to these."""
    names = ("answers", "authorities", "additionals")
    counts = ("answer_count", "authority_count", "additional_count")
    told = {count: len(changes[name]) for name, count in zip(names, counts, strict=True) if name in changes}
    return message.replace(**changes, **told)


async def read_from_stream(connection: TCPConnection) -> bytes | None:
    """Return the next message of a connection; None where it ends (RFC 1035, section 4.2.2)."""
    try:
        head = await connection.read_exactly(2)
        length: DNSLength = DNSLength.decode(head, 0, len(head), 0)
        return await connection.read_exactly(length.length)
    except ConnectionFailedError:
        return None
