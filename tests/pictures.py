"""The pictures of the README, made from live output: `python -m tests.pictures`, which `make pictures` runs.

What stands in the README between `<!-- picture: NAME -->` and `<!-- end of picture -->` is written
here; test_readme holds it against what is printed now. The screenshots need chromium.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import dissect
from dissect.views.details import details
from tests.views.browser import Browser, program

__all__ = ["PICTURES", "REPOSITORY", "main", "refreshed"]

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / ".pictures"
_CAPTURE = "capture_samples/notes_arp.pcap"
_BLOCK = re.compile(r"<!-- picture: (\w+) -->\n.*?<!-- end of picture -->", re.DOTALL)
_TEST = """\
from dissect import UDP, Ethernet, IPv4
from service import TTL

def test_question(capture_snapshot):
    frame = Ethernet() / IPv4(dst="10.0.0.2", ttl=TTL) / UDP(dport=53) / b"question"
    assert [frame] == capture_snapshot
"""


def _frame() -> dissect.Header:
    return next(iter(dissect.read(REPOSITORY / _CAPTURE))).frame


def _details() -> str:
    return (
        "```python\n>>> from dissect import ARP\n"
        f'>>> request = next(read("{_CAPTURE}")).frame\n>>> request.show()\n{details(_frame())}\n```'
    )


def _diagram() -> str:
    return f"```python\n>>> request[ARP].diagram()\n{_frame()[dissect.ARP].diagram()}\n```"


def _failure() -> str:
    """What pytest prints about a golden that no longer fits."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "test_service.py").write_text(_TEST, encoding="utf-8")
        for value, option in ((64, "--capture-update"), (63, "-q")):
            (Path(folder) / "service.py").write_text(f"TTL = {value}\n", encoding="utf-8")
            printed = _pytest(Path(folder), option)
    kept = printed[printed.index("    def test_question") : printed.index("=== short test summary")].rstrip("=\n")
    return f"```console\n$ pytest\n{kept}\n```"


def _pytest(folder: Path, option: str) -> str:
    """Run pytest there, with the plugin and nothing else of this machine."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    environment |= {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "100", "PY_COLORS": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "dissect.testing", option]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


PICTURES: dict[str, Callable[[], str]] = {"details": _details, "diagram": _diagram, "failure": _failure}


def refreshed(text: str) -> str:
    """Return the README with every picture that is text as it is printed now."""

    def drawn(match: re.Match[str]) -> str:
        return f"<!-- picture: {match[1]} -->\n{PICTURES[match[1]]()}\n<!-- end of picture -->"

    return _BLOCK.sub(drawn, text)


def _screenshots() -> None:
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{_frame()._repr_html_()}</body></html>'
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        with Browser(Path(folder) / "profile") as browser:
            for name in ("light", "dark"):
                browser.open(path, dark=name == "dark")
                line = browser.run(
                    "[...document.querySelectorAll('.tree span')]"
                    ".find(e => e.textContent.startsWith('Sender IP')).className"
                )
                browser.hover(f".tree .{line}")
                browser.picture(FOLDER / f"frame_{name}.png", ".dissect-frame")


def main() -> int:
    """Write the pictures; 2 where there is no browser for the screenshots."""
    readme = REPOSITORY / "README.md"
    readme.write_text(refreshed(readme.read_text(encoding="utf-8")), encoding="utf-8")
    if program() is None:
        print("There is no chromium for the screenshots: 'apt-get install chromium'.", file=sys.stderr)
        return 2
    _screenshots()
    return 0


if __name__ == "__main__":
    sys.exit(main())
