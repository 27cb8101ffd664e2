from __future__ import annotations

import gc
import inspect
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
    assert file in linecache.cache, "somebody may be going through the cache while garbage is collected"
    written(["def triple(x):", " return 3 * x"], {}, "triple", "example")
    assert file not in linecache.cache


def test_other_lines_are_lines_of_another_file() -> None:
    one, other = (written(["def one(x):", f" return x + {number}"], {}, "one", "example") for number in (1, 2))
    for function, line in ((one, " return x + 1\n"), (other, " return x + 2\n")):
        file = function.__code__.co_filename
        assert [*linecache.getlines(file)] == ["def one(x):\n", line]
        assert inspect.getsource(function) == f"def one(x):\n{line}"
        assert linecache.getline(file, 3) == ""


def test_functions_of_the_same_lines_share_their_code() -> None:
    lines = ["def scaled(x):", " return factor * x"]
    one, other = (written(lines, {"factor": factor}, "scaled", "example of sharing") for factor in (2, 3))
    assert (one(4), other(4)) == (8, 12)
    assert one.__code__ is other.__code__
    file = one.__code__.co_filename
    del one
    gc.collect()
    assert linecache.getline(file, 2) == " return factor * x\n"
    del other
    gc.collect()
    again = written(lines, {"factor": 4}, "scaled", "example of sharing")
    assert again(4) == 16
    assert linecache.getline(again.__code__.co_filename, 2) == " return factor * x\n"
