"""Count what a capture holds: conversations, endpoints, protocols, intervals or lengths, as a table, CSV or JSON."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from typing import Any

from dissect.commands.declarations import add_declaration_options
from dissect.commands.output import positive
from dissect.commands.tables import print_table
from dissect.errors import DissectError

__all__ = ["add_parser", "run"]

_WHAT = ("conv", "endpoints", "hierarchy", "io", "lengths")
_KINDS = ("eth", "ip", "ipv6", "tcp", "udp")


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
        "kind", metavar="KIND", nargs="?", choices=_KINDS, help=f"of conv and endpoints, whose: {', '.join(_KINDS)}"
    )
    parser.add_argument("-Y", dest="filter", metavar="FILTER", default="", help="count what passes a display filter")
    parser.add_argument(
        "--interval", metavar="SECONDS", type=float, default=1.0, help="of io, how long each interval is (1)"
    )
    parser.add_argument("--sort", metavar="COLUMN", help="the largest of this column first")
    parser.add_argument("--reverse", action="store_true", help="the last row first")
    parser.add_argument("--limit", metavar="N", type=positive, help="print N rows at most")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--csv", action="store_true", help="print CSV")
    shape.add_argument("--json", action="store_true", help="print JSON: a list with an object per row")
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Count, and print the rows."""
    rows = _ordered(_rows(options), options.sort)[:: -1 if options.reverse else 1][: options.limit]
    if options.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
    elif options.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows[0] if rows else ())
        writer.writerows(row.values() for row in rows)
    else:
        print_table(f"{options.what} {options.kind or ''}".strip(), rows)
    return 0


def _rows(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Return what was counted: the values of each row by the names of the columns."""
    # Loaded for those who count, once the options are known to be right.
    from dissect.statistics import counting

    if options.kind is not None and options.what not in ("conv", "endpoints"):
        raise DissectError(f"{options.what} is counted of all packets: leave {options.kind} out, or filter with -Y")
    chosen: dict[str, Any] = {"display_filter": options.filter}
    if options.what == "conv":
        return [row._asdict() for row in counting.count_conversations(options.file, options.kind or "tcp", **chosen)]
    if options.what == "endpoints":
        return [row._asdict() for row in counting.count_endpoints(options.file, options.kind or "ip", **chosen)]
    if options.what == "hierarchy":
        levels = counting.count_protocols(options.file, **chosen)
        return [{**level._asdict(), "path": ":".join(level.path)} for level in levels]
    if options.what == "lengths":
        lengths = counting.count_lengths(options.file, **chosen)
        return [{**row._asdict(), "path": row.path[-1]} for row in lengths]
    intervals = counting.count_intervals(options.file, options.interval, options.filter)
    return [
        {"start": start, "end": end, "frames": values[0][0], "bytes": values[0][1]} for start, end, values in intervals
    ]


def _ordered(rows: list[dict[str, Any]], column: str | None) -> list[dict[str, Any]]:
    """Return the rows by a column; DissectError for one that they don't have."""
    if column is None or not rows:
        return rows
    if column not in rows[0]:
        raise DissectError(f"--sort {column} names no column; there are {', '.join(rows[0])}")
    return sorted(rows, key=lambda row: (row[column] is not None, row[column]), reverse=True)
