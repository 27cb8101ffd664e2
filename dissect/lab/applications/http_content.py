"""What a web server has: files by path, and which part of one was asked for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import unquote

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError

__all__ = ["Content", "Found", "GivenFiles", "Page", "Resource", "asked_range", "media_type", "path_parts"]

_TYPES = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "gif": "image/gif",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "toml": "application/toml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "xml": "application/xml",
}
INDEX = "index.html"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


class Resource(Protocol):
    """Something to be sent."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def media_type(self) -> str:
        """What it is, as in a Content-Type field."""

    @property
    def is_made(self) -> bool:
        """Whether it was made for this answer, so that it is sent in chunks."""

    def read(self, start: int, size: int) -> bytes:
        """Return some of its bytes; fewer where it ends, or has become shorter."""

    def close(self) -> None:
        """Let go of it."""


class Page(NamedTuple):
    """A resource whose bytes are there."""

    data: bytes
    media_type: str = "text/html; charset=utf-8"
    is_made: bool = False

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.data)

    def read(self, start: int, size: int) -> bytes:
        """Return some of its bytes."""
        return self.data[start : start + size]

    def close(self) -> None:
        """Do nothing: it holds nothing open."""


class Found(NamedTuple):
    """What was found by a path: a resource, or another path where it is."""

    resource: Resource | None = None
    moved_to: str = ""


class Content(Protocol):
    """Finds resources by path."""

    def find(self, path: str) -> Found:
        """Return what a request's path leads to."""


class GivenFiles:
    """Files by path, in memory.

    >>> GivenFiles({"/index.html": "hello"}).find("/").resource.data
    b'hello'

    Raises FieldError for a path that leads upwards.
    """

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files: dict[str, bytes] = {}
        for path, data in files.items():
            parts = path_parts(f"/{path.removeprefix('/')}")
            if parts is None:
                raise FieldError(f"a file's path is {path!r}, expected one as '/folder/page.html'")
            self._files["/".join(parts) or INDEX] = data.encode() if isinstance(data, str) else data

    def find(self, path: str) -> Found:
        """Return the file of a path; that of "/" is index.html."""
        parts = path_parts(path)
        if parts is None:
            return Found()
        if path.partition("?")[0].endswith("/"):
            parts.append(INDEX)
        name = "/".join(parts)
        data = self._files.get(name)
        if data is None:
            is_folder = f"{name}/{INDEX}" in self._files
            return Found(moved_to=f"/{name}/") if is_folder else Found()
        return Found(Page(data, media_type(name)))


def path_parts(target: str) -> list[str] | None:
    """Return the parts of a request's path; None for what leads upwards, or is no path (RFC 3986, section 3.3).

    >>> path_parts("/a/b%20c/?q=1"), path_parts("/../etc/passwd"), path_parts("/%2e%2e/x"), path_parts("/a%2fb")
    (['a', 'b c'], None, None, None)
    """
    path = target.partition("#")[0].partition("?")[0]
    if not path.startswith("/"):
        return None
    parts = [unquote(part) for part in path.split("/")]
    if any(part in (".", "..") or set(part) & set("/\\\0") for part in parts):
        return None
    return [part for part in parts if part]


def media_type(name: str) -> str:
    """Return the type of a file by its name's ending.

    >>> media_type("logo.PNG"), media_type("README")
    ('image/png', 'application/octet-stream')
    """
    return _TYPES.get(name.rpartition(".")[2].lower() if "." in name else "", "application/octet-stream")


def asked_range(said: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte that is asked for, and the one behind the last; None where everything is.

    Raises ValueError where the range has no byte of what there is (RFC 9110, section 15.5.17). What can't be read,
    and several ranges, are as if nothing were said.

    >>> asked_range("bytes=0-99", 1000), asked_range("bytes=990-", 1000), asked_range("bytes=-5", 1000)
    ((0, 100), (990, 1000), (995, 1000))
    """
    found = _RANGE.match((said or "").replace(" ", "").lower())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, end = max(size - int(found[2]), 0), size
    else:
        first, end = int(found[1]), min(int(found[2] or size) + 1, size)
        if found[2] and int(found[2]) < first:
            return None
    if first >= end:
        raise ValueError(f"bytes {first} to {end - 1} of {size}")
    return first, end
