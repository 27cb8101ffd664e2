"""Values of a field behind the lines of a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dissect import DissectError
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named
from tests.commands.conftest import Outcome, capture, run  # noqa: F401 - fixtures

Run = Callable[..., Outcome]


def test_values_stand_behind_the_line(run: Run, capture: Path) -> None:  # noqa: F811
    lines = run("read", capture, "-z", "proto,colinfo,udp.port == 5,udp.port").output.splitlines()
    assert [line.partition("Len=2")[2] for line in lines[1:]] == [
        "  udp.port == 5  udp.port == 6",
        "  udp.port == 6  udp.port == 5",
    ]
    assert lines[0].endswith("Tell 10.0.0.1")


def test_without_the_list_there_is_nothing(run: Run, capture: Path) -> None:  # noqa: F811
    assert run("read", capture, "-q", "-z", "proto,colinfo,udp.port,udp.port").output == ""


def test_a_field_that_the_filter_does_not_name_is_not_there(run: Run, capture: Path) -> None:  # noqa: F811
    assert "ip.ttl" not in run("read", capture, "-z", "proto,colinfo,udp,ip.ttl").output


@pytest.mark.parametrize("text", ["", "ip.ttl", ",ip.ttl", "ip.ttl,"])
def test_what_is_wrong(text: str) -> None:
    with pytest.raises(DissectError, match="needs a filter and a field"):
        tap_named(f"proto,colinfo,{text}", Setting("", Clock()))
