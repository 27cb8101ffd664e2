"""Open a capture in the terminal, or in a browser tab: list, details and bytes, filters, streams and statistics."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import positive
from dissect.errors import DissectError, MissingExtraError

if TYPE_CHECKING:
    from dissect.terminal.live import LiveCapture

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
    parser.add_argument("file", metavar="FILE", nargs="?", help="a capture, or - for standard input")
    parser.add_argument(
        "-i", dest="interfaces", metavar="NAME", action="append", default=[],
        help="capture at an interface, and look on meanwhile; several times for several",
    )  # fmt: skip
    parser.add_argument(
        "-f",
        dest="capture_filter",
        metavar="FILTER",
        help="with -i: capture what passes a filter of libpcap's language",
    )
    parser.add_argument("-w", dest="keep", metavar="OUT", help="with -i: keep the capture in this file")
    parser.add_argument(
        "--most", dest="megabytes", metavar="MB", type=positive, default=1000,
        help="with -i: end the capture when its file has so many megabytes (1000)",
    )  # fmt: skip
    parser.add_argument("-Y", dest="filter", metavar="FILTER", default="", help="begin with this display filter")
    parser.add_argument(
        "--follow", action="store_true", help="go on with what is added to the file while it is open, as by a capture"
    )
    parser.add_argument(
        "--web", metavar="PORT", type=_port, nargs="?", const=0,
        help="serve it to browser tabs on this machine, at the address that is printed",
    )  # fmt: skip
    add_key_option(parser)
    add_declaration_options(parser)


def _port(text: str) -> int:
    """Return the port that is named; argparse's error for none."""
    if not text.isdecimal() or not 0 <= int(text) <= 0xFFFF:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, expected 0 to 65535")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Open the capture, and stay until somebody leaves."""
    _refuse_contradictions(options)
    try:
        return _browse(options) if options.web is None else _serve(options)
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("textual", "textual_serve", "aiohttp"):
            raise
        raise MissingExtraError(
            "browsing takes Textual, which is not installed: pip install 'dissect-workbench[terminal]'"
        ) from None


def _serve(options: argparse.Namespace) -> int:
    # Loaded for those who serve.
    from dissect.terminal.opened import OpenCapture
    from dissect.terminal.web import WebServer, command_for

    # A file that is none is told here, and not in each tab.
    OpenCapture(options.file).close()
    server = WebServer(command_for(_arguments(options)), f"{options.file} - dissect", options.web)
    print(f"{server.address}\nshows {options.file} to whoever has this address, until Ctrl-C", flush=True)
    server.serve()
    return 0


def _browse(options: argparse.Namespace) -> int:
    from dissect.terminal.app import Browser
    from dissect.terminal.opened import OpenCapture
    from dissect.terminal.remembered import Memory, location

    # Of a tab, Textual's server is the terminal.
    if not (sys.stdout.isatty() or "web_driver" in os.environ.get("TEXTUAL_DRIVER", "")):
        raise DissectError("browsing takes a terminal, and standard output is none: dissect read prints a capture")
    with ExitStack() as stack:
        live: LiveCapture | None = None
        if options.interfaces:
            from dissect.terminal.live import LiveCapture

            live = LiveCapture.of(
                options.interfaces,
                capture_filter=options.capture_filter,
                keep=options.keep,
                megabytes=options.megabytes,
            )
            stack.callback(live.close)
        if live is None:
            capture = OpenCapture(options.file, follow=options.follow)
        else:
            capture = OpenCapture(live.path, follow=True, name=f"{live.name} → {live.path}")
        if options.file == "-":
            _take_keyboard()
        browser = Browser(capture, Memory(location()), display_filter=options.filter, live=live)
        browser.run()
        return browser.return_code or 0


def _refuse_contradictions(options: argparse.Namespace) -> None:
    if (options.file is None) == (not options.interfaces):
        raise DissectError("name one capture, or interfaces behind -i: dissect browse FILE, dissect browse -i eth0")
    if not options.interfaces and (options.capture_filter is not None or options.keep is not None):
        raise DissectError("-f and -w are of a capture at interfaces: add -i, or filter the file with -Y")
    if options.web is not None and (options.interfaces or options.file == "-"):
        raise DissectError("--web opens a file in each tab: capture into one, and browse that with --follow")


def _arguments(options: argparse.Namespace) -> list[str]:
    """Return the arguments that a tab has."""
    arguments = [options.file]
    if options.filter:
        arguments += ["-Y", options.filter]
    if options.follow:
        arguments.append("--follow")
    if options.tls_keys is not None:
        arguments += ["--tls-keys", options.tls_keys]
    for name in options.protocol_files:
        arguments += ["--protocols", name]
    for rule in options.decode_as:
        arguments += ["-d", rule]
    return arguments


def _take_keyboard() -> None:
    """Have the keyboard for standard input, once the capture that came there is open under another number."""
    try:
        keyboard = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise DissectError("the capture comes through standard input, and there is no terminal to type at") from None
    os.dup2(keyboard, 0)
    os.close(keyboard)
