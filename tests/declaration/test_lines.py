from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import HTTPField
from dissect.declaration.lines import MOST_LINES, LineList, NamedLines

FIELDS = LineList(HTTPField)


@given(st.text("aB: \t\r\n\xe9", max_size=40).map(str.encode))
def test_any_bytes_are_lines_and_a_rest(data: bytes) -> None:
    found, end = FIELDS.read(data)
    assert b"".join(map(bytes, found)) == data[: found[-1].own_end if found else 0]
    raw = data[:end]
    assert FIELDS.extent(data, 0, len(data)) == end
    for name in {name for name, _ in found.pairs()} | {"c"}:
        assert found.get_all(name.swapcase()) == [
            value for each, value in found.pairs() if each.lower() == name.lower()
        ]
    assert FIELDS.store(raw, 0) == raw
    assert FIELDS.store(eval(FIELDS.source(raw, 10)), 0) == raw
    assert FIELDS.is_ended(raw) == (end > sum(map(len, found)))


def test_a_blank_line_ends_them() -> None:
    found, end = FIELDS.read(b"A: 1\r\nB:2\n\r\nC: 3\r\n")
    assert [*found.pairs()] == [("A", "1"), ("B", "2")]
    assert end == 12


def test_so_does_a_line_that_is_none() -> None:
    assert FIELDS.read(b"A: 1\r\n folded\r\n\r\n")[1] == 6


def test_names_in_any_case_and_order() -> None:
    raw = FIELDS.store([("Set-Cookie", "a"), ("Host", "b"), ("set-cookie", "c")], 0)
    found = FIELDS.load(raw)
    assert found["SET-COOKIE"] == "a"
    assert found.get_all("Set-Cookie") == ["a", "c"]
    assert found.get("Accept") is None
    found.get_all("Set-Cookie").clear()
    assert "Set-Cookie" in found
    assert "host" in found
    assert found[1] == HTTPField("Host", "b")
    with pytest.raises(KeyError):
        found["Accept"]
    assert FIELDS.source(raw, 10) == "[('Set-Cookie', 'a'), ('Host', 'b'), ('set-cookie', 'c')]"


def test_dictionaries_give_several_values_as_lists() -> None:
    assert FIELDS.store({"A": ["1", "2"], "B": "3"}, 0) == b"A: 1\r\nA: 2\r\nB: 3\r\n\r\n"


@pytest.mark.parametrize("value", ["A: 1", 5, [("A",)], [("A b", "1")], {"A": "1\n2"}, b"no colon"])
def test_what_are_no_lines_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="name"):
        FIELDS.store(value, 0)


def test_more_lines_than_the_limit_are_left_alone() -> None:
    found, end = FIELDS.read(b"a:b\r\n" * (MOST_LINES + 5))
    assert len(found) == MOST_LINES
    assert end == 5 * MOST_LINES


def test_they_are_a_tuple() -> None:
    assert isinstance(FIELDS.load(b"\r\n"), NamedLines)
    assert FIELDS.load(b"A: 1\r\n\r\n")[0:1] == (HTTPField("A", "1"),)
