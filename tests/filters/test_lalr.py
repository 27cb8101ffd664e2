"""The parser: what it hands to a builder, and where it stops."""

from __future__ import annotations

import pytest

from dissect.filters.lalr import END, Parser, UnexpectedError, UnreadableError

TERMINALS = {"NUMBER": "[0-9]+", "PLUS": r"\+", "_OPEN": r"\(", "CLOSE": r"\)"}
REDUCTIONS = """
sum 1 - 0
sum 3 added 0 2
value 1 number 0
value 3 grouped 1 2
value 2 nothing none 1
"""
STATES = """
NUMBER 3 _OPEN 4 sum 1 value 2
$END accept PLUS 5
$END r0 PLUS r0 CLOSE r0
$END r2 PLUS r2 CLOSE r2
NUMBER 3 _OPEN 4 CLOSE 9 sum 6 value 2
NUMBER 3 _OPEN 4 value 7
CLOSE 8 PLUS 5
$END r1 PLUS r1 CLOSE r1
$END r3 PLUS r3 CLOSE r3
$END r4 PLUS r4 CLOSE r4
"""


class Builder:
    def number(self, parts: list[str]) -> int:
        return int(parts[0])

    def added(self, parts: list[int]) -> int:
        return parts[0] + parts[1]

    def grouped(self, parts: list[object]) -> object:
        assert parts[1] == ")"
        return parts[0]

    def nothing(self, parts: list[object]) -> int:
        assert parts[0] is None
        return 0


PARSER = Parser(TERMINALS, " +", REDUCTIONS, STATES, Builder())


@pytest.mark.parametrize(("text", "value"), [("7", 7), (" 1 + (2+3) ", 6), ("((4))", 4), ("()+5", 5)])
def test_the_builder_gets_the_parts_of_each_rule(text: str, value: int) -> None:
    assert PARSER.parse(text) == value


def test_what_no_terminal_fits_is_told_by_its_place() -> None:
    with pytest.raises(UnreadableError) as told:
        PARSER.parse("1 + ?")
    assert told.value.position == 4


def test_a_token_out_of_place_is_told_with_those_that_might_stand_there() -> None:
    with pytest.raises(UnexpectedError) as told:
        PARSER.parse("1 2")
    # The bracket would close nothing, although the table has it there.
    assert (told.value.token, told.value.token.place) == ("2", (2, 3))
    assert told.value.accepted == {"PLUS", END}
    with pytest.raises(UnexpectedError) as told:
        PARSER.parse("(1")
    assert told.value.token.kind == END
    assert told.value.accepted == {"PLUS", "CLOSE"}


def test_nesting_has_no_limit() -> None:
    assert PARSER.parse("(" * 20_000 + "1" + ")" * 20_000) == 1
