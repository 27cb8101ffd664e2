"""What a time line says, as data: the words of a script on the left, the same in Python on the right."""

from __future__ import annotations

import pytest

from dissect.lab.drill.reader import read_script
from dissect.lab.drill.script import (
    ANY_OPTIONS,
    Call,
    Code,
    Commands,
    ICMPText,
    Option,
    Packet,
    Result,
    Structure,
    TCPText,
    UDPText,
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "< S 0:0(0) win 32768 <mss 1000,nop,wscale 7>",
            Packet(False, TCPText("S", 0, 0, window=32768, options=(
                Option("mss", (1000,)), Option("nop"), Option("wscale", (7,))
            ))),
        ),
        ("> P. 1:11(10) ack 4 <...>", Packet(True, TCPText("P.", 1, 11, ack=4, options=ANY_OPTIONS))),
        ("> [ect0] . 1:1(0) ack 1", Packet(True, TCPText(".", 1, 1, ack=1), ecn="ect0")),
        ("< udp (10)", Packet(False, UDPText(10))),
        (
            "< icmp unreachable frag_needed mtu 1200 [1:1001(1000)]",
            Packet(False, ICMPText("unreachable", "frag_needed", 1200, quoted=(1, 1001))),
        ),
        ("read(3, ..., 10) = -1 EAGAIN (Try again)", Call("read", (3, ..., 10), Result(-1, "EAGAIN"))),
        ("read(3, NULL, 0x10) = ...", Call("read", (3, None, 16), Result(...))),
        (
            "poll([{fd=3, events=POLLIN|POLLOUT, revents=0}], 1, 0) = 0",
            Call("poll", ([Structure({"fd": 3, "events": 5, "revents": 0})], 1, 0), Result(0)),
        ),
        ("%{ assert tcpi_unacked == 0 }%", Code(" assert tcpi_unacked == 0 ")),
        ("`ip link; true`", Commands(("ip link", "true"))),
    ],
)  # fmt: skip
def test_events(text: str, what: object) -> None:
    (event,) = read_script(f"0 {text}").events
    assert event.what == what


def test_a_segment_has_as_many_bytes_as_its_numbers_say() -> None:
    assert TCPText("P.", 1, 1001).size == 1000


def test_what_was_read_is_not_changed() -> None:
    (event,) = read_script("0 < udp (10)").events
    with pytest.raises(AttributeError):
        event.line = 7  # type: ignore[misc]
    assert hash(event) == hash(read_script("0 < udp (10)").events[0])
