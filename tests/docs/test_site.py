"""The site as its reader meets it: opened from its folder in a browser, searched, in light and dark, on a phone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.views.browser import Browser, started

pytestmark = pytest.mark.long

REPOSITORY = Path(__file__).resolve().parents[2]
SITE = REPOSITORY / "build" / "site"
PICTURES = REPOSITORY / "build" / "pictures"
PAGES = {
    "home": ("index.html", "dissect"),
    "start": ("start.html", "Start"),
    "how_to": ("how_to/build_and_send.html", "Build and send"),
    "protocol": ("protocols/ip.html", "ip: Internet Protocol Version 4"),
    "command": ("commands/read.html", "dissect read"),
    "reference": ("reference/filters.html", "Display filters"),
    "notebook": ("notebooks/02_arp.html", "2. Who has this address? (ARP)"),
    "changes": ("changelog.html", "Changes"),
}
"""A page of each kind, and its heading."""
_LIGHTNESS = """
(c => (Math.max(...c) + Math.min(...c)) / 510)(
    getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number))
"""


@pytest.fixture(scope="module", autouse=True)
def site() -> None:
    """Build the site, as `make docs` does; skipped where its tools are not installed."""
    pytest.importorskip("mkdocs", reason="the site's tools are not installed, 'make docs' brings them")
    done = subprocess.run(
        [sys.executable, "-m", "docs.site"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no link of which is broken" in done.stdout


@pytest.fixture(scope="module")
def browser(site: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with started(tmp_path_factory.mktemp("profile"), "nobody looks at the site") as opened:
        yield opened


def eventually(ask: Callable[[], Any], patience: float = 20) -> Any:
    """What is answered once it is not nothing any more."""
    until = time.monotonic() + patience
    while not (answer := ask()) and time.monotonic() < until:
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_in_light_and_dark(browser: Browser, kind: str, dark: bool) -> None:
    path, heading = PAGES[kind]
    browser.open(SITE / path, dark=dark)
    assert browser.run("document.querySelector('h1').firstChild.textContent.trim()") == heading
    lightness = browser.run(_LIGHTNESS)
    assert lightness < 0.3 if dark else lightness > 0.9
    # Nothing that the page shows is missing.
    assert browser.run("[...document.images].filter(i => i.complete && !i.naturalWidth && i.offsetParent).length") == 0
    browser.picture(PICTURES / f"{kind}_{'dark' if dark else 'light'}.png", "main")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ip.ttl", "protocols/ip.html"),
        ("tcp.options.mss_val", "protocols/tcp.html"),
        ("MSS", "protocols/tcp.html"),
        ("compile_filter", "reference/filters.html"),
    ],
)
def test_a_name_is_found(browser: Browser, typed: str, found: str) -> None:
    browser.open(SITE / "index.html")
    browser.run("document.querySelector('[for=__search]').click()")
    browser.run(
        "(() => { const typed = document.querySelector('input.md-search__input'); typed.focus();"
        f"typed.value = '{typed}'; typed.dispatchEvent(new Event('input', {{bubbles: true}}));"
        "typed.dispatchEvent(new KeyboardEvent('keyup', {bubbles: true})) })()"
    )
    links = eventually(
        lambda: browser.run(
            "[...document.querySelectorAll('.md-search-result__item a')].map(a => a.getAttribute('href'))"
            f".filter(link => link.includes('h={typed.lower()}') || link.includes('.html'))"
        )
    )
    assert found in links[0]


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.send("Emulation.setDeviceMetricsOverride", **metrics)
    try:
        for kind in ("home", "how_to", "protocol", "command", "reference", "notebook"):
            browser.open(SITE / PAGES[kind][0])
            assert browser.run("document.documentElement.scrollWidth") <= 390, kind
            browser.picture(PICTURES / f"{kind}_phone.png", "body")
    finally:
        browser.send("Emulation.clearDeviceMetricsOverride")


def test_a_link_to_a_field_leads_to_its_row(browser: Browser) -> None:
    browser.open(SITE / "protocols" / "ip.html")
    browser.run("location.hash = 'ip.ttl'")
    row = "document.getElementById('ip.ttl').closest('tr')"
    assert browser.run(f"{row}.cells[0].textContent") == "ttl"
    top = eventually(lambda: browser.run(f"(y => y > 0 && y < innerHeight && y)({row}.getBoundingClientRect().y)"))
    assert top
