"""List the fields that there are: the names of display filters and of `-e`, with types and meanings."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dissect.filters.catalogue import FieldFacts

from dissect.commands.declarations import add_declaration_options

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "fields",
        help="list the fields of display filters, with types and meanings",
        description=__doc__,
        epilog="Names and types are Wireshark's. A protocol's name, such as ip, lists that protocol alone; "
        "the beginning of any other name, such as tcp.opt, all that begin so.",
    )
    parser.add_argument("prefix", nargs="?", default="", metavar="PREFIX", help="what the names begin with")
    parser.add_argument(
        "-T", dest="kind", metavar="KIND", choices=("text", "json"), default="text",
        help="text (the default), or json, which has the names of values as well",
    )  # fmt: skip
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the list; FieldError where no name begins so."""
    # With the filters comes the parser of their grammar, which the other sub-commands do without.
    from dissect.filters.catalogue import fields_under

    found = fields_under(options.prefix)
    if options.kind == "json":
        json.dump([_told(facts) for facts in found], sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        return 0
    names = max(len(facts.name) for facts in found)
    types = max(len(facts.type.name) for facts in found)
    for facts in found:
        sys.stdout.write(f"{facts.name:<{names}}  {facts.type.name:<{types}}  {_meaning(facts)}".rstrip() + "\n")
    return 0


def _meaning(facts: FieldFacts) -> str:
    if facts.stands_for:
        return f"{' or '.join(facts.stands_for)}"
    return f"{facts.meaning}: {facts.doc}" if facts.doc else facts.meaning


def _told(facts: FieldFacts) -> dict[str, Any]:
    """Return all that is known of a field as what JSON has; what there is nothing of is left out."""
    told = {
        "name": facts.name,
        "type": facts.type.name,
        "meaning": facts.meaning,
        "description": facts.doc,
        "stands_for": list(facts.stands_for),
        "values": facts.values,
        "source": facts.source,
    }
    return {key: value for key, value in told.items() if value or key in ("name", "type", "meaning")}
