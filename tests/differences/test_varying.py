"""Values that are others in every run, in comparisons."""

from __future__ import annotations

from typing import Any

from dissect import DNS, UDP, Ethernet, IPv4, Question, compare


def dialogue(first: int, second: int, answered: int) -> list[Any]:
    outer = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.53") / UDP(sport=40000, dport=53)
    asked = [Question("example.com")]
    return [
        outer / DNS(id=first, questions=asked),
        outer / DNS(id=second, questions=asked),
        outer / DNS(id=answered, is_response=True, questions=asked),
    ]


def test_transaction_ids_count_by_their_order() -> None:
    ours, theirs = dialogue(7, 8, 7), dialogue(100, 99, 100)
    settings: Any = {"canonical": {"transaction-ids", "checksums"}}
    assert str(compare(ours, theirs)) != "no differences"
    assert str(compare(ours, theirs, **settings)) == "no differences"
    assert str(compare(ours, dialogue(100, 99, 99), **settings)) != "no differences"
