from __future__ import annotations

from dissect.wireshark.detail_rows import Row


def test_a_row_stands_for_no_field_unless_it_says_so() -> None:
    row = Row("line", 0, 4)
    assert (row.names, row.hidden, row.below) == ((), (), ())
