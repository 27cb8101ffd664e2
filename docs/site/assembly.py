"""All pages in one folder, written ones and generated ones, as the site's generator reads them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import relpath
from typing import Any

from docs.site import command_page, protocol_page
from docs.site.commands import every_command
from docs.site.markdown import code, table
from docs.site.notebooks import NOTEBOOKS, notebook_page, title_of
from docs.site.protocols import Protocol, every_protocol
from docs.site.reference import TOPICS, reference_index, reference_pages

__all__ = ["PAGES", "ROOT", "assemble", "generated_pages", "navigation"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "build" / "pages"
_DOCS = ROOT / "docs"
_MOVED = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "capture_samples/MANIFEST.md": "samples.md",
}
"""Pages of the repository that are pages of the site under another name."""
_LINK = re.compile(r'(\]\(|(?:src|srcset|href)=")([^)"\s#]+)')
_PICTURE = re.compile(
    r'<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*'
    r'<img src="([^"]+)" alt="([^"]+)">\s*</picture>'
)
_SESSION = re.compile(r"^```(?:python|py|sh)\n(>>> |\$ )", re.MULTILINE)
_HOW_TO = (
    "open_filter_list browse build_and_send edit_and_repair compare golden_tests follow_and_analyse tables_and_sql "
    "capture_and_ask lab_and_scenarios time_lines own_protocols spark"
).split()


def generated_pages() -> dict[str, Callable[[], str]]:
    """Return what writes each page that is generated whole, by its path in the site."""
    pages: dict[str, Callable[[], str]] = {}
    for protocol in every_protocol().values():
        pages[f"protocols/{protocol.page}"] = lambda each=protocol: protocol_page.page(each)  # type: ignore[misc]
    for command in every_command():
        name = command.name.removeprefix("dissect ")
        pages[f"commands/{name}.md"] = lambda each=command: command_page.page(each)  # type: ignore[misc]
    for name, text in reference_pages().items():
        pages[f"reference/{name}.md"] = lambda each=text: each  # type: ignore[misc]
    return pages


def assemble() -> None:
    """Write all pages, and what they show, into `build/pages`, anew."""
    shutil.rmtree(PAGES, ignore_errors=True)
    generated = generated_pages()
    for source in _written():
        text = source.read_text(encoding="utf-8")
        where = _place_of(source.relative_to(ROOT).as_posix())
        assert where is not None
        if where in _LISTS:
            text += f"\n{_LISTS[where]()}"
        if where not in generated:
            _write(where, _linked(text, source, where))
    for where, make in generated.items():
        # Who searches for a name wants what says what it is, before all that uses it.
        _write(where, f"---\nsearch:\n  boost: {5 if where.startswith('protocols/') else 2}\n---\n{_session(make())}")
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        where = f"notebooks/{notebook.stem}.md"
        _write(where, _linked(notebook_page(notebook, PAGES / "notebooks" / "pictures"), notebook, where))
    shutil.copytree(_DOCS / "site" / "assets", PAGES / "assets", dirs_exist_ok=True)


def _written() -> Iterator[Path]:
    """Yield the pages that people write."""
    yield from (path for path in sorted(_DOCS.rglob("*.md")) if "site" not in path.relative_to(_DOCS).parts)
    yield from (ROOT / name for name in _MOVED if name != "README.md")


def _place_of(path: str) -> str | None:
    """Return where a file of the repository stands in the site; None for one that is no page."""
    if path in _MOVED:
        return _MOVED[path]
    if path.startswith("docs/") and path.endswith(".md"):
        return path.removeprefix("docs/")
    return f"{path.removesuffix('.ipynb')}.md" if path.endswith(".ipynb") else None


def _write(where: str, text: str) -> None:
    path = PAGES / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _session(text: str) -> str:
    """Return a page whose blocks that are sessions, at Python's prompt or a shell's, say so."""
    return _SESSION.sub(lambda begin: f"```{'pycon' if begin[1] == '>>> ' else 'console'}\n{begin[1]}", text)


def _linked(text: str, source: Path, where: str) -> str:
    """Return a page of the repository with its links as they lead in the site; files that are no pages come along."""

    def led(match: re.Match[str]) -> str:
        link = match[2]
        target = (source.parent / link).resolve()
        if re.match(r"[a-z]+:", link) or not target.is_relative_to(ROOT):
            return match[0]
        path = target.relative_to(ROOT).as_posix()
        place = _place_of(path)
        if place is None:
            if not target.is_file():
                # What a page brings itself, and what there is not: the generator tells which.
                return match[0]
            place = f"files/{path.replace('/.', '/').lstrip('.')}"
            (PAGES / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, PAGES / place)
        return f"{match[1]}{relpath(place, str(Path(where).parent.as_posix()))}"

    text = _PICTURE.sub(r"![\3](\2#only-light)![\3](\1#only-dark)", text)
    return _session(_LINK.sub(led, text))


def _protocol_list() -> str:
    def shown(each: Protocol) -> tuple[str, str, str]:
        names = [cls.__name__ for cls in each.headers]
        title = each.title if names else "What a capture says of a packet"
        return f"[{code(each.name)}]({each.page})", title, ", ".join(names[:6]) + (", …" if len(names) > 6 else "")

    return table(("in filters", "protocol", "in Python"), map(shown, every_protocol().values()))


def _command_list() -> str:
    return command_page.list_of(every_command())


def _notebook_list() -> str:
    return "".join(f"- [{title_of(each)}]({each.stem}.md)\n" for each in sorted(NOTEBOOKS.glob("*.ipynb")))


_LISTS: dict[str, Callable[[], str]] = {
    "protocols/index.md": _protocol_list,
    "commands/index.md": _command_list,
    "notebooks/index.md": _notebook_list,
    "reference/index.md": reference_index,
}
"""What is added to pages of which people have written the beginning."""


def navigation() -> list[Any]:
    """Return the order of the pages, as the generator's `nav` has it."""
    protocols = [f"protocols/{each.page}" for each in every_protocol().values()]
    commands = [f"commands/{each.name.removeprefix('dissect ')}.md" for each in every_command()]
    reference = [f"reference/{topic.name}.md" for topic in TOPICS if topic.name in reference_pages()]
    notebooks = [f"notebooks/{each.stem}.md" for each in sorted(NOTEBOOKS.glob("*.ipynb"))]
    return [
        {"Home": "index.md"},
        {"Start": "start.md"},
        {"How to": [f"how_to/{name}.md" for name in _HOW_TO]},
        {"Protocols": ["protocols/index.md", *protocols]},
        {"Commands": ["commands/index.md", *commands]},
        {"Reference": ["reference/index.md", *reference]},
        {"Notebooks": ["notebooks/index.md", *notebooks]},
        {"Coming from": "coming_from.md"},
        {
            "More": [
                "adding_a_protocol.md",
                "design.md",
                "performance.md",
                "scale.md",
                "samples.md",
                "changelog.md",
                "contributing.md",
                "security.md",
            ]
        },
    ]
