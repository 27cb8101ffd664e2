"""The files of a folder as the content of a web server: index.html, or a list of what is there."""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import quote

from dissect.edges.folder import Folder, OpenFile
from dissect.lab.applications.http_content import INDEX, Found, Page, media_type, path_parts

__all__ = ["FolderContent"]


class _ServedFile:
    """A file of the folder that is being sent."""

    is_made = False

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self.media_type = media_type(file.name)
        self.size = file.size
        self.read = file.read
        self.close = file.close


class FolderContent:
    """Finds files below a folder; DissectError where there is no such folder."""

    def __init__(self, path: str | Path) -> None:
        self.folder = Folder(path)

    def find(self, path: str) -> Found:
        """Return a file, the index of a folder, or the list of its files."""
        parts = path_parts(path)
        if parts is None:
            return Found()
        if self.folder.is_folder(parts):
            if not path.partition("?")[0].endswith("/"):
                return Found(moved_to="/" + "/".join(quote(part, safe="") for part in parts) + "/")
            index = self.folder.open([*parts, INDEX])
            return Found(self._list(parts) if index is None else _ServedFile(index))
        file = None if path.partition("?")[0].endswith("/") else self.folder.open(parts)
        return Found() if file is None else Found(_ServedFile(file))

    def _list(self, parts: list[str]) -> Page:
        title = escape("/" + "/".join(parts))
        items = "".join(f'<li><a href="./{quote(name)}">{escape(name)}</a></li>\n' for name in self.folder.names(parts))
        page = f"<!doctype html>\n<title>{title}</title>\n<h1>{title}</h1>\n<ul>\n{items}</ul>\n"
        return Page(page.encode("utf-8", "surrogateescape"), is_made=True)
