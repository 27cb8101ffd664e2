"""A form asks what matters in packets and in usual frames alike, and gives the same texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dissect import TCP, UDP, VLAN, Ethernet, Header, IPv4, IPv6, Packet
from dissect.flows.usual import Usual, further_networks, usual_chain, usual_networks
from dissect.flows.usual_code import Printer
from dissect.packets.clock import Clock
from dissect.views import form_code, usual_forms
from dissect.views.details import details
from dissect.views.forms import Form
from dissect.views.listing import list_line
from dissect.views.pattern import Pattern
from dissect.wireshark.tracing import TracedClock

Make = Callable[[Clock], Callable[[Packet], str]]
OUTPUTS: dict[str, Make] = {
    "list": lambda clock: lambda packet: list_line(packet, clock),
    "details": lambda clock: lambda packet: details(packet, clock),
}
CHAINS: list[Header] = [
    Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6, payload=b"data"),
    Ethernet() / IPv6(src="2001:db8::1", dst="2001:db8::2") / TCP(sport=5, dport=6, flags="A", payload=b"data"),
    Ethernet() / VLAN(id=5) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6, payload=b"data"),
]
each_chain = pytest.mark.parametrize("frame", CHAINS, ids=lambda frame: type(frame.payload).__name__)
each_way = pytest.mark.parametrize("few", [0, 1000])
"""Whether functions are written for all packets and frames, or what they answer is found out for each of them."""
each_output = pytest.mark.parametrize("make", OUTPUTS.values(), ids=OUTPUTS)


def usual_of(frame: Header) -> Usual:
    """Return the usual chain of a frame, of which nobody learns anything."""
    classes = tuple(type(header) for header in frame.layers())[:-1]
    networks = [*usual_networks(1), *further_networks(1, VLAN.link_type or 0x8100)]
    (around,) = (each for each in networks if (*each.outers, each.network) == classes[:-1])
    return usual_chain(around, classes[-1], None)


def changed(frame: Header, number: int) -> Header:
    """Return a frame that differs in numbers that are printed."""
    copy = frame.copy()
    network: Any = next(header for header in copy.layers() if isinstance(header, (IPv4, IPv6)))
    network.payload.sport = 100 + number
    return copy


def trained(frame: Header, make: Make) -> tuple[Form, Clock, dict[int, Any], Usual, int]:
    """Return a form that knows frames like one, its clock, and where it keeps what it serves for usual frames."""
    clock = Clock()
    noting = TracedClock("r")
    usual = usual_of(frame)
    pattern = Pattern()
    pattern.follow(Packet(b""))
    form, printer = Form(len(list(Packet(bytes(frame)).layers())), clock, pattern), Printer(lambda text: None)
    body = usual.starts[-1] + usual.classes[-1].least_size
    form.serve(usual, printer, body)
    for number in range(5):
        packet = Packet(bytes(changed(frame, number)), number=number + 1, time_ns=number)
        clock.advance(packet)
        headers = list(packet.layers())
        if form.text(packet, headers) is None:
            text = make(clock)(packet)
            if not form.tries(text, is_usual=True) and form.wants(0):
                form.learn(text, packet, headers, make(noting), noting)
    return form, clock, printer.quick, usual, body


def quickly(quick: Any, usual: Usual, body: int, packet: Packet, around: bytes = b"in front") -> str | None:
    """Have the function for usual frames make the text of a packet that stands among other bytes."""
    data, header = packet.data, packet.frame
    ends = [each.carried_end for each in header.layers()]
    last = len(usual.classes) - 1
    buffer = around + data + b"behind"
    text: str | None = quick(
        buffer, len(around), len(data), packet.number, packet.time_ns, packet.original_length, body, ends[last - 1],
        ends[last], {},
    )  # fmt: skip
    return text


def found_out_for(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have functions written once so many packets and frames have come."""
    monkeypatch.setattr(form_code, "_FEW", few)
    monkeypatch.setattr(usual_forms, "_SETTLED", few)


@each_way
@each_output
@each_chain
def test_usual_frames_have_the_text_of_packets(
    frame: Header, make: Make, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_out_for(few, monkeypatch)
    form, clock, table, usual, body = trained(frame, make)
    for number in range(10, 20):
        packet = Packet(bytes(changed(frame, number)), number=number, time_ns=10**9 * number)
        clock.advance(packet)
        expected = make(clock)(packet)
        before = form.uses
        assert form.text(packet, list(packet.layers())) == expected
        assert quickly(table[body], usual, body, packet) == expected
        assert form.uses == before + 2


@each_way
@each_chain
def test_what_answers_in_another_way_is_left_to_the_ordinary_code(
    frame: Header, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_out_for(few, monkeypatch)
    _, clock, table, usual, body = trained(frame, OUTPUTS["list"])
    damaged = bytearray(bytes(frame))
    damaged[-1] ^= 1
    cut = Packet(bytes(frame)[:-2], time_ns=0, original_length=len(bytes(frame)))
    for packet in (Packet(bytes(damaged), time_ns=0), cut):
        clock.advance(packet)
        assert quickly(table[body], usual, body, packet) is None


@each_way
def test_a_frame_that_is_too_short_for_a_question_is_left_as_well(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found_out_for(few, monkeypatch)
    form, _, table, usual, body = trained(CHAINS[0], OUTPUTS["list"])
    packet = Packet(bytes(CHAINS[0])[:38], time_ns=0)
    assert form.text(packet, list(Packet(bytes(CHAINS[0])).layers())) is None
    assert table[body](packet.data, 0, 38, 1, 0, 38, body, 38, 38, {}) is None
    assert usual.classes[-1] is UDP


def test_a_function_is_written_once_some_frames_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_forms, "_SETTLED", 3)
    _, clock, table, usual, body = trained(CHAINS[0], OUTPUTS["list"])
    found: list[bool] = []
    for number in range(10, 16):
        packet = Packet(bytes(changed(CHAINS[0], number)), number=number, time_ns=number)
        clock.advance(packet)
        found.append(hasattr(table[body], "__self__"))
        assert quickly(table[body], usual, body, packet) == list_line(packet, clock)
    assert found == [True] * 4 + [False] * 2


def test_what_was_written_out_before_is_written_out_for_the_first_frame_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(usual_forms, "_SETTLED", 3)
    form, clock, table, usual, body = trained(CHAINS[0], OUTPUTS["list"])
    for frames in (2, 4):
        packet = Packet(bytes(changed(CHAINS[0], frames)), number=9, time_ns=9)
        clock.advance(packet)
        form.is_new = False
        for _ in range(frames):
            quickly(table[body], usual, body, packet)
        is_written = frames == 4
        assert form.is_new == is_written
        other, printer = Form(len(list(packet.layers())), clock), Printer(lambda text: None)
        other.take_back(form.told())
        other.serve(usual, printer, body)
        quickly(printer.quick[body], usual, body, packet)
        assert hasattr(printer.quick[body], "__self__") != is_written
