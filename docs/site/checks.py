"""What is looked at when the site is built: that links lead somewhere, nothing is fetched, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from docs.site.commands import every_command
from docs.site.protocols import every_protocol
from docs.site.reference import protocol_names, topics, unlisted_names

__all__ = ["faults_of_site"]

_FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "srcset")}
"""What a browser fetches without being asked to."""


class _Page(HTMLParser):
    """The links, places and pictures of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.undescribed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.places.update(value for key in ("id", "name") if (value := told.get(key)))
        if tag == "a" and told.get("href"):
            self.links.append(told["href"] or "")
        for kind, key in _FETCHED:
            if tag == kind and told.get(key) and told.get("rel") != "canonical":
                self.fetched.append(told[key] or "")
        if tag == "img" and not told.get("alt"):
            self.undescribed.append(told.get("src") or "")


def faults_of_site(site: Path) -> list[str]:
    """Return what is wrong with a site: sentences that name the page."""
    pages = {}
    for path in sorted(site.rglob("*.html")):
        pages[path] = _Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    faults = [fault for path, page in pages.items() for fault in _faults_of_page(path, page, pages, site)]
    return [*faults, *_left_out(site, pages)]


def _faults_of_page(path: Path, page: _Page, pages: dict[Path, _Page], site: Path) -> Iterator[str]:
    name = path.relative_to(site)
    for link in dict.fromkeys([*page.links, *page.fetched]):
        parts = urlsplit(link)
        if parts.scheme in ("http", "https", "data", "mailto", "javascript"):
            if link in page.fetched and parts.scheme.startswith("http"):
                yield f"{name} fetches {link} from the network"
            continue
        if path.name == "404.html":
            # Its links are those of a server's root.
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.exists():
            yield f"{name} links to {link}, which there is not"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places | {"__tabbed"}:
            yield f"{name} links to {link}, where there is no such place"
    for picture in page.undescribed:
        yield f"{name} shows {picture} without saying in words what it is"


def _left_out(site: Path, pages: dict[Path, _Page]) -> Iterator[str]:
    """Yield what is public, and stands on no page or not where it should."""

    def has(page: str, place: str) -> bool:
        found = pages.get(site / page)
        return found is not None and place in found.places

    for protocol in every_protocol().values():
        page = f"protocols/{protocol.name}.html"
        for name in protocol.names:
            if not has(page, name):
                yield f"the field {name} has no entry in {page}"
    for name, protocol_name in protocol_names().items():
        if not has(f"protocols/{protocol_name}.html", name):
            yield f"{name} has no entry in protocols/{protocol_name}.html"
    for name, module in unlisted_names().items():
        yield f"{name} has no entry in dissect/__init__.pyi: add 'from {module} import {name} as {name}'"
    for topic, names in topics().items():
        for name, path in names.items():
            if not has(f"reference/{topic}.html", path):
                yield f"{name} has no entry in reference/{topic}.html"
    for command in every_command():
        page = f"commands/{command.name.removeprefix('dissect ')}.html"
        for place in ("examples", "options", "status"):
            if not has(page, place):
                yield f"{page} has no {place}"
