"""A frame for notebooks: its details and its bytes side by side, each lighting the other.

There is no script in it: the style sheet alone does the work, so that it behaves the same in a live
notebook, in one that is not trusted, and in a page that was exported. Every line of the tree has a
number n and the class "tn". A run of bytes has "an" for each line that stands for them, and "mn" for
the innermost of these, which light up when the mouse or the keyboard is on the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.views.html_style import FRAME_STYLE, style
from dissect.views.listing import printable
from dissect.views.node import Node
from dissect.views.pieces import outermost
from dissect.views.tree import tree

__all__ = ["MOST_BYTES", "MOST_LINES", "frame_html"]

MOST_BYTES = 2048
"""How many bytes of a frame are shown; what follows is counted."""
MOST_LINES = 140
"""How many lines of the details are shown; what follows is counted."""
_LONGEST = 160
"""How many characters of a line are shown."""
_ROW = 16


class _Line(NamedTuple):
    """A line of the tree: its node, how deep it stands, and the line that it stands below, -1 for none."""

    node: Node
    depth: int
    above: int


def frame_html(frame: Header | Packet) -> str:
    """Return the frame as HTML that stands alone.

    Of a long frame the first 2048 bytes and the first 140 lines of the details are shown, and the
    others counted, so that a frame of 1500 bytes has less than 60 kB of HTML whatever it holds.
    """
    data = bytes(frame)
    lines = list(_lines(tree(frame), 0, [0]))
    start = min((node.start for node in tree(frame) if node.start is not None), default=0)
    shown = lines[:MOST_LINES]
    covering = _covering(shown, start, min(len(data), MOST_BYTES))
    innermost = [tuple(sorted(_innermost(numbers, shown))) for numbers in covering]
    used = sorted({number for numbers in covering for number in numbers})
    names = ", ".join(dict.fromkeys(layer.short_name() for layer in outermost(frame).layers()))
    label = escape(f"Frame of {len(data)} bytes: {names}")
    return "".join(
        [
            f'<div class="dissect-frame" role="group" aria-label="{label}">',
            style(FRAME_STYLE, _lighting(used)),
            '<div class="tree" role="group" aria-label="Details">',
            *_tree(shown),
            _rest(len(lines) - len(shown), "line"),
            '</div><div class="bytes" role="group" aria-label="Bytes">',
            *_rows(data[:MOST_BYTES], covering, innermost, shown),
            _rest(len(data) - MOST_BYTES, "byte"),
            "</div></div>",
        ]
    )


def _lines(nodes: list[Node], depth: int, count: list[int], above: int = -1) -> Iterator[_Line]:
    for node in nodes:
        if not node.is_seen:
            continue
        number = count[0]
        count[0] += 1
        yield _Line(node, depth, above)
        yield from _lines(node.children, depth + 1, count, number)


def _covering(lines: list[_Line], start: int, length: int) -> list[tuple[int, ...]]:
    """Return for each byte the numbers of the lines that stand for it, outermost first."""
    covering: list[list[int]] = [[] for _ in range(length)]
    for number, line in enumerate(lines):
        if line.node.start is not None and line.node.label != "frame":
            first = line.node.start - start
            for place in range(max(first, 0), min(first + line.node.length, length)):
                covering[place].append(number)
    return [tuple(numbers) for numbers in covering]


def _innermost(numbers: tuple[int, ...], lines: list[_Line]) -> set[int]:
    """Return those of the lines below which no other of them stands."""
    return set(numbers) - {lines[number].above for number in numbers}


def _tree(lines: list[_Line]) -> Iterator[str]:
    """Yield the tree: layers that open and close, and in them lists of lines."""
    depth = 0
    for number, line in enumerate(lines):
        while depth > line.depth:
            yield "</ul></details>" if depth == 1 else "</ul></li>"
            depth -= 1
        has_children = number + 1 < len(lines) and lines[number + 1].depth > line.depth
        text = escape(_shortened(_worded(line.node)))
        wrong = ' data-severity="' + escape(line.node.severity) + '"' if line.node.severity else ""
        if line.depth == 0:
            yield f'<details open><summary class="t{number}"{wrong}>{text}</summary><ul>'
            depth = 1
            if not has_children:
                yield "</ul></details>"
                depth = 0
        else:
            yield f'<li><span class="t{number}" tabindex="0"{wrong}>{text}</span>'
            if has_children:
                yield "<ul>"
                depth = line.depth + 1
            else:
                yield "</li>"
    while depth:
        yield "</ul></details>" if depth == 1 else "</ul></li>"
        depth -= 1


def _worded(node: Node) -> str:
    return f"{node.severity.capitalize()}: {node.line}" if node.kind == "problem" else node.line


def _shortened(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _rows(
    data: bytes, covering: list[tuple[int, ...]], innermost: list[tuple[int, ...]], lines: list[_Line]
) -> Iterator[str]:
    """Yield the rows of 16 bytes, in runs of bytes that the same lines stand for."""
    named: set[tuple[int, ...]] = set()
    width = max(4, len(f"{max(len(data) - 1, 0):x}"))
    for offset in range(0, len(data), _ROW):
        row = range(offset, min(offset + _ROW, len(data)))
        hexadecimal, text = [], []
        for numbers, run in groupby(row, key=lambda place: covering[place]):
            places = list(run)
            first, end = places[0], places[-1] + 1
            classes = " ".join([*(f"a{number}" for number in numbers), *(f"m{each}" for each in innermost[first])])
            label = ""
            if numbers and numbers not in named:
                # One stop for the keyboard and one name for each run, not for each row of it.
                named.add(numbers)
                name = escape("; ".join(_shortened(lines[number].node.line)[:60] for number in innermost[first][:3]))
                label = f' tabindex="0" role="note" aria-label="{name}"'
            hexadecimal.append(f'<i class="{classes}"{label}>{data[first:end].hex(" ")}</i>')
            shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data[first:end])
            text.append(f'<i class="{classes}" aria-hidden="true">{escape(shown)}</i>')
        yield f"<div><b>{offset:0{width}x}</b><span>{' '.join(hexadecimal)}</span><span>{''.join(text)}</span></div>"


def _rest(count: int, what: str) -> str:
    return f"<p>… and {count:,} more {what}{'' if count == 1 else 's'}</p>" if count > 0 else ""


def _lighting(numbers: list[int]) -> str:
    """Return the rules by which a line lights its bytes, and bytes their innermost lines."""
    selectors = [
        f".dissect-frame:has(.t{n}:is(:hover,:focus)) .a{n},.dissect-frame:has(.m{n}:is(:hover,:focus)) .t{n}"
        for n in numbers
    ]
    return (
        f"{','.join(selectors)}{{background:var(--lit);color:var(--ink);outline:1px solid var(--edge)}}"
        if numbers
        else ""
    )
