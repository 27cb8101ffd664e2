from __future__ import annotations

import traceback

import dissect


def test_a_traceback_shows_the_lines_that_were_written_out() -> None:
    try:
        dissect.UDP(nonsense=5)  # type: ignore[call-arg]
    except dissect.FieldError as error:
        shown = "".join(traceback.format_exception(error))
    assert "if unknown: raise FieldError(cls.unknown_field(next(iter(unknown))))" in shown
    assert "dissect.protocols.udp.UDP constructor" in shown
