"""A form learns from packets that come again, relies on what was compared, and gives up what cannot be followed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.declaration.branches import refused
from dissect.packets.clock import Clock
from dissect.views.forms import Form
from dissect.wireshark.tracing import TracedClock

Make = Callable[[Packet], str]


def packet(ttl: int = 64, sport: int = 5) -> Packet:
    return Packet(bytes(Ethernet() / IPv4(ttl=ttl) / UDP(sport=sport, dport=6, payload=b"data")), time_ns=0)


class Maker:
    """Makes texts as `CompiledText` does, and counts those that were made the ordinary way."""

    def __init__(self, make: Make, rare: int = 0) -> None:
        clock = Clock()
        self._make, self._rare = make, rare
        self._noting = TracedClock("r")
        self.form = Form(len(list(packet().layers())), clock)
        self.ordinary = 0

    def __call__(self, packet: Packet) -> str:
        headers = list(packet.layers())
        text = self.form.text(packet, headers)
        if text is None:
            self.ordinary += 1
            text = self._make(packet)
            if not self.form.tries(text, is_usual=False) and self.form.wants(self._rare):
                self.form.learn(text, packet, headers, self._make, self._noting)
        return text


def of_ttl(packet: Packet) -> str:
    header = packet[IPv4]
    return f"low {header.ttl} {packet[UDP].sport}" if header.ttl < 5 else f"{header.ttl}"


def test_a_text_is_compared_before_it_is_relied_on() -> None:
    maker = Maker(of_ttl)
    assert [maker(packet(ttl)) for ttl in range(60, 70)] == [str(ttl) for ttl in range(60, 70)]
    assert maker.ordinary == 2
    assert maker.form.uses == 8
    assert len(maker.form.leaves) == 1


def test_packets_that_go_another_way_are_learnt_apart() -> None:
    maker = Maker(of_ttl)
    for ttl in (60, 3, 61, 2, 62, 1, 63, 4):
        assert maker(packet(ttl, sport=ttl)) == of_ttl(packet(ttl, sport=ttl))
    assert len(maker.form.leaves) == 2
    assert maker.ordinary == 4


def test_what_comes_seldom_is_not_learnt() -> None:
    maker = Maker(of_ttl, rare=3)
    for ttl in (60, 61, 62):
        maker(packet(ttl))
    assert maker.form.leaves == []
    maker(packet(63))
    assert len(maker.form.leaves) == 1
    for _ in range(3):
        maker(packet(3))
    assert len(maker.form.leaves) == 1
    maker(packet(3))
    assert len(maker.form.leaves) == 2


def test_code_that_looks_at_the_text_of_a_number_is_found_out() -> None:
    maker = Maker(lambda packet: str(packet[IPv4].ttl)[:1])
    assert [maker(packet(ttl)) for ttl in (64, 65, 128, 7)] == ["6", "6", "1", "7"]
    assert maker.form.leaves == [refused]
    assert maker.form.uses == 0


def test_code_that_cannot_be_followed_is_given_up_with_its_reason() -> None:
    maker = Maker(lambda packet: str(packet[IPv4].copy().ttl))
    for _ in range(9):
        assert not maker.form.is_given_up or maker.ordinary >= 8
        assert maker(packet()) == "64"
    assert maker.form.is_given_up
    assert maker.form.reason == "UntraceableError: a copy"


def test_a_fault_of_the_code_itself_is_told_as_ever() -> None:
    def make(packet: Packet) -> str:
        if packet[IPv4].ttl == 7:
            raise LookupError("no words for seven")
        return f"{100 // packet[UDP].sport} {packet[IPv4].ttl}"

    maker = Maker(make)
    assert [maker(packet(ttl)) for ttl in range(60, 70)] == [f"20 {ttl}" for ttl in range(60, 70)]
    assert maker.form.uses > 0
    with pytest.raises(LookupError, match="no words for seven"):
        maker(packet(7))
    # A number by which nothing can be divided: what was compiled leaves it to the code.
    with pytest.raises(ZeroDivisionError):
        maker(packet(sport=0))
    assert maker(packet(61)) == "20 61"


def test_functions_that_are_written_in_c_get_bytes() -> None:
    maker = Maker(lambda packet: b"".join([packet[IPv4].raw("src"), b"!"]).hex() + f" {packet[IPv4].ttl}")
    assert [maker(packet(ttl)) for ttl in range(60, 70)] == [f"0000000021 {ttl}" for ttl in range(60, 70)]
    assert maker.form.uses == 8


def test_a_question_that_has_no_answer_elsewhere_does_not_hinder() -> None:
    def make(packet: Packet) -> str:
        ttl, port = packet[IPv4].ttl, packet[UDP].sport
        if port == 0:
            return "none"
        return "much" if 100 // port > ttl else "little"

    maker = Maker(make)
    ports = [5, 6, 7, 0, 0, 0, 0, 0, 8, 9, 0]
    assert [maker(packet(sport=port)) for port in ports] == [make(packet(sport=port)) for port in ports]
    assert maker.form.uses >= 4
