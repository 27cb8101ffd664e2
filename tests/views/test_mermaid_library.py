"""What is written for Mermaid is drawn by Mermaid itself, in headless Chromium.

`make test` fetches the library with npm into .venv; `MERMAID` may name the file of another place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect import MSS, TCP, UDP, Ethernet, IPv4, sequence_ladder
from tests.declared import RECORDS, SAMPLES
from tests.views.browser import Browser, started

_LIBRARY = Path(
    os.environ.get("MERMAID") or Path(__file__).resolve().parents[2] / ".venv" / "mermaid" / "mermaid.min.js"
)


@pytest.fixture(scope="module")
def mermaid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not _LIBRARY.is_file():
        pytest.skip("mermaid is not here, so that it draws nothing: 'make test' fetches it where npm is installed.")
    page = tmp_path_factory.mktemp("mermaid") / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><script src="{_LIBRARY.as_uri()}"></script>'
        "<script>mermaid.initialize({startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true})"
        "</script>",
        "utf-8",
    )
    with started(tmp_path_factory.mktemp("browser"), "Mermaid draws nothing") as browser:
        browser.open(page)
        yield browser


def _drawn(browser: Browser, texts: list[str]) -> list[Any]:
    """What the library makes of each text: its words, or its error."""
    script = (
        f"(async () => {{ const found = []; for (const text of {json.dumps(texts)}) try {{"
        "const {svg} = await mermaid.render('d' + found.length, text);"
        "const e = new DOMParser().parseFromString(svg, 'text/html');"
        "found.push({words: e.querySelector('svg').textContent, scripts: e.querySelectorAll('script').length});"
        "} catch (error) { found.push({error: String(error)}); } return found; })()"
    )
    return list(browser.run(script))


def test_the_library_draws_every_layout(mermaid: Browser) -> None:
    found = _drawn(mermaid, [cls.to_mermaid() for cls in RECORDS])
    assert {cls.__name__: each["error"] for cls, each in zip(RECORDS, found, strict=True) if "error" in each} == {}


def test_the_library_draws_the_values_of_a_frame(mermaid: Browser) -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(dport=80, options=[MSS(1460)]) / b"data"
    (found,) = _drawn(mermaid, [frame.to_mermaid()])
    for words in ("Destination Port: 80", "Source Address: 10.0.0.1", "MSS Value: 1460", "Data: 64 61 74 61"):
        assert words in found["words"]


def test_the_library_draws_ladders(mermaid: Browser) -> None:
    ladders = [
        sequence_ladder(dissect.read(SAMPLES / name))
        for name in ("tcp_close_four.pcap", "dhcp.pcap", "traceroute.pcap", "ip_options.pcap", "dns.pcap")
    ]
    for ladder, found in zip(ladders, _drawn(mermaid, [each.to_mermaid() for each in ladders]), strict=True):
        assert "error" not in found, found
        assert all(host in found["words"] for host in ladder.hosts)


def test_hostile_frames_break_no_drawing(mermaid: Browser) -> None:
    hostile = b'"]\n%%{init}%% <script>alert(1)</script> #quot; end'
    texts = [(UDP() / hostile).to_mermaid(), sequence_ladder([IPv4() / UDP() / hostile]).to_mermaid()]
    for found in _drawn(mermaid, texts):
        assert "error" not in found, found
        assert found["scripts"] == 0
