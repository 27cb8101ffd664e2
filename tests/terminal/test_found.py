"""What is looked for is found, round the end and backwards, and orders are those of numbers, addresses and texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dissect.captures import read, write
from dissect.errors import FieldError
from dissect.packets.packet import Packet
from dissect.terminal.engine import Engine, Job
from dissect.terminal.found import find_bytes, find_text, nearest, order, sought_bytes
from dissect.terminal.opened import OpenCapture
from dissect.terminal.rows import RowStore
from tests.conftest import SAMPLES

JOB = Job(Engine(), "find", 0)


def store_of(*infos: str) -> RowStore:
    store = RowStore(["a.field"])
    for info in infos:
        store.add("\x1f".join(("10.0.0.1", "Other", "UDP", info, ",,,", info)))
    return store


def test_bytes_are_pairs_of_digits() -> None:
    assert sought_bytes("0x0aFF", "bytes") == b"\x0a\xff"
    assert sought_bytes("0aff", "string") == b"0aff"
    for wrong in ("4", "4z", "", " : "):
        with pytest.raises(FieldError, match="expected pairs"):
            sought_bytes(wrong, "bytes")


def test_texts_are_found_in_any_column_whatever_their_case() -> None:
    store = store_of("first", "Second", "third")
    assert find_text(JOB, store, [3, 2, 1], "SECOND") == 2
    assert find_text(JOB, store, [3, 1, 2], "other") == 3
    # A packet whose row is not made yet is passed over.
    assert find_text(JOB, store, [4, 1], "first") == 1
    assert find_text(JOB, store, [1, 2, 3], "fourth") == 0


@pytest.mark.parametrize("numbers", [range(1, 3001), range(3000, 0, -1), range(3, 3001, 9)])
def test_bytes_are_found_in_the_order_that_is_looked_in(tmp_path: Path, numbers: Sequence[int]) -> None:
    path = tmp_path / "many.pcap"
    write(path, (Packet(bytes(60) + number.to_bytes(4, "big"), time_ns=number) for number in range(1, 3001)))
    capture = OpenCapture(str(path))
    while not capture.index.extend():
        pass
    wanted = [1200, 2100, 2999]
    sought = next((number for number in numbers if number in wanted), 0)
    assert find_bytes(JOB, capture, list(numbers), b"\0" * 60) == numbers[0]
    for number in wanted:
        expected = number if number in numbers else 0
        assert find_bytes(JOB, capture, list(numbers), bytes(4) + number.to_bytes(4, "big")) == expected
    assert nearest(list(numbers), wanted) == sought
    capture.close()


def test_columns_are_in_the_order_of_what_they_hold() -> None:
    infos = ("b", "10", "9", "A", "", "10.0.0.9", "10.0.0.10", "::1", "nan", "1e3")
    store, numbers = store_of(*infos), range(1, len(infos) + 1)
    capture = OpenCapture(str(SAMPLES / "web_request.pcap"))
    capture.index.extend()

    def ordered(key: str, *, largest_first: bool = False, of: Sequence[int] = numbers) -> list[int]:
        return order(JOB, capture, store, of, key, largest_first=largest_first).tolist()

    texts = ["9", "10", "1e3", "10.0.0.9", "10.0.0.10", "::1", "A", "b", "nan", ""]
    assert [infos[number - 1] for number in ordered("info")] == texts
    assert [infos[number - 1] for number in ordered("field 0", largest_first=True)] == texts[::-1]
    # Rows of the same text stay in the order that they had, and a packet without a row comes last.
    assert ordered("protocol", of=[3, 1, 2, 99]) == [3, 1, 2, 99]
    assert ordered("number", largest_first=True, of=[1, 3, 2]) == [3, 2, 1]
    packets = list(read(SAMPLES / "web_request.pcap"))
    assert ordered("length") == sorted(numbers, key=lambda number: packets[number - 1].original_length)
    assert ordered("time", largest_first=True) == sorted(numbers, reverse=True)
    capture.close()
