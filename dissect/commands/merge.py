"""Merge captures into one, by time."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from typing import Any

from dissect.captures import read
from dissect.captures.merging import Merge
from dissect.commands.output import watched

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "merge",
        help="merge captures into one, by time",
        description=__doc__,
        epilog="The order within each capture is kept, packets at the same time come from the file named last first, "
        "as with mergecap, and captures of different link types become a pcapng.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a capture, or - for standard input")
    parser.add_argument(
        "-o", "-w", dest="output", metavar="OUT", required=True,
        help="where the packets go; its ending says how it is compressed (- is standard output)",
    )  # fmt: skip
    parser.add_argument(
        "-F", "--format", dest="format", choices=("pcap", "pcapng"),
        help="instead of what the name of OUT, or else the captures ask for",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Merge; 2 where a capture is damaged, after what is whole in all of them."""
    with ExitStack() as stack:
        merge = Merge([stack.enter_context(read(file)) for file in options.files])
        with merge.open_writer(options.output, options.format) as writer:
            for packet in watched(merge, "packets merged"):
                writer.write(packet)
    if merge.damage is not None:
        raise merge.damage
    return 0
