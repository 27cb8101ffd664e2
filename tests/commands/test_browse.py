"""dissect browse: what is refused before a screen is drawn, and how it leaves the terminal."""

from __future__ import annotations

import builtins
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


def test_it_takes_a_terminal(run: Run, capture: Path) -> None:
    status, output, errors = run("browse", capture)
    assert (status, output) == (2, "")
    assert errors == (
        "dissect: browsing takes a terminal, and standard output is none: dissect read prints a capture\n"
    )


def test_without_textual_it_says_what_to_install(run: Run, capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: Any) -> Any:
        if name.startswith("dissect.terminal.app"):
            raise ImportError("No module named 'textual'", name="textual")
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", absent)
    status, _, errors = run("browse", capture)
    assert status == 2
    assert errors == (
        "dissect: browsing takes Textual, which is not installed: pip install 'dissect-workbench[terminal]'\n"
    )


@pytest.mark.parametrize(
    ("capture_needed", "arguments", "words"),
    [
        (False, [], "name one capture, or interfaces behind -i"),
        (True, ["-i", "lo"], "name one capture, or interfaces behind -i"),
        (True, ["-w", "out.pcap"], "-f and -w are of a capture at interfaces"),
        (False, ["-i", "lo", "--web"], "--web opens a file in each tab"),
        (True, ["--web", "70000"], "'70000' is no port, expected 0 to 65535"),
    ],
)
def test_what_contradicts_itself_is_refused(
    run: Run, capture: Path, capture_needed: bool, arguments: list[str], words: str
) -> None:
    status, _, errors = run("browse", *([capture] if capture_needed else []), *arguments)
    assert status == 2
    assert words in errors


class Terminal:
    """The program at a terminal of its own, which keeps what it is given."""

    def __init__(self, capture: Path) -> None:
        self.number, self.end = pty.fork()
        if not self.number:
            os.environ |= {"TERM": "xterm-256color", "XDG_STATE_HOME": str(capture.parent)}
            os.execv(sys.executable, [sys.executable, "-m", "dissect", "browse", str(capture)])
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.given = b""

    def wait_for(self, text: bytes) -> None:
        while text not in self.given:
            ready, _, _ = select.select([self.end], [], [], 60)
            assert ready, self.given
            self.given += os.read(self.end, 1 << 16)

    def status(self) -> int:
        """Take in what is left, and return how the program ended."""
        while True:
            try:
                part = os.read(self.end, 1 << 16)
            except OSError:
                break
            if not part:
                break
            self.given += part
        _, status = os.waitpid(self.number, 0)
        os.close(self.end)
        return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize(("how", "expected"), [("key", 0), ("signal", 143)])
def test_it_leaves_the_terminal_in_order(subprocess_capture: Path, how: str, expected: int) -> None:
    terminal = Terminal(subprocess_capture)
    terminal.wait_for(b"ARP")
    if how == "key":
        os.write(terminal.end, b"q")
    else:
        os.kill(terminal.number, signal.SIGTERM)
    assert terminal.status() == expected
    # The usual screen, the cursor, and neither mouse nor marks around what is pasted.
    for code in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l"):
        assert code in terminal.given[-500:], code


@pytest.fixture
def subprocess_capture(capture: Path) -> Path:
    """The capture for a program of its own."""
    return capture
