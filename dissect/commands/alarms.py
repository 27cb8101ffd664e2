"""Tell what in a capture should be looked at: floods, scans, spoofed addresses, passwords, odd connections."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import whole
from dissect.errors import CaptureError
from dissect.flows.alarm import detectors
from dissect.wireshark.frame import seconds_text

if TYPE_CHECKING:
    from dissect.flows.alarm import Alarm

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options; every detector brings its thresholds."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "alarms",
        help="tell what in a capture should be looked at",
        description=__doc__,
        epilog="Exit status: 0 where there is nothing to tell, 1 where there is, 2 where it could not be read.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print a JSON list with an object per alarm")
    parser.add_argument(
        "-Y", dest="filter", metavar="FILTER", help="look only at packets that pass this display filter"
    )
    group = parser.add_argument_group("thresholds")
    for setting in (setting for detector in detectors() for setting in detector.settings):
        group.add_argument(
            f"--{setting.name.replace('_', '-')}", dest=setting.name, metavar="N", type=_amount,
            default=setting.default, help=f"{setting.meaning} ({setting.default:g})",
        )  # fmt: skip
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the alarms as they come; 1 where there are any."""
    from dissect.flows.alarms import alarms

    keep = None
    if options.filter is not None:
        from dissect.filters import saved
        from dissect.filters.compiler import compile_filter

        keep = compile_filter(saved.expand(options.filter))
    settings = {setting.name: getattr(options, setting.name) for each in detectors() for setting in each.settings}
    damage: list[CaptureError] = []
    count = 0
    line = _json if options.json else _line
    for alarm in whole(alarms(options.file, keep=keep, **settings), damage):
        sys.stdout.write(line(alarm, count))
        count += 1
    if options.json:
        sys.stdout.write("\n]\n" if count else "[]\n")
    if damage:
        raise damage[0]
    return 1 if count else 0


def _line(alarm: Alarm, _: int) -> str:
    return f"{alarm}\n"


def _json(alarm: Alarm, count: int) -> str:
    told = alarm._asdict() | {"facts": dict(alarm.facts)}
    for name in ("time_ns", "last_time_ns"):
        time_ns = told.pop(name)
        told[name.removesuffix("_ns")] = None if time_ns is None else seconds_text(time_ns, 9)
    return (",\n" if count else "[\n") + json.dumps(told, ensure_ascii=False)


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of things or seconds, such as 20")
    return amount
