"""Which interfaces, what of them, and when it is enough; what that does is tried with the commands."""

from __future__ import annotations

import argparse

import pytest

from capture_samples.recorder.laboratory import Laboratory
from dissect import DissectError, InterfaceError
from dissect.captures.live_file import Statistics
from dissect.captures.pcapng_blocks import Interface
from dissect.captures.pcapng_options import INTERFACE_DESCRIPTION, Option
from dissect.captures.ring_files import Limits
from dissect.commands.capture import add_parser
from dissect.commands.capture_options import capture_filter_of, enough_of, limits_of, opened_capture, summary
from dissect.edges.recording import Enough


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(["capture", "-w", "a", *arguments])


@pytest.mark.parametrize(
    ("arguments", "limits", "enough"),
    [
        ((), Limits(), Enough()),
        (("-c", "5", "-a", "packets:3"), Limits(), Enough(packets=3)),
        (("-a", "duration:1.5", "-a", "filesize:2"), Limits(), Enough(seconds=1.5, octets=2000)),
        (("-b", "filesize:3", "-b", "files:2"), Limits(octets=3000, files=2), Enough()),
        # As dumpcap has it, a size ends the files of a ring, and not the capture.
        (("-b", "files:2", "-a", "filesize:4"), Limits(octets=4000, files=2), Enough()),
        (("-b", "duration:2", "-b", "interval:60"), Limits(duration_ns=2 * 10**9, interval_ns=60 * 10**9), Enough()),
        (("-b", "packets:2", "-a", "packets:7"), Limits(packets=2), Enough(packets=7)),
    ],
)
def test_limits_of_files_and_of_the_capture(arguments: tuple[str, ...], limits: Limits, enough: Enough) -> None:
    options = parsed(*arguments)
    assert limits_of(options) == limits
    assert enough_of(options) == enough


def test_a_filter_stands_behind_its_option_or_behind_all() -> None:
    options = parsed("-f", "tcp")
    assert capture_filter_of(options) == "tcp"
    options.words = ["udp"]
    with pytest.raises(DissectError, match="two capture filters are given"):
        capture_filter_of(options)
    options = parsed()
    options.words = ["udp", "port", "9"]
    assert capture_filter_of(options) == "udp port 9"


def test_without_a_name_it_is_the_first_that_is_up_and_no_loopback(laboratory: Laboratory) -> None:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    with left.entered(), opened_capture(parsed()) as capture:
        assert [interface.name for interface in capture.interfaces] == ["eth0"]
    left.ip("link", "set", "eth0", "down")
    with left.entered(), opened_capture(parsed()) as capture:
        assert [interface.name for interface in capture.interfaces] == ["lo"]
    left.ip("link", "set", "lo", "down")
    with left.entered(), pytest.raises(InterfaceError, match="no interface is up: 'ip link set eth0 up'"):
        opened_capture(parsed())


def test_what_was_lost_is_told_with_a_remedy() -> None:
    named = Interface(1, 0, (Option(INTERFACE_DESCRIPTION, 2, b"eth0"),))
    whole, lossy = Statistics(0, 0, 5, 0), Statistics(0, 0, 9, 4, 2)
    assert summary(1, [named], [whole]) == "1 packet captured\neth0: 5 received by filter, 0 dropped by kernel"
    lines = summary(5, [named], [lossy]).splitlines()
    assert lines[1] == "eth0: 9 received by filter, 4 dropped by kernel, 2 dropped by the interface"
    assert lines[2].startswith("what was dropped came faster than it was taken: -B MIB")
