"""The names of constants."""

from __future__ import annotations

import errno
import socket
import sys

import pytest

from dissect.lab.drill.names import ERRNO, NUMBERS, errno_name


@pytest.mark.skipif(sys.platform != "linux", reason="the numbers are those of Linux")
def test_they_are_those_of_linux() -> None:
    assert {name: number for name, number in ERRNO.items() if getattr(errno, name, number) != number} == {}
    assert {name: number for name, number in NUMBERS.items() if getattr(socket, name, number) != number} == {}


def test_errors_have_one_name() -> None:
    assert [errno_name(number) for number in (11, 32, 115, 4711)] == ["EAGAIN", "EPIPE", "EINPROGRESS", "4711"]
