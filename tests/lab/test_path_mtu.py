"""Path MTUs: what is believed, for how long, and of how many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.path_mtu import PathMTUs

MINUTE = 60_000_000_000


def test_what_is_told_holds_for_ten_minutes() -> None:
    known = PathMTUs()
    assert known.learn("10.0.0.1", 1400, 1500, 0) == 1400
    assert known.get("10.0.0.1", 10 * MINUTE - 1) == 1400
    assert known.get("10.0.0.1", 10 * MINUTE) is None
    assert len(known) == 0


@given(st.integers(0, 65535), st.integers(20, 65535))
def test_a_path_only_gets_smaller_and_never_tiny(mtu: int, length: int) -> None:
    known = PathMTUs()
    known.learn("10.0.0.1", 1400, 1500, 0)
    told = known.learn("10.0.0.1", mtu, length, 0)
    assert told is None or (552 <= told < min(1400, length))
    assert known.get("10.0.0.1", 0) == (told or 1400)


def test_an_old_router_that_tells_none_makes_it_the_next_plateau() -> None:
    known = PathMTUs()
    assert [known.learn("10.0.0.1", 0, length, 0) for length in (1500, 1492, 1006)] == [1492, 1006, 552]
    assert known.learn("10.0.0.1", 0, 552, 0) is None


def test_the_table_is_bounded() -> None:
    known = PathMTUs(limit=3)
    for number in range(5):
        known.learn(f"10.0.0.{number}", 1400, 1500, 0)
    assert [known.get(f"10.0.0.{number}", 0) for number in range(5)] == [None, None, 1400, 1400, 1400]
