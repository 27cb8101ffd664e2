"""The packets of scripts."""

from __future__ import annotations

from dissect.lab.drill.scanner import Scanner
from dissect.lab.drill.script import ICMPText, Option, Packet, TCPText, UDPText
from dissect.lab.drill.segments import read_packet


def packet(text: str) -> Packet:
    return read_packet(Scanner("a", text))


def test_a_segment_with_everything() -> None:
    found = packet(
        "< (tos 0x10, ttl 5) [ce] 4000 > 80 FP. 1:11(10) ack 5 win 100 urg 3 <mss 5,nop,sack 1:2 3:4,FO aabb>"
    )
    assert (found.is_expected, found.tos, found.ttl, found.ecn) == (False, 16, 5, "ce")
    assert found.transport == TCPText(
        "FP.", 1, 11, 5, 100, 3,
        (Option("mss", (5,)), Option("nop"), Option("sack", (1, 2, 3, 4)), Option("FO", data=b"\xaa\xbb")),
        (4000, 80),
    )  # fmt: skip


def test_options_may_be_left_open_or_be_none() -> None:
    open_, none, first = (packet(f"> . 1:1(0) ack 1{rest}").transport for rest in (" <...>", "", "\n+0 < . 1:1(0)"))
    assert isinstance(open_, TCPText)
    assert open_.options is ...
    assert isinstance(none, TCPText)
    assert none.options == ()
    assert first == none, "what follows is another event"


def test_numbers_wrap() -> None:
    found = packet("> . 4294967290:4(10) ack 1").transport
    assert isinstance(found, TCPText)
    assert found.size == 10


def test_datagrams_and_messages() -> None:
    assert packet("> udp (100)").transport == UDPText(100)
    assert packet("< 5 > 6 udp (0)").transport == UDPText(0, (5, 6))
    assert packet("< icmp unreachable frag_needed mtu 1200 [1:1001(1000)]").transport == ICMPText(
        "unreachable", "frag_needed", 1200, None, (1, 1001)
    )
    assert packet("> icmp 3 3").transport == ICMPText("3", "3")
