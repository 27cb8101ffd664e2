"""The data of a resource record, and the record that a message gives back."""

from __future__ import annotations

from dissect import DNS
from dissect.protocols.dns_records import ResourceRecord

__all__ = ["holds"]


def holds(record: ResourceRecord, data: str) -> None:
    """Hold a record of the owner "a" against its head (RFC 1035, section 4.1.3) and its data in hexadecimal digits."""
    raw = bytes.fromhex(data)
    built = bytes(record)
    assert record.owner == "a"
    head = b"\x01a\x00" + int(record.type).to_bytes(2, "big") + built[5:11] + len(raw).to_bytes(2, "big")
    assert built.hex(" ") == (head + raw).hex(" ")
    message = bytes(DNS(is_response=True, answers=[record]))
    (found,) = DNS.decode(message, 0, len(message), 0).answers
    assert type(found) is type(record)
    assert found == record
