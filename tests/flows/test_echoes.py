"""Echo requests and replies find each other, and times of sending are told from other data."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.echoes import Answer, Echoes, sending_time

HOSTS = frozenset((b"a", b"b"))
NOW = 1_700_000_000


def test_the_first_reply_answers_the_latest_request() -> None:
    echoes = Echoes()
    assert echoes.request(HOSTS, 0x1000, 7, 1, 10) is None
    assert echoes.request(HOSTS, 0x1000, 7, 2, 20) is None
    assert echoes.reply(HOSTS, 0x1800, 7, 3, 50) == Answer(2, 3, 30)
    assert echoes.reply(HOSTS, 0x1800, 7, 4, 60) is None


def test_other_data_hosts_or_numbers_are_no_reply() -> None:
    echoes = Echoes()
    echoes.request(HOSTS, 0x1000, 7, 1, None)
    assert echoes.reply(HOSTS, 0x1801, 7, 2, None) is None
    assert echoes.reply(frozenset((b"a", b"c")), 0x1800, 7, 2, None) is None
    assert echoes.reply(HOSTS, 0x1800, 8, 2, None) is None
    assert echoes.reply(HOSTS, 0x1800, 7, 2, None) == Answer(1, 2, None)


def test_checksums_carry_over() -> None:
    echoes = Echoes()
    echoes.request(HOSTS, 0xF900, 7, 1, 0)
    assert echoes.reply(HOSTS, 0x0101, 7, 2, 0) is not None


def test_a_second_reading_knows_the_reply() -> None:
    echoes = Echoes(remember=True)
    for _ in range(2):
        first, second = echoes.request(HOSTS, 0x1000, 7, 1, 0), echoes.reply(HOSTS, 0x1800, 7, 2, 5)
        echoes.rewind()
    assert first == second == Answer(1, 2, 5)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 9))), st.integers(1, 3))
def test_the_limit_holds_whatever_comes(messages: list[tuple[bool, int, int]], limit: int) -> None:
    echoes = Echoes(remember=True, limit=limit, answer_limit=limit)
    for number, (asks, checksum, query) in enumerate(messages):
        (echoes.request if asks else echoes.reply)(HOSTS, checksum, query, number, number)
        assert len(echoes) <= limit
        assert len(echoes._answers) <= 2 * limit


@pytest.mark.parametrize("layout", ["<II", ">II", "<QQ"])
def test_a_time_near_the_frames_is_one(layout: str) -> None:
    assert sending_time(pack(layout, NOW + 86_399, 0), NOW * 10**9 + 5) == (NOW + 86_399) * 10**9
    assert sending_time(pack(layout, NOW + 86_400, 0), NOW * 10**9 + 5) is None


def test_what_is_no_time() -> None:
    assert sending_time(pack("<II", NOW, 999_999), NOW * 10**9) == NOW * 10**9 + 999_999_000
    assert sending_time(pack("<II", NOW, 1_000_000), NOW * 10**9) is None
    assert sending_time(pack("<II", NOW, 5)[:7], NOW * 10**9) is None
