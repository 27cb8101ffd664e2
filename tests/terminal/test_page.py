"""The pages about browsing: each line that they type opens what it says, in Textual's pilot."""

from __future__ import annotations

import asyncio
import gzip
import io
import shlex
import shutil
import sys
import time
from pathlib import Path

import pytest

from dissect.commands import browse
from dissect.commands.main import main
from dissect.terminal.app import Browser
from dissect.terminal.live import LiveCapture
from dissect.terminal.web import WebServer
from tests.terminal.conftest import SAMPLES, Driven
from tests.terminal.test_live import capturing
from tests.test_docs import ROOT, blocks

PAGES = [ROOT / "docs" / folder / "browse.md" for folder in ("how_to", "commands")]


def typed() -> list[str]:
    """What the pages type, each line once."""
    lines = (line for page in PAGES for _, block in blocks(page, "sh") for line in block.splitlines())
    return list(dict.fromkeys(line.removeprefix("$ ").partition("  #")[0] for line in lines))


class Terminal(io.TextIOWrapper):
    """Standard output, taken for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drive: object) -> list[str]:
    """What is seen in a folder with the files that the pages name; who browses there leaves at once."""
    screens: list[str] = []

    def run(app: Browser) -> None:
        async def scenario() -> None:
            async with app.run_test(size=(110, 30)) as pilot:
                driven, end = Driven(app, pilot, updates=False), time.monotonic() + 20
                while " packets" not in driven.lines[0] and time.monotonic() < end:
                    await pilot.pause(0.02)
                await driven.settle()
                screens.append(driven.text)
                await driven.press("q")

        asyncio.run(scenario())

    def serve(server: WebServer) -> None:
        screens.append(f"serves {server.address}")
        server._socket.close()

    def capture(*_: object, capture_filter: str | None, **__: object) -> LiveCapture:
        folder = tmp_path / "live"
        folder.mkdir()
        screens.append(f"captures {capture_filter}")
        return capturing(folder, pause=0, goes_on=False)

    monkeypatch.chdir(tmp_path)
    (tmp_path / "capture_samples").symlink_to(SAMPLES)
    sample = (SAMPLES / "web_request.pcap").read_bytes()
    (tmp_path / "big.pcap.gz").write_bytes(gzip.compress(sample))
    shutil.copyfile(SAMPLES / "web_request.pcap", tmp_path / "growing.pcap")
    monkeypatch.setattr(Browser, "run", run)
    monkeypatch.setattr(LiveCapture, "of", capture)
    monkeypatch.setattr(WebServer, "serve", serve)
    monkeypatch.setattr(browse, "_take_keyboard", lambda: None)
    return screens


@pytest.mark.parametrize("line", typed())
def test_what_the_pages_type_opens_a_capture(opened: list[str], line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source, _, typed_last = line.rpartition(" | ")
    command = shlex.split(typed_last)
    assert command[:2] == ["dissect", "browse"]
    assert source.partition(" ")[0] == ("tcpdump" if "-" in command else "")
    with open(SAMPLES / "web_request.pcap") as captured, Terminal(io.BytesIO()) as terminal:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", captured)
        monkeypatch.setattr(sys, "stdout", terminal)
        status = main(command[1:])
    assert status == 0
    screen = opened[-1]
    if "--web" in command:
        assert screen.startswith("serves http://127.0.0.1:")
    elif "-Y" in command:
        # The filter stands above the list, and is right.
        (filtered,) = (row for row in screen.splitlines() if row.startswith("✓"))
        assert command[command.index("-Y") + 1] in filtered
    else:
        assert "14 packets" in screen
    if "-f" in command:
        assert opened[0] == f"captures {command[command.index('-f') + 1]}"
