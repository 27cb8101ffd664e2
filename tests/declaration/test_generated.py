from __future__ import annotations

import gc
import linecache
import traceback

import pytest

import dissect
from dissect.declaration.generated import written


def test_a_traceback_shows_the_lines_that_were_written_out() -> None:
    try:
        dissect.UDP(nonsense=5)  # type: ignore[call-arg]
    except dissect.FieldError as error:
        shown = "".join(traceback.format_exception(error))
    assert "if other_values: raise FieldError(cls.unknown_field(next(iter(other_values))))" in shown
    assert "dissect.protocols.udp.UDP constructor" in shown


def test_what_is_written_out_shows_its_lines_as_long_as_it_lives() -> None:
    double = written(["def double(x):", " return factor * x"], {"factor": 2}, "double", "example")
    other = written(["def double(x):", " return None"], {}, "double", "example")
    file = double.__code__.co_filename
    assert linecache.getline(file, 2) == " return factor * x\n"
    assert linecache.getline(other.__code__.co_filename, 2) == " return None\n"
    linecache.checkcache()
    with pytest.raises(TypeError) as raised:
        double(double)
    assert "return factor * x" in "".join(traceback.format_exception(raised.value))
    del double, raised
    gc.collect()
    assert file not in linecache.cache
