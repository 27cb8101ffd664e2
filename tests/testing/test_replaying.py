"""Frames in, answers out: simulated hosts and services of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import dissect
from dissect import ARP, UDP, EchoReply, EchoRequest, Ethernet, FieldError, Header, Host, Interface, IPv4, Packet
from dissect.testing import replay

SAMPLES = Path(__file__).parents[2] / "capture_samples"


def test_a_device_gets_the_frames_at_its_port_and_their_times() -> None:
    device = Host("b", Interface("eth0", "00:05:5d:a1:b8:40", "192.168.0.2/24"))
    (request, _) = dissect.read(SAMPLES / "notes_arp.pcap")
    (answer,) = replay(request, device)
    assert answer[ARP].sender_mac == "00:05:5d:a1:b8:40"
    assert answer.time_ns == request.time_ns
    with pytest.raises(FieldError, match="port 1 is asked for, and b has 1"):
        replay(request, device, port=1)


def test_timers_go_off_at_their_times() -> None:
    # The first fragment of a request whose others never come, and half a minute later something else.
    whole = IPv4(src="10.0.0.1", dst="10.0.0.2") / EchoRequest(id=1, seq=1) / bytes(3000)
    first = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / dissect.fragment(whole, mtu=1500)[0]
    asked = ARP(sender_mac="02:00:00:00:00:01", sender_ip="10.0.0.1", target_ip="10.0.0.2")
    arp = Ethernet(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff") / asked
    device = Host("b", Interface("eth0", "02:00:00:00:00:02", "10.0.0.2/24"))
    second = 10**9
    requests = [(0, arp), (second, first), (100 * second, arp)]
    answers = replay([Packet(bytes(frame), time_ns=at) for at, frame in requests], device)
    assert answers[0].time_ns == 0
    timed_out = [answer for answer in answers if dissect.TimeExceeded in answer]
    assert len(timed_out) == 1
    assert second < (timed_out[0].time_ns or 0) < 100 * second


def echo(frame: Header) -> Header | None:
    if UDP not in frame:
        return None
    answer = frame.copy()
    answer[UDP].sport, answer[UDP].dport = frame[UDP].dport, frame[UDP].sport
    return answer.fixed()


class Twice:
    def receive(self, frame: Header, now_ns: int) -> Iterator[Header]:
        yield frame
        yield frame


def test_functions_and_objects_of_ones_own_answer() -> None:
    asked = [Ethernet() / ARP(), Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=7) / b"hi"]
    (answer,) = replay(asked, echo)
    assert (answer[UDP].sport, answer[UDP].dport) == (7, 5)
    assert [answer.number for answer in replay(asked, Twice())] == [1, 2, 3, 4]
    assert replay(asked, lambda frame: [bytes(frame), Packet(bytes(frame))])[3].data == bytes(asked[1])


def test_what_cannot_answer_is_refused() -> None:
    with pytest.raises(FieldError, match="5 cannot answer"):
        replay([], 5)  # type: ignore[arg-type]
    assert EchoReply is not None
