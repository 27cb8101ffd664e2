"""Multicast DNS as Wireshark sees it: DNS under a name of its own."""

from __future__ import annotations

from dissect import UDP, ARecord, Ethernet, IPv4, Question
from dissect.protocols.mdns import MDNS
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values

AROUND = Ethernet() / IPv4(src="192.0.2.1", dst="224.0.0.251") / UDP(sport=5353, dport=5353)


def test_the_columns_are_those_of_dns_with_another_name() -> None:
    columns = summarize(AROUND / MDNS(questions=[Question("a.local")]))
    assert (columns.protocol, columns.info) == ("MDNS", 'Standard query 0x0000 A a.local, "QM" question')
    asked = summarize(AROUND / MDNS(questions=[Question("a.local", wants_unicast=True)]))
    assert asked.info == 'Standard query 0x0000 A a.local, "QU" question'


def test_fields_are_those_of_dns() -> None:
    frame = AROUND / MDNS(is_response=True, answers=[ARecord("a.local", "192.0.2.80", cache_flush=True)])
    assert values(frame, "dns.resp.name") == ["a.local"]
    assert values(frame, "dns.resp.cache_flush") == [1]
