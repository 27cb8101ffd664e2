from __future__ import annotations

from typing import Any

import pytest

import dissect
from dissect import DNS, TCP, UDP, ARecord, DNSLength, Ethernet, IPv4, MXRecord, Question, TXTRecord
from dissect.declare import compressed
from tests.protocols.agreement import keeps_promises

AROUND = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.53")


def read(message: bytes) -> Any:
    return DNS.decode(message, 0, len(message), 0)


def test_a_question_as_dig_sends_it() -> None:
    data = bytes.fromhex("1f3a 0120 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 000f 0001")
    query = DNS(id=0x1F3A, authenticated=True, questions=[Question("example.com", "MX")])
    assert bytes(query) == data
    assert read(data) == query
    assert query.problems() == []


def test_an_answer_whose_names_point_to_each_other() -> None:
    answer = DNS(
        id=7,
        is_response=True,
        recursion_available=True,
        questions=[Question("example.com", "MX")],
        answers=[MXRecord("example.com", 10, "mail.example.com", ttl=60)],
        additionals=[ARecord("mail.example.com", "192.0.2.25", ttl=60)],
    )
    small = compressed(answer)
    assert bytes(small)[29:] == bytes.fromhex(
        "c00c 000f 0001 0000003c 0009 000a 046d61696cc00c c02b 0001 0001 0000003c 0004 c0000219"
    )
    parsed = read(bytes(small))
    assert parsed == small
    assert (parsed.answers[0].exchange, parsed.additionals[0].owner) == ("mail.example.com", "mail.example.com")
    assert parsed.info() == "response, MX example.com: MX 10 mail.example.com"


def test_ports_are_found_and_filled_in() -> None:
    frame = AROUND / UDP(sport=40000) / DNS(questions=[Question("example.com")])
    assert frame[UDP].dport == 53
    assert dissect.parse(bytes(frame)) == frame
    over_tcp = AROUND / TCP(sport=40000) / DNSLength() / DNS(questions=[Question("example.com")])
    assert (over_tcp[TCP].dport, over_tcp[DNSLength].length) == (53, 29)
    assert dissect.parse(bytes(over_tcp)) == over_tcp
    assert dissect.parse(bytes(over_tcp)).problems() == []


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [
        ({}, True),
        ({"truncated": True, "recursion_desired": False}, True),
        ({"additional_count": 10}, True),
        ({"additional_count": 11}, False),
        ({"opcode": 4}, False),
        ({"question_count": 0}, False),
        ({"question_count": 2}, False),
        ({"answer_count": 1}, False),
        ({"authority_count": 1}, False),
        ({"is_response": True, "question_count": 0, "answer_count": 100, "authority_count": 10}, True),
        ({"is_response": True, "answer_count": 101}, False),
        ({"is_response": True, "authority_count": 11}, False),
        ({"is_response": True, "question_count": 2}, False),
    ],
)
def test_usual_messages_are_told_on_any_port(changed: dict[str, Any], is_told: bool) -> None:
    """Tshark 4.0 was asked for each of these."""
    message = DNS(questions=[Question("example.com")]).replace(**changed)
    frame = dissect.parse(bytes(AROUND / UDP(sport=40000, dport=40001, payload=bytes(message))))
    assert (DNS in frame) is is_told
    heads = [bytes(message)[:size] for size in (12, 13)]
    assert [DNS in dissect.parse(bytes(AROUND / UDP(sport=1025, dport=1026, payload=head))) for head in heads] == [
        False,
        is_told,
    ]


def test_pointers_count_from_the_message_and_not_from_its_length_over_tcp() -> None:
    answer = compressed(DNS(questions=[Question("a.b")], answers=[ARecord("a.b", "192.0.2.1")]))
    frame = dissect.parse(bytes(AROUND / TCP(sport=40000) / DNSLength() / answer))
    assert frame[DNS].answers[0].owner == "a.b"


@pytest.mark.parametrize("size", range(60))
def test_a_message_may_be_cut_anywhere(size: int) -> None:
    whole = compressed(DNS(questions=[Question("example.com")], answers=[TXTRecord("example.com", ["one", "two"])]))
    frame = AROUND / UDP(sport=53, dport=40000) / bytes(whole)[:size]
    assert keeps_promises(bytes(frame), 1)


def test_what_stands_behind_the_records_is_told() -> None:
    message = read(bytes(DNS(questions=[Question("a")])) + b"more")
    assert message.rest == b"more"
    assert [str(problem) for problem in message.problems()] == ["dns.rest at byte 19 stands behind the last record"]


def test_wrong_counts_are_told() -> None:
    message = read(bytes(DNS(questions=[Question("a")], answer_count=2)))
    assert [problem.field for problem in message.problems()] == ["answer_count"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [("c00c", "points around in a circle"), ("c0ff", "points to what is no name"), ("c010", "points forwards")],
)
def test_names_that_lead_nowhere(name: str, fault: str) -> None:
    message = read(bytes.fromhex(f"0000 0100 0001 0000 0000 0000 {name} 0001 0001 00"))
    assert any(fault in problem.message for problem in message.problems())


def test_many_records_take_linear_work() -> None:
    # A name of pointers into pointers in each of 5000 records; every one is looked at twice.
    head = bytes.fromhex("0000 8000 0000 ffff 0000 0000") + b"\1a" * 100 + b"\0"
    record = bytes.fromhex("c00c 0001 0001 0000003c 0004 c0000201")
    message = read(head[:12] + head[12:] + bytes.fromhex("0001 0001 0000003c 0004 c0000201") + record * 5000)
    assert len(message.answers) == 5001
    assert message.answers[-1].owner.count("a") == 100
    assert len(message.problems()) == 1
