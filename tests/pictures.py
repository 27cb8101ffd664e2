"""The pictures of README and pages, made from live output: `python -m tests.pictures`, which `make pictures` runs.

What stands in a page between `<!-- picture: NAME -->` and `<!-- end of picture -->` is written here, and so are the
files in `.pictures`; tests hold the text and the drawings against what is printed now. The screenshots need chromium.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import dissect
from tests.views.browser import Browser, program

__all__ = ["DRAWINGS", "FOLDER", "PAGE", "PICTURES", "REPOSITORY", "SCREENSHOTS", "main", "refreshed"]

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / ".pictures"
PAGE = REPOSITORY / "docs" / "how_to" / "golden_tests.md"
"""The page that has pictures which are text."""
_SAMPLES = REPOSITORY / "capture_samples"
_BLOCK = re.compile(r"<!-- picture: (\w+) -->\n.*?<!-- end of picture -->", re.DOTALL)
_TEST = """\
from dissect import UDP, Ethernet, IPv4
from service import TTL

def test_question(capture_snapshot):
    frame = Ethernet() / IPv4(dst="10.0.0.2", ttl=TTL) / UDP(dport=53) / b"question"
    assert [frame] == capture_snapshot
"""


def _frame() -> dissect.Header:
    return next(iter(dissect.read(_SAMPLES / "notes_arp.pcap"))).frame


def _failure() -> str:
    """What pytest prints about a golden that no longer fits."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "test_service.py").write_text(_TEST, encoding="utf-8")
        for value, option in ((64, "--capture-update"), (63, "-q")):
            (Path(folder) / "service.py").write_text(f"TTL = {value}\n", encoding="utf-8")
            printed = _pytest(Path(folder), option)
    kept = printed[printed.index("    def test_question") : printed.index("=== short test summary")].rstrip("=\n")
    return f"```text\n$ pytest\n{kept}\n```"


def _pytest(folder: Path, option: str) -> str:
    """Run pytest there, with the plugin and nothing else of this machine."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment |= {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "100", "PY_COLORS": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "dissect.testing", option]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


PICTURES: dict[str, Callable[[], str]] = {"failure": _failure}
"""By name, what writes a picture that is text."""


def refreshed(text: str) -> str:
    """Return a page with every picture that is text as it is printed now."""

    def drawn(match: re.Match[str]) -> str:
        return f"<!-- picture: {match[1]} -->\n{PICTURES[match[1]]()}\n<!-- end of picture -->"

    return _BLOCK.sub(drawn, text)


def _ladder() -> str:
    drawn: str = dissect.sequence_ladder(_SAMPLES / "notes_tcp.pcap").to_svg()
    return drawn


DRAWINGS: dict[str, Callable[[], str]] = {"diagram": lambda: _frame()[dissect.ARP].to_svg(), "ladder": _ladder}
"""By name, what draws a picture in SVG, which is light or dark by itself."""


class Screenshot(NamedTuple):
    """What HTML is shown, which element of it is the picture, and the beginning of the line that the mouse is on."""

    html: Callable[[], str]
    selector: str
    pointed_at: str = ""


def _list() -> str:
    return dissect.listing(_SAMPLES / "web_request.pcap")._repr_html_().replace(f"{REPOSITORY}/", "")


def _differences() -> str:
    """Two captures of the same ping, of which the second has another TTL on the way back."""
    before = list(dissect.read(_SAMPLES / "first_ping.pcap"))[2:6]
    after = [packet.frame for packet in before]
    for frame in after[1::2]:
        frame[dissect.IPv4].ttl = 63
    return dissect.compare([packet.data for packet in before], [bytes(frame.fixed()) for frame in after])._repr_html_()


SCREENSHOTS: dict[str, Screenshot] = {
    "list": Screenshot(_list, ".dissect-list"),
    "frame": Screenshot(lambda: _frame()._repr_html_(), ".dissect-frame", "Sender IP"),
    "differences": Screenshot(_differences, ".dissect-differences"),
}
"""By name, what chromium is asked to show, once in light and once in dark."""


def _take(shown: Screenshot, name: str, browser: Browser, folder: Path) -> None:
    path = folder / "page.html"
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{shown.html()}</body></html>'
    path.write_text(page, encoding="utf-8")
    for look in ("light", "dark"):
        browser.open(path, dark=look == "dark")
        if shown.pointed_at:
            lines = "[...document.querySelectorAll('.tree span')]"
            found = f"{lines}.find(e => e.textContent.startsWith('{shown.pointed_at}')).className"
            browser.hover(f".tree .{browser.run(found)}")
        browser.picture(FOLDER / f"{name}_{look}.png", shown.selector)


def main() -> int:
    """Write the pictures; 2 where there is no browser for the screenshots."""
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    for name, draw in DRAWINGS.items():
        (FOLDER / f"{name}.svg").write_text(draw(), encoding="utf-8")
    if program() is None:
        print("There is no chromium for the screenshots: 'apt-get install chromium'.", file=sys.stderr)
        return 2
    with TemporaryDirectory() as folder, Browser(Path(folder) / "profile") as browser:
        for name, shown in SCREENSHOTS.items():
            _take(shown, name, browser, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
