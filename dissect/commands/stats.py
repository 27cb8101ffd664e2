"""Count what a capture holds: conversations, ends, protocols, intervals, lengths, logins and trees."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import positive
from dissect.commands.tables import print_table
from dissect.errors import DissectError
from dissect.statistics.tap import TAPS

if TYPE_CHECKING:
    from dissect.statistics.conversations import ConversationTable
    from dissect.statistics.endpoints import EndpointTable

__all__ = ["add_parser", "run"]

_WHAT = ("conv", "endpoints", "hierarchy", "io", "lengths", "credentials", "tree")
_KINDS = ("eth", "ip", "ipv6", "tcp", "udp")
_TREES = tuple(name.removesuffix(",tree") for name in TAPS if name.endswith(",tree"))


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "stats",
        help="count what a capture holds",
        description=__doc__,
        epilog="dissect read -q -z prints these and others as tshark does.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture")
    parser.add_argument("what", metavar="WHAT", choices=_WHAT, help=f"what is counted: {', '.join(_WHAT)}")
    parser.add_argument(
        "kind", metavar="KIND", nargs="?", choices=(*_KINDS, *_TREES),
        help=f"of conv and endpoints, whose: {', '.join(_KINDS)}; of tree, which: {', '.join(_TREES)}",
    )  # fmt: skip
    parser.add_argument("-Y", dest="filter", metavar="FILTER", default="", help="count what passes a display filter")
    parser.add_argument(
        "--interval", metavar="SECONDS", type=_interval, default=1.0, help="of io, how long each interval is (1)"
    )
    parser.add_argument("--sort", metavar="COLUMN", help="the largest of this column first")
    parser.add_argument("--reverse", action="store_true", help="the last row first")
    parser.add_argument("--limit", metavar="N", type=positive, help="print N rows at most")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="print CSV")
    shape.add_argument("--json", action="store_true", help="print JSON: a list with an object per row")
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Count, and print the rows."""
    rows = islice(_ordered(_rows(options), options.sort, is_reversed=options.reverse), options.limit)
    if options.json:
        _print_json(map(_rounded, rows))
    elif options.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        for number, row in enumerate(map(_rounded, rows)):
            if not number:
                writer.writerow(row)
            writer.writerow(row.values())
    else:
        print_table(f"{options.what} {options.kind or ''}".strip(), rows)
    return 0


def _interval(text: str) -> float:
    """Return the seconds that an interval has; argparse's error for what is none."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if seconds and not 1e-6 <= seconds < 1e12:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no interval: expected 0.000001 s or more, 0 for the whole capture"
        )
    return seconds


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose times and rates have nine decimals: what sums of fractions have behind them means nothing."""
    return {name: round(value, 9) if isinstance(value, float) else value for name, value in row.items()}


def _print_json(rows: Iterable[dict[str, Any]]) -> None:
    """Print a list of objects, one after the other: there may be very many."""
    between = "[\n "
    for row in rows:
        sys.stdout.write(between + json.dumps(row, indent=1).replace("\n", "\n "))
        between = ",\n "
    sys.stdout.write("[]\n" if between.startswith("[") else "\n]\n")


def _rows(options: argparse.Namespace) -> Iterable[dict[str, Any]]:
    """Return what was counted: the values of each row by the names of the columns."""
    # Loaded for those who count, once the options are known to be right.
    from dissect.statistics import counting

    fits = {"conv": _KINDS, "endpoints": _KINDS, "tree": _TREES}.get(options.what, ())
    if options.kind is not None and options.kind not in fits:
        if fits:
            raise DissectError(f"{options.what} {options.kind} is not counted; there are {', '.join(fits)}")
        raise DissectError(f"{options.what} is counted of all packets: leave {options.kind} out, or filter with -Y")
    chosen: dict[str, Any] = {"display_filter": options.filter}
    if options.what in ("conv", "endpoints"):
        table: ConversationTable | EndpointTable = (
            counting.conversation_table(options.file, options.kind or "tcp", options.filter)
            if options.what == "conv"
            else counting.endpoint_table(options.file, options.kind or "ip", options.filter)
        )
        if table.left_out:
            print(f"{table.left_out} frames are left out: there are too many of these to count all", file=sys.stderr)
        return (row._asdict() for row in table.ordered())
    if options.what == "hierarchy":
        levels = counting.count_protocols(options.file, **chosen)
        return [{**level._asdict(), "path": ":".join(level.path)} for level in levels]
    if options.what == "lengths":
        lengths = counting.count_lengths(options.file, **chosen)
        return [{**row._asdict(), "path": row.path[-1]} for row in lengths]
    if options.what == "tree":
        if options.kind is None:
            raise DissectError(f"which tree is to be counted must be told; there are {', '.join(_TREES)}")
        tree = counting.tree_counted(options.file, options.kind, options.filter)
        if tree.left_out:
            print(f"{tree.left_out} counts have no row: there are too many different names", file=sys.stderr)
        return ({**node._asdict(), "path": " / ".join(node.path)} for node in tree.walk())
    if options.what == "credentials":
        if options.filter:
            raise DissectError("credentials are told of all packets: leave -Y out")
        return [login._asdict() for login in counting.logins(options.file)]
    intervals = counting.count_intervals(options.file, options.interval, options.filter)
    return [
        {"start": start, "end": end, "frames": values[0][0], "bytes": values[0][1]} for start, end, values in intervals
    ]


def _ordered(rows: Iterable[dict[str, Any]], column: str | None, *, is_reversed: bool) -> Iterable[dict[str, Any]]:
    """Return the rows by a column, or as they are; DissectError for a column that they don't have."""
    if column is None:
        return reversed(list(rows)) if is_reversed else rows
    found = list(rows)
    if found and column not in found[0]:
        raise DissectError(f"--sort {column} names no column; there are {', '.join(found[0])}")
    found = sorted(found, key=lambda row: (row[column] is not None, row[column]), reverse=True)
    return reversed(found) if is_reversed else found
