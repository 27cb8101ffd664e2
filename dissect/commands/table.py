"""Write fields of captures as a table: a column for each field, a row for each frame."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Any

from dissect.commands.declarations import add_declaration_options
from dissect.commands.output import whole
from dissect.errors import CaptureError, DissectError

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "table",
        help="write fields of captures as Parquet, Feather, CSV or JSON lines",
        description=__doc__,
        epilog="Usual frames are read millions in a second; fields that depend on other frames, and frames that are "
        "unusual, take longer and have the same values. Takes the extra tables: "
        "pip install 'dissect-workbench[tables]'.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="captures, in the order of the rows")
    parser.add_argument(
        "-e", dest="fields", metavar="FIELD", action="append", required=True, help="a column; several in their order"
    )
    parser.add_argument("-Y", dest="filter", metavar="FILTER", help="only frames that pass this display filter")
    parser.add_argument(
        "-o", dest="output", metavar="OUT", default="-",
        help="OUT.parquet, OUT.feather, OUT.csv or OUT.jsonl; without it, CSV on standard output",
    )  # fmt: skip
    parser.add_argument(
        "-T", dest="kind", metavar="KIND", choices=("parquet", "feather", "csv", "jsonl"),
        help="parquet, feather, csv or jsonl: without it, what the ending of OUT says",
    )  # fmt: skip
    parser.add_argument(
        "--all", dest="occurrence", action="store_const", const="all", default="first",
        help="a list of all values that a frame has of a field, and not the first alone",
    )  # fmt: skip
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Write the table; of a damaged capture, all rows before the damage."""
    # Loaded for those who ask, once the options are known to be right.
    from dissect.tables.reading import scan
    from dissect.tables.writing import format_of, write_rows

    is_stream = options.output == "-"
    kind = options.kind or ("csv" if is_stream else format_of(options.output))
    if is_stream and kind in ("parquet", "feather") and sys.stdout.isatty():
        raise DissectError(f"{kind} is nothing to read on a terminal: name a file with -o")
    rows = scan(options.files, options.fields, options.filter, occurrence=options.occurrence)
    damage: list[CaptureError] = []
    write_rows(options.output, rows.schema, _counted(whole(rows, damage)), kind)
    if damage:
        raise damage[0]
    return 0


def _counted(batches: Iterable[Any]) -> Iterator[Any]:
    """Yield the batches, and count rows on standard error where that is a terminal and the output goes elsewhere."""
    shows = sys.stderr.isatty() and not sys.stdout.isatty()
    begin, rows = monotonic(), 0
    try:
        for batch in batches:
            yield batch
            rows += batch.num_rows
            if shows:
                sys.stderr.write(f"\r{rows:,} rows, {rows / max(monotonic() - begin, 1e-9):,.0f} per second")
                sys.stderr.flush()
    finally:
        if shows and rows:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
