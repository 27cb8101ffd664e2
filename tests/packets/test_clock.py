from __future__ import annotations

from dissect import Packet
from dissect.packets.clock import Clock


def packet(time_ns: int | None) -> Packet:
    return Packet(b"", time_ns=time_ns)


def test_the_first_and_the_previous_packet_with_a_time() -> None:
    clock = Clock()
    seen = []
    for time_ns in (None, 5, None, 3, 9):
        clock.advance(packet(time_ns))
        seen.append((clock.first, clock.previous))
    assert seen == [(None, None), (5, None), (5, 5), (5, 5), (5, 3)]


def test_the_previous_packet_that_was_shown() -> None:
    clock = Clock()
    for time_ns, is_shown in ((1, True), (2, False), (3, True)):
        clock.advance(packet(time_ns))
        if is_shown:
            clock.show()
    assert clock.previous_shown == 1
    clock.advance(packet(4))
    assert (clock.previous, clock.previous_shown) == (3, 3)


def test_a_packet_that_is_shown_at_once() -> None:
    one, other = Clock(), Clock()
    for time_ns in (None, 7, 8, None, 6):
        one.tick_and_show(time_ns)
        other.advance(packet(time_ns))
        other.show()
        assert (one.first, one.previous, one.previous_shown) == (other.first, other.previous, other.previous_shown)


def test_a_capture_begins_again() -> None:
    clock = Clock("u")
    clock.tick_and_show(5)
    clock.tick(6)
    clock.restart()
    assert (clock.first, clock.previous, clock.previous_shown, clock.time_format) == (None, None, None, "u")
    clock.tick(9)
    assert (clock.first, clock.previous) == (9, None)
    assert clock.digits(packet(1)) == 9


def test_a_loop_tells_it_what_texts_ask_for_and_the_rest_later() -> None:
    one, other = Clock(), Clock()
    latest = None
    for time_ns in (7, 8, 3, 9):
        other.tick_and_show(time_ns)
        if latest is None:
            one.tick_and_show(time_ns)
        else:
            one.previous = one.previous_shown = latest
        latest = time_ns
        assert (one.first, one.previous, one.previous_shown) == (other.first, other.previous, other.previous_shown)
    one.come_to(9)
    for clock in (one, other):
        clock.tick(11)
        assert (clock.first, clock.previous, clock.previous_shown) == (7, 9, 9)
