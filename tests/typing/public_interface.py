"""What type checkers know of the public interface; `mypy --strict` reads this file, and nothing runs it.

A line with an ignore is an error on purpose: without the error, the unused ignore is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_type

import dissect
from dissect import (
    ARP,
    MSS,
    TCP,
    UDP,
    VLAN,
    ARPOperation,
    ChecksumState,
    Data,
    Ethernet,
    EtherType,
    Header,
    IPProtocol,
    IPv4,
    IPv4Flags,
    Option,
    Packet,
    Problem,
    RecordRoute,
    ServiceClass,
    TCPFlags,
    Timestamps,
)
from dissect.testing import CaptureSnapshot, expect, replay


def fields_are_of_their_types(frame: Header) -> None:
    assert_type(frame[TCP], TCP)
    assert_type(frame[TCP].sport, int)
    assert_type(frame[TCP].flags, TCPFlags)
    assert_type(frame[TCP].syn, bool)
    assert_type(frame[IPv4].src, str)
    assert_type(frame[IPv4].protocol, IPProtocol)
    assert_type(frame[IPv4].dscp, ServiceClass)
    assert_type(frame[IPv4].flags, IPv4Flags)
    assert_type(frame[Ethernet].dst, str)
    assert_type(frame[Ethernet].type, EtherType)
    assert_type(frame[Ethernet].padding, bytes)
    assert_type(frame[ARP].opcode, ARPOperation)
    assert_type(frame[ARP].sender_ip, str)
    assert_type(frame[VLAN].dei, bool)
    assert_type(frame[Data].data, bytes)
    assert_type(frame[UDP].checksum_state(), ChecksumState)
    print(frame[TCP].sprt)  # type: ignore[attr-defined]
    assert_type(frame[IPv4, 2].ttl, int)
    print(frame["tcp"], frame["ip.ttl"], frame[0])


def what_every_header_has(header: Header) -> None:
    assert_type(header.payload, Header | None)
    assert_type(header.trailer, bytes)
    assert_type(header.layers(), Iterator[Header])
    assert_type(header.problems(), list[Problem])
    assert_type(header.offset, int | None)
    assert_type(bytes(header), bytes)
    assert_type(len(header), int)
    assert_type(TCP in header, bool)


def constructors_know_their_keywords() -> None:
    IPv4(ttl=4, src="10.0.0.1", dst=b"\x0a\0\0\2", protocol="tcp", flags="DF", payload=TCP())
    TCP(sport=1, flags="SA", options=[MSS(1460), Timestamps(value=1)])
    TCP(flags=TCPFlags.SYN | TCPFlags.ACK, payload=b"data")
    Ethernet(type=0x0800, src=0x020000000001, trailer=b"")
    ARP(opcode=ARPOperation.REPLY)
    Data(b"data")
    MSS(1460)
    RecordRoute(route=["10.0.0.1"])
    IPv4(tlt=4)  # type: ignore[call-arg]
    TCP(b"data")  # type: ignore[call-arg]
    TCP(sport="http")  # type: ignore[arg-type]
    TCP(syn="yes")  # type: ignore[arg-type]
    IPv4(src=1.5)  # type: ignore[arg-type]
    Ethernet(type=None)  # type: ignore[arg-type]
    UDP(payload=5)  # type: ignore[arg-type]
    Data("text")  # type: ignore[arg-type]


def assignments_take_what_constructors_take() -> None:
    datagram = IPv4()
    datagram.src = "10.0.0.1"
    datagram.src = b"\x0a\0\0\1"
    datagram.protocol = "tcp"
    datagram.protocol = 6
    datagram.flags = "DF"
    datagram.payload = b"data"
    datagram.payload = TCP()
    datagram.payload = None
    segment = TCP()
    segment.options = [MSS(1460)]
    segment.options = b"\1\1"
    segment.sport = "http"  # type: ignore[assignment]
    datagram.ttl = None  # type: ignore[assignment]
    datagram.src = 1.5  # type: ignore[assignment]


def chains_keep_the_type_of_the_outermost() -> None:
    frame = Ethernet() / IPv4() / TCP() / b"data"
    assert_type(frame, Ethernet)
    assert_type(frame.fixed(), Ethernet)
    assert_type(frame.copy(), Ethernet)
    assert_type(frame.replace(src="02:00:00:00:00:01"), Ethernet)
    assert_type(frame.padded(), Ethernet)
    assert_type(frame[IPv4].replace(ttl=3), IPv4)
    assert_type(b"data" / UDP(), Data)
    Ethernet() / 5  # type: ignore[operator]


def packets_answer_like_frames(packet: Packet) -> None:
    assert_type(packet[TCP].dport, int)
    assert_type(packet.frame, Header)
    assert_type(packet.time_ns, int | None)
    assert_type(packet.number, int)
    assert_type(packet.problems(), list[Problem])


def functions_say_what_they_give(data: bytes) -> None:
    assert_type(dissect.parse(data), Header)
    dissect.parse(data, link="raw", original_length=100)
    dissect.parse("text")  # type: ignore[arg-type]
    assert_type(dissect.internet_checksum(data), int)
    for packet in dissect.read("capture.pcap", "tcp.port == 80"):
        assert_type(packet, Packet)
    dissect.write("out.pcap", [Ethernet() / ARP(), data])


def options_are_records_too(options: Sequence[Option]) -> None:
    for option in options:
        if isinstance(option, MSS):
            assert_type(option.value, int)
            assert_type(option.replace(value=3), MSS)
        assert_type(option.problems(), Iterator[Problem | str])


def views_are_text(frame: Header, packet: Packet) -> None:
    assert_type(frame.show(), None)
    assert_type(frame.source(), str)
    assert_type(packet.explain("checksum"), str)
    assert_type(UDP.diagram(), str)
    assert_type(frame.diagram(), str)
    assert_type(MSS(1460).to_mermaid(), str)
    assert_type(dissect.paste("00"), list[Header])
    frame.hexdmp()  # type: ignore[attr-defined]


def captures_are_compared(frame: Header, packets: list[Packet]) -> None:
    comparison = dissect.compare("before.pcap", [frame, *packets, b""], canonical={"times"}, ignore={"ip.id"})
    assert_type(comparison, dissect.Comparison)
    for difference in comparison:
        assert_type(difference, dissect.FrameDifference)
        assert_type(difference.before, Packet | None)
        for field in difference.fields:
            assert_type(field.offset, int | None)
    dissect.compare(7, packets)  # type: ignore[arg-type]


def tests_hold_frames_against_goldens(packets: list[Packet], capture_snapshot: CaptureSnapshot) -> None:
    assert_type(packets == capture_snapshot(name="login", canonical="times"), bool)
    assert_type(expect(packets, "tcp.flags.reset == 1", count=0), list[Packet])
    assert_type(replay("requests.pcapng", lambda frame: frame), list[Packet])
