"""Headless Chromium, driven over its DevTools protocol through a pipe: nothing listens on any port."""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Browser", "BrowserError", "program", "started"]

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1100,800",
    # A page that needs the network has to fail here; what this machine serves itself it may have.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)


_CONNECT = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""What puts the pipes where the browser looks for them, in its process and before it begins."""
_MOST_EVENTS = 5000
_PATIENCE = 60
"""Seconds that the browser may take for an answer."""


class BrowserError(Exception):
    """The browser does not start, or does not answer any more."""


def started(profile: Path, purpose: str) -> Browser:
    """A browser for a fixture; the test is skipped with a sentence where there is none, or none that starts."""
    if program() is None:
        pytest.skip(f"chromium is not installed, so that {purpose}: 'apt-get install chromium'.")
    try:
        return Browser(profile)
    except BrowserError as error:
        pytest.skip(f"{program()} does not run here, so that {purpose}: {error}.")


def program() -> str | None:
    """The browser that is installed, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    """One browser with one page; a context manager."""

    def __init__(self, profile: Path) -> None:
        found = program()
        assert found is not None
        commands, self._to = _pipe()
        self._from, answers = _pipe()

        arguments = [found, *_ARGUMENTS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", _CONNECT, str(commands), str(answers), *arguments],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._numbers = itertools.count(1)
        self.events: list[Any] = []
        """What the browser told by itself while it was asked something, the last thousands of it."""
        self._rest = b""
        self._session = ""
        try:
            target = self.send("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self.send("Page.enable")
        except BrowserError:
            self.__exit__()
            raise

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._to)
        os.close(self._from)
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def send(self, method: str, **parameters: Any) -> Any:
        """Give a command and return its result; AssertionError with the browser's words where it fails."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._to, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise BrowserError("it ended") from None
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events = [*self.events[-_MOST_EVENTS:], answer]

    def _receive(self) -> Any:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], _PATIENCE)
            part = os.read(self._from, 1 << 16) if ready else b""
            if not part:
                raise BrowserError("it ended" if ready else f"it has not answered for {_PATIENCE} seconds")
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def open(self, path: Path, *, dark: bool = False) -> None:
        """Load a page from a file, for people who like light or dark ones."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", features=features)
        self.move(0, 0)
        self.visit(path.as_uri())

    def visit(self, url: str) -> None:
        """Load a page from an address."""
        self.send("Page.navigate", url=url)
        while self._receive().get("method") != "Page.loadEventFired":
            pass

    def run(self, script: str) -> Any:
        """Return what a JavaScript expression gives; a promise is waited for."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def move(self, x: float, y: float) -> None:
        """Put the mouse there."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def hover(self, selector: str) -> None:
        """Put the mouse on the first element that the selector finds."""
        place = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center'}); const r = e.getClientRects()[0];"
            "return [r.x + Math.min(r.width / 2, 12), r.y + r.height / 2]; })()"
        )
        self.move(*place)

    def press(self, key: str) -> None:
        """Press a key: "Tab"."""
        code = {"Tab": 9, "ArrowRight": 39, "Enter": 13}[key]
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path, selector: str = "html") -> None:
        """Store what the first element that the selector finds looks like, all of it, as PNG."""
        place = self.run(
            f"(r => ({{x: r.x, y: r.y + scrollY, width: r.width, height: r.height, scale: 1}}))"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=place)
        path.write_bytes(base64.b64decode(shot["data"]))


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends are not 3 and 4, which the browser uses."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
