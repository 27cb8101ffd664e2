"""Tell which addresses have which names, as answers of DNS, multicast DNS, NetBIOS and DHCP say."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.tables import print_table

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "hosts",
        help="tell which addresses have which names",
        description=__doc__,
        epilog="Nobody is asked: what no packet tells is not known.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture")
    parser.add_argument("--json", action="store_true", help="print JSON: a list with an object per address and name")
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the names; 0 whatever they are."""
    # Loaded for those who ask, once the options are known to be right.
    from dissect.statistics.told_names import told_names

    rows = [told._asdict() for told in told_names(options.file)]
    if options.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
    else:
        print_table("hosts", rows)
    return 0
