"""What notebooks show, in a real browser: mouse and keyboard light the right places, light and dark, exported too.

`SCREENSHOTS=directory` in the environment keeps pictures of the pages, to be looked at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dissect import ARP, MSS, TCP, Ethernet, Header, IPv4, listing, read, sequence_ladder
from tests.declared import SAMPLES
from tests.views.browser import Browser, started

_LIT = "rgb(255, 216, 77)"
_FRAME = (
    Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    / IPv4(src="10.0.0.1", dst="10.0.0.2", flags="DF", checksum=0xBAD)
    / TCP(sport=40000, dport=80, flags="S", options=[MSS(1460)])
    / b"<b>data</b> and more of them than one row has"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with started(tmp_path_factory.mktemp("browser"), "no page is looked at") as browser:
        yield browser


def _page(html: str, folder: Path) -> Path:
    path = folder / "page.html"
    path.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>{html}</html>', "utf-8")
    return path


def _exported(html: str, folder: Path) -> Path:
    """The same in a notebook that nbconvert exported."""
    nbformat: Any = pytest.importorskip("nbformat", reason="nbformat is not installed: 'make test' installs it.")
    nbconvert: Any = pytest.importorskip("nbconvert", reason="nbconvert is not installed: 'make test' installs it.")
    output = nbformat.v4.new_output("display_data", data={"text/html": html, "text/plain": "a frame"})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("frame", outputs=[output])])
    path = folder / "exported.html"
    path.write_text(nbconvert.HTMLExporter(embed_images=True).from_notebook_node(notebook)[0], "utf-8")
    return path


def _lit_bytes(browser: Browser) -> str:
    """The bytes that are lit, in hex."""
    found = browser.run(
        "[...document.querySelectorAll('.dissect-frame .bytes div > span:first-of-type > i')]"
        f".filter(e => getComputedStyle(e).backgroundColor == '{_LIT}').map(e => e.textContent)"
    )
    return " ".join(found)


def _lit_lines(browser: Browser) -> list[str]:
    found = browser.run(
        "[...document.querySelectorAll('.dissect-frame .tree [class^=t]')]"
        f".filter(e => getComputedStyle(e).backgroundColor == '{_LIT}').map(e => e.textContent)"
    )
    return list(found)


def _line(browser: Browser, text: str) -> str:
    """The selector of the line of the tree that contains the text."""
    name = browser.run(
        "[...document.querySelectorAll('.tree [class^=t]')]"
        f".find(e => e.textContent.includes({json.dumps(text)})).className"
    )
    return f".tree .{name}"


_FIELDS = [
    ("Source Address:", bytes(_FRAME)[26:30]),
    ("Destination: 02", bytes(_FRAME)[:6]),
    ("Flags: 0x02 (DF)", bytes(_FRAME)[20:21]),
    ("Fragment Offset", bytes(_FRAME)[20:22]),
    ("Internet Protocol Version 4", bytes(_FRAME)[14:34]),
    ("MSS Value", bytes(_FRAME)[56:58]),
    ("Data: 3c62", bytes(_FRAME)[58:]),
]


@pytest.mark.parametrize("how", [_page, _exported], ids=["page", "export"])
def test_the_mouse_on_a_field_lights_exactly_its_bytes(browser: Browser, tmp_path: Path, how: Any) -> None:
    browser.open(how(_FRAME._repr_html_(), tmp_path))
    assert _lit_bytes(browser) == ""
    for text, data in _FIELDS:
        browser.hover(_line(browser, text))
        assert _lit_bytes(browser) == data.hex(" "), text


@pytest.mark.parametrize("how", [_page, _exported], ids=["page", "export"])
def test_the_mouse_on_bytes_lights_their_fields(browser: Browser, tmp_path: Path, how: Any) -> None:
    browser.open(how(_FRAME._repr_html_(), tmp_path))
    for place, expected in ((26, ["Source Address: 10.0.0.1"]), (22, ["Time to Live: 64"])):
        number = browser.run(
            "(() => { let seen = 0; for (const e of document.querySelectorAll('.bytes div > span:first-of-type > i'))"
            f"{{ e.id = 'run' + seen; seen += (e.textContent.length + 1) / 3; if (seen > {place}) return e.id; }} }})()"
        )
        browser.hover(f"#{number}")
        assert _lit_lines(browser) == expected
    # The first byte of IPv4 is that of two fields.
    browser.hover(".bytes div:nth-child(1) > span:first-of-type > i:nth-last-child(2)")
    assert [line.split(" = ")[-1] for line in _lit_lines(browser)] == ["Version: 4", "Header Length: 20 bytes (5)"]


@pytest.mark.parametrize("how", [_page, _exported], ids=["page", "export"])
def test_the_keyboard_reaches_fields_and_bytes(browser: Browser, tmp_path: Path, how: Any) -> None:
    browser.open(how(_FRAME._repr_html_(), tmp_path))
    reached: list[tuple[list[str], str]] = []
    for _ in range(200):
        browser.press("Tab")
        if browser.run("document.activeElement == document.body"):
            break
        reached.append((_lit_lines(browser), _lit_bytes(browser)))
    lines = [lit[0] for lit, _ in reached if lit]
    assert any(line.startswith("Source Address") for line in lines)
    assert any(line.startswith("Internet Protocol") for line in lines)
    # On the way through the bytes, each run of them lights its field once.
    on_source = [data for lit, data in reached if lit == ["Source Address: 10.0.0.1"]]
    assert on_source == ["0a 00 00 01"] * 2
    label = browser.run("document.querySelector('.bytes i[tabindex]').getAttribute('aria-label')")
    assert label.startswith(".... ..1.")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_is_read_in_light_and_dark(browser: Browser, tmp_path: Path, dark: bool) -> None:
    browser.open(_page(_FRAME._repr_html_(), tmp_path), dark=dark)
    paper, text = browser.run(
        "(s => [s.backgroundColor, s.color])(getComputedStyle(document.querySelector('.dissect-frame')))"
    )
    assert (paper, text) == (
        ("rgb(21, 24, 29)", "rgb(230, 233, 237)") if dark else ("rgb(255, 255, 255)", "rgb(27, 31, 36)")
    )
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        browser.hover(_line(browser, "Source Address"))
        browser.picture(Path(folder) / f"frame_{'dark' if dark else 'light'}.png")


def test_a_notebook_theme_counts_more_than_the_system(browser: Browser, tmp_path: Path) -> None:
    html = f'<body data-jp-theme-light="true">{_FRAME._repr_html_()}</body>'
    browser.open(_page(html, tmp_path), dark=True)
    paper = browser.run("getComputedStyle(document.querySelector('.dissect-frame')).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


def test_a_table_pages_by_mouse_and_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    table = listing(SAMPLES / "tcp_loss.pcap")._repr_html_()
    browser.open(_page(table + table, tmp_path))
    shown = (
        "[...document.querySelectorAll('form:first-of-type tbody tr')].filter(e => e.offsetParent)"
        ".map(e => Number(e.cells[0].textContent))"
    )
    assert browser.run(shown) == list(range(1, 21))
    browser.run("document.querySelector('form:first-of-type .s2').click()")
    assert browser.run(shown) == list(range(41, 61))
    browser.run("document.querySelector('form:first-of-type .s2').focus()")
    browser.press("ArrowRight")
    assert browser.run(shown) == list(range(61, 81))
    # The same table below it has stayed on its own page.
    assert browser.run("document.querySelector('form:last-of-type .s0').checked")


@pytest.mark.parametrize("how", [_page, _exported], ids=["page", "export"])
def test_a_line_of_the_table_has_the_colours_of_its_rule(browser: Browser, tmp_path: Path, how: Any) -> None:
    browser.open(how(listing([Ethernet() / ARP()])._repr_html_(), tmp_path), dark=True)
    read = "(s => [s.backgroundColor, s.color])(getComputedStyle(document.querySelector('.dissect-list tbody {}')))"
    row, colours = browser.run(read.format("tr")), browser.run(read.format("td"))
    assert row == ["rgb(250, 240, 215)", "rgb(18, 39, 46)"]
    assert colours == ["rgba(0, 0, 0, 0)", "rgb(18, 39, 46)"]


def test_a_notebook_does_not_dress_lists_and_tables_anew(browser: Browser, tmp_path: Path) -> None:
    browser.open(_exported(_FRAME._repr_html_() + listing([_FRAME])._repr_html_(), tmp_path))
    assert browser.run("getComputedStyle(document.querySelector('.tree li li')).listStyleType") == "none"
    assert browser.run("getComputedStyle(document.querySelector('.dissect-list td')).textAlign") == "left"


def test_markup_in_a_frame_is_text(browser: Browser, tmp_path: Path) -> None:
    hostile: Header = TCP() / b"</style><script>document.title='x'</script><img src=x onerror=alert(1)>"
    browser.open(_page(hostile._repr_html_(), tmp_path))
    assert browser.run("document.title") == "Page"
    assert browser.run("document.querySelectorAll('script, img').length") == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_labels_of_ladders_run_across_no_line_in_light_and_dark(browser: Browser, tmp_path: Path, dark: bool) -> None:
    ladder = sequence_ladder(read(SAMPLES / "tcp_chat.pcap"), most=40)
    browser.open(_page(str(ladder.to_svg()), tmp_path), dark=dark)
    ground, ink = browser.run(
        "['rect', '.state'].map(e => getComputedStyle(document.querySelector('.dissect-ladder ' + e)).fill)"
    )
    assert (ground, ink) == (
        ("rgb(21, 24, 29)", "rgb(230, 233, 237)") if dark else ("rgb(255, 255, 255)", "rgb(22, 24, 29)")
    )
    crossing = browser.run(
        "(rails => [...document.querySelectorAll('.dissect-ladder g text, .dissect-ladder .state')].filter(e => "
        "(b => rails.some(x => b.left < x && x < b.right))(e.getBoundingClientRect())).map(e => e.textContent))"
        "([...document.querySelectorAll('.dissect-ladder .rail')].map(e => e.getBoundingClientRect().left))"
    )
    assert crossing == []
    outside = browser.run(
        "(paper => [...document.querySelectorAll('.dissect-ladder text')].filter(e => (b => b.left < paper.left || "
        "b.right > paper.right)(e.getBoundingClientRect())).map(e => e.textContent))"
        "(document.querySelector('.dissect-ladder').getBoundingClientRect())"
    )
    assert outside == []
