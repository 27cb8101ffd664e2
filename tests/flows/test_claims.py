"""Claims to addresses: which one contradicts another, for how long, and how many are held."""

from __future__ import annotations

import pytest

from dissect.flows import claims
from dissect.flows.claims import Claim, Claims

ONE, OTHER = b"\x02\x01", b"\x02\x02"


def test_a_claim_is_held_against_the_one_before_once_for_a_pair() -> None:
    table = Claims(100)
    first = Claim(ONE, 1, 0)
    assert table.claim(0, b"a", first) is None
    assert table.claim(0, b"a", Claim(OTHER, 2, 50)) == first
    assert table.claim(0, b"a", Claim(ONE, 3, 60)) is None
    assert table.claim(1, b"a", Claim(OTHER, 4, 60)) is None


def test_a_claim_does_not_hold_for_ever() -> None:
    table = Claims(100)
    table.claim(0, b"a", Claim(ONE, 1, 0))
    assert table.claim(0, b"a", Claim(OTHER, 2, 101)) is None
    assert table.claim(0, b"a", Claim(ONE, 3, None)) is not None


def test_questions_are_remembered_for_a_while() -> None:
    table = Claims(100)
    assert not table.is_asked(0, b"a", 5, 10)
    table.ask(0, b"a", 5)
    assert table.is_asked(0, b"a", 15, 10)
    assert not table.is_asked(0, b"a", 16, 10)
    assert not table.is_asked(1, b"a", 5, 10)


def test_of_too_many_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MOST_CLAIMS", 2)
    table = Claims(100)
    for number, address in enumerate((b"a", b"b", b"c"), 1):
        table.claim(0, address, Claim(ONE, number, 0))
    assert table.claim(0, b"a", Claim(OTHER, 4, 0)) is None
    assert table.claim(0, b"c", Claim(OTHER, 5, 0)) is not None
