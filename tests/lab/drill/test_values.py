"""The arguments and results of calls."""

from __future__ import annotations

import pytest

from dissect.errors import ScenarioError
from dissect.lab.drill.scanner import Scanner
from dissect.lab.drill.script import Structure, Value
from dissect.lab.drill.values import read_call


def arguments(text: str) -> tuple[Value, ...]:
    return read_call(Scanner("a", f"call({text}) = 0")).arguments


def test_numbers_names_and_what_is_left_open() -> None:
    assert arguments('3, -1, 0x10, ..., NULL, O_RDWR|O_NONBLOCK, "cubic"') == (3, -1, 16, ..., None, 2050, "cubic")


def test_lists_and_structures() -> None:
    address, vector, entry = arguments(
        """{sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")},
        {msg_name(...)=..., msg_iov(2)=[{..., 10}, {..., 20}], msg_flags=0}, [{fd=4, events=POLLIN}]"""
    )
    assert address == Structure({"sa_family": 2, "sin_port": 8080, "sin_addr": "192.0.2.1"})
    assert isinstance(vector, Structure)
    assert vector.members["msg_iov"] == [Structure({}, (..., 10)), Structure({}, (..., 20))]
    assert entry == [Structure({"fd": 4, "events": 1})]


def test_results() -> None:
    assert read_call(Scanner("a", "read(4, ..., 5) = 5 (of ten)")).result.value == 5
    assert read_call(Scanner("a", "fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)")).result.value == 2
    failed = read_call(Scanner("a", "write(4, ..., 5) = -1 EPIPE (Broken pipe)\n+.1")).result
    assert (failed.value, failed.error) == (-1, "EPIPE")
    assert read_call(Scanner("a", "close(4) = -1\n+0 close(5) = 0")).result.error is None


@pytest.mark.parametrize("text", ['inet_addr("nonsense")', "malloc(5)", "{a=1 b=2}", "[1 2]", '"a"|1'])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        arguments(text)
