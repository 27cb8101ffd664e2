"""Write the files that a capture holds into a folder: what came over HTTP, TFTP, FTP or SMTP."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.tables import print_table

__all__ = ["add_parser", "run"]

_DIGITS = 16
"""As many digits of a hash a row of the table has."""


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export",
        help="write the files that a capture holds into a folder",
        description=__doc__,
        epilog="Names are those of tshark's --export-objects. No file that is there is written over.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture")
    parser.add_argument("kind", metavar="KIND", help="http, tftp, ftp, smtp")
    parser.add_argument("folder", metavar="DIR", help="where the files go; it is made")
    parser.add_argument("--json", action="store_true", help="print JSON: a list with an object per file")
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Write the files, and print which came from which frames; 0 where there are none as well."""
    # Loaded for those who ask, once the options are known to be right.
    from dissect.flows.objects import export

    rows = [
        {
            "file": path.name,
            "bytes": len(found.data),
            "frame": found.number,
            "host": found.host,
            "type": found.media_type,
            "sha256": found.sha256 if options.json else found.sha256[:_DIGITS],
        }
        for found, path in export(options.file, options.kind, options.folder)
    ]
    if options.json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return 0
    print_table("export", rows)
    return 0
