"""A capture that goes on while it is looked at: another process captures, into a file that is followed.

So nobody loses packets by scrolling. The file is temporary, in a folder of its own that goes at the end, unless
somebody has named one; it is bounded either way, and where the bound is reached, the capture ends and says so.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dissect.errors import DissectError, InterfaceError

__all__ = ["MOST_MEGABYTES", "LiveCapture", "capture_command"]

MOST_MEGABYTES = 1000
"""So many megabytes are captured unless somebody says how many."""
_PATIENCE = 10.0
_LOOKED_AFTER = 0.02


def capture_command(
    interfaces: Sequence[str], path: str, *, capture_filter: str | None = None, megabytes: int = MOST_MEGABYTES
) -> list[str]:
    """Return the command that captures to a file, at most so many megabytes."""
    command = [sys.executable, "-m", "dissect", "capture", "-q", "-w", path, "-a", f"filesize:{1000 * megabytes}"]
    for name in interfaces:
        command += ["-i", name]
    return command if capture_filter is None else [*command, "-f", capture_filter]


class LiveCapture:
    """A capture in another process; `path` is its file, in a temporary folder where `keep` names none.

    `command(path)` gives what captures into a file. When this returns, the file has begun; InterfaceError, with what
    the other process said, where it could not.
    """

    def __init__(self, name: str, command: Sequence[str], path: str, folder: str | None) -> None:
        self.name = name
        self.path = path
        self._folder = folder
        # A session of its own: Ctrl-C at the terminal is for who looks, who ends it then.
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        end = time.monotonic() + _PATIENCE
        while not (Path(path).exists() and Path(path).stat().st_size >= 24):
            if self._process.poll() is not None or time.monotonic() > end:
                said = self._said() or "it does not begin"
                self.close()
                raise InterfaceError(f"{name} can't be captured: {said}")
            time.sleep(_LOOKED_AFTER)

    @classmethod
    def of(
        cls,
        interfaces: Sequence[str],
        *,
        capture_filter: str | None = None,
        keep: str | None = None,
        megabytes: int = MOST_MEGABYTES,
    ) -> LiveCapture:
        """Begin to capture at interfaces, by names, into the file `keep` or a temporary one."""
        if keep is not None and Path(keep).exists():
            raise DissectError(f"{keep} is there already: name another file to keep the capture in")
        folder = None if keep is not None else tempfile.mkdtemp(prefix="dissect-browse-")
        path = keep if keep is not None else str(Path(folder or ".") / "capture.pcapng")
        command = capture_command(interfaces, path, capture_filter=capture_filter, megabytes=megabytes)
        return cls(", ".join(interfaces), command, path, folder)

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._process.poll() is None

    def _said(self) -> str:
        """Return the last line that the other process wrote, once it has ended."""
        if self.is_running or self._process.stderr is None:
            return ""
        lines = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].removeprefix("dissect: ") if lines else ""

    def stop(self) -> str:
        """End the capture, and return what the other process said at its end: counts and drops."""
        if self.is_running:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        return self._said()

    def close(self) -> None:
        """End the capture, and remove what is temporary."""
        self.stop()
        if self._process.stderr is not None:
            self._process.stderr.close()
        if self._folder is not None:
            with suppress(OSError):
                for path in Path(self._folder).iterdir():
                    path.unlink()
                Path(self._folder).rmdir()
