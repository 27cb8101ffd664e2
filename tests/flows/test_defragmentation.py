"""Fragments put together as a reader of captures wants it: everything shown, and what is odd noted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.defragmentation import OVERHEAD, Defragmenter, Whole

DATA = bytes(range(48))


def put_together(*pieces: tuple[int, int, bool], data: bytes = DATA) -> Whole | None:
    """Add (start, end, last) of the data, as frames 1, 2, ...; return what the last one completes."""
    table = Defragmenter()
    whole = None
    for number, (start, end, last) in enumerate(pieces, 1):
        assert whole is None
        whole = table.add("key", number, start, data[start:end], last)
    return whole


def test_any_order_and_duplicates() -> None:
    whole = put_together((32, 48, True), (0, 16, False), (0, 16, False), (16, 32, False))
    assert whole is not None
    assert (whole.data, whole.number) == (DATA, 4)
    assert [(part.number, part.overlap, part.erroneous) for part in whole.parts] == [
        (2, False, False),
        (3, True, False),
        (4, False, False),
        (1, False, False),
    ]


def test_bytes_that_differ_are_a_conflict_and_the_first_place_wins() -> None:
    table = Defragmenter()
    table.add(1, 1, 0, DATA[:24], False)
    table.add(1, 2, 16, bytes(16), False)
    whole = table.add(1, 3, 32, DATA[32:], True)
    assert whole is not None
    assert whole.data == DATA[:24] + bytes(8) + DATA[32:]
    assert [(part.overlap, part.conflict) for part in whole.parts] == [(False, False), (True, True), (False, False)]


def test_another_end_and_what_reaches_beyond_it() -> None:
    whole = put_together((32, 48, True), (32, 40, True), (0, 32, False))
    assert whole is not None
    assert [part.number for part in whole.parts if part.other_end] == [2]
    whole = put_together((32, 48, False), (16, 32, True), (0, 16, False))
    assert whole is not None
    assert whole.data == DATA[:32]
    assert [part.number for part in whole.parts if part.too_long] == [1]


def test_what_follows_a_whole_datagram_begins_another() -> None:
    table = Defragmenter()
    for number in (1, 3):
        assert table.add("key", number, 0, DATA[:16], False) is None
        assert table.add("key", number + 1, 16, DATA[16:], True) is not None
    assert (len(table), table.memory) == (0, 0)


def test_a_second_reading_knows_who_completes() -> None:
    table = Defragmenter(remember=True)
    for _ in range(2):
        table.add("key", 1, 0, DATA[:16], False)
        table.add("other", 2, 0, DATA[:16], False)
        table.add("key", 3, 16, DATA[16:], True)
        table.rewind()
    assert [table.completed_in(key, number) for key, number in (("key", 1), ("key", 3), ("other", 2))] == [3, 3, None]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.binary(min_size=1, max_size=24), st.booleans())),
    st.integers(OVERHEAD, 8 * OVERHEAD),
)
def test_the_limits_hold_whatever_comes(fragments: list[tuple[int, int, bytes, bool]], memory_limit: int) -> None:
    table = Defragmenter(memory_limit=memory_limit, datagram_limit=3)
    for number, (key, start, data, last) in enumerate(fragments):
        whole = table.add(key, number, start, data, last)
        assert whole is None or max(part.end for part in whole.parts) >= len(whole.data)
        assert len(table) <= 3
        assert table.memory <= memory_limit
        assert table.memory == sum(known.memory for known in table._incomplete.values())


@given(st.permutations(range(6)), st.data())
def test_whatever_the_order_the_data_are_the_same(order: list[int], data: st.DataObject) -> None:
    extra = data.draw(st.lists(st.integers(0, 4)))
    pieces = [(8 * place, 8 * place + 8, place == 5) for place in [*extra, *order]]
    table, whole = Defragmenter(), None
    for number, (start, end, last) in enumerate(pieces):
        whole = whole or table.add("key", number, start, DATA[start:end], last)
    assert whole is not None
    assert whole.data == DATA
