"""Display filters that are saved under a name and used as "@name"; they live in one file of the user's."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from dissect.errors import DissectError
from dissect.filters.compiler import compile_filter

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["delete", "expand", "load", "location", "save"]

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\Z"


def location() -> Path:
    """Return the file of the saved filters: dissect/filters.json under XDG_CONFIG_HOME, or under ~/.config."""
    # Most filters are saved nowhere, and what it takes to read a file of saved ones takes longer than to compile them.
    from pathlib import Path

    stated = os.environ.get("XDG_CONFIG_HOME", "")
    # A path that is not absolute is to be ignored (XDG Base Directory Specification).
    base = Path(stated) if stated and Path(stated).is_absolute() else Path.home() / ".config"
    return base / "dissect" / "filters.json"


def load() -> dict[str, str]:
    """Return the saved filters by name; {} where none was ever saved.

    Raises DissectError where the file holds something else, OSError where it cannot be read.
    """
    import json

    path = location()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DissectError(f"{path} is no JSON ({error}): correct it, or delete it to begin anew") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise DissectError(f"{path} holds no filters by name, expected an object of strings: correct or delete it")
    return found


def save(name: str, text: str) -> None:
    """Save a filter under a name, in place of one that was there.

    Raises DissectError for a name that is none, FilterError for a filter that is none, and OSError
    where the file cannot be written.
    """
    if not re.match(_NAME, name):
        raise DissectError(
            f"{name!r} is no name for a filter, expected at most 64 letters, digits, dots, dashes and underscores"
        )
    compile_filter(text)
    _store(load() | {name: text})


def delete(name: str) -> None:
    """Forget the filter of this name; DissectError, with the nearest name, where there is none."""
    filters = load()
    if name not in filters:
        raise DissectError(_unknown(name, filters))
    del filters[name]
    _store(filters)


def expand(text: str) -> str:
    """Return the filter that "@name" stands for, and any other text as it is.

    Raises DissectError, with the nearest name, where no filter is saved under this one.
    """
    bare = text.strip()
    if not bare.startswith("@"):
        return text
    filters = load()
    name = bare[1:]
    first = name.partition(" ")[0]
    if first != name and first in filters:
        raise DissectError(f"@{first} stands for a whole filter: write {filters[first]!r} instead to add to it")
    if name not in filters:
        raise DissectError(_unknown(name, filters))
    return filters[name]


def _unknown(name: str, filters: dict[str, str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, filters, 1)
    if near:
        hint = f"did you mean {near[0]!r}?"
    elif filters:
        hint = f"there are {', '.join(sorted(filters))}"
    else:
        hint = "save one with: dissect filter save NAME FILTER"
    return f"no filter is saved as {name!r}; {hint}"


def _store(filters: dict[str, str]) -> None:
    """Write the file beside the old one, and put it in its place when it is whole."""
    import json
    import tempfile
    from pathlib import Path

    path = location()
    path.parent.mkdir(parents=True, exist_ok=True)
    # ASCII alone, so that a character that came in broken from the command line is kept.
    content = json.dumps(dict(sorted(filters.items())), indent=2) + "\n"
    with tempfile.NamedTemporaryFile(
        "w", encoding="ascii", prefix=".filters.", dir=path.parent, delete=False
    ) as stream:
        beside = Path(stream.name)
        try:
            stream.write(content)
            stream.flush()
            beside.replace(path)
        except BaseException:
            beside.unlink()
            raise
