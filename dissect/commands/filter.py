"""Save display filters under names, to be used as -Y @NAME."""

from __future__ import annotations

import argparse
from typing import Any

from dissect.commands.declarations import add_declaration_options

__all__ = ["add_parser", "run"]

_BLANKS = str.maketrans("\t\r\n", "   ")


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "filter",
        help="save display filters under names, list and delete them",
        description=__doc__,
        epilog="""Example: dissect filter save web "tcp.port == 80", then dissect read FILE -Y @web.""",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    save = actions.add_parser("save", help="save a filter, in place of one of the same name")
    save.add_argument("name", metavar="NAME", help="letters, digits, dots, dashes and underscores")
    save.add_argument("text", metavar="FILTER", help='a display filter, as in "tcp.port == 80"')
    actions.add_parser("list", help="print the saved filters, a name and a filter a line, with a tab between them")
    delete = actions.add_parser("delete", help="forget a filter")
    delete.add_argument("name", metavar="NAME", help="the name that it was saved under")
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Do what is asked; DissectError where that cannot be done."""
    from dissect.filters import saved

    if options.action == "save":
        saved.save(options.name, options.text)
    elif options.action == "delete":
        saved.delete(options.name)
    else:
        for name, text in saved.load().items():
            # A filter may have several lines; the ends of lines count as blanks.
            print(f"{name}\t{text.translate(_BLANKS)}")
    return 0
