"""Learners are found by the class of header, those of other people's protocols too."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from dissect import ARP, TCP, UDP, VLAN, Data, EchoReply, EchoRequest, Ethernet, Header, IPv4, IPv6, Packet
from dissect.declare import u8, u16
from dissect.flows.learner import Learner, Place, Plain, learner_of, takes_part_always, tells_of_others
from dissect.flows.learners.ipv6 import ExtensionLearner
from dissect.flows.reading import ReadingPass, is_fragment, is_independent
from dissect.protocols.ipv6_extensions import FragmentHeader, HopByHopOptions
from dissect.wireshark.loading import load_all
from dissect.wireshark.types import declared_headers


def test_the_learner_of_a_protocol_stands_in_the_file_of_its_name() -> None:
    for cls in (ARP, EchoRequest, IPv4, IPv6, FragmentHeader, TCP, UDP, VLAN):
        learner = learner_of(cls)
        assert learner is not None
        assert learner.__module__ == cls.__module__.replace("dissect.protocols", "dissect.flows.learners")


def test_a_class_has_the_learner_of_the_one_that_it_inherits() -> None:
    assert learner_of(HopByHopOptions) is ExtensionLearner
    assert learner_of(EchoRequest) is learner_of(EchoReply)


def test_headers_that_mean_no_more_have_none() -> None:
    assert learner_of(Data) is None
    assert learner_of(Ethernet) is None


def test_whether_what_waits_tells_of_other_frames_is_told_without_an_import() -> None:
    told = {
        name: tells_of_others(f"dissect.protocols.{name}") for name in ("quic", "tftp", "dns", "http", "llmnr", "vlan")
    }
    assert told == {"quic": True, "tftp": True, "dns": False, "http": False, "llmnr": False, "vlan": True}
    # Of somebody else's nobody knows.
    assert tells_of_others("somebody.protocols")


def test_which_learners_take_part_always_is_told_as_their_classes_say() -> None:
    load_all()
    for cls in declared_headers():
        learner = learner_of(cls)
        assert takes_part_always(cls) == (learner is not None and learner.always), cls


def test_who_does_not_take_part_always_is_not_imported_to_be_asked() -> None:
    text = (
        "import sys; from dissect import HTTPRequest; from dissect.flows.learner import takes_part_always;"
        "print(takes_part_always(HTTPRequest), 'dissect.flows.learners.http' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


class Counter(Header):
    """Somebody else's protocol, without a name, so that no other test finds it among the declared ones."""

    kind: int = u8("kind", default=0)
    number: int = u16("number", default=0)


class CounterLearner(Learner, of=Counter):
    """Tells how many numbers were left out between the same two hosts."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.last: dict[tuple[bytes, bytes] | None, int] = {}

    def observe(self, header: Any, place: Place) -> None:
        before = self.last.get(place.addresses)
        if before is not None:
            header.learn(left_out=header.number - before - 1)
        self.last[place.addresses] = header.number

    def held(self) -> int:
        return len(self.last)


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let IPv4 carry it under a number for experiments."""
    monkeypatch.setitem(IPv4._carried, 254, Counter.decode)


def counters(*numbers: int) -> list[Packet]:
    around = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", protocol=254)
    frames = [around / bytes(Counter(number=number)) for number in numbers]
    return [Packet(bytes(frame), number=place) for place, frame in enumerate(frames, 1)]


@pytest.mark.usefixtures("carried")
def test_somebody_elses_protocol_brings_its_own_learner() -> None:
    reading = ReadingPass()
    packets = counters(1, 2, 5)
    for packet in packets:
        reading.observe(packet)
    assert [packet[Counter].learnt("left_out") for packet in packets] == [None, 0, 2]
    assert not is_independent(packets[0])
    assert not is_fragment(packets[0])


@pytest.mark.usefixtures("carried")
def test_packets_that_are_passed_over_are_shown_to_it() -> None:
    reading = ReadingPass()
    for packet in counters(1, 2):
        reading.pass_over(packet)
    learner = reading.learner(Counter)
    assert learner is not None
    assert learner.held() == 1


def test_a_pass_learns_only_what_it_is_asked_for() -> None:
    reading = ReadingPass(only={UDP})
    frames = [
        IPv4(src="10.0.0.1", dst="10.0.0.2") / carried for carried in (UDP(dport=1), TCP(dport=1), EchoRequest(id=1))
    ]
    packets = [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate(frames, 1)]
    for packet in packets:
        reading.observe(packet)
        reading.pass_over(packet)
    assert packets[0].get("udp.stream") == [0]
    assert packets[1].get("tcp.stream") == []
    assert reading.learner(TCP) is None
    assert reading.learner(EchoRequest) is None


def test_a_pass_that_is_asked_for_little_still_puts_fragments_together() -> None:
    from dissect import fragment

    reading = ReadingPass(only={UDP})
    whole = IPv4(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(dport=5, payload=bytes(100))
    packets = [Packet(bytes(Ethernet() / piece), number=number) for number, piece in enumerate(fragment(whole, 68), 1)]
    for packet in packets:
        reading.observe(packet)
    assert packets[-1].get("udp.stream") == [0]


def test_a_place_of_a_network_header_that_is_cut_has_no_addresses() -> None:
    place = Place(1, None)
    place.enter_network(IPv6.cut("60"))
    assert place.addresses is None
    assert place.is_cut


def test_plain_facts_tell_from_which_variables_they_come() -> None:
    facts = {"stream": "stream.index", "size": "(1 << stream.shifts[way] if length else None)"}
    plain = Plain(states={}, state="stream", test="True", lines=(), facts=facts)
    assert plain.given == ("length", "stream", "way")
    assert plain.fact("size", "loop_") == "(1 << loop_stream.shifts[loop_way] if loop_length else None)"
