"""Programs on UDP: an echo service, and who sends to it."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import Network
from dissect.errors import FieldError
from dissect.lab.udp_programs import UDPEcho, UDPSend


def lab() -> Network:
    network = Network()
    network.host("a", "10.0.0.1/24")
    network.host("b", "10.0.0.2/24")
    network.link("a", "b")
    return network


def test_what_is_sent_comes_back() -> None:
    network = lab()
    echo = network.start_program("b", UDPEcho())
    send = network.start_program("a", UDPSend("10.0.0.2", 7, data=b"hello", count=2, source_port=5000))
    network.run()
    assert echo.lines == ["5 bytes from 10.0.0.1:5000"] * 2
    assert send.lines == ["sent 5 bytes to 10.0.0.2:7", "5 bytes from 10.0.0.2:7"] * 2
    assert send.finished


def test_a_closed_port_is_told() -> None:
    network = lab()
    send = network.start_program("a", UDPSend("10.0.0.2", 7, size=3))
    network.run()
    assert send.lines == ["sent 3 bytes to 10.0.0.2:7", "10.0.0.2:7: Port unreachable"]


def test_what_is_too_large_for_the_way_is_told() -> None:
    network = lab()
    send = network.start_program("a", UDPSend("10.0.0.2", 7, size=2000, dont_fragment=True))
    network.run()
    assert "DF set, and the link takes 1500" in send.lines[0]


def test_everybody_is_reached_by_a_broadcast() -> None:
    network = lab()
    echo = network.start_program("b", UDPEcho())
    network.start_program("a", UDPSend("10.0.0.255", 7, data=b"all"))
    network.run()
    assert echo.lines == ["3 bytes from 10.0.0.1:49152"]


def test_a_port_that_is_open_already_ends_the_program() -> None:
    network = lab()
    one, other = network.start_program("b", UDPEcho()), network.start_program("b", UDPEcho())
    send = network.start_program("b", UDPSend("10.0.0.1", 7, source_port=7))
    network.run()
    assert (one.finished, other.finished, send.finished) == (False, True, True)
    assert other.lines == send.lines == ["b's UDP port 7 is open already, expected another"]


def test_values_out_of_range_are_refused() -> None:
    with pytest.raises(FieldError, match="size is 65508 bytes"):
        UDPSend("10.0.0.1", 7, size=65508)
    wrong: list[dict[str, Any]] = [{"port": 65536}, {"port": 7, "source_port": -1}, {"port": 7, "ttl": 256}]
    for options in wrong:
        with pytest.raises(FieldError, match=r"the datagram's .* expected 0 to"):
            UDPSend("10.0.0.1", **options)
    with pytest.raises(FieldError, match="IPv4 address is 'b'"):
        UDPSend("b", 7)
    with pytest.raises(FieldError, match="count of datagrams is 0"):
        UDPSend("10.0.0.1", 7, count=0)
