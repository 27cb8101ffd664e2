"""What is written into the options of a datagram that passes."""

from __future__ import annotations

import pytest

from dissect import InternetTimestamp, IPv4, LooseSourceRoute, RecordRoute, TimestampForm, parse
from dissect.declaration.options import Option
from dissect.lab.ipv4_stamps import stamped

MINE, NUMBER = "10.0.0.1", 0x0A000001
NOON = 86_400_000_000_000 * 3 // 2


def again(option: Option) -> Option:
    """The option as it comes over the wire."""
    return parse(bytes(IPv4(options=[option])), link="raw")[IPv4].options[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RecordRoute(route=["0.0.0.0"]), RecordRoute(route=[MINE], pointer=8)),
        (RecordRoute(route=["1.1.1.1", "0.0.0.0"], pointer=8), RecordRoute(route=["1.1.1.1", MINE], pointer=12)),
        (RecordRoute(route=["1.1.1.1"], pointer=8), RecordRoute(route=["1.1.1.1"], pointer=8)),
        (RecordRoute(route=["0.0.0.0"], pointer=5), RecordRoute(route=["0.0.0.0"], pointer=5)),
        (RecordRoute(route=["0.0.0.0"], pointer=0), RecordRoute(route=["0.0.0.0"], pointer=0)),
        (InternetTimestamp(words=[0]), InternetTimestamp(words=[43_200_000], pointer=9)),
        (InternetTimestamp(words=[5], pointer=9), InternetTimestamp(words=[5], pointer=9, overflow=1)),
        (InternetTimestamp(words=[5], pointer=9, overflow=15), InternetTimestamp(words=[5], pointer=9, overflow=15)),
        (
            InternetTimestamp(form=TimestampForm.ADDRESSES, words=[0, 0]),
            InternetTimestamp(form=TimestampForm.ADDRESSES, words=[NUMBER, 43_200_000], pointer=13),
        ),
        (
            InternetTimestamp(form=TimestampForm.PRESPECIFIED, words=[NUMBER, 0]),
            InternetTimestamp(form=TimestampForm.PRESPECIFIED, words=[NUMBER, 43_200_000], pointer=13),
        ),
        (
            InternetTimestamp(form=TimestampForm.PRESPECIFIED, words=[7, 0]),
            InternetTimestamp(form=TimestampForm.PRESPECIFIED, words=[7, 0]),
        ),
        (InternetTimestamp(form=2, words=[0]), InternetTimestamp(form=2, words=[0])),
        (InternetTimestamp(words=[0], pointer=6), InternetTimestamp(words=[0], pointer=6)),
        (LooseSourceRoute(route=["1.1.1.1"]), LooseSourceRoute(route=["1.1.1.1"])),
    ],
    ids=repr,
)
def test_each_option(before: Option, after: Option) -> None:
    (result,) = stamped([again(before)], MINE, NOON)
    assert bytes(result) == bytes(after)
