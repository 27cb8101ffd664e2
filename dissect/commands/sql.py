"""Ask captures a question in SQL: captures in quotes are its tables, display-filter names its columns."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dissect.commands.declarations import add_declaration_options
from dissect.commands.tables import print_table

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "sql",
        help="ask captures a question in SQL",
        description=__doc__,
        epilog="For example: dissect sql \"select ip.src, count(*) from 'web*.pcap' where tcp.flags.syn = 1 group by 1 "
        'order by 2 desc". DuckDB answers; it comes with the extra queries: '
        "pip install 'dissect-workbench[tables,queries]'.",
    )
    parser.add_argument("query", metavar="QUERY", help="the question")
    parser.add_argument(
        "-T", dest="kind", metavar="KIND", choices=("text", "csv", "jsonl"), default="text",
        help="text (the default), csv or jsonl",
    )  # fmt: skip
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the answer."""
    # Loaded for those who ask, once the options are known to be right.
    from dissect.tables.queries import sql

    answer = sql(options.query)
    if options.kind != "text":
        from dissect.tables.writing import write_rows

        rows = answer.arrow()
        write_rows("-", rows.schema, rows, options.kind)
        return 0
    names = answer.columns
    print_table("answer", (dict(zip(names, row, strict=True)) for row in answer.fetchall()))
    sys.stdout.flush()
    return 0
