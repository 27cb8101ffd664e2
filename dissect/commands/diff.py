"""Compare two captures, and name what differs: the frame, the field, its values, the byte."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dissect.commands.declarations import add_declaration_options
from dissect.commands.output import Painter, painter, watched
from dissect.differences import CANONICAL, FrameDifference, compare
from dissect.errors import DissectError
from dissect.views.differences import COLOURS, difference_lines, html_page, json_document, total

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "diff",
        help="compare two captures, field by field",
        description=__doc__,
        epilog="Frames are aligned by longest common subsequence, so that an inserted frame is one difference. What "
        "follows from a difference, as a checksum does, is listed below it. Exit status: 0 where the captures are "
        "equal, 1 where they differ, 2 where they could not be compared.",
    )
    parser.add_argument("before", metavar="A", help="a capture, or - for standard input")
    parser.add_argument("after", metavar="B", help="another")
    parser.add_argument(
        "-Y", dest="filter", metavar="FILTER", help="compare only packets that pass this display filter"
    )
    parser.add_argument(
        "--ignore", metavar="NAMES", action="append", default=[],
        help="fields that don't count, separated by commas, with * for any characters: ip.id,tcp.options.timestamp.*",
    )  # fmt: skip
    parser.add_argument(
        "--canonical", metavar="NAMES", action="append", default=[],
        help="values that are brought into one form before they are compared, separated by commas: "
        + "; ".join(f"{name} ({meaning})" for name, meaning in CANONICAL.items()),
    )  # fmt: skip
    parser.add_argument(
        "-T", dest="kind", metavar="KIND", choices=("text", "json", "html"), default="text",
        help="text (the default), json, or html, a page of its own",
    )  # fmt: skip
    parser.add_argument("--color", action="store_true", default=None, help="colour the text even where it is piped")
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the differences; 1 where there are any."""
    if options.before == options.after == "-":
        raise DissectError("both captures are standard input, which holds one: name a file for the other")
    display_filter = options.filter
    if display_filter is not None:
        # The grammar's parser is loaded for those who filter.
        from dissect.filters import saved

        display_filter = saved.expand(display_filter)
    comparison = compare(
        options.before,
        options.after,
        ignore=_names(options.ignore),
        canonical=_names(options.canonical),
        display_filter=display_filter,
        watched=watched,
    )
    kinds: Counter[str] = Counter()
    only_times = True

    def counted() -> Iterator[FrameDifference]:
        nonlocal only_times
        for difference in comparison:
            kinds[difference.kind] += 1
            only_times = only_times and difference.is_of_time
            yield difference

    if options.kind == "text":
        _print(counted(), painter(options.color))
        if kinds:
            print(total(kinds))
            if only_times and kinds["changed"] == min(comparison.count_before, comparison.count_after):
                print(
                    "They differ in their times alone: --canonical times counts from the first frame, no-times lets be."
                )
    else:
        page = json_document if options.kind == "json" else html_page
        for line in page(comparison.names, counted()):
            sys.stdout.write(line + "\n")
    return 1 if kinds else 0


def _print(differences: Iterator[FrameDifference], paint: Painter | None) -> None:
    for difference in differences:
        for line in difference_lines(difference):
            rule = COLOURS[line.kind]
            coloured = paint is not None and rule.foreground
            sys.stdout.write((paint(line.text, rule) if coloured and paint is not None else line.text) + "\n")


def _names(given: list[str]) -> set[str]:
    return {name.strip() for text in given for name in text.split(",") if name.strip()}
