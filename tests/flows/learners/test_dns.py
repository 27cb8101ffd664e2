"""Which answer belongs to which question: by conversation and number, with Wireshark's five seconds."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest

from dissect import DNS, UDP, DestinationUnreachable, Ethernet, Header, IPv4, Packet, Question
from dissect.flows.learner import Glance, Place
from dissect.flows.learners.dns import DNSLearner
from tests.flows.learners.passed import after_passing

SECOND = 10**9


def question(number: int, port: int = 40000) -> Header:
    return Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=port, dport=53) / _message(number)


def answer(number: int, port: int = 40000) -> Header:
    message = _message(number, is_response=True)
    return Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=53, dport=port) / message


def _message(number: int, *, is_response: bool = False) -> Header:
    return DNS(id=number, is_response=is_response, questions=[Question("example.com")])


def test_answers_find_their_questions_by_number_and_conversation() -> None:
    frames = [question(1), question(2), question(1, 40001), answer(2), answer(1, 40001), answer(1)]
    packets = after_passing(frames)
    assert [packet.get("dns.response_to") for packet in packets[3:]] == [[2], [3], [1]]
    assert packets[5].get("dns.time") == [5_000_000]


def test_a_second_reading_knows_the_answer() -> None:
    packets = after_passing([question(1), answer(1)], twice=True)
    assert packets[0].get("dns.response_in") == [2]
    assert after_passing([question(1), answer(1)])[0].get("dns.response_in") == []


@pytest.mark.parametrize(("step_ns", "again"), [(5 * SECOND - 1, [1]), (5 * SECOND, [])])
def test_a_question_again_within_five_seconds_was_sent_again(step_ns: int, again: list[int]) -> None:
    packets = after_passing([question(1), question(1)], step_ns=step_ns)
    assert packets[1].get("dns.retransmit_request_in") == again


def test_an_answer_again_and_one_that_nobody_asked_for() -> None:
    packets = after_passing([question(1), answer(1), answer(1), answer(9)])
    assert packets[2].get("dns.retransmit_response_in") == [2]
    assert packets[2].get("dns.response_to") == []
    assert packets[3].get("dns.unsolicited") == [1]


def test_for_an_answer_in_an_error_nobody_asked() -> None:
    error = IPv4(src="10.0.0.1", dst="10.0.0.2") / DestinationUnreachable(code=3, payload=answer(1)[IPv4])
    packets = after_passing([question(1), answer(1), Ethernet() / error])
    assert [packet.get("dns.unsolicited") for packet in packets] == [[], [], [1]]


def test_what_is_held_is_bounded() -> None:
    learner, chance = DNSLearner(), Random(1)
    header = question(0)[DNS]
    place = Place(1, 0)
    place.addresses = b"\0\0\0\1", b"\0\0\0\2"
    for _ in range(70_000):
        header.id = chance.randrange(1 << 16)
        place.addresses = chance.randbytes(4), b"\0\0\0\2"
        learner.observe(header, place)
    assert learner.held() == 1 << 16


def test_numbers_of_a_message_tell_the_same_as_its_header() -> None:
    observing, looking = DNSLearner(), DNSLearner()
    end, other = b"\x0a\0\0\1\x10\xe1", b"\x0a\0\0\2\0\x35"
    told = []
    for number, (identifier, is_response, stream) in enumerate(product((7, 8), (False, False, True, True), (0, 1)), 1):
        message = DNS(id=identifier, is_response=is_response, questions=[Question("example.com")])
        whole = bytes(Ethernet() / IPv4() / UDP(sport=4321, dport=53) / message)
        header: Any = Packet(whole, number=number).frame[DNS]
        place = Place(number, 1000 * number)
        place.transport = Packet(whole).frame[UDP]
        place.transport.learn(stream=stream)
        observing.observe(header, place)
        start = header.own_start
        ends = (other, end) if is_response else (end, other)
        seen = Glance(whole, start, len(whole), len(whole), number, 1000 * number, *ends, (identifier, is_response))
        told.append(looking.look(seen, "udp", stream))
        assert told[-1] == header.facts
    assert looking.held() == observing.held() > 0
    assert {name for facts in told for name in facts} > {"question_frame", "original_question", "original_answer"}
    # Of fewer bytes than a header has nobody knows what they are.
    assert looking.look(seen._replace(stop=start + 3), "udp", 0) == {}
