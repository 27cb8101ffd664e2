from __future__ import annotations

from dissect.flows.owners import Claim, Owners

ADDRESS, OTHER = b"\x0a\0\0\1", b"\x0a\0\0\2"
FIRST, SECOND = b"\2\0\0\0\0\1", b"\2\0\0\0\0\2"


def test_the_first_owner_stays() -> None:
    owners = Owners()
    assert owners.claim(ADDRESS, FIRST, 1, 100) is None
    assert owners.claim(OTHER, SECOND, 2, 100) is None
    assert owners.claim(ADDRESS, SECOND, 3, 105) == Claim(FIRST, 1, 100)
    assert owners.claim(ADDRESS, FIRST, 4, 110) is None
    assert owners.claim(ADDRESS, SECOND, 5, 111) == Claim(FIRST, 4, 110)


def test_a_second_reading_says_the_same() -> None:
    owners = Owners(remember=True)
    frames = [(ADDRESS, FIRST), (ADDRESS, SECOND), (ADDRESS, FIRST)]
    first = [owners.claim(*frame, number, number) for number, frame in enumerate(frames, 1)]
    owners.rewind()
    assert [owners.claim(*frame, number, number) for number, frame in enumerate(frames, 1)] == first
    assert first == [None, Claim(FIRST, 1, 1), None]


def test_the_table_is_bounded() -> None:
    owners = Owners(limit=2)
    for number, address in enumerate((ADDRESS, OTHER, b"\x0a\0\0\3"), 1):
        owners.claim(address, FIRST, number, 0)
    assert len(owners) == 2
    assert owners.claim(ADDRESS, SECOND, 4, 0) is None
