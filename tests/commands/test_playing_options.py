from __future__ import annotations

import argparse
from fractions import Fraction

import pytest

from dissect import Packet
from dissect.commands.playing_options import add_options, chosen_pace, is_asked_for
from dissect.errors import DissectError
from dissect.replay.pace import AtOnce, BitRate, CapturedTiming, FrameRate, OneAtATime


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(arguments)


def test_without_options_nothing_is_played_onto_a_wire() -> None:
    assert not is_asked_for(options())


@pytest.mark.parametrize("target", [["--dry-run"], ["--tap", "tap0"], ["--interface", "lo"], ["--lab", "x.toml"]])
def test_a_target_asks_for_it(target: list[str]) -> None:
    assert is_asked_for(options(*target, "-x", "2"))


@pytest.mark.parametrize(
    "given",
    [["-Y", "arp"], ["-c", "1"], ["--side", "10.0.0.1"], ["-l", "2"], ["--wait"], ["-t"], ["--checksums", "update"],
     ["--map-ip", "1.1.1.1=2.2.2.2"], ["-w", "x"], ["--linger", "1"], ["--exact"], ["--at", "s"]],
)  # fmt: skip
def test_what_is_about_a_wire_needs_one(given: list[str]) -> None:
    with pytest.raises(DissectError, match=r"is about playing onto a wire: say which with"):
        is_asked_for(options(*given))


def test_the_pace_is_the_one_that_is_asked_for() -> None:
    for given, kind, rate in (
        (["-p", "2.5"], FrameRate, Fraction(5, 2)),
        (["-b", "10M"], BitRate, 10_000_000),
        (["-b", "1.5k"], BitRate, 1500),
    ):
        pace = chosen_pace(options(*given))
        assert type(pace) is kind
        assert pace.rate == rate
    assert [type(chosen_pace(options(*given))) for given in ([], ["-t"], ["-o"])] == [
        CapturedTiming,
        AtOnce,
        OneAtATime,
    ]
    doubled = chosen_pace(options("-x", "2"))
    assert [doubled.due(Packet(b"", time_ns=time_ns), 1) for time_ns in (0, 10)] == [0, 5]
