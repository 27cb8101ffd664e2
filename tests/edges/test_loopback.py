from __future__ import annotations

import socket

import pytest

from capture_samples.recorder.laboratory import Laboratory
from dissect import (
    UDP,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    InterfaceError,
    IPv4,
    IPv6,
    ask,
    ask_all,
)
from dissect.edges.loopback import Loopback


def test_the_machine_answers_itself_once(laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    host.ask("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.lo.disable_ipv6=0")
    host.ip("address", "add", "10.0.0.1/32", "dev", "lo")
    with host.entered():
        for own in ("127.0.0.1", "127.9.9.9", "10.0.0.1"):
            answers = ask_all([IPv4(dst=own) / EchoRequest(id=7, seq=1) / b"data"], timeout=20)
            assert [answer[EchoReply].seq for _, answer in answers] == [1]
            (question,) = answers.answered
            assert question.packet is not None
            assert question.packet[IPv4].dst == own
        refused = ask(IPv4(dst="10.0.0.1") / UDP(dport=9) / b"x", timeout=20)
        assert refused is not None
        assert refused[DestinationUnreachable].code == 3
        # The same port on both sides: the question is heard as well, and is no answer to itself.
        service = host.udp(port=4000)
        assert ask(IPv4(dst="127.0.0.1", src="127.0.0.1") / UDP(sport=4000, dport=4000) / b"self", timeout=0.1) is None
        assert service.recv(100) == b"self"
        answer = ask(IPv6(dst="::1") / ICMPv6EchoRequest(id=7, seq=2), timeout=20)
        assert answer is not None
        assert answer[ICMPv6EchoReply].seq == 2
        # Larger than the way takes: in fragments, and whole again.
        host.ip("link", "set", "lo", "mtu", "1500")
        answer = ask(IPv4(dst="127.0.0.1") / EchoRequest(id=7, seq=3) / bytes(5000), timeout=20)
        assert answer is not None
        assert len(answer[EchoReply].payload or b"") == 5000


def test_a_server_of_the_machine_is_asked(laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    with host.entered():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as service, Loopback() as opened:
            service.bind(("127.0.0.1", 0))
            opened.send(bytes(12) + b"\x08\x00" + bytes(IPv4(src="127.0.0.1", dst="127.0.0.1")
                        / UDP(sport=9, dport=service.getsockname()[1]) / b"hello"))  # fmt: skip
            assert service.recv(100) == b"hello"
            with pytest.raises(InterfaceError, match="lo takes datagrams of IPv4 and IPv6"):
                opened.send(bytes(60))
        assert opened.fileno() == -1
