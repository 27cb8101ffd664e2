"""Open a capture in the terminal: list, details and bytes, filters, streams and statistics."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.errors import DissectError, MissingExtraError

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "browse",
        help="open a capture in the terminal, as termshark does",
        description=__doc__,
        epilog="In it, ? tells the keys. If a program was killed and left the terminal in disorder, 'reset' puts it "
        "right.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    parser.add_argument("-Y", dest="filter", metavar="FILTER", default="", help="begin with this display filter")
    parser.add_argument(
        "--follow", action="store_true", help="go on with what is added to the file while it is open, as by a capture"
    )
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Open the capture, and stay until somebody leaves."""
    try:
        from dissect.terminal.app import Browser
    except ImportError as error:
        if not (error.name or "").startswith("textual"):
            raise
        raise MissingExtraError(
            "browsing takes Textual, which is not installed: pip install 'dissect-workbench[terminal]'"
        ) from None
    from dissect.terminal.opened import OpenCapture
    from dissect.terminal.remembered import Memory, location

    if not sys.stdout.isatty():
        raise DissectError("browsing takes a terminal, and standard output is none: dissect read prints a capture")
    capture = OpenCapture(options.file, follow=options.follow)
    if options.file == "-":
        _take_keyboard()
    browser = Browser(capture, Memory(location()), display_filter=options.filter)
    browser.run()
    return browser.return_code or 0


def _take_keyboard() -> None:
    """Have the keyboard for standard input, once the capture that came there is open under another number."""
    try:
        keyboard = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise DissectError("the capture comes through standard input, and there is no terminal to type at") from None
    os.dup2(keyboard, 0)
    os.close(keyboard)
