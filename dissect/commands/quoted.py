"""What may stand where text is typed: names in a display filter, files, interfaces, and the words behind %dissect."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator

from dissect.filters.completion import begun_word, completed_names

__all__ = ["behind_magic", "inside_quotes"]

_FILTER = re.compile(r"(?:display_filter\s*=|compile_filter\(|\bexpect\([^'\"]*,)\s*(['\"])((?:(?!\1).)*)$")
_FILE = re.compile(r"\b(?:read|write|listing|compare|conversations|read_table|scan)\((?:[^'\"]*,)?\s*['\"]([^'\"]*)$")
_INTERFACE = re.compile(r"\b(?:send|ask|ask_all|listen|NetworkInterface)\((?:.*,)?\s*['\"]([^'\"]*)$")
_MAGIC = re.compile(r"^\s*[%!]dissect\s+(.*)$")


def inside_quotes(text: str) -> tuple[str, list[str]] | None:
    """Return what is typed of a word inside quotes, and what it may become; None where nothing is known of the place.

    >>> inside_quotes('read("x.pcap", display_filter="tcp.flags.sy')
    ('tcp.flags.sy', ['tcp.flags.syn'])
    """
    found = _FILTER.search(text)
    if found is not None:
        word = begun_word(found[2])
        return word, list(completed_names(word))
    found = _INTERFACE.search(text)
    if found is not None:
        return found[1], [name for _, name in socket.if_nameindex() if name.startswith(found[1])]
    found = _FILE.search(text)
    return None if found is None else (found[1], list(_files(found[1])))


def behind_magic(text: str) -> tuple[str, list[str]] | None:
    """Return the same for a line that begins with %dissect: its sub-commands, options, files, fields and filters.

    >>> behind_magic("%dissect mer")
    ('mer', ['merge'])
    """
    line = _MAGIC.match(text)
    if line is None:
        return None
    from dissect.commands.main import build_parser, sub_commands

    *before, word = re.split(r"\s+", line[1])
    if not before:
        return word, [name for name in sub_commands() if name.startswith(word)]
    quoted = re.search(r"-Y\s+(['\"])((?:(?!\1).)*)$", line[1])
    if quoted is not None or before[-1] in ("-Y", "-e", "-R"):
        word = begun_word(word if quoted is None else quoted[2])
        return word, list(completed_names(word))
    if word.startswith("-") and before[0] in sub_commands():
        known = set(build_parser(before[0]).latest.options())
        return word, sorted(option for option in known if option.startswith(word))
    if before[-1] in ("--interface", "-i"):
        return word, [name for _, name in socket.if_nameindex() if name.startswith(word)]
    return word, list(_files(word))


def _files(word: str) -> Iterator[str]:
    """Yield the files and directories that begin so."""
    directory, name = os.path.split(word)
    try:
        entries = sorted(os.scandir(directory or "."), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and (name.startswith(".") or not entry.name.startswith(".")):
            path = f"{directory}{'' if directory in ('', '/') else '/'}{entry.name}"
            yield f"{path}/" if entry.is_dir() else path
