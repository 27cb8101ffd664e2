"""The options that are handed on are those that there are."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from dissect import Host, Link, OnStart, Router
from dissect.lab.host_options import HostOptions
from dissect.lab.link import LinkOptions
from dissect.lab.router import RouterOptions


def keyword_options(made: Callable[..., Any]) -> set[str]:
    parameters = inspect.signature(made).parameters.values()
    return {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("handed_on", "there"),
    [
        (HostOptions, keyword_options(Host)),
        (RouterOptions, keyword_options(Host) | keyword_options(Router)),
        (LinkOptions, keyword_options(Link)),
    ],
    ids=["host", "router", "link"],
)
def test_every_option_can_be_handed_on(handed_on: Any, there: set[str]) -> None:
    assert set(handed_on.__annotations__) | set(getattr(handed_on, "__optional_keys__", ())) == there


def test_what_a_host_does_on_its_start_has_a_name() -> None:
    assert [each.value for each in OnStart] == ["nothing", "announce", "probe"]
