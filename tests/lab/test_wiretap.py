"""A wiretap: nobody notices it, unless it wants to be noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, UDP, Ethernet, FilterError, IPv4, Network, Ping, Wiretap, parse
from dissect.lab.device import Transmission


def between(**options: object) -> tuple[Network, Wiretap, Ping]:
    lab = Network()
    a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
    tap = lab.wiretap("tap", **options)  # type: ignore[arg-type]
    lab.link(a, tap)
    lab.link(tap, b)
    ping = lab.start_program(a, Ping("10.0.0.2", count=2))
    lab.run()
    return lab, tap, ping


def test_what_passes_is_seen_and_unchanged() -> None:
    lab, tap, ping = between()
    assert (ping.received, tap.seen) == (2, 6)
    for one, other in zip(lab.recording.packets(["a-tap"]), lab.recording.packets(["tap-b"]), strict=True):
        assert one.data == other.data


def test_what_the_filter_passes_is_dropped() -> None:
    _, tap, ping = between(drops="icmp.seq == 2 and icmp.type == 0")
    assert ping.received == 1
    assert [event.text for event in tap.events()] == ["dropped a frame of 98 bytes"]
    with pytest.raises(FilterError):
        Wiretap("tap", drops="ip.ttl ==")


def test_words_are_altered_and_it_is_told() -> None:
    tap = Wiretap("tap", alters={b"hello": b"HELLO"})
    frame = bytes((Ethernet() / IPv4() / UDP(sport=9, dport=9, payload=b"hello")).padded())
    (sent,) = tap.receive(0, frame, 7)
    assert b"HELLO" in sent.frame
    assert parse(sent.frame).problems() == []
    (event,) = tap.events()
    assert event.text == "altered a frame of 60 bytes"


def test_a_judge_decides_of_every_frame_and_onlookers_come_first() -> None:
    class Echo:
        def see(self, frame: object, port: int) -> list[Transmission]:
            return [Transmission(port, bytes(Ethernet() / ARP()))]

    tap = Wiretap("tap", judge=lambda frame, port, now_ns: frame[:-1] if port else None, onlookers=[Echo()])  # type: ignore[list-item]
    assert [each.port for each in tap.receive(0, bytes(60), 0)] == [0]
    assert [(each.port, len(each.frame)) for each in tap.receive(1, bytes(60), 0)] == [(1, 42), (0, 59)]


@given(st.binary(max_size=80))
def test_any_bytes_pass(data: bytes) -> None:
    tap = Wiretap("tap", drops="tcp.port == 81", alters={b"a": b"b"})
    assert len(tap.receive(0, data, 0)) <= 1
    assert Wiretap("tap").receive(1, data, 0) == [Transmission(0, data)]
