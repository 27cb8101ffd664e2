"""An answer of DNS with one record, as Wireshark sees it."""

from __future__ import annotations

from dissect import DNS, UDP, Ethernet, IPv4, Packet
from dissect.protocols.dns_records import ResourceRecord

__all__ = ["answer", "told"]


def answer(record: ResourceRecord) -> Packet:
    """A packet with an answer that has this record."""
    around = Ethernet() / IPv4(src="192.0.2.53", dst="192.0.2.1") / UDP(sport=53, dport=40000)
    return Packet(bytes(around / DNS(is_response=True, answers=[record])))


def told(record: ResourceRecord) -> str:
    """What the last column says of the record."""
    info: str = answer(record).get("_ws.col.Info")[0]
    return info.removeprefix("Standard query response 0x0000 ")
