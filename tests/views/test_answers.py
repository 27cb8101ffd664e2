"""Questions are answered as functions that ask them would answer."""

from __future__ import annotations

from struct import error as StructError

import pytest

from dissect.declaration.gathering import Span, gathered
from dissect.views.answers import Told, reader_at


@pytest.mark.parametrize(
    "question",
    [
        "(n0_8 == 5)", "(n0_8 != 5)", "(n0_8 < 5)", "(n0_8 <= 0)", "(n0_8 > n8_8)", "(n0_8 >= n8_8)", "n0_8.__class__",
        "((n0_8 + 4) > n8_8)", "(n0_8 == -1)", "n0_8.bit_length()", "len(EMPTY)", "(n0_8 < len(EMPTY))",
    ],
)  # fmt: skip
def test_a_question_is_answered_as_python_does(question: str) -> None:
    for first in (0, 3, 5, 200):
        for second in (0, 5, 201):
            values = {"n0_8": first, "n8_8": second}
            told = Told({"EMPTY": ()}, lambda name, told: told.names[name], values)
            assert told[question] == eval(question, {**values, "EMPTY": ()})
            assert question in told


def test_a_place_is_read_as_all_of_them_together_are() -> None:
    data = bytes(range(1, 21))
    for bit in range(64):
        for width in (1, 3, 8, 12, 16, 24, 48):
            place = Span(bit, width)
            how = gathered({"place": place})
            variables = dict(zip(how.variables, how.unpack(data, 2), strict=True))
            assert reader_at(place)(data, 2) == eval(how.values["place"], {}, variables)
    assert reader_at(Span(16, 32, is_octets=True))(data, 1) == data[3:7]
    with pytest.raises(StructError):
        reader_at(Span(16, 8))(data, 18)
