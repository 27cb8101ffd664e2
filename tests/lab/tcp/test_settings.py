"""Settings refuse what makes no connection."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.errors import FieldError
from dissect.lab.tcp.settings import TCPSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("receive_buffer", 0),
        ("ack_delay_ns", 500_000_000),
        ("window_scale", 15),
        ("mss", 0),
        ("mss", 65536),
        ("keep_alive_probes", 0),
        ("user_timeout_ns", 0),
        ("syn_retries", -1),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, value: int) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(FieldError, match=f"the TCP setting {name} is {value}, expected"):
        TCPSettings(**options)


def test_the_keep_alive_of_the_notes_is_the_default() -> None:
    settings = TCPSettings()
    assert settings.keep_alive_idle_ns == 2 * 3600 * 10**9
    assert (settings.keep_alive_probes, settings.keep_alive_interval_ns) == (10, 75 * 10**9)
