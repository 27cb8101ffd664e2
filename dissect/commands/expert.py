"""Tell what Wireshark remarks in a capture: errors, warnings, notes, chats, how often and in which frames."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.tables import print_table

__all__ = ["add_parser", "run"]

_SEVERITIES = ("error", "warn", "note", "chat", "comment")
_FRAMES = 8
"""How many frames a row of the table names."""


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "expert",
        help="tell what Wireshark remarks in a capture",
        description=__doc__,
        epilog="dissect read -q -z expert prints the same as tshark does, without the frames.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture")
    parser.add_argument(
        "--severity", metavar="WORD", choices=_SEVERITIES, default="comment",
        help=f"leave out what is less bad: {', '.join(_SEVERITIES)}",
    )  # fmt: skip
    parser.add_argument("--protocol", metavar="NAME", help="tell what is remarked of this protocol alone, such as TCP")
    parser.add_argument("-Y", dest="filter", metavar="FILTER", default="", help="look at what passes a display filter")
    parser.add_argument("--json", action="store_true", help="print JSON: a list with an object per remark")
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the remarks; 0 whatever they are."""
    # Loaded for those who ask, once the options are known to be right.
    from dissect.statistics.counting import remarks_counted

    wanted = None if options.protocol is None else options.protocol.lower()
    found, left_out = remarks_counted(options.file, options.severity, options.filter)
    remarks = [remark._asdict() for remark in found if wanted is None or remark.protocol.lower() == wanted]
    if left_out:
        print(f"{left_out} remarks are left out: there are too many different ones to tell all", file=sys.stderr)
    if options.json:
        sys.stdout.write(json.dumps(remarks, indent=1) + "\n")
        return 0
    for remark in remarks:
        remark["frames"] = _listed(remark["frames"], remark["frequency"])
    print_table("expert", remarks)
    return 0


def _listed(frames: tuple[int, ...], count: int) -> str:
    """Return the first frames, and that there are more."""
    shown = ", ".join(map(str, frames[:_FRAMES]))
    return shown if count <= _FRAMES else f"{shown}, …"
