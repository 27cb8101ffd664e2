"""Where goldens lie and what they are called: `__captures__/<test file>/<test>.pcapng`, with a sidecar of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

__all__ = [
    "DIRECTORY",
    "SIDECAR",
    "SUFFIX",
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
_OTHER = re.compile(r"[^\w\-.,=+@()\[\]]")


def directory_of(test_file: Path) -> Path:
    """Return where the goldens of a test file lie."""
    name = test_file.stem if test_file.suffix == ".py" else test_file.name
    return test_file.parent / DIRECTORY / name


def test_name(item: pytest.Item) -> str:
    """Return the test's name as files have it: with its class, and with its parameters.

    What file systems might not take is replaced, and then a few digits tell apart what is no longer different.
    """
    name = ".".join(item.nodeid.split("::")[1:]) or item.name
    safe = _OTHER.sub("_", name)
    if safe != name or len(safe) > LONGEST:
        safe = f"{safe[:LONGEST]}~{sha256(name.encode(errors='surrogatepass')).hexdigest()[:8]}"
    return safe


test_name.__test__ = False  # type: ignore[attr-defined]  # the name says what it returns, and not that it is a test


def file_name(test: str, label: str | None, number: int) -> str:
    """Return a golden's file name: that of the test, and behind it a label, or the number of one that is not the first.

    >>> file_name("test_login", None, 1), file_name("test_login", None, 2), file_name("test_login", "late", 1)
    ('test_login.pcapng', 'test_login-2.pcapng', 'test_login-late.pcapng')
    """
    if label is not None:
        return f"{test}-{label}{SUFFIX}"
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
