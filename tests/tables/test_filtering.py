"""Masks of display filters: for which filters there is one, and what it asks for."""

from __future__ import annotations

import numpy as np
import pytest

from dissect import compile_filter
from dissect.tables.filtering import asked_for, mask


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("tcp && ip.ttl < 3", ("tcp", "ip.ttl")),
        ("!(udp.dstport in {1, 5..9})", ("udp.dstport",)),
        ("ip.src == 10.0.0.0/8 or eth.dst", ("ip.src", "eth.dst")),
        ('http.host == "a"', None),
        ("ip.src[0] == 1", None),
        ("tcp.srcport == udp.dstport", None),
        ("frame.time_relative > 1", None),
    ],
)
def test_filters_that_have_a_mask(text: str, fields: tuple[str, ...] | None) -> None:
    assert asked_for(compile_filter(text)) == fields


def test_a_frame_without_the_field_passes_no_comparison() -> None:
    values, there = np.array([1, 2, 3], np.uint8), np.array([True, True, False])
    found = {"ip.ttl": (values, there)}
    assert mask(compile_filter("ip.ttl >= 2"), 3, found).tolist() == [False, True, False]
    assert mask(compile_filter("ip.ttl != 2"), 3, found).tolist() == [True, False, False]
    assert mask(compile_filter("!(ip.ttl == 2)"), 3, found).tolist() == [True, False, True]
    assert mask(compile_filter("ip.ttl in {0..1, 9}"), 3, found).tolist() == [True, False, False]
