"""Multicast DNS: the names of a link, of which every host answers for its own."""

from __future__ import annotations

from dissect.protocols.dns import DNS
from dissect.protocols.udp import UDP

__all__ = ["MDNS"]

PORT = 5353


class MDNS(
    DNS,
    name="mdns",
    title="Multicast Domain Name System",
    source="RFC 6762, section 18",
    over={UDP: PORT},
):
    """A message of DNS to all hosts of a link; the upper bit of a class has a meaning of its own.

    >>> from dissect.protocols.dns import Question
    >>> from dissect.protocols.dns_records import ARecord
    >>> MDNS(questions=[Question("printer.local", wants_unicast=True)]).questions[0].record_class
    <RecordClass.0x8001: 32769>
    >>> MDNS(is_response=True, answers=[ARecord("printer.local", "192.0.2.80", cache_flush=True)]).info()
    'response: A 192.0.2.80'
    """
