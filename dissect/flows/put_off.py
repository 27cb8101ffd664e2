"""What streams carry matters to a filter that asks for nothing in it only once a frame passes which carries some.

Until then a reading pass puts it off (`ReadingPass.puts_off`). Here is told which frames carry of it: those of which a
header that ends a chain carries bytes, or ends what others carried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from dissect.declaration.branches import words
from dissect.declaration.gathering import gathered, span_of
from dissect.declaration.generated import written
from dissect.declaration.header import Header
from dissect.errors import FieldAbsentError
from dissect.flows.known_chain import KnownChain, Variant
from dissect.flows.learner import learner_of
from dissect.packets.packet import Packet
from dissect.wireshark.sight import sight_of

__all__ = ["Ends", "carries_more", "carries_more_of_chain"]

Ends: TypeAlias = Callable[[type[Header]], bool]
"""Whether nobody has looked yet at what headers of a class carry."""


def carries_more(packet: Packet, ends: Ends) -> bool:
    """Whether the packet, as it was observed, carries what was put off."""
    header: Any = packet.frame
    while header is not None:
        cls = header.__class__
        if ends(cls):
            closing = _closing(cls)
            try:
                is_last = closing is None or header.raw(closing[0]) & closing[1]
            except FieldAbsentError:
                is_last = True
            return bool(is_last or header.carried_end > header.own_end or header.bytes_left_out)
        header = sight_of(header).payload(header)
    return False


def carries_more_of_chain(known: KnownChain, ends: Ends) -> Callable[[bytes, int, int, int, Variant | None], bool]:
    """Return what tells the same of a chain's frames: `of_frame(buffer, base, size, original_length, variant)`."""
    last = known.headers[-1]
    tells: Callable[..., Any] | None = _compiled(known) if ends(last.cls) else None

    def of_frame(buffer: bytes, base: int, size: int, original: int, variant: Variant | None) -> bool:
        if variant is None:
            # Nobody knows which headers those are.
            return True
        if len(variant) > 1:
            return any(map(ends, variant[1::4]))
        return tells is not None and bool(tells(buffer, base, size, original - size if original > size else 0))

    return of_frame


def _compiled(known: KnownChain) -> Callable[[bytes, int, int, int], Any]:
    """Return what tells whether the last header of a chain carries something, or ends what others carried."""
    last = known.headers[-1]
    closing = _closing(last.cls)
    if closing is None or last.body is None or not last.cls.field(closing[0]).is_read_in_place:
        return lambda buffer, base, size, left: True
    places = {name: known.places[name] for name in words((last.end,)) & known.places.keys()}
    how = gathered(places | {"closing": span_of(last.cls, closing[0]).behind(last.start)})
    lines = [
        "def tells(buffer, base, size, left):",
        # Of a header that was cut nobody knows.
        f" if size < {how.size}: return True",
        *(f" {line}" for line in how.lines("gather(buffer, base)")),
        f" return left or {last.end} > {last.body} or closing & {closing[1]}",
    ]
    chain = "/".join(each.name.rpartition(":")[2] for each in known.headers)
    return written(lines, {"gather": how.unpack}, "tells", f"{__name__} of {chain}")


def _closing(cls: type[Header]) -> tuple[str, int] | None:
    """Return the field and its bits by which a header ends what others carried; None where nobody knows of one."""
    kind = learner_of(cls)
    return None if kind is None else kind.closing
