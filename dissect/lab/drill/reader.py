"""Reading a script of packetdrill's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from dissect.errors import ScenarioError
from dissect.lab.drill.scanner import Scanner
from dissect.lab.drill.script import Code, Commands, Event, Origin, Script, When
from dissect.lab.drill.segments import read_packet
from dissect.lab.drill.values import read_call

__all__ = ["load_script", "read_script"]

_TIME = r"\d+(?:\.(?!\.)\d*)?|\.\d+"
_SECOND = 1_000_000_000


def load_script(path: Path, defines: Mapping[str, str] | None = None) -> Script:
    """Read the script in a file, with the words of `defines` replaced by their values.

    Raises ScenarioError with file and line where it is none.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ScenarioError(f"{path}: it cannot be read: {error.strerror}") from None
    for name, value in (defines or {}).items():
        text = re.sub(rf"\b{name}\b", lambda _, value=value: value, text)  # type: ignore[misc]
    return read_script(text, str(path))


def read_script(text: str, name: str = "script") -> Script:
    r"""Read a script; ScenarioError with name and line where it is none.

    >>> script = read_script("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n +.1 close(3) = 0")
    >>> [event.what.name for event in script.events], script.events[1].when.first_ns
    (['socket', 'close'], 100000000)
    """
    scanner = Scanner(name, text)
    options: dict[str, str] = {}
    while (option := scanner.take(r"--(\S+)")) is not None:
        key, _, value = option.partition("=")
        options[key] = value
    setup = Commands(())
    if (shell := scanner.take("`([^`]*)`")) is not None:
        setup = _commands(shell)
    events: list[Event] = []
    while not scanner.is_over:
        events.append(_event(scanner, is_first=not events))
    if not events:
        raise scanner.wrong("expected at least one event")
    return Script(name, options, setup, tuple(events))


def _event(scanner: Scanner, *, is_first: bool) -> Event:
    scanner.skip()
    start, line = scanner.place, scanner.text.count("\n", 0, scanner.place) + 1
    if scanner.sees("`"):
        # A command without a time stands at the end, and is run when all is over.
        when = When(Origin.BEFORE)
    else:
        when = _when(scanner, is_first=is_first)
    if scanner.sees("[<>]"):
        what: object = read_packet(scanner)
    elif (source := scanner.take(r"%\{(.*?)\}%")) is not None:
        what = Code(source)
    elif (shell := scanner.take("`([^`]*)`")) is not None:
        what = _commands(shell)
    else:
        what = read_call(scanner)
    text = " ".join(scanner.text[start : scanner.place].split())
    return Event(when, line, text, what)  # type: ignore[arg-type]


def _when(scanner: Scanner, *, is_first: bool) -> When:
    if scanner.take(r"\*"):
        return When(Origin.ANY)
    is_relative = scanner.take(r"\+") is not None
    first = _nanoseconds(scanner.expect(_TIME, "the time of an event, as 0, 0.1 or +.1"))
    last: int | None = None
    ends: int | None = None
    if scanner.take("~"):
        scanner.take(r"\+")
        last = _nanoseconds(scanner.expect(_TIME, "the end of a range of times"))
    elif scanner.take(r"\.\.\."):
        ends = _nanoseconds(scanner.expect(_TIME, "the time at which the call returns"))
    if is_first and (first or is_relative):
        raise scanner.wrong("expected the first event at time 0")
    for end in (last, ends):
        if end is not None and end < first:
            raise scanner.wrong("expected a time that does not end before it begins")
    return When(Origin.BEFORE if is_relative else Origin.START, first, last, ends)


def _nanoseconds(seconds: str) -> int:
    whole, _, part = seconds.partition(".")
    return int(whole or "0") * _SECOND + int(part.ljust(9, "0")[:9] or "0")


def _commands(shell: str) -> Commands:
    """Split a block of commands: lines and semicolons end one, and a backslash joins lines."""
    joined = re.sub(r"\\\n", " ", shell)
    pieces = (re.sub(r"(^|\s)#.*", "", piece).strip() for piece in re.split(r"[\n;]", joined))
    return Commands(tuple(piece for piece in pieces if piece))
