from __future__ import annotations

import threading
import time

import pytest

import dissect
from capture_samples.recorder.laboratory import Host, Laboratory
from capture_samples.recorder.topologies import routed
from dissect import (
    ARP,
    TCP,
    UDP,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Ethernet,
    IPv4,
    NetworkInterface,
    ask,
    send,
)

OWN, OTHER = "02:00:00:00:00:aa", "02:00:00:00:00:04"
DATAGRAM = Ethernet(src=OWN, dst=OTHER) / IPv4(src="10.0.0.1", dst="10.0.0.2")


@pytest.fixture
def left(laboratory: Laboratory) -> Host:
    """A host without an address, next to a kernel that has 10.0.0.2."""
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    right.ip("addr", "add", "10.0.0.2/24", "dev", "eth0")
    right.ip("neigh", "add", "10.0.0.1", "lladdr", OWN, "dev", "eth0")
    return left


def test_the_kernel_answers_each_question_with_what_fits_it(left: Host) -> None:
    with left.entered():
        who = Ethernet(src=OWN, dst="ff:ff:ff:ff:ff:ff") / ARP(
            sender_mac=OWN, sender_ip="10.0.0.1", target_ip="10.0.0.2"
        )
        answer = ask(who, "eth0", 20)
        assert answer is not None
        assert answer[ARP].sender_mac == OTHER
        for number in (1, 2):
            before = time.time_ns()
            answer = ask(DATAGRAM / EchoRequest(id=5, seq=number) / b"data", "eth0", 20)
            assert answer is not None
            assert (answer[EchoReply].id, answer[EchoReply].seq) == (5, number)
            assert before <= (answer.time_ns or 0) <= time.time_ns()
        answer = ask(DATAGRAM / UDP(sport=4000, dport=9), "eth0", 20)
        assert answer is not None
        assert answer[DestinationUnreachable].code == 3
        answer = ask(DATAGRAM / TCP(sport=4000, dport=9, seq=77, flags="S"), "eth0", 20)
        assert answer is not None
        assert (str(answer[TCP].flags), answer[TCP].ack) == ("RA", 78)


def test_nobody_answers_in_time(left: Host) -> None:
    with left.entered():
        begin = time.monotonic()
        nobody = Ethernet(src=OWN, dst=OTHER) / IPv4(src="10.0.0.1", dst="10.0.0.3") / EchoRequest(id=5)
        assert ask(nobody, "eth0", 0.05) is None
        assert time.monotonic() - begin >= 0.05


def test_what_is_open_is_used_and_stays_open(left: Host) -> None:
    with left.entered(), NetworkInterface("eth0") as opened:
        send(DATAGRAM / EchoRequest(id=1, seq=1), opened)
        answer = opened.receive(20)
        assert answer is not None
        assert answer[EchoReply].seq == 1
        assert ask(DATAGRAM / EchoRequest(id=1, seq=2), opened, 20) is not None
        assert opened.fileno() >= 0


def test_other_frames_that_come_meanwhile_are_left_out(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    with left.entered():
        asking = NetworkInterface("eth0")
    with right.entered():
        answering = NetworkInterface("eth0")
    request = DATAGRAM / UDP(sport=4000, dport=53) / b"who"
    wrong = Ethernet(src=OTHER, dst=OWN) / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=53, dport=4001) / b"he"
    right_one = wrong.copy()
    right_one[UDP].dport = 4000

    def answer() -> None:
        if answering.receive(20) is not None:
            answering.send(wrong)
            answering.send(b"\xff" * 14)
            answering.send(right_one.fixed())

    with asking, answering:
        other = threading.Thread(target=answer)
        other.start()
        try:
            packet = ask(request, asking, 20)
        finally:
            other.join()
    assert packet is not None
    assert (packet.number, packet[UDP].dport) == (3, 4000)


def test_they_are_public_and_open_nothing_before_they_are_called() -> None:
    assert dissect.send is send
    assert dissect.ask is ask
    with pytest.raises(dissect.InterfaceError, match="nowhere0"):
        send(bytes(60), "nowhere0")


def test_what_came_before_the_question_does_not_answer_it(left: Host) -> None:
    question = DATAGRAM / EchoRequest(id=1, seq=1)
    with left.entered(), NetworkInterface("eth0") as opened:
        opened.send(question)
        answer = opened.receive(20)
        opened.send(question)
        assert answer is not None
        while opened.receive(20) is None:
            pass
        assert ask(DATAGRAM / EchoRequest(id=1, seq=1), opened, 20) is not None
        assert opened.received == 3


def test_a_datagram_finds_its_way_and_its_next_hop(laboratory: Laboratory) -> None:
    net = routed(laboratory)
    with net.client.entered():
        answer = ask(IPv4(dst=net.server_address) / EchoRequest(id=5, seq=1), timeout=20)
        assert answer is not None
        assert (answer[IPv4].src, answer[EchoReply].seq) == (net.server_address, 1)
        service = net.server.udp(port=4000)
        send(IPv4(dst=net.server_address) / UDP(dport=4000) / bytes(4000))
        data, sender = service.recvfrom(5000)
        assert (len(data), sender[0]) == (4000, "10.0.0.1")
        with pytest.raises(dissect.NextHopError, match=r"^no answer to ARP for 10.0.0.77 on eth0$"):
            ask(IPv4(dst="10.0.0.77") / EchoRequest(), timeout=0.1)
        with pytest.raises(dissect.NoRouteError, match="no route to fe80::1"):
            send(dissect.IPv6(dst="fe80::1") / UDP())
        with pytest.raises(dissect.FragmentationNeededError, match="the link takes 1500"):
            ask(IPv4(dst=net.server_address, flags="DF") / UDP(dport=1, payload=bytes(3000)))
