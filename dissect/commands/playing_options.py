"""The options of `dissect replay` for playing a capture onto a wire, and what they mean."""

from __future__ import annotations

import argparse
from fractions import Fraction

from dissect.commands.output import positive
from dissect.commands.rewriting_options import add_rewriting
from dissect.differences import CANONICAL
from dissect.errors import DissectError
from dissect.replay.pace import AtOnce, BitRate, CapturedTiming, FrameRate, OneAtATime, Pace

__all__ = ["add_options", "chosen_pace", "is_asked_for", "refuse_contradictions"]

SECOND = 1_000_000_000
_UNITS = {"k": 10**3, "M": 10**6, "G": 10**9}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options; those of the pace have the names that they have in tcpreplay."""
    onto = parser.add_argument_group("playing onto a wire")
    target = onto.add_mutually_exclusive_group()
    target.add_argument("--interface", metavar="NAME", help="play onto an interface of this machine (CAP_NET_RAW)")
    target.add_argument("--tap", metavar="NAME", help="onto a TAP device, where the kernel gets it (CAP_NET_ADMIN)")
    target.add_argument("--lab", metavar="FILE", help="onto a network in memory, as 'dissect lab' runs it")
    onto.add_argument("--at", metavar="NAME", help="the device of the lab to play to (its outside)")
    onto.add_argument("--kernel", metavar="ADDRESS/LENGTH", help="the kernel's address on the TAP device")
    onto.add_argument("--dry-run", action="store_true", help="send nothing: print what would be sent, and when")
    what = parser.add_argument_group("what is played")
    what.add_argument("-Y", dest="filter", metavar="FILTER", help="only packets that pass this display filter")
    what.add_argument("-c", dest="count", metavar="N", type=positive, help="only the first N of these packets")
    what.add_argument(
        "--side", metavar="ADDRESS", action="append", default=[],
        help="only what this MAC address, IP address or network sent (may be repeated)",
    )  # fmt: skip
    what.add_argument("-l", "--loop", metavar="N", type=_count, default=1, help="N times (0: until Ctrl-C)")
    what.add_argument("--loop-gap", metavar="SECONDS", type=_nanoseconds, default=0, help="so long between two times")
    speed = parser.add_argument_group("how fast, if not as it was captured")
    pace = speed.add_mutually_exclusive_group()
    pace.add_argument("-x", "--multiplier", metavar="X", type=_rate, help="X times as fast")
    pace.add_argument("-p", "--pps", metavar="RATE", type=_rate, help="so many frames a second")
    pace.add_argument("-b", "--bps", metavar="RATE", type=_rate, help="so many bits a second, as in 10M")
    pace.add_argument("-t", "--topspeed", action="store_true", help="as fast as possible")
    pace.add_argument("-o", "--one-at-a-time", action="store_true", help="each frame when you say so")
    speed.add_argument(
        "--longest-gap", metavar="SECONDS", type=_nanoseconds,
        help="of the captured times: no more than so long between two frames",
    )  # fmt: skip
    speed.add_argument(
        "--wait", metavar="SECONDS", nargs="?", type=_nanoseconds, const=SECOND,
        help="go on when all that the other side has sent before in the capture has come, or after so long (1)",
    )  # fmt: skip
    add_rewriting(parser, "what is changed on the way (each may be repeated)")
    back = parser.add_argument_group("what comes back")
    back.add_argument("-w", dest="output", metavar="FILE", help="capture it")
    back.add_argument("--with-sent", action="store_true", help="capture what is sent, too")
    back.add_argument(
        "--linger", metavar="SECONDS", type=_nanoseconds, help="listen for so long after the last frame (1)"
    )
    back.add_argument(
        "--compare", action="store_true",
        help="hold it against what the capture has of the other side; exit status 1 where it differs",
    )  # fmt: skip
    back.add_argument("--answers", metavar="FILTER", help="compare only what passes this display filter")
    back.add_argument("--ignore", metavar="FIELD", action="append", default=[], help="do not compare this field")
    back.add_argument(
        "--canonical", metavar="WHAT", action="append", default=[], choices=list(CANONICAL),
        help="compare what varies by its order or state: %(choices)s",
    )  # fmt: skip
    back.add_argument(
        "--exact", action="store_true", help="compare IP identifications as well, which no request determines"
    )


def is_asked_for(options: argparse.Namespace) -> bool:
    """Whether the capture is to be played; DissectError for options that ask for it and do not say where to."""
    if options.dry_run or any((options.interface, options.tap, options.lab)):
        return True
    defaults = argparse.ArgumentParser()
    add_options(defaults)
    for action in defaults._actions:
        if action.dest != "help" and getattr(options, action.dest) != action.default:
            raise DissectError(
                f"{action.option_strings[-1]} is about playing onto a wire: say which with --interface, --tap or "
                "--lab, or see with --dry-run what would be sent"
            )
    return False


def refuse_contradictions(options: argparse.Namespace) -> None:
    """Raise DissectError for options that do not go together."""
    if options.hosts:
        raise DissectError("--host is of the simulated hosts that answer where no wire is named: leave it out")
    if options.padding is not None:
        raise DissectError("--padding is of the simulated hosts that answer where no wire is named: leave it out")
    if options.file == "-":
        if options.loop != 1:
            raise DissectError("standard input is read once: --loop takes a capture from a file")
        if options.one_at_a_time and not options.dry_run:
            raise DissectError("standard input gives the capture, so nobody can be asked: --one-at-a-time takes a file")
    if options.output == "-":
        raise DissectError("-w - writes to standard output, where the summary goes: name a file")
    paces = (("-p", options.pps), ("-b", options.bps), ("-t", options.topspeed), ("-o", options.one_at_a_time))
    other = next((option for option, given in paces if given), None)
    if options.longest_gap is not None and other is not None:
        raise DissectError(f"--longest-gap is of the captured times, which {other} does not play by: leave one out")
    for name, needed in (("answers", "compare"), ("ignore", "compare"), ("canonical", "compare"), ("exact", "compare"),
                         ("with_sent", "output"), ("kernel", "tap"), ("at", "lab")):  # fmt: skip
        if getattr(options, name) and not getattr(options, needed):
            of = {"output": "-w"}.get(needed, f"--{needed}")
            raise DissectError(f"--{name.replace('_', '-')} belongs to {of}: add that, or leave it out")


def chosen_pace(options: argparse.Namespace) -> Pace:
    """Return the pace that the options ask for."""
    if options.pps is not None:
        return FrameRate(options.pps)
    if options.bps is not None:
        return BitRate(options.bps)
    if options.one_at_a_time:
        return OneAtATime()
    return AtOnce() if options.topspeed else CapturedTiming(options.multiplier or 1, longest_gap_ns=options.longest_gap)


def _rate(text: str) -> Fraction:
    unit = _UNITS.get(text[-1:], 1)
    try:
        rate = Fraction(text[:-1] if unit > 1 else text) * unit
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no rate: expected a number above 0, as in 2.5 or 10M")
    return rate


def _nanoseconds(text: str) -> int:
    try:
        seconds = Fraction(text)
    except (ValueError, ZeroDivisionError):
        seconds = Fraction(-1)
    if seconds < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: expected seconds from 0 on, as in 0.5")
    return int(seconds * SECOND)


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = -1
    if count < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of times: expected 0 or more")
    return count
