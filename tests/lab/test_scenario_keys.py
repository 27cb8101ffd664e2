"""The keys of a network's description: every one has its option, and every program can be described."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dissect.lab.attachment import ARPTimes
from dissect.lab.firewall import Firewall
from dissect.lab.host import Host
from dissect.lab.link import Link
from dissect.lab.nat import NAT
from dissect.lab.router import Router
from dissect.lab.scenario_keys import (
    ARP_TIMES,
    HOST,
    LINK,
    NAT_KEYS,
    ROUTER,
    described,
)
from dissect.lab.scenario_values import Key


def options(made: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(made).parameters)


def names(keys: Mapping[str, Key]) -> set[str]:
    return {known.option or key for key, known in keys.items()}


@pytest.mark.parametrize(
    ("keys", "made", "other"),
    [
        (HOST, Host, {"arp", *ARP_TIMES, "firewall", "firewall_interface", "alters"}),
        (ROUTER, Router, {"nat"}),
        (NAT_KEYS, NAT, set()),
        (LINK, Link, {"between", "cut", "mend"}),
    ],
    ids=["host", "router", "nat", "link"],
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
    assert names(LINK) - {"between", "cut", "mend"} == options(Link)
    assert set(ARP_TIMES.values()) == set(ARPTimes._fields)


def test_every_key_is_described_once_in_its_table() -> None:
    tables = dict(described())
    assert {"", "[hosts.NAME]", "[routers.NAME]", "[[links]]", '[[programs]]  run = "ping"'} < set(tables)
    assert all(key.meaning and len(key.meaning) < 90 for keys in tables.values() for key in keys.values())
