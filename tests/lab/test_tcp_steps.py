"""Steps of a connection, as people write them."""

from __future__ import annotations

import re

import pytest

from dissect.lab.tcp_steps import EXPECTED, Step, read_steps


def test_steps_are_read() -> None:
    assert read_steps(["write hello world", "write 300 bytes", "read", "read 5", "read end", "wait closed"]) == [
        Step("write", data=b"hello world"),
        Step("write", data=(bytes(range(256)) * 2)[:300]),
        Step("read"),
        Step("read", 5),
        Step("read end"),
        Step("wait closed"),
    ]


@pytest.mark.parametrize("text", ["", "write", "read 0", "read x", "closing", "close it", "say hello"])
def test_what_is_no_step_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(EXPECTED)):
        read_steps([text])


def test_a_time_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="a time as"):
        read_steps(["sleep long"])
