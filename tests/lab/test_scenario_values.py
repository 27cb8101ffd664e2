"""Values of a network's description are read, or it is told what was expected."""

from __future__ import annotations

import re

import pytest

from dissect.lab.padding import Padding
from dissect.lab.scenario_keys import HOST, ROUTER
from dissect.lab.scenario_programs import PROGRAMS
from dissect.lab.tcp.settings import TCPSettings


def test_settings_of_tcp_are_read_by_their_names() -> None:
    read = PROGRAMS["tcp_serve"][1]["tcp"].read
    assert read({"mss": 1024, "sack": False, "window_scale": False, "time_wait": "4 min"}) == TCPSettings(
        mss=1024, sack=False, window_scale=None, time_wait_ns=240 * 10**9
    )
    for value, expected in (
        ({"mms": 1}, "no mms; did you mean mss?"),
        ({"sack": 1}, "sack to be true or false"),
        ({"mss": True}, "mss to be a number, or false"),
        ({"mss": 0}, "the TCP setting mss is 0"),
        ({"mss": "x"}, "settings that fit"),
        ({"ack_delay": "x"}, "a time as"),
        ("sack", "a table as"),
    ):
        with pytest.raises(ValueError, match=re.escape(expected)):
            read(value)


def test_a_value_is_read_or_told_what_was_expected() -> None:
    assert HOST["padding"].read("00 77 31") == b"\x00\x77\x31"
    assert HOST["padding"].read("request") is Padding.REQUEST_TAIL
    assert HOST["routes"].read({"10.0.0.0/8": "10.0.0.1"}) == [("10.0.0.0/8", "10.0.0.1")]
    assert ROUTER["proxy_arp"].read(True) is True
    assert ROUTER["proxy_arp"].read(["eth0"]) == ["eth0"]
    for key, value in (("padding", 5), ("routes", ["x"]), ("on_start", None), ("rarp_table", {"a": 1}), ("ttl", "64")):
        with pytest.raises(ValueError, match=r"."):
            HOST[key].read(value)
    for key, value in (("proxy_arp", "eth0"), ("nat", 1), ("prohibited", 1)):
        with pytest.raises(ValueError, match=r"."):
            ROUTER[key].read(value)
