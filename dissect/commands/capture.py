"""Capture what passes at interfaces into a file, or into a ring of files."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, Any

from dissect.commands.capture_options import (
    AUTOSTOPS,
    LIMITS,
    add_interface_options,
    announce,
    enough_of,
    limits_of,
    opened_capture,
    setting,
    summary,
)
from dissect.commands.interruption import interruptible
from dissect.commands.output import positive
from dissect.errors import DissectError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options, which mean what they mean to dumpcap."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "capture",
        help="capture what passes at interfaces into files",
        description=__doc__,
        epilog="The file can be followed while it grows, and a killed program leaves a whole one. A name that ends in "
        ".pcap is that of a pcap, any other that of a pcapng. A capture filter passes at an interface not always what "
        "it passes of the file: the kernel takes the VLAN tag out of a frame before it asks the filter, so that 'ip' "
        "passes tagged frames, and 'vlan' asks the kernel. Exit status: 0; 2 where it could not run, or all interfaces "
        "were removed. It takes root or the right CAP_NET_RAW.",
    )
    parser.set_defaults(words=[])
    add_interface_options(parser)
    parser.add_argument(
        "-w",
        dest="output",
        metavar="OUT",
        required=True,
        help="the file (- is standard output); dissect read -i prints",
    )
    parser.add_argument("-c", dest="count", metavar="N", type=positive, help="end after N packets")
    parser.add_argument(
        "-a", "--autostop", dest="stops", metavar="WHEN", type=setting(AUTOSTOPS), action="append", default=[],
        help="end after duration:SECONDS, packets:N, filesize:KB (of 1000 bytes) or files:N",
    )  # fmt: skip
    parser.add_argument(
        "-b", "--ring-buffer", dest="ring", metavar="WHEN", type=setting(LIMITS), action="append", default=[],
        help="begin another file after filesize:KB, duration:SECONDS, packets:N, or at interval:SECONDS of the clock; "
        "files:N keeps the last N. OUT_00001_20261129045203.pcapng is the first",
    )  # fmt: skip
    parser.add_argument("-q", dest="quiet", action="store_true", help="count nothing on the terminal while it runs")


def run(options: argparse.Namespace) -> int:
    """Capture until it is enough or somebody says so."""
    if options.output == "-" and sys.stdout.isatty():
        raise DissectError("a capture is bytes, which a terminal shows badly: -w FILE, or pipe it")
    limits, enough, most_files = limits_of(options), enough_of(options), _most_files(options)
    # Loaded for those who capture.
    from dissect.captures.live_file import LivePcap, LivePcapng
    from dissect.captures.ring_files import LiveFiles
    from dissect.edges.recording import record

    with ExitStack() as stack:
        capture = stack.enter_context(opened_capture(options))
        stack.enter_context(interruptible(capture.stop))
        is_pcap = options.output.lower().endswith(".pcap")
        form = LivePcap(capture.interfaces) if is_pcap else LivePcapng(capture.interfaces, "dissect")
        files = LiveFiles(options.output, form, capture.statistics, limits, most_files=most_files)
        announce(capture)
        try:
            record(capture, form, files, enough, seen=None if options.quiet else _counting())
        finally:
            statistics = capture.statistics()
            files.close()
            if sys.stderr.isatty() and not options.quiet:
                sys.stderr.write("\r\x1b[K")
            print(summary(files.packets, capture.interfaces, statistics), file=sys.stderr)
    return 0


def _most_files(options: argparse.Namespace) -> int | None:
    most = next((value for name, value in options.stops if name == "files"), None)
    if most is not None and not options.ring:
        raise DissectError("-a files:N ends after N files, and there is one: say with -b when another begins")
    return most


def _counting() -> Callable[[int], None] | None:
    """Return what counts packets on the terminal; None where there is none, or bytes go there."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    shown = monotonic()

    def count(packets: int) -> None:
        nonlocal shown
        if monotonic() - shown > 0.5:
            shown = monotonic()
            sys.stderr.write(f"\r{packets:,} packets")
            sys.stderr.flush()

    return count
