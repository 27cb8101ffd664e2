"""The walk through a packet for one name."""

from __future__ import annotations

from typing import Any

import dissect
from dissect import (
    TCP,
    Ethernet,
    HTTPRequest,
    IPv4,
    MPLSLabel,
    MPLSLabelStack,
    Packet,
    TCPNoOperation,
    TimeExceeded,
)
from dissect.declaration.decoder import UNPARSED
from dissect.declaration.fields import Field
from dissect.declaration.record import Record
from dissect.protocols.ospf import OSPFv2
from dissect.protocols.ospf_lsa import OSPFLSAHeader
from dissect.protocols.tcp_options import TCPOption
from dissect.wireshark.fields import texts
from dissect.wireshark.walk import Step, Walk


def noting(asked: list[type[Record]]) -> Any:
    def taking(cls: type[Record], field: Field) -> Step:
        asked.append(cls)
        return lambda record, found: found.append(record.raw(field))

    return taking


def test_each_class_is_looked_at_once() -> None:
    asked: list[type[Record]] = []
    walk = Walk("ip.ttl", (IPv4,), noting(asked))
    for _ in range(2):
        assert walk.gather(Ethernet() / IPv4(ttl=3) / IPv4(ttl=4) / TCP()) == [3, 4]
    assert asked == [IPv4]


def test_records_that_headers_list_are_walked_too() -> None:
    walk = Walk("tcp.option_kind", (TCPOption,), noting([]))
    assert walk.gather(Ethernet() / IPv4() / TCP(options=[TCPNoOperation()] * 4)) == [1, 1, 1, 1]


def test_and_records_that_records_list_behind_what_is_carried() -> None:
    stack = MPLSLabelStack(labels=[MPLSLabel(label=5), MPLSLabel(label=6)])
    error = TimeExceeded(payload=IPv4()).with_extensions(stack)
    frame = dissect.parse(bytes(Ethernet() / IPv4() / error))
    assert Walk("icmp.mpls.label", (MPLSLabel,), noting([])).gather(frame) == [5, 6]


def test_some_headers_alone() -> None:
    frame = Ethernet() / IPv4(ttl=3) / IPv4(ttl=4)
    assert Walk("ip.ttl", (IPv4,), noting([])).gather_in([frame[IPv4, 2]]) == [4]


def test_what_is_computed_from_a_field_stands_in_front_of_the_lists_behind_it() -> None:
    message = OSPFv2(type=2, options=0x40, described=[OSPFLSAHeader(options=0x02)])
    assert texts(message, "ospf.v2.options.o") == ["1", "0"]
    assert texts(message, "ospf.v2.options.e") == ["0", "1"]


def test_streams_are_not_looked_into_for_what_cannot_be_there() -> None:
    segment = Ethernet() / IPv4(ttl=3) / TCP(dport=80) / b"GET / HTTP/1.1\r\n\r\n"
    looks = Walk("http.request.method", (HTTPRequest,), noting([]))
    stays = Walk("http.request.method", (HTTPRequest,), noting([]), lambda cls: False)
    packet = Packet(bytes(segment))
    assert stays.gather(packet) == []
    assert packet.frame[TCP]._payload is UNPARSED
    assert len(looks.gather(packet)) == 1
    # Who built or edited a header may have put anything behind it.
    assert len(stays.gather(Ethernet() / IPv4() / TCP() / HTTPRequest())) == 1
