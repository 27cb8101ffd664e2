"""The checks of a built site: each finds what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.site import checks


@pytest.fixture(autouse=True)
def nothing_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the pages link to counts here."""
    for name in ("every_protocol", "protocol_names", "topics", "unlisted_names"):
        monkeypatch.setattr(checks, name, dict)
    monkeypatch.setattr(checks, "every_command", list)


def faults(folder: Path, **pages: str) -> list[str]:
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return checks.faults_of_site(folder)


def test_links_that_lead_somewhere(tmp_path: Path) -> None:
    one = '<a href="two.html#here">two</a> <a href="#top">up</a> <p id="top"> <a href="https://example.org">far</a>'
    assert faults(tmp_path, one=one, two='<h2 id="here">') == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="three.html">', "one.html links to three.html, which there is not"),
        ('<a href="two.html#there">', "one.html links to two.html#there, where there is no such place"),
        ('<a href="#nowhere">', "one.html links to #nowhere, where there is no such place"),
        ('<img src="no.png" alt="a picture">', "one.html links to no.png, which there is not"),
        ('<img src="two.html">', "one.html shows two.html without saying in words what it is"),
        (
            '<script src="https://unpkg.com/x"></script>',
            "one.html fetches https://unpkg.com/x from the network",
        ),
    ],
)
def test_each_fault_is_told(tmp_path: Path, html: str, fault: str) -> None:
    assert faults(tmp_path, one=html, two='<h2 id="here">') == [fault]


def test_what_is_left_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    told = faults(tmp_path, index="")
    assert "the field ip.ttl has no entry in protocols/ip.html" in told
    assert "IPv4 has no entry in protocols/ip.html" in told
    assert "parse has no entry in reference/packets.html" in told
    assert "commands/read.html has no examples" in told


def test_a_name_that_types_do_not_have_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "unlisted_names", lambda: {"New": "dissect.protocols.new"})
    assert faults(tmp_path, index="") == [
        "New has no entry in dissect/__init__.pyi: add 'from dissect.protocols.new import New as New'"
    ]
