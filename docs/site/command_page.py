"""A command's page: what it does, how it is called, examples that were run, and each option."""

from __future__ import annotations

import re

from docs.site.commands import Command, Option, examples_of
from docs.site.markdown import anchor, code, fenced, table

__all__ = ["list_of", "page"]

_USAGE_WIDTH = 92


def page(command: Command) -> str:
    """Return the page in Markdown."""
    word = command.name.removeprefix("dissect ")
    parts = [f"# {command.name}\n\n{command.description}\n\n", fenced(_wrapped(command.usage))]
    examples = examples_of(word)
    if examples:
        parts.append(f"## Examples {{#examples}}\n\n{examples}\n\n")
    parts.append("## Options {#options}\n\n")
    parts.append(_options(command))
    for action in command.actions:
        parts.append(f"## {action.name} {{#{action.name.rpartition(' ')[2]}}}\n\n")
        parts += [f"{_sentence(action.summary)}\n\n", fenced(_wrapped(action.usage)), _options(action)]
    parts.append(f"## Exit status {{#status}}\n\n{_escaped(command.status)}\n\n")
    if command.notes:
        parts.append(f"## Notes {{#notes}}\n\n{_escaped(command.notes)}\n")
    return "".join(parts)


def list_of(commands: list[Command]) -> str:
    """Return a table of all commands, with links."""
    return table(
        ("command", "what it does"),
        [
            (f"[{code(each.name)}]({each.name.removeprefix('dissect ')}.md)", _escaped(each.summary))
            for each in commands
        ],
    )


def _options(command: Command) -> str:
    parts = []
    for heading, options in command.options:
        if [option.typed.split(",")[0] for option in options] == ["-h"]:
            continue
        title = "" if heading in ("options", "positional arguments") else f"**{heading.capitalize()}**\n\n"
        parts.append(
            title
            + table(
                ("typed", "what it does"), [_row(option) for option in options if not option.typed.startswith("-h,")]
            )
        )
    return "".join(parts)


def _row(option: Option) -> tuple[str, str]:
    place = next((word for word in option.typed.replace(",", "").split() if word.startswith("-")), "")
    ways = "<br>".join(code(way) for way in option.typed.split(", -"))
    return f"{anchor(place) if place else ''}{ways.replace('<br>`', '<br>`-')}", _escaped(option.meaning)


def _wrapped(usage: str) -> str:
    """Return a usage in lines of a page's width, none of which ends within brackets."""
    begin = re.match(r"dissect(?: [a-z]+)+", usage)
    parts = re.findall(r"(?:\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]\S*|[^\s\[]+)", usage)
    lines = [""]
    indent = " " * (begin.end() + 1 if begin else 2)
    for part in parts:
        if len(f"{lines[-1]} {part}") > _USAGE_WIDTH and lines[-1].strip():
            lines.append(f"{indent}{part}")
        else:
            lines[-1] = f"{lines[-1]} {part}".removeprefix(" " if len(lines) == 1 and not lines[-1] else "")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _escaped(text: str) -> str:
    """Return plain text as Markdown: stars, angle brackets and underscores stand for themselves."""
    for sign in "\\`*_<>[]":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return text
