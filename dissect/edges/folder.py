"""A folder of this machine, whose files a simulated server may show, and nothing above it."""

from __future__ import annotations

from pathlib import Path

from dissect.errors import DissectError

__all__ = ["Folder", "OpenFile"]


class OpenFile:
    """A file that is being read."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._file = path.open("rb")
        self.size = self._file.seek(0, 2)

    def read(self, start: int, size: int) -> bytes:
        """Return some of its bytes; fewer where it ends."""
        self._file.seek(start)
        return self._file.read(size)

    def close(self) -> None:
        """Let go of it."""
        self._file.close()


class Folder:
    """The regular files of a folder and of the folders in it; links that lead out of it lead nowhere.

    Raises DissectError where there is no such folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).resolve()
        if not self.path.is_dir():
            raise DissectError(f"{path} is no folder: expected one whose files are to be served")

    def _within(self, parts: list[str]) -> Path | None:
        """Return where these names lead; None where it is not below the folder, or nothing is there."""
        try:
            found = self.path.joinpath(*parts).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        return found if found.is_relative_to(self.path) else None

    def open(self, parts: list[str]) -> OpenFile | None:
        """Return a file by its names, the folders' first; None where there is none that can be read."""
        found = self._within(parts)
        try:
            return OpenFile(found) if found is not None and found.is_file() else None
        except OSError:
            return None

    def is_folder(self, parts: list[str]) -> bool:
        """Whether these names lead to a folder."""
        found = self._within(parts)
        return found is not None and found.is_dir()

    def names(self, parts: list[str], *, most: int = 10_000) -> list[str]:
        """Return the names in a folder, those of folders with a slash behind them; of more than `most` the first."""
        found = self._within(parts)
        if found is None:
            return []
        try:
            each = sorted(found.iterdir())[:most]
        except OSError:
            return []
        return [f"{path.name}/" if path.is_dir() else path.name for path in each]
