"""Questions are answered as functions that ask them would answer."""

from __future__ import annotations

import pytest

from dissect.views.answers import Told


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
