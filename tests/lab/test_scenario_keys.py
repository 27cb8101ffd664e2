"""The keys of a network's description: every one has its option, and every program can be described."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dissect.lab.attachment import ARPTimes
from dissect.lab.firewall import Firewall
from dissect.lab.host import Host
from dissect.lab.link import Link
from dissect.lab.nat import NAT
from dissect.lab.padding import Padding
from dissect.lab.router import Router
from dissect.lab.scenario_keys import (
    ARP_TIMES,
    EXAMPLES,
    HOST,
    LINK,
    NAT_KEYS,
    PROGRAM,
    PROGRAMS,
    ROUTER,
    SWITCH,
    Key,
    described,
)
from dissect.lab.switch import Switch
from dissect.lab.tcp.settings import TCPSettings


def options(made: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(made).parameters)


def names(keys: Mapping[str, Key]) -> set[str]:
    return {known.option or key for key, known in keys.items()}


@pytest.mark.parametrize(
    ("keys", "made", "other"),
    [
        (HOST, Host, {"arp", *ARP_TIMES, "firewall", "firewall_interface"}),
        (ROUTER, Router, {"interfaces", "nat"}),
        (NAT_KEYS, NAT, set()),
        (SWITCH, Switch, set()),
        (LINK, Link, {"between"}),
    ],
    ids=["host", "router", "nat", "switch", "link"],
)
def test_every_key_is_an_option_of_what_it_describes(
    keys: Mapping[str, Key], made: Callable[..., Any], other: set[str]
) -> None:
    assert names(keys) - other <= options(made)


def test_a_firewall_and_a_translation_are_filters_of_their_device() -> None:
    assert "filters" in options(Host)
    assert {"rules", "interface"} <= options(Firewall)
    assert names(HOST) >= {"firewall", "firewall_interface"}
    assert names(ROUTER) >= {"nat"}


def test_every_option_of_a_link_and_the_times_of_arp_have_their_key() -> None:
    assert names(LINK) - {"between"} == options(Link)
    assert set(ARP_TIMES.values()) == set(ARPTimes._fields)


def test_every_key_is_described_once_in_its_table() -> None:
    tables = dict(described())
    assert {"", "[hosts.NAME]", "[routers.NAME]", "[[links]]", '[[programs]]  run = "ping"'} < set(tables)
    assert all(key.meaning and len(key.meaning) < 90 for keys in tables.values() for key in keys.values())


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_option_of_a_program_has_its_key(name: str) -> None:
    made, keys, needed = PROGRAMS[name]
    assert names(keys) == options(made)
    assert set(needed) <= set(keys)
    assert set(needed) <= set(EXAMPLES)
    assert not set(keys) & set(PROGRAM)


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
    for key, value in (("proxy_arp", "eth0"), ("interfaces", 1), ("prohibited", 1)):
        with pytest.raises(ValueError, match=r"."):
            ROUTER[key].read(value)
