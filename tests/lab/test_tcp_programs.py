"""Programs that open connections, wait for them, and send what belongs to none."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import TCP, IPv4
from dissect.errors import FieldError
from dissect.flows.states import State
from dissect.lab.tcp_programs import Leave, TCPConnect, TCPSend, TCPServe
from dissect.lab.tcp_steps import read_steps
from tests.lab.tcp.net import MS, SECOND, Net


def test_a_client_and_a_server_take_their_steps() -> None:
    net = Net()
    server = net.lab.start_program(net.b, TCPServe(80, steps=read_steps(["read 5", "write 3000 bytes", "close"])))
    steps = read_steps(["write hello", "sleep 1 s", "read", "read end", "shutdown", "wait closed"])
    client = net.lab.start_program(net.a, TCPConnect("10.0.0.2", 80, steps=steps, source_port=5, isn=7))
    net.run(5 * SECOND)
    assert client.lines == [
        "connected to 10.0.0.2:80",
        "sent 5 bytes",
        "received 3000 bytes",
        "received 0 bytes, and the end",
        "closed: CLOSED",
    ]
    assert server.lines == ["connected to 10.0.0.1:5", "received 5 bytes", "sent 3000 bytes"]
    assert (net.segments()[0].sport, net.segments()[0].seq) == (5, 7)


def test_an_abort_is_a_reset() -> None:
    net = Net()
    server = net.lab.start_program(net.b, TCPServe(80, steps=read_steps(["read"])))
    net.lab.start_program(net.a, TCPConnect("10.0.0.2", 80, steps=read_steps(["abort"])))
    net.run()
    assert net.flags()[-1] == "RA"
    assert server.lines[-1].endswith("connection reset by peer")


def test_single_segments_come_from_whom_they_like() -> None:
    net = Net()
    program = net.lab.start_program(
        net.a, TCPSend("10.0.0.2", 80, flags="SF", seq=3, source="192.0.2.0/30", count=3, interval_ns=MS)
    )
    net.run()
    sent = [packet for packet in net.lab.recording.packets(["a-b"]) if TCP in packet and packet[IPv4].dst == "10.0.0.2"]
    assert [(packet[IPv4].src, packet[TCP].sport, packet[TCP].seq) for packet in sent] == [
        ("192.0.2.1", 1024, 3),
        ("192.0.2.2", 1025, 3),
        ("192.0.2.1", 1026, 3),
    ]
    assert program.lines == ["sent 3 segments to 10.0.0.2:80"]


@pytest.mark.parametrize("options", [{"count": 0}, {"source": "x"}, {"source": "10.0.0.1/24"}, {"flags": "SX"}])
def test_what_fits_no_header_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(FieldError):
        TCPSend("10.0.0.2", 80, **options)


def test_who_left_says_nothing_any_more() -> None:
    net = Net()
    near, far, _ = net.connected()
    net.lab.start_program(net.b, Leave(), at_ns=net.lab.now_ns)
    net.run(MS)
    near.send(b"hello")
    before = len(net.segments())
    net.run(2 * SECOND)
    assert {segment.sport for segment in net.segments()[before:]} == {near.addresses.local_port}
    assert (near.state, far.endpoint.readable) == (State.ESTABLISHED, 0)
