from __future__ import annotations

import inspect
import pickle

import pytest

import dissect
from dissect import errors
from dissect.errors import (
    CaptureError,
    DissectError,
    FieldAbsentError,
    FieldError,
    FilterError,
    FragmentationNeededError,
    HexTextError,
    MissingExtraError,
    TimeExceededError,
)

ALL = [value for value in vars(errors).values() if inspect.isclass(value)]


@pytest.mark.parametrize("cls", ALL)
def test_every_exception_is_a_dissect_error(cls: type[Exception]) -> None:
    assert issubclass(cls, DissectError)
    assert cls.__name__ in errors.__all__
    assert getattr(dissect, cls.__name__) is cls
    assert cls.__doc__


def test_exceptions_are_also_what_python_calls_them() -> None:
    assert issubclass(FieldError, ValueError)
    assert issubclass(FieldAbsentError, AttributeError)
    assert issubclass(MissingExtraError, ImportError)


def test_a_capture_error_says_where() -> None:
    error = CaptureError("broken", path="x.pcap", record=3, offset=100)
    assert (str(error), error.path, error.record, error.offset) == ("broken", "x.pcap", 3, 100)
    assert (CaptureError("broken").path, CaptureError("broken").record, CaptureError("broken").offset) == (
        "<stream>",
        0,
        None,
    )


def test_a_hex_text_error_has_a_line() -> None:
    assert HexTextError("what", line=4).line == 4


def test_errors_cross_processes() -> None:
    for error in (
        FieldError("sentence"),
        FieldAbsentError("sentence"),
        MissingExtraError("sentence"),
        FilterError("sentence", "ip.tll", 0),
        CaptureError("sentence", path="x.pcap", record=3, offset=9),
        HexTextError("sentence", line=3),
        FragmentationNeededError("sentence", mtu=1500),
        TimeExceededError("sentence", ttl=1),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert (str(again), vars(again)) == (str(error), vars(error))
