"""What Wireshark says of something that it finds remarkable: how bad it is, what it is about, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.named_tuples import NamedTuple

__all__ = [
    "CHECKSUM",
    "GROUPS",
    "MALFORMED",
    "PROTOCOL",
    "REASSEMBLE",
    "RESPONSE",
    "SECURITY",
    "SEQUENCE",
    "SEVERITIES",
    "UNDECODED",
    "Notice",
]

SEVERITIES = {
    "Comment": 0x00100000,
    "Chat": 0x00200000,
    "Note": 0x00400000,
    "Warning": 0x00600000,
    "Error": 0x00800000,
}
"""Wireshark 4.0's numbers for how bad it is, the least first."""
CHECKSUM, SEQUENCE, MALFORMED, PROTOCOL, UNDECODED = "Checksum", "Sequence", "Malformed", "Protocol", "Undecoded"
REASSEMBLE, RESPONSE, SECURITY = "Reassemble", "Response", "Security"
GROUPS = {
    CHECKSUM: 0x01000000,
    SEQUENCE: 0x02000000,
    RESPONSE: 0x03000000,
    "Request": 0x04000000,
    UNDECODED: 0x05000000,
    REASSEMBLE: 0x06000000,
    MALFORMED: 0x07000000,
    "Debug": 0x08000000,
    PROTOCOL: 0x09000000,
    SECURITY: 0x0A000000,
    "Comment": 0x0B000000,
    "Decryption": 0x0C000000,
    "Assumption": 0x0D000000,
    "Deprecated": 0x0E000000,
}
"""Its numbers for what it is about."""


class Notice(NamedTuple):
    """An expert item of one kind: `words` are said of every record, or tell from the record what is said.

    >>> Notice("Error", "Bogus IP version").message(None)
    'Bogus IP version'
    """

    severity: str
    words: str | Callable[[Any], str]
    group: str = PROTOCOL

    @classmethod
    def of(cls, severity: str, words: str | Callable[[Any], str], group: str) -> Notice:
        """Return a notice of a severity and a group that Wireshark has numbers for; ValueError for another one."""
        for name, known in ((severity, SEVERITIES), (group, GROUPS)):
            if name not in known:
                raise ValueError(f"Wireshark has no {name!r} among {', '.join(known)}")
        return cls(severity, words, group)

    def message(self, record: Any) -> str:
        """Return what is said of this record."""
        return self.words if isinstance(self.words, str) else self.words(record)
