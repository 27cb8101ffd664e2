"""What the commands that capture have in common: which interfaces, what of them, and when it is enough."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dissect.captures.selection import nanoseconds
from dissect.commands.output import positive
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError, FieldError, InterfaceError

if TYPE_CHECKING:
    from dissect.captures.live_file import Statistics
    from dissect.captures.pcapng_blocks import Interface
    from dissect.captures.ring_files import Limits
    from dissect.edges.capturing import Capture
    from dissect.edges.recording import Enough

__all__ = [
    "AUTOSTOPS",
    "LIMITS",
    "add_interface_options",
    "announce",
    "capture_filter_of",
    "enough_of",
    "limits_of",
    "opened_capture",
    "setting",
    "summary",
]

AUTOSTOPS = ("duration", "packets", "filesize", "files")
LIMITS = ("filesize", "duration", "interval", "packets", "files")
_KILOBYTE = 1000
"""Bytes that `filesize` counts, as dumpcap does."""
_MEGABYTE = 1 << 20
_LONGEST = 262_144
_SECOND = 1_000_000_000


class Setting(NamedTuple):
    """A word of `-a` or `-b`, and its value: nanoseconds of `duration` and `interval`, and else a number."""

    name: str
    value: int


def add_interface_options(parser: argparse.ArgumentParser) -> None:
    """Declare which interfaces are heard, and what of them."""
    parser.add_argument(
        "-i", "--interface", dest="interfaces", metavar="NAME", action="append", default=[],
        help="an interface, its number in 'dissect interfaces', or any for all that are up or come up; several times "
        "for several",
    )  # fmt: skip
    parser.add_argument(
        "-f", dest="capture_filter", metavar="FILTER",
        help='capture only what passes a filter of libpcap\'s language: "tcp port 80"; also behind the options',
    )  # fmt: skip
    parser.add_argument(
        "-p",
        "--no-promiscuous-mode",
        dest="promiscuous",
        action="store_false",
        help="leave out frames that are for other machines",
    )
    parser.add_argument(
        "-s",
        "--snapshot-length",
        dest="snap_length",
        metavar="BYTES",
        type=_snap_length,
        help=f"keep so many bytes of a frame ({_LONGEST})",
    )
    parser.add_argument(
        "-Q", dest="direction", metavar="in|out|inout", choices=("in", "out", "inout"), default="inout",
        help="capture what is received, what is sent, or both (inout)",
    )  # fmt: skip
    parser.add_argument(
        "-B", "--buffer-size", dest="buffer", metavar="MIB", type=positive, help="memory for each interface (64 MiB)"
    )


def _snap_length(text: str) -> int | None:
    """Return the bytes of a frame that are kept; None for all of them, which 0 says, too."""
    length = 0 if text == "0" else positive(text)
    if length > _LONGEST:
        raise argparse.ArgumentTypeError(f"{text} bytes are more than any frame has: expected {_LONGEST} at most")
    return length or None


def setting(names: Sequence[str]) -> Callable[[str], Setting]:
    """Return what takes "filesize:10000" and the like, with one of these names, for an option."""

    def taken(text: str) -> Setting:
        name, _, value = text.partition(":")
        if name not in names:
            expected = ", ".join(f"{each}:N" for each in names)
            raise argparse.ArgumentTypeError(f"{text!r} says not when, expected {expected}")
        if name not in ("duration", "interval"):
            return Setting(name, positive(value))
        try:
            length = nanoseconds(value)
        except FieldError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        if length <= 0:
            raise argparse.ArgumentTypeError(f"{text!r} is no time that passes: expected seconds")
        return Setting(name, length)

    return taken


def limits_of(options: argparse.Namespace) -> Limits:
    """Return when a file ends and the next begins, as `-b` says."""
    from dissect.captures.ring_files import Limits

    said = dict(options.ring)
    if said and "filesize" not in said:
        # As to dumpcap, a size belongs to the files of a ring.
        said |= {name: value for name, value in options.stops if name == "filesize"}
    octets = said.get("filesize")
    limits = Limits(
        None if octets is None else octets * _KILOBYTE,
        said.get("packets"),
        said.get("duration"),
        said.get("interval"),
        said.get("files"),
    )
    if said and not limits.ends_files:
        raise DissectError(
            "-b files:N keeps the last N files: say when another begins, with -b filesize:KB, duration:, packets: or "
            "interval:"
        )
    if said and options.output == "-":
        raise DissectError("-b makes several files, and -w - is one stream: name a file")
    return limits


def enough_of(options: argparse.Namespace) -> Enough:
    """Return when the capture ends, as `-a` and `-c` say."""
    from dissect.edges.recording import Enough

    said = dict(options.stops)
    counts = [count for count in (options.count, said.get("packets")) if count is not None]
    duration, octets = said.get("duration"), said.get("filesize")
    return Enough(
        min(counts, default=None),
        None if duration is None else duration / _SECOND,
        None if octets is None or options.ring else octets * _KILOBYTE,
    )


def capture_filter_of(options: argparse.Namespace) -> str | None:
    """Return the capture filter, which may also stand in words behind the options."""
    text: str | None = options.capture_filter
    if getattr(options, "words", None) and text is not None:
        raise DissectError(f"two capture filters are given, {text!r} behind -f and {' '.join(options.words)!r}")
    return " ".join(options.words) if getattr(options, "words", None) else text


def opened_capture(options: argparse.Namespace) -> Capture:
    """Return the interfaces that the options name, open; without a name the first that is up and no loopback."""
    from dissect.edges.capturing import Capture
    from dissect.edges.interfaces import ANY, chosen_interfaces, interfaces
    from dissect.edges.ring import BUFFER

    named = options.interfaces
    if not named:
        usual = [each for each in interfaces() if each.is_up and each.link is not None]
        usual.sort(key=lambda each: ("loopback" in each.flags, each.index))
        if not usual:
            raise InterfaceError("no interface is up: 'ip link set eth0 up' brings one up")
        named = [usual[0].name]
    names = chosen_interfaces(named)
    return Capture(
        names,
        capture_filter=capture_filter_of(options),
        promiscuous=options.promiscuous,
        direction=options.direction,
        snap_length=options.snap_length,
        follows=ANY in options.interfaces and not (options.output or "").lower().endswith(".pcap"),
        buffer=BUFFER if options.buffer is None else options.buffer * _MEGABYTE,
        tell=_say,
    )


def announce(capture: Capture) -> None:
    """Say on standard error what is heard, once Ctrl-C and signals end it well."""
    _say(f"capturing on {' and '.join(interface.name or '' for interface in capture.interfaces)}; Ctrl-C ends")


def summary(captured: int, interfaces: Sequence[Interface], statistics: Sequence[Statistics]) -> str:
    """Return what is told at the end: how many packets were captured, and of each interface what came and was lost."""
    lines = [f"{captured} packet{'' if captured == 1 else 's'} captured"]
    for interface, counts in zip(interfaces, statistics, strict=True):
        lost = f", {counts.lost} dropped by the interface" if counts.lost else ""
        lines.append(
            f"{interface.name}: {counts.received} received by filter, {counts.dropped} dropped by kernel{lost}"
        )
    if any(counts.dropped for counts in statistics):
        lines.append("what was dropped came faster than it was taken: -B MIB gives more memory, -f and -s take less")
    return "\n".join(lines)


def _say(sentence: str) -> None:
    print(f"dissect: {sentence}", file=sys.stderr, flush=True)
