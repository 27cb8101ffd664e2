"""What the program's parsers say of its commands: the source of their pages and of the manual pages.

Nothing but the standard library and dissect's own parsers is needed here, for a wheel is built by this.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from dissect.commands.main import build_parser

__all__ = ["PAGES", "Command", "Option", "every_command", "examples_of", "program"]

PAGES = Path(__file__).resolve().parents[1] / "commands"
"""Where the examples of each command stand, in a page of its name."""
_WIDTH = "80"
_STATUS = re.compile(r" ?Exit status: (.*?)\.(?= |$)")
_USUAL_STATUS = "0; 2 where something could not be run, or not be read whole"


class Option(NamedTuple):
    """An option or argument, as it is typed, and what it does."""

    typed: str
    meaning: str


class Command(NamedTuple):
    """A command: `usage` is one line, `options` are in groups with a heading, and `actions` its own sub-commands.

    `status` tells the numbers with which it ends, and what each means.
    """

    name: str
    summary: str
    usage: str
    description: str
    options: list[tuple[str, list[Option]]]
    notes: str
    status: str
    actions: list[Command]


def program() -> Command:
    """Return the program itself, whose actions are the commands."""
    with _plain():
        return _told("dissect", build_parser(), "")


def every_command() -> list[Command]:
    """Return all commands, by name."""
    return program().actions


@contextmanager
def _plain() -> Iterator[None]:
    """Have usages in a width of their own, and without colours, wherever this runs."""
    names = {"COLUMNS": _WIDTH, "NO_COLOR": "1"}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _told(name: str, parser: argparse.ArgumentParser, summary: str) -> Command:
    formatter = parser._get_formatter()
    options: list[tuple[str, list[Option]]] = []
    actions: list[Command] = []
    for group in parser._action_groups:
        listed = []
        for action in group._group_actions:
            if isinstance(action, argparse._SubParsersAction):
                summaries = {each.dest: each.help or "" for each in action._choices_actions}
                actions += [
                    _told(f"{name} {word}", each, summaries.get(word, "")) for word, each in action.choices.items()
                ]
            elif action.help != argparse.SUPPRESS:
                meaning = formatter._expand_help(action) if action.help else ""
                listed.append(Option(formatter._format_action_invocation(action), " ".join(meaning.split())))
        if listed:
            options.append((group.title or "options", listed))
    usage = " ".join(parser.format_usage().removeprefix("usage:").split())
    description, notes = (" ".join((text or "").split()) for text in (parser.description, parser.epilog))
    told = _STATUS.search(notes)
    status = f"{told[1] if told else _USUAL_STATUS}. 130 after Ctrl-C."
    return Command(name, summary, usage, description, options, _STATUS.sub("", notes).strip(), status, actions)


def examples_of(name: str) -> str:
    """Return what the page of a command shows, in Markdown without its heading; "" where there is none."""
    path = PAGES / f"{name}.md"
    if not path.exists():
        return ""
    return re.sub(r"\A# .*\n", "", path.read_text(encoding="utf-8")).strip()
