"""The differences of two captures as text, as JSON and as a page of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from json import dumps
from typing import Any

from dissect.captures.hexdump import SHOWN
from dissect.declaration.named_tuples import NamedTuple
from dissect.differences.comparison import FrameDifference
from dissect.differences.field_differences import FieldDifference
from dissect.views.colouring import Rule
from dissect.views.listing import printable

__all__ = ["Line", "difference_lines", "html_page", "html_rows", "json_difference", "json_document", "total"]

ROW = 16
ROWS = 8
"""How many rows of a hex dump are shown of each frame."""
COLOURS = {
    "missing": Rule("missing", "#d70000", ""),
    "added": Rule("added", "#008700", ""),
    "changed": Rule("changed", "", ""),
    "moved": Rule("moved", "#0087d7", ""),
    "consequence": Rule("consequence", "#808080", ""),
    "before": Rule("before", "#d70000", ""),
    "after": Rule("after", "#008700", ""),
    "mark": Rule("mark", "#af8700", ""),
}
"""The colours of lines by kind."""


class Line(NamedTuple):
    """A line about a difference; `kind` is a key of `COLOURS`."""

    text: str
    kind: str


def difference_lines(difference: FrameDifference) -> Iterator[Line]:
    """Yield the lines about a frame: each field that differs, what follows from it, and bytes that nothing declares.

    Of such bytes, the rows that differ are shown from both frames, with a mark below each byte that does.
    """
    if difference.kind != "changed":
        yield Line(printable(str(difference)), difference.kind)
        return
    name = difference.name
    indent = " " * len(name)
    for field in difference.fields:
        yield Line(printable(f"{name} {field}"), "changed")
        for consequence in field.consequences:
            yield Line(printable(f"{indent}   so {consequence}"), "consequence")
        for line in byte_lines(difference, field):
            yield Line(f"{indent}   {line.text}", line.kind)


def byte_lines(difference: FrameDifference, field: FieldDifference) -> Iterator[Line]:
    """Yield two hex dumps with the changed bytes marked, for a field that is bytes without a meaning."""
    before, after = difference.before, difference.after
    if not field.octets or before is None or after is None:
        return
    for side, sign, data, changed in (
        ("before", "-", bytes(before), changed_bytes(bytes(before), bytes(after), field)[0]),
        ("after", "+", bytes(after), changed_bytes(bytes(before), bytes(after), field)[1]),
    ):
        rows = sorted({offset // ROW for offset in changed})
        for row in rows[:ROWS]:
            part = data[row * ROW : (row + 1) * ROW]
            text = part.translate(SHOWN).decode("ascii")
            yield Line(f"{sign} {row * ROW:04x}  {part.hex(' '):<47}   {text}", side)
            marks = " ".join("^^" if row * ROW + at in changed else "  " for at in range(len(part)))
            yield Line(f"        {marks}".rstrip(), "mark")
        if len(rows) > ROWS:
            yield Line(f"{sign} ...   {len(rows) - ROWS} more rows differ", side)


def changed_bytes(before: bytes, after: bytes, field: FieldDifference) -> tuple[set[int], set[int]]:
    """Return the offsets of the bytes of a field that differ, in each of the frames.

    Where it has not as many bytes in one as in the other, those are meant that stand between what it
    begins and what it ends with in both.
    """
    start, end = field.span_before or (0, 0)
    other_start, other_end = field.span_after or (0, 0)
    mine, other = before[start:end], after[other_start:other_end]
    if len(mine) == len(other):
        places = [at for at, (one, two) in enumerate(zip(mine, other, strict=True)) if one != two]
        return {start + at for at in places}, {other_start + at for at in places}
    least = min(len(mine), len(other))
    same = next((at for at in range(least) if mine[at] != other[at]), least)
    behind = next((at for at in range(least - same) if mine[-1 - at] != other[-1 - at]), least - same)
    return set(range(start + same, end - behind)), set(range(other_start + same, other_end - behind))


def total(kinds: dict[str, int], where: str = "") -> str:
    """Return how many frames differ, by kind; `where` says from what.

    >>> total({"changed": 2, "moved": 1})
    '3 frames differ: 2 changed, 1 moved'
    """
    count = sum(kinds.values())
    if not count:
        return "no frame differs"
    said = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if number)
    return f"{count} frame{' differs' if count == 1 else 's differ'}{f' from {where}' if where else ''}: {said}"


def json_difference(difference: FrameDifference) -> dict[str, Any]:
    """Return the difference as what `json.dumps` takes: numbers, names, texts and byte offsets."""
    after = difference.after
    return {
        "kind": difference.kind,
        "before": None if difference.before is None else difference.before.number,
        "after": difference.moved_to if after is None else after.number,
        "summary": difference.summary,
        "fields": [_json_field(field) for field in difference.fields],
    }


def _json_field(field: FieldDifference) -> dict[str, Any]:
    return {
        "name": field.name,
        "offset": field.offset,
        "before": field.before,
        "after": field.after,
        "consequences": [_json_field(each) for each in field.consequences],
    }


def json_document(names: tuple[str, str], differences: Iterable[FrameDifference]) -> Iterator[str]:
    """Yield the lines of a document: the captures' names, then a list with an object a line for each difference."""
    yield "{"
    yield f'  "before": {dumps(names[0], ensure_ascii=False)},'
    yield f'  "after": {dumps(names[1], ensure_ascii=False)},'
    yield '  "differences": ['
    waiting = ""
    for difference in differences:
        if waiting:
            yield f"{waiting},"
        waiting = f"    {dumps(json_difference(difference), ensure_ascii=False)}"
    if waiting:
        yield waiting
    yield "  ]"
    yield "}"


_STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1b1b }
h1 { font-size: 1.3rem } code, pre, td { font-family: ui-monospace, monospace; font-size: 13px }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .25rem .6rem; vertical-align: top }
tr { border-top: 1px solid #ddd } .before { color: #b00020 } .after { color: #006b1b } .moved { color: #00549e }
.so { color: #666 } .so td:nth-child(2) { padding-left: 2rem } pre { margin: 0 }
mark { background: #ffe08a; color: inherit }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #e6e6e6 } tr { border-color: #333 }
.before { color: #ff7b7b } .after { color: #71d98a } .moved { color: #7ab8ff } .so { color: #999 }
mark { background: #6b5500 } }"""


def html_page(names: tuple[str, str], differences: Iterable[FrameDifference]) -> Iterator[str]:
    """Yield the lines of a page that needs nothing else: a table of the differences, everything in them escaped."""
    before, after = (escape(printable(name)) for name in names)
    yield "<!DOCTYPE html>"
    yield f'<html lang="en"><head><meta charset="utf-8"><title>{before} and {after}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{_STYLE}</style></head><body>"
    yield f'<h1><span class="before">{before}</span> and <span class="after">{after}</span></h1>'
    yield "<table><thead><tr><th>Frame</th><th>What</th><th>Before</th><th>After</th><th>Byte</th></tr></thead><tbody>"
    kinds: dict[str, int] = {}
    for difference in differences:
        kinds[difference.kind] = kinds.get(difference.kind, 0) + 1
        yield from html_rows(difference)
    yield f"</tbody></table><p>{escape(total(kinds))}</p></body></html>"


def html_rows(difference: FrameDifference) -> Iterator[str]:
    """Yield the rows of a table about one frame, everything in them escaped."""
    name = escape(difference.name)
    if difference.kind != "changed":
        css = {"missing": "before", "added": "after"}.get(difference.kind, difference.kind)
        where = "" if difference.moved_to is None else f" to #{difference.moved_to}"
        summary = escape(printable(difference.summary))
        yield f'<tr class="{css}"><td>{name}</td><td>{difference.kind}{where}</td><td colspan="3">{summary}</td></tr>'
        return
    for field in difference.fields:
        yield _html_row(name, field, "")
        for consequence in field.consequences:
            yield _html_row("", consequence, "so")
        dumps_ = "\n".join(_html_bytes(difference, field))
        if dumps_:
            yield f'<tr><td></td><td colspan="4"><pre>{dumps_}</pre></td></tr>'


def _html_row(name: str, field: FieldDifference, css: str) -> str:
    cells = [name, f"so {escape(field.name)}" if css else escape(field.name)]
    offset = "" if field.offset is None else str(field.offset)
    texts = (escape(printable(text)) for text in (field.before, field.after))
    before, after = texts
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    return (
        f'<tr class="{css}">{row}<td class="before">{before}</td><td class="after">{after}</td><td>{offset}</td></tr>'
    )


def _html_bytes(difference: FrameDifference, field: FieldDifference) -> Iterator[str]:
    before, after = difference.before, difference.after
    if not field.octets or before is None or after is None:
        return
    sides = changed_bytes(bytes(before), bytes(after), field)
    for css, data, changed in (("before", bytes(before), sides[0]), ("after", bytes(after), sides[1])):
        rows = sorted({offset // ROW for offset in changed})
        for row in rows[:ROWS]:
            part = data[row * ROW : (row + 1) * ROW]
            cells = " ".join(
                f"<mark>{byte:02x}</mark>" if row * ROW + at in changed else f"{byte:02x}"
                for at, byte in enumerate(part)
            )
            text = escape(part.translate(SHOWN).decode("ascii"))
            blank = " " * (3 * (ROW - len(part)))
            yield f'<span class="{css}">{row * ROW:04x}  {cells}{blank}   {text}</span>'
        if len(rows) > ROWS:
            yield f'<span class="{css}">...   {len(rows) - ROWS} more rows differ</span>'
