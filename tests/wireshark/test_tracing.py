"""A run over a packet is followed: its text has holes, and the conditions hold for the packets that are like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dissect import UDP, Data, Ethernet, Header, IPv4, Packet
from dissect.captures.pcapng_blocks import Interface, PcapngPacket
from dissect.captures.pcapng_options import ENHANCED_PACKET, Option
from dissect.declaration.named import name_of
from dissect.declaration.symbols import FIRST_HOLE, RUNNING, Trace, UntraceableError
from dissect.packets.clock import Clock
from dissect.views.listing import list_line
from dissect.wireshark.sight import seen_layers
from dissect.wireshark.tracing import TracedClock, chain_of, decoded, traced

FRAME = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6, payload=b"data")


def run(make: Callable[[Packet, Clock], str], packet: Packet, *, keeps_bytes: bool = False) -> tuple[str, Trace]:
    clock, noting = Clock(), TracedClock("r")
    clock.advance(packet)
    headers: list[Header] = list(seen_layers(packet))
    return traced(lambda each: make(each, noting), packet, headers, clock, noting, keeps_bytes=keeps_bytes)


def is_hole(character: str) -> bool:
    return ord(character) >= FIRST_HOLE


def test_the_words_stay_and_the_numbers_are_holes() -> None:
    text, trace = run(list_line, Packet(bytes(FRAME), number=3, time_ns=5))
    assert "".join(each for each in text if not is_hole(each)).split() == ["→", "UDP", "→", "Len="]
    assert sum(map(is_hole, text)) == 8
    assert {"number:>5", "original", "n272_16"} <= trace.holes.keys()
    assert not RUNNING


def test_a_packet_without_a_time_is_another_one() -> None:
    _, trace = run(list_line, Packet(bytes(FRAME), number=3))
    assert trace.conditions["(time_ns is None)"]
    _, trace = run(list_line, Packet(bytes(FRAME), number=3, time_ns=5))
    assert not trace.conditions["(time_ns is None)"]


def test_what_the_packet_itself_tells_is_noted() -> None:
    def words(packet: Packet, clock: Clock) -> str:
        return f"{packet.number} {packet.original_length} {packet.captured_length} {packet.data[3]}"

    _, trace = run(words, Packet(bytes(FRAME), original_length=99))
    assert list(trace.holes) == ["number", "original", "size", "n24_8"]
    assert not trace.conditions
    text, trace = run(lambda packet, clock: f"{words(packet, clock)} {packet.interface}", Packet(bytes(FRAME)))
    assert text.endswith("None")
    assert list(trace.conditions) == ["origin"]


def test_of_options_that_are_noted_down_the_values_count() -> None:
    packet = PcapngPacket(bytes(FRAME), time_ns=0)
    packet.capture_interface, packet.stored = Interface(1), None
    packet.options = (Option(ENHANCED_PACKET, 2, bytes(4)),)
    _, trace = run(lambda packet, clock: str(packet.option("flags")), packet)
    assert trace.conditions == {"packet.option('flags')": 0}
    packet.comments = ("seen",)
    with pytest.raises(UntraceableError, match="comments"):
        run(lambda packet, clock: str(packet.comments), packet)


@pytest.mark.parametrize("keeps_bytes", [False, True])
def test_a_function_in_c_takes_plain_bytes_alone(keeps_bytes: bool) -> None:
    def words(packet: Packet, clock: Clock) -> str:
        return b" ".join([packet.frame.raw("src"), b"x"]).hex()

    packet = Packet(bytes(FRAME))
    if keeps_bytes:
        text, trace = run(words, packet, keeps_bytes=True)
        assert text == words(packet, Clock())
        assert trace.conditions == {"o6_12": bytes(6)}
    else:
        with pytest.raises(TypeError):
            run(words, packet)
        assert not RUNNING


def test_the_chain_knows_what_the_capture_left_out() -> None:
    packet = Packet(bytes(FRAME), original_length=100)
    chain = chain_of(Trace(), packet, list(packet.layers()))
    assert chain.left == 100 - len(packet.data)


def test_headers_are_found_up_to_one_of_a_class_that_ends_them() -> None:
    trace, _, whole = decoded(Packet(bytes(FRAME)))
    assert [header.cls for header in whole] == [Ethernet, IPv4, UDP, Data]
    assert [name_of(Data), name_of(type(None))] == [header.carried for header in whole[2:]]
    ended, _, found = decoded(Packet(bytes(FRAME)), lambda cls: cls is UDP)
    assert found[:2] == whole[:2]
    assert found[2] == whole[2]._replace(carried="", carried_end="0")
    # The ports lead nowhere that matters.
    assert len(ended.conditions) < len(trace.conditions)
    assert not any("ports_UDP" in question for question in ended.conditions)
