"""What the sub-commands have in common: colour, progress on long reads, numbers as arguments."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, NoReturn, TypeAlias, TypeVar

from dissect.errors import CaptureError
from dissect.packets.packet import Packet

if TYPE_CHECKING:
    from dissect.filters.compiler import CompiledFilter
    from dissect.views.colouring import Rule

__all__ = ["ClosedOutput", "hint_at_second_pass", "painter", "positive", "watched", "whole"]

_Each = TypeVar("_Each")
Painter: TypeAlias = "Callable[[str, Rule], str]"


def painter(wanted: bool | None = None) -> Painter | None:
    """Return what gives a line the colours of a rule; None where there shall be no colour.

    Without a wish there is colour on a terminal alone, and none where NO_COLOR is set
    (https://no-color.org) or the terminal has no colours.
    """
    if wanted is False or (wanted is None and (os.environ.get("NO_COLOR") or not sys.stdout.isatty())):
        return None
    from rich.color import ColorSystem
    from rich.console import Console
    from rich.style import Style

    console = Console(force_terminal=True)
    if console.color_system is None:
        if wanted is None:
            return None
        system = ColorSystem.TRUECOLOR
    else:
        system = {
            "standard": ColorSystem.STANDARD,
            "256": ColorSystem.EIGHT_BIT,
            "truecolor": ColorSystem.TRUECOLOR,
            "windows": ColorSystem.WINDOWS,
        }[console.color_system]
    styles: dict[Rule, Style] = {}

    def paint(line: str, rule: Rule) -> str:
        style = styles.get(rule)
        if style is None:
            style = styles[rule] = Style(color=rule.foreground or None, bgcolor=rule.background or None)
        return style.render(line, color_system=system)

    return paint


def whole(packets: Iterable[_Each], damage: list[CaptureError]) -> Iterator[_Each]:
    """Yield the packets, or what is made of them, and add to `damage` what ended them before their time.

    So all that comes before is of use.
    """
    try:
        yield from packets
    except CaptureError as error:
        damage.append(error)


def watched(packets: Iterable[Packet], count: str = "packets read") -> Iterator[Packet]:
    """Yield the packets, and count them on standard error where that is a terminal and the output goes elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from packets
        return
    begin = shown = monotonic()
    try:
        for number, packet in enumerate(packets, 1):
            if number & 0xFFF == 0 and monotonic() - shown > 0.2:
                shown = monotonic()
                sys.stderr.write(f"\r{number:,} {count}, {number / (shown - begin):,.0f} per second")
                sys.stderr.flush()
            yield packet
    finally:
        if shown != begin:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def hint_at_second_pass(passes: CompiledFilter, option: str = "-2") -> None:
    """Say on standard error which fields of a filter no packet has without a second pass, and the option for it."""
    from dissect.filters.following import SECOND_PASS_FIELDS

    late = [name for name in passes.fields if name in SECOND_PASS_FIELDS]
    if late:
        verb = "is" if len(late) == 1 else "are"
        print(f"dissect: {' and '.join(late)} {verb} known only after a second pass: add {option}", file=sys.stderr)


class ClosedOutput(io.TextIOBase):
    """Standard output where there is none: who writes to it is told so."""

    def write(self, _: str, /) -> int:
        """Raise OSError."""
        raise OSError(errno.EBADF, "standard output is closed")

    @property
    def buffer(self) -> NoReturn:
        """Raise OSError, as text does."""
        raise OSError(errno.EBADF, "standard output is closed")


def positive(text: str) -> int:
    """Return the number of packets, bytes or rows that an option gives: 1 or more."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, and not {text!r}")
    if number > sys.maxsize:
        raise argparse.ArgumentTypeError(f"{text} is more than anything has: expected {sys.maxsize} at most")
    return number
