"""Where goldens lie and what they are called: `__captures__/<test file>/<test>.pcapng`, with a sidecar of text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest

from dissect.testing.stash import RUNNING

__all__ = [
    "DIRECTORY",
    "SIDECAR",
    "SUFFIX",
    "beside_test",
    "directory_of",
    "file_name",
    "goldens_in",
    "owner_of",
    "sidecar_of",
    "test_name",
]

DIRECTORY = "__captures__"
SUFFIX = ".pcapng"
SIDECAR = ".txt"
LONGEST = 150
"""How many characters a name has at most; file systems allow 255 bytes."""
_Source = TypeVar("_Source")
_OTHER = re.compile(r"[^\w\-.,=+@()\[\]]")


def beside_test(source: _Source) -> _Source | Path:
    """Return the path of a capture from the directory of the test that runs; what is no relative path stays.

    One that is there from the current directory alone stays, too.
    """
    if not isinstance(source, (str, os.PathLike)) or source == "-" or not RUNNING:
        return source
    path = Path(os.fsdecode(source))
    beside = RUNNING[-1] / path
    return source if path.exists() and not beside.exists() else beside


def directory_of(test_file: Path) -> Path:
    """Return where the goldens of a test file lie."""
    name = test_file.stem if test_file.suffix == ".py" else test_file.name
    return test_file.parent / DIRECTORY / name


def test_name(item: pytest.Item) -> str:
    """Return the test's name as files have it: with its class, and with its parameters.

    What file systems might not take is replaced, and then a few digits tell apart what is no longer different. So
    they do where a parameter has capital letters, which some file systems take for small ones, and where another
    test of the file is called the same but for them.
    """
    name = ".".join(item.nodeid.split("::")[1:]) or item.name
    written, bracket, parameters = name.partition("[")
    return _apart(name, bracket + parameters != (bracket + parameters).lower() or _has_double(item, written))


def _apart(name: str, needs_digits: bool) -> str:
    """Return a name for files; `needs_digits` where what it says may not be enough to tell it from others.

    >>> _apart("test_it[a]", False), _apart("test_it[A]", True), _apart("test_it[a/b]", False)
    ('test_it[a]', 'test_it[A]~1c04bc42', 'test_it[a_b]~306b0382')
    """
    safe = _OTHER.sub("_", name)
    if safe != name or needs_digits or len(safe) > LONGEST:
        safe = f"{safe[:LONGEST]}~{sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"
    return safe


def _has_double(item: pytest.Item, name: str) -> bool:
    """Whether the test file has something else of this name, as `Class.method`, but for capital letters."""
    place = getattr(item, "module", None)
    for part in name.split("."):
        if place is None:
            return False
        if sum(other.lower() == part.lower() for other in vars(place)) > 1:
            return True
        place = getattr(place, part, None)
    return False


test_name.__test__ = False  # type: ignore[attr-defined]  # the name says what it returns, and not that it is a test


def file_name(test: str, label: str | None, number: int) -> str:
    """Return a golden's file name: that of the test, and behind it a label, or the number of one that is not the first.

    >>> file_name("test_login", None, 1), file_name("test_login", None, 2), file_name("test_login", "late", 1)
    ('test_login.pcapng', 'test_login-2.pcapng', 'test_login-late.pcapng')
    """
    if label is not None:
        return f"{test}-{_apart(label, label != label.lower())}{SUFFIX}"
    return f"{test}{SUFFIX}" if number == 1 else f"{test}-{number}{SUFFIX}"


def sidecar_of(golden: Path) -> Path:
    """Return where the text beside a golden lies."""
    return golden.with_name(golden.name.removesuffix(SUFFIX) + SIDECAR)


def owner_of(golden: Path, tests: set[str]) -> str | None:
    """Return which of the tests a golden belongs to, by its name; None for none of them."""
    name = golden.name.removesuffix(SUFFIX)
    owners = [test for test in tests if name == test or name.startswith(f"{test}-")]
    return max(owners, key=len, default=None)


def goldens_in(directory: Path) -> Iterator[Path]:
    """Yield the goldens in a directory, by name."""
    if directory.is_dir():
        yield from sorted(path for path in directory.iterdir() if path.name.endswith(SUFFIX) and path.is_file())
