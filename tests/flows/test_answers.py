from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    DHCP,
    DNS,
    ICMP,
    MDNS,
    TCP,
    UDP,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Ethernet,
    Header,
    HopByHopOptions,
    ICMPv6DestinationUnreachable,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    IPv4,
    IPv6,
    NeighborAdvertisement,
    NeighborSolicitation,
    TimeExceeded,
    TimestampReply,
    TimestampRequest,
    parse,
    quotation,
)
from dissect.flows.answers import answer_keys, is_answer, question_keys

SAMPLES = Path(__file__).parents[2] / "capture_samples"
A, B = "10.0.0.1", "10.0.0.2"
A6, B6 = "2001:db8::1", "2001:db8::2"


def there(payload: Header, **fields: Any) -> Ethernet:
    return Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", payload=IPv4(src=A, dst=B, **fields)) / payload


def back(payload: Header, **fields: Any) -> Ethernet:
    return Ethernet(src="02:00:00:00:00:02", dst="02:00:00:00:00:01", payload=IPv4(src=B, dst=A, **fields)) / payload


def error(request: Ethernet, kind: ICMP) -> Ethernet:
    """What a router sends about a request."""
    return Ethernet() / IPv4(src="10.9.9.9", dst=A) / kind.replace(payload=quotation(request[IPv4], 28))


ASKED = there(UDP(sport=4000, dport=53) / b"who", id=77)
ECHO = there(EchoRequest(id=7, seq=3) / b"data", id=78)
SYN = there(TCP(sport=4000, dport=80, seq=1000, flags="S"))
WHO_HAS = Ethernet() / ARP(sender_mac="02:00:00:00:00:01", sender_ip=A, target_ip=B)
IS_AT = Ethernet() / ARP(opcode=2, sender_mac="02:00:00:00:00:02", sender_ip=B, target_ip=A)
ECHO6 = Ethernet() / IPv6(src=A6, dst=B6) / ICMPv6EchoRequest(id=7, seq=3)
SOLICITATION = Ethernet() / IPv6(src=A6, dst="ff02::1:ff00:2") / NeighborSolicitation(target=B6)

ANSWERS = {
    "ARP": (WHO_HAS, IS_AT),
    "ARP probe": (Ethernet() / ARP(target_ip=B), Ethernet() / ARP(opcode=2, sender_ip=B, target_ip="0.0.0.0")),
    "RARP": (
        Ethernet() / ARP(opcode=3, target_mac="02:00:00:00:00:01"),
        Ethernet() / ARP(opcode=4, sender_ip=B, target_mac="02:00:00:00:00:01", target_ip=A),
    ),
    "echo": (ECHO, back(EchoReply(id=7, seq=3) / b"data")),
    "timestamp": (there(TimestampRequest(id=1, seq=2)), back(TimestampReply(id=1, seq=2))),
    "UDP": (ASKED, back(UDP(sport=53, dport=4000))),
    "to a group": (
        Ethernet() / IPv4(src=A, dst="224.0.0.251") / UDP(sport=5353, dport=5353),
        Ethernet() / IPv4(src=B, dst="224.0.0.251") / UDP(sport=5353, dport=5353),
    ),
    "to a network's broadcast": (
        Ethernet(dst="ff:ff:ff:ff:ff:ff") / IPv4(src=A, dst="10.0.0.255") / EchoRequest(id=1, seq=1),
        back(EchoReply(id=1, seq=1)),
    ),
    "before an address": (
        Ethernet() / IPv4(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67),
        Ethernet() / IPv4(src=B, dst="255.255.255.255") / UDP(sport=67, dport=68),
    ),
    "DHCP, to the address that is offered": (
        Ethernet(dst="ff:ff:ff:ff:ff:ff")
        / IPv4(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / DHCP(transaction_id=7),
        back(UDP(sport=67, dport=68) / DHCP(operation=2, transaction_id=7)),
    ),
    "DNS": (
        there(UDP(sport=4000, dport=53) / DNS(id=7)),
        back(UDP(sport=53, dport=4000) / DNS(id=7, is_response=True)),
    ),
    "multicast DNS, to all": (
        Ethernet() / IPv4(src=A, dst="224.0.0.251") / UDP(sport=5353, dport=5353) / MDNS(id=7),
        Ethernet() / IPv4(src=B, dst="224.0.0.251") / UDP(sport=5353, dport=5353) / MDNS(is_response=True),
    ),
    "multicast DNS, to one": (
        Ethernet() / IPv4(src=A, dst="224.0.0.251") / UDP(sport=4000, dport=5353) / MDNS(id=7),
        back(UDP(sport=5353, dport=4000) / MDNS(id=7, is_response=True)),
    ),
    "SYN-ACK": (SYN, back(TCP(sport=80, dport=4000, seq=9, ack=1001, flags="SA"))),
    "reset": (SYN, back(TCP(sport=80, dport=4000, ack=1001, flags="RA"))),
    "reset of an acknowledgment": (
        there(TCP(sport=1, dport=2, seq=5, ack=77, flags="A")),
        back(TCP(sport=2, dport=1, seq=77, flags="R")),
    ),
    "acknowledgment of data": (
        there(TCP(sport=1, dport=2, seq=0xFFFFFFFE, ack=1, flags="A") / b"four"),
        back(TCP(sport=2, dport=1, ack=2, flags="A")),
    ),
    "another protocol": (there(dissect.Data(b"x"), protocol=99), back(dissect.Data(b"y"), protocol=99)),
    "unreachable": (ASKED, error(ASKED, DestinationUnreachable(code=3))),
    "time exceeded": (ECHO, error(ECHO, TimeExceeded())),
    "time exceeded, TTL and checksum changed": (
        ASKED,
        Ethernet()
        / IPv4(src="10.9.9.9", dst=A)
        / TimeExceeded(payload=quotation(ASKED[IPv4].replace(ttl=1, checksum=1), 28)),
    ),
    "an error behind a translator, which changed the checksum": (
        ASKED,
        Ethernet()
        / IPv4(src="10.9.9.9", dst=A)
        / TimeExceeded(payload=quotation(there(UDP(sport=4000, dport=53, checksum=9) / b"who", id=77)[IPv4], 28)),
    ),
    "ICMPv6 error behind other headers": (
        Ethernet() / IPv6(src=A6, dst=B6) / HopByHopOptions() / UDP(sport=1, dport=9) / b"x",
        Ethernet()
        / IPv6(src="2001:db8::9", dst=A6)
        / ICMPv6DestinationUnreachable(payload=IPv6(src=A6, dst=B6) / HopByHopOptions() / UDP(sport=1, dport=9) / b"x"),
    ),
    "ICMPv6 echo": (ECHO6, Ethernet() / IPv6(src=B6, dst=A6) / ICMPv6EchoReply(id=7, seq=3)),
    "neighbour": (SOLICITATION, Ethernet() / IPv6(src=B6, dst=A6) / NeighborAdvertisement(target=B6)),
    "ICMPv6 error": (
        ECHO6,
        Ethernet() / IPv6(src="2001:db8::9", dst=A6) / ICMPv6DestinationUnreachable(payload=ECHO6[IPv6]),
    ),
}  # fmt: skip
OTHERS = {
    "another's ARP reply": (WHO_HAS, Ethernet() / ARP(opcode=2, sender_ip="10.0.0.3", target_ip=A)),
    "ARP reply to another": (WHO_HAS, Ethernet() / ARP(opcode=2, sender_ip=B, target_ip="10.0.0.3")),
    "the request itself": (WHO_HAS, WHO_HAS),
    "another echo": (ECHO, back(EchoReply(id=7, seq=4) / b"data")),
    "the echo request itself": (ECHO, ECHO),
    "an echo request back": (ECHO, back(EchoRequest(id=7, seq=3))),
    "another host's echo": (ECHO, Ethernet() / IPv4(src="10.0.0.3", dst=A) / EchoReply(id=7, seq=3)),
    "another port": (ASKED, back(UDP(sport=53, dport=4001))),
    "another transaction of DNS": (
        there(UDP(sport=4000, dport=53) / DNS(id=7)),
        back(UDP(sport=53, dport=4000) / DNS(id=8, is_response=True)),
    ),
    "another transaction of DHCP": (
        Ethernet() / IPv4(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) / DHCP(transaction_id=7),
        back(UDP(sport=67, dport=68) / DHCP(operation=2, transaction_id=8)),
    ),
    "a question of others in the same group": (
        Ethernet() / IPv4(src=A, dst="224.0.0.251") / UDP(sport=5353, dport=5353) / MDNS(),
        Ethernet() / IPv4(src=B, dst="224.0.0.251") / UDP(sport=5353, dport=5353) / MDNS(),
    ),
    "a reset of something else": (
        there(TCP(sport=1, dport=2, seq=5, ack=77, flags="A")),
        back(TCP(sport=2, dport=1, seq=78, flags="R")),
    ),
    "a reset without acknowledgment for a SYN": (SYN, back(TCP(sport=80, dport=4000, flags="R"))),
    "TCP for UDP": (ASKED, back(TCP(sport=53, dport=4000))),
    "an older acknowledgment": (SYN, back(TCP(sport=80, dport=4000, ack=999, flags="A"))),
    "an acknowledgment of more": (SYN, back(TCP(sport=80, dport=4000, ack=1002, flags="A"))),
    "an error about another datagram": (ASKED, error(there(UDP(sport=4000, dport=53), id=79), TimeExceeded())),
    "an error about another port": (ASKED, error(there(UDP(sport=4000, dport=54), id=77), TimeExceeded())),
    "IPv6 for IPv4": (ECHO, Ethernet() / IPv6(src=B6, dst=A6) / ICMPv6EchoReply(id=7, seq=3)),
    "another's neighbour": (SOLICITATION, Ethernet() / IPv6(src=A6, dst=A6) / NeighborAdvertisement(target=A6)),
    "no datagram": (ASKED, Ethernet(type=0x88CC)),
    "a header that is cut": (ASKED, parse(bytes(back(UDP(sport=53, dport=4000)))[:36])),
}


@pytest.mark.parametrize(("request_frame", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_what_answers_is_known(request_frame: Header, answer: Header) -> None:
    assert is_answer(answer, request_frame)
    assert is_answer(parse(bytes(answer)), parse(bytes(request_frame)))
    # Among many it is found by its keys.
    assert set(question_keys(request_frame)) & set(answer_keys(answer))
    assert set(question_keys(parse(bytes(request_frame)))) & set(answer_keys(parse(bytes(answer))))


@pytest.mark.parametrize(("request_frame", "other"), OTHERS.values(), ids=OTHERS)
def test_what_does_not_answer_is_left_out(request_frame: Header, other: Header) -> None:
    assert not is_answer(other, request_frame)


@pytest.mark.parametrize("sample", ["first_ping", "udp_echo", "tcp_closed_port", "port_unreachable", "dns"])
def test_the_next_frame_back_answers(sample: str) -> None:
    """Where a client waits for each answer, the frame that comes back next is the answer."""
    packets = list(dissect.read(SAMPLES / f"{sample}.pcap"))
    client, pairs = packets[0][Ethernet].src, 0
    for request, answer in pairwise(packets):
        if (request[Ethernet].src, answer[Ethernet].dst) == (client, client) and (ARP in request) == (ARP in answer):
            assert is_answer(answer.frame, request.frame), (request.number, answer.number)
            pairs += 1
    assert pairs


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_arbitrary_bytes_are_answered_without_an_exception(one: bytes, other: bytes) -> None:
    ethernet = bytes(12) + b"\x08\x00"
    assert is_answer(parse(one), parse(other)) in (True, False)
    assert is_answer(parse(ethernet + one), parse(ethernet + other)) in (True, False)
    for frame in (parse(one), parse(ethernet + other)):
        assert len(question_keys(frame)) <= 3
        assert len(answer_keys(frame)) <= 2
