"""Multicast DNS: the upper bit of a class has a meaning of its own (RFC 6762)."""

from __future__ import annotations

from dissect import UDP, ARecord, Ethernet, IPv4, Question, parse
from dissect.protocols.mdns import MDNS

AROUND = Ethernet() / IPv4(dst="224.0.0.251", ttl=255)


def test_a_question_may_ask_for_an_answer_to_itself() -> None:
    # Section 5.4: the top bit of the class of a question.
    frame = AROUND / UDP() / MDNS(questions=[Question("a.local", wants_unicast=True)])
    assert frame[UDP].dport == 5353
    parsed = parse(bytes(frame))
    assert parsed == frame
    assert bytes(parsed[MDNS])[-2:] == bytes.fromhex("8001")
    assert parsed[MDNS].questions[0].wants_unicast
    assert parsed.problems() == []


def test_an_answer_may_say_that_others_are_no_longer_true() -> None:
    # Section 10.2: the same bit of the class of a record.
    answer = MDNS(is_response=True, answers=[ARecord("a.local", "192.0.2.80", cache_flush=True, ttl=120)])
    parsed = parse(bytes(AROUND / UDP(sport=5353) / answer))[MDNS]
    (record,) = parsed.answers
    assert isinstance(record, ARecord)
    assert (record.cache_flush, int(record.record_class), record.address) == (True, 0x8001, "192.0.2.80")
