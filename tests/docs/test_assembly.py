"""The pages of the site: written and generated ones in one folder, with links that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.site import assembly, protocol_page


def leaves(order: object) -> Iterator[str]:
    if isinstance(order, str):
        yield order
    elif isinstance(order, dict):
        for each in order.values():
            yield from leaves(each)
    elif isinstance(order, list):
        for each in order:
            yield from leaves(each)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as context:
        folder = tmp_path_factory.mktemp("pages")
        context.setattr(assembly, "PAGES", folder)
        # What stands on these is tried elsewhere.
        context.setattr(protocol_page, "page", lambda protocol: f"# {protocol.name}\n")
        assembly.assemble()
        yield folder


def test_each_page_has_its_place_in_the_order(pages: Path) -> None:
    there = {path.relative_to(pages).as_posix() for path in pages.rglob("*.md")}
    ordered = list(leaves(assembly.navigation()))
    assert sorted(ordered) == sorted(there)


def test_links_to_files_that_are_no_pages_lead_to_copies(pages: Path) -> None:
    text = (pages / "adding_a_protocol.md").read_text(encoding="utf-8")
    assert "(files/tests/examples/outside/overlay.py)" in text
    assert (pages / "files/tests/examples/outside/overlay.py").exists()


def test_links_to_pages_that_have_moved_lead_there(pages: Path) -> None:
    text = (pages / "contributing.md").read_text(encoding="utf-8")
    assert "(changelog.md)" in text
    assert "(adding_a_protocol.md)" in text


def test_pictures_are_light_and_dark(pages: Path) -> None:
    text = (pages / "index.md").read_text(encoding="utf-8")
    assert "(files/pictures/frame_light.png#only-light)" in text
    assert "(files/pictures/frame_dark.png#only-dark)" in text
    assert (pages / "files/pictures/frame_dark.png").exists()


def test_lists_of_generated_pages_are_added(pages: Path) -> None:
    assert "[`ip`](ip.md)" in (pages / "protocols/index.md").read_text(encoding="utf-8")
    assert "[`dissect read`](read.md)" in (pages / "commands/index.md").read_text(encoding="utf-8")
    assert "(02_arp.md)" in (pages / "notebooks/index.md").read_text(encoding="utf-8")


def test_sessions_are_told_from_programs(pages: Path) -> None:
    assert "```pycon\n>>> " in (pages / "start.md").read_text(encoding="utf-8")
    assert "```python\n>>> " not in (pages / "start.md").read_text(encoding="utf-8")
    asking = (pages / "how_to/capture_and_ask.md").read_text(encoding="utf-8")
    assert "```console\n$ dissect interfaces" in asking
    assert "```pycon\n>>> reply = ask(" in asking
