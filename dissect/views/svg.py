"""The boxes of the RFCs as a picture."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.header import Header
from dissect.declaration.record import Record
from dissect.packets.packet import Packet
from dissect.views.boxes import ROW, Cell, fitting_title, fitting_value
from dissect.views.diagram import Section, sections
from dissect.views.markup import escaped
from dissect.views.palette import FILLS, INK
from dissect.views.text import Picture

__all__ = ["CHARACTER", "svg_document", "svg_text", "to_svg"]

_BIT, _HEIGHT, _MARGIN, _HEADING = 22, 42, 12, 30
_DARK = (
    "@media(prefers-color-scheme:dark){.dissect-svg .ground{fill:#15181d}.dissect-svg .plain{fill:#e6e9ed}"
    ".dissect-svg .line{stroke:#9aa4af}}"
)
CHARACTER = 6.7
"""How wide a character of the font is, so that text is chosen which fits its box."""


def to_svg(drawn: Header | Packet | Record | type[Record]) -> Picture:
    """Return the boxes of a class, or of a frame or option with its values, as SVG.

    The picture holds a title and a description for screen readers, no script and nothing from elsewhere.
    """
    parts: list[str] = []
    top = _MARGIN + 14
    parts += _ruler(top)
    names = []
    for section in sections(drawn):
        names.append(section.title)
        top += _HEADING
        parts.append(svg_text(_MARGIN, top - 10, section.title, anchor="start", bold=True, name="plain"))
        drawing = list(_section(section, top))
        rows = -(-sum(width for _, width in _placed(section.cells)) // ROW)
        parts += drawing
        top += rows * _HEIGHT
    title = f"{'Layout' if isinstance(drawn, type) else 'Values'} of {', '.join(names)}"
    words = "; ".join(_described(section) for section in sections(drawn))
    document = svg_document(ROW * _BIT + 2 * _MARGIN, top + _MARGIN, title, words, parts)
    return Picture(document, "image/svg+xml", f"{title}. {words}")


def svg_document(
    width: float, height: float, title: str, description: str, parts: list[str], *, name: str = "", style: str = ""
) -> str:
    """Return an SVG document of these parts on a white ground, with its words for screen readers.

    Where the reader's system is dark, the ground is dark, and what is of the class "plain" (texts that stand on it),
    "ground" or "line" is the other way round; fills of boxes stay, with their dark ink. `style` are rules for what
    lies in a document of the class `name`.
    """
    named = f"dissect-svg {name}".strip()
    sheet = f"<style>{_DARK}{style}</style>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{named}" role="img" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="ui-monospace,monospace" font-size="11">'
        f"<title>{escaped(title)}</title><desc>{escaped(description)}</desc>{sheet}"
        f'<rect class="ground" width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _placed(cells: list[Cell]) -> Iterator[tuple[Cell, int]]:
    """Yield each cell with its width in bits; one without a width goes to the end of its row."""
    bit = 0
    for cell in cells:
        width = cell.width or ROW - bit % ROW
        yield cell, width
        bit += width


def _section(section: Section, top: int) -> Iterator[str]:
    bit = 0
    for number, (cell, width) in enumerate(_placed(section.cells)):
        fill = FILLS[number % len(FILLS)]
        parts = list(_parts(bit, width))
        widest = max(parts, key=lambda part: part[2])
        for row, first, count in parts:
            x, y = _MARGIN + first * _BIT, top + row * _HEIGHT
            yield f'<rect x="{x}" y="{y}" width="{count * _BIT}" height="{_HEIGHT}" fill="{fill}" stroke="{INK}"/>'
        row, first, count = widest
        room = int((count * _BIT - 4) / CHARACTER)
        middle = _MARGIN + (first + count / 2) * _BIT
        y = top + row * _HEIGHT
        yield svg_text(middle, y + (17 if cell.values else 26), fitting_title(cell.titles, room))
        if cell.values:
            yield svg_text(middle, y + 33, fitting_value(cell.values, room), bold=True)
        bit += width


def _parts(bit: int, width: int) -> Iterator[tuple[int, int, int]]:
    """Yield (row, first bit in it, number of bits) of a run of bits."""
    while width > 0:
        count = min(width, ROW - bit % ROW)
        yield bit // ROW, bit % ROW, count
        bit += count
        width -= count


def _ruler(y: int) -> Iterator[str]:
    for bit in range(ROW):
        yield svg_text(_MARGIN + (bit + 0.5) * _BIT, y, str(bit), name="plain")


def svg_text(x: float, y: float, text: str, *, anchor: str = "middle", bold: bool = False, name: str = "") -> str:
    """Return a line of text at this place, "start", "middle" or "end" of it; `name` is its class."""
    named = f' class="{name}"' if name else ""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text{named} x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{INK}"{weight}>{escaped(text)}</text>'


def _described(section: Section) -> str:
    """Return a layer in words: its fields with their values, or their widths."""
    fields = []
    for cell, width in _placed(section.cells):
        value = cell.values[0] if cell.values else f"{width} bits" if cell.width else "any length"
        fields.append(f"{cell.titles[0].removesuffix(' ...')} {value}")
    return f"{section.title}: {', '.join(fields)}"
