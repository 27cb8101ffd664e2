"""The manual pages, in roff, from the parsers and the examples of the pages: `python -m docs.site.manual FOLDER`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from docs.site.commands import Command, Option, examples_of, program

__all__ = ["manual_pages", "write_manual"]

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def manual_pages(version: str) -> dict[str, str]:
    """Return the manual pages by the names of their files: `dissect.1`, and one for each command."""
    whole = program()
    pages = {"dissect.1": _page(whole, version, whole)}
    for command in whole.actions:
        pages[f"{command.name.replace(' ', '-')}.1"] = _page(command, version, whole)
    return pages


def write_manual(folder: Path, version: str) -> list[Path]:
    """Write the manual pages into a folder, which is made, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in manual_pages(version).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        written.append(folder / name)
    return written


def _page(command: Command, version: str, whole: Command) -> str:
    title = command.name.replace(" ", "-")
    word = command.name.removeprefix("dissect").strip()
    summary = command.summary or "dissect captures, build frames, replay protocols"
    lines = [
        f'.TH "{title.upper()}" 1 "" "dissect {version}" "dissect"',
        # Names of fields are not hyphenated, and words not driven apart.
        ".nh",
        ".ad l",
        ".SH NAME",
        f"{_text(title)} \\- {_text(summary)}",
        ".SH SYNOPSIS",
        _text(command.usage),
        ".SH DESCRIPTION",
        _text(command.description),
    ]
    if command is whole:
        lines.append(".SH COMMANDS")
        for each in command.actions:
            lines += [".TP", f".BR {_word(each.name.replace(' ', '-'))} (1)", _text(each.summary)]
    for heading, options in command.options:
        lines.append(f'.SH "{_text(heading.upper())}"')
        lines += _options(options)
    for action in command.actions if command is not whole else ():
        lines += [f'.SH "{_text(action.name.upper())}"', _text(action.usage), ".PP", _text(action.summary)]
        for _, options in action.options:
            lines += _options(options)
    if command.notes:
        lines += [".SH NOTES", _text(command.notes)]
    if word and examples_of(word):
        lines += [".SH EXAMPLES", *_examples(examples_of(word))]
    others = [each for each in whole.actions if each is not command]
    names = [whole, *others] if command is not whole else others
    lines += [".SH EXIT STATUS", _text(command.status), ".SH SEE ALSO"]
    references = [f".BR {_word(each.name.replace(' ', '-'))} (1)" for each in names]
    lines += [f"{reference}," for reference in references[:-1]] + references[-1:]
    return "\n".join(line for line in lines if line) + "\n"


def _options(options: list[Option]) -> list[str]:
    lines = []
    for option in options:
        lines += [".TP", f"\\fB{_text(option.typed)}\\fR", _text(option.meaning)]
    return lines


def _examples(markdown: str) -> list[str]:
    """Return paragraphs and blocks of code of a page; its links are their text."""
    lines: list[str] = []
    inside = False
    for line in markdown.splitlines():
        if line.startswith("```"):
            inside = not inside
            lines.append(".PP\n.nf\n.RS 2" if inside else ".RE\n.fi\n.PP")
        elif inside:
            lines.append(_text(line) or ".sp")
        elif line.strip():
            lines.append(_text(_LINK.sub(r"\1", line).replace("`", "").lstrip("#- ").replace("**", "")))
        else:
            lines.append(".PP")
    return lines


def _text(text: str) -> str:
    """Return text as roff: nothing in it is a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _word(text: str) -> str:
    return text.replace("-", "\\-")


if __name__ == "__main__":
    for path in write_manual(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""):
        print(path)
