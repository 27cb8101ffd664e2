"""Who sees a question or a word pass, and answers first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import DNS, TCP, UDP, Ethernet, FieldError, IPv4, parse
from dissect.lab.attacks.onlookers import NameForger, ResetForger
from dissect.protocols.dns import Question
from dissect.protocols.dns_types import RecordType

A, B = "02:00:00:00:00:01", "02:00:00:00:00:02"


def carried(segment: Any) -> Any:
    return parse(bytes(Ethernet(src=A, dst=B) / IPv4(src="10.0.0.1", dst="10.0.0.2") / segment))


def test_a_question_for_one_of_the_names_is_answered_in_the_servers_name() -> None:
    forger = NameForger({"Shop.example.com": "203.0.113.66"})
    query = DNS(id=7, questions=[Question("shop.Example.com")])
    (sent,) = forger.see(carried(UDP(sport=1053, dport=53) / query), 1)
    answer = parse(sent.frame)
    assert (sent.port, answer[Ethernet].src, answer[IPv4].src, answer[UDP].dport) == (1, B, "10.0.0.2", 1053)
    assert answer.problems() == []
    assert answer[DNS].info().endswith("A 203.0.113.66")
    assert (answer[DNS].id, answer[DNS].questions[0].domain) == (7, "shop.Example.com")


@pytest.mark.parametrize(
    "segment",
    [
        UDP(sport=1053, dport=53) / DNS(questions=[Question("other.example.com")]),
        UDP(sport=1053, dport=53) / DNS(questions=[Question("shop.example.com", RecordType.AAAA)]),
        UDP(sport=53, dport=53) / DNS(is_response=True, questions=[Question("shop.example.com")]),
        UDP(sport=1053, dport=54, payload=b"shop.example.com"),
        TCP(sport=1053, dport=53),
    ],
)
def test_what_is_no_such_question(segment: Any) -> None:
    assert list(NameForger({"shop.example.com": "203.0.113.66"}).see(carried(segment), 0)) == []


def test_an_address_that_no_host_has() -> None:
    with pytest.raises(FieldError, match="the address of a"):
        NameForger({"a": "224.0.0.1"})


def test_both_ends_of_a_connection_get_the_number_that_they_expect() -> None:
    forger = ResetForger(b"secret")
    segment = TCP(sport=40000, dport=80, seq=1001, ack=8001, flags="PA", payload=b"a secret word")
    back, on = (each for each in forger.see(carried(segment), 0))
    assert (back.port, on.port) == (0, 1)
    first, second = parse(back.frame), parse(on.frame)
    assert (first[IPv4].src, first[TCP].seq, str(first[TCP].flags)) == ("10.0.0.2", 8001, "R")
    assert (second[IPv4].src, second[TCP].seq, str(second[TCP].flags)) == ("10.0.0.1", 1001, "R")
    assert first.problems() == second.problems() == []
    assert list(forger.see(carried(segment.replace(payload=b"nothing")), 0)) == []


@given(st.binary(max_size=80))
def test_any_frame_may_pass(data: bytes) -> None:
    for forger in (NameForger({"a": "203.0.113.66"}), ResetForger(b"a")):
        for frame in (data, bytes(Ethernet() / IPv4() / UDP(dport=53, payload=data))):
            list(forger.see(parse(frame), 0))
