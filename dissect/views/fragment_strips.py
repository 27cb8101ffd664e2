"""Which bytes of a datagram each fragment brought: a strip each, overlaps marked, gaps left white."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ipv6_extensions import FragmentHeader
from dissect.views.capture_source import packets_of
from dissect.views.palette import FILLS, INK
from dissect.views.pieces import outermost
from dissect.views.svg import CHARACTER, svg_document, svg_text
from dissect.views.text import Picture

__all__ = ["Datagram", "Fragment", "FragmentStrips", "fragment_strips"]

_WIDTH, _LEFT, _STEP, _HEIGHT = 640, 150, 26, 20


class Fragment(NamedTuple):
    """A fragment: its frame's number, its place in the datagram in bytes, and whether more follow."""

    number: int
    start: int
    end: int
    more: bool


class Datagram(NamedTuple):
    """The fragments of one datagram in the order in which they came."""

    title: str
    fragments: list[Fragment]

    @property
    def length(self) -> int | None:
        """The bytes of the whole datagram, as its last fragment says; None where that is missing."""
        return next((each.end for each in self.fragments if not each.more), None)

    def missing(self) -> list[tuple[int, int]]:
        """Return the (first, behind the last) byte of each gap."""
        gaps, reach = [], 0
        for each in sorted(self.fragments, key=lambda each: each.start):
            if each.start > reach:
                gaps.append((reach, each.start))
            reach = max(reach, each.end)
        return gaps

    def overlaps(self, place: int) -> list[tuple[int, int]]:
        """Return the bytes of the fragment at this place of the list that one before it had brought."""
        own = self.fragments[place]
        found = [
            (max(own.start, each.start), min(own.end, each.end))
            for each in self.fragments[:place]
            if max(own.start, each.start) < min(own.end, each.end)
        ]
        return sorted(set(found))

    def contested(self) -> list[tuple[int, int]]:
        """Return the bytes that more than one fragment brought, joined where they touch."""
        found: list[tuple[int, int]] = []
        for first, end in sorted(each for place in range(len(self.fragments)) for each in self.overlaps(place)):
            if found and first <= found[-1][1]:
                found[-1] = found[-1][0], max(end, found[-1][1])
            else:
                found.append((first, end))
        return found

    def lines(self) -> Iterator[str]:
        """Yield the datagram in words: a line for each fragment, and what is missing."""
        yield f"{self.title}: {'length unknown' if self.length is None else f'{self.length} bytes'}"
        for place, each in enumerate(self.fragments):
            rest = "more follow" if each.more else "the last"
            line = f"  frame {each.number}: bytes {each.start}-{each.end - 1}, {rest}"
            for first, end in self.overlaps(place):
                line += f", bytes {first}-{end - 1} for the second time"
            yield line
        for first, end in self.missing():
            yield f"  bytes {first}-{end - 1} are missing"
        if self.length is None:
            yield "  the last fragment is missing"


class FragmentStrips:
    """The fragmented datagrams of some packets; a notebook draws them, a prompt prints them."""

    def __init__(self, datagrams: list[Datagram]) -> None:
        self.datagrams = datagrams

    def __repr__(self) -> str:
        return "\n".join(line for each in self.datagrams for line in each.lines()) or "There are no fragments."

    def to_svg(self) -> Picture:
        """Return the strips as SVG: bytes that come again are hatched, bytes that are missing stay white."""
        parts = [_HATCH]
        top = 10
        for datagram in self.datagrams:
            drawing = list(_drawn(datagram, top))
            parts += drawing
            top += _STEP * (len(datagram.fragments) + 2) + 22
        title = f"Fragments of {len(self.datagrams)} datagram{'' if len(self.datagrams) == 1 else 's'}"
        document = svg_document(_LEFT + _WIDTH + 60, top, title, repr(self), parts)
        return Picture(document, "image/svg+xml", repr(self))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the drawing, and the fragments in words."""
        return {"image/svg+xml": str(self.to_svg()), "text/plain": repr(self)}


def fragment_strips(packets: str | Path | Iterable[Packet | Header]) -> FragmentStrips:
    """Return the fragments among these packets by the datagram that they belong to (RFC 791, RFC 8200).

    `packets` may be the path of a capture. Headers without a packet are numbered from 1.

    >>> from dissect import IPv4, UDP, fragment
    >>> fragment_strips(fragment(IPv4() / UDP() / bytes(1000), mtu=600))
    0.0.0.0 → 0.0.0.0, id 0x0000: 1008 bytes
      frame 1: bytes 0-575, more follow
      frame 2: bytes 576-1007, the last
    """
    found: dict[tuple[object, ...], Datagram] = {}
    for place, packet in enumerate(packets_of(packets), 1):
        number = packet.number if isinstance(packet, Packet) else place
        for key, title, fragment in _fragments(outermost(packet), number):
            found.setdefault(key, Datagram(title, [])).fragments.append(fragment)
    return FragmentStrips(list(found.values()))


def _fragments(frame: Header, number: int) -> Iterator[tuple[tuple[object, ...], str, Fragment]]:
    network: IPv6 | None = None
    for header in frame.layers():
        if header.quotes:
            return
        if header.is_cut:
            continue
        if isinstance(header, IPv6):
            network = header
        if isinstance(header, IPv4) and header.is_fragment:
            more, digits = "MF" in str(header.flags), 4
            source, destination, kind = header.src, header.dst, int(header.protocol)
        elif isinstance(header, FragmentHeader) and network is not None:
            more, digits = bool(header.more_fragments), 8
            source, destination, kind = network.src, network.dst, int(header.next_header)
        else:
            continue
        start = 8 * header.fragment_offset
        identification = header.id
        title = f"{source} → {destination}, id {identification:#0{digits + 2}x}"
        end = start + len(header.parts()[1])
        yield (source, destination, kind, identification), title, Fragment(number, start, end, more)


_HATCH = (
    '<defs><pattern id="dissect-again" width="6" height="6" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><line class="line" y2="6" stroke="{INK}" stroke-width="2.5"/></pattern></defs>'
)


def _drawn(datagram: Datagram, top: int) -> Iterator[str]:
    """Yield a strip for each fragment, and below them the whole datagram with a scale."""
    reach = max(max(each.end for each in datagram.fragments), 1)

    def x(byte: int) -> float:
        return round(_LEFT + byte / reach * _WIDTH, 1)

    yield svg_text(12, top + 12, datagram.title, bold=True, anchor="start", name="plain")
    for place, each in enumerate(datagram.fragments):
        y = top + _STEP * (place + 1)
        fill = FILLS[place % len(FILLS)]
        yield svg_text(12, y + 14, f"frame {each.number}", anchor="start", name="plain")
        yield _rectangle(x(each.start), y, x(each.end) - x(each.start), fill)
        for first, end in datagram.overlaps(place):
            yield _rectangle(x(first), y, x(end) - x(first), "url(#dissect-again)")
        label = f"{each.start}–{each.end - 1}"
        room = round(len(label) * CHARACTER + 7, 1)
        if room <= x(each.end) - x(each.start):
            if datagram.overlaps(place):
                # Text on hatching cannot be read.
                yield _rectangle(x(each.start), y, room, fill)
            yield svg_text(x(each.start) + 4, y + 14, label, anchor="start")
        elif x(each.end) + room <= _LEFT + _WIDTH:
            yield svg_text(x(each.end) + 4, y + 14, label, anchor="start", name="plain")
        else:
            yield svg_text(x(each.start) - 4, y + 14, label, anchor="end", name="plain")
    y = top + _STEP * (len(datagram.fragments) + 1)
    yield svg_text(12, y + 14, "put together", anchor="start", name="plain")
    yield _rectangle(_LEFT, y, _WIDTH, "none")
    for place, each in enumerate(datagram.fragments):
        yield _rectangle(x(each.start), y, x(each.end) - x(each.start), FILLS[place % len(FILLS)])
    # Whose bytes count where two brought them, no picture knows: that is up to who puts them together.
    for first, end in datagram.contested():
        yield _rectangle(x(first), y, x(end) - x(first), "#ffffff")
        yield _rectangle(x(first), y, x(end) - x(first), "url(#dissect-again)")
    for first, end in datagram.missing():
        yield _rectangle(x(first), y, x(end) - x(first), "#ffffff")
        yield svg_text(x(first) + 4, y + 14, "missing", anchor="start", name="plain")


def _rectangle(x: float, y: float, width: float, fill: str) -> str:
    classes = "line ground" if fill == "#ffffff" else "line"
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{_HEIGHT}"'
    return f'<rect class="{classes}" {place} fill="{fill}" stroke="{INK}"/>'
