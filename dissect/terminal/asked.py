"""Display filters in the terminal: whether one is right, what is doubtful about it, and which packets pass."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from dissect import captures
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError, DissectError, FilterError
from dissect.filters import saved
from dissect.filters.catalogue import facts_of
from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.filters.following import SECOND_PASS_FIELDS
from dissect.filters.nodes import And, Comparison, Name, Not, Or
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.terminal.engine import RestingSource
from dissect.views.compiled import CompiledText

__all__ = ["Checked", "check", "numbers_passing"]


class Checked(NamedTuple):
    """What is known of the filter `text`: compiled, or why not.

    `error` is a sentence, "" for a right filter, and the mistake is at the character `place`, or nowhere: None.
    `doubt` tells what may be meant otherwise.
    """

    text: str
    passes: CompiledFilter | None
    error: str = ""
    place: int | None = None
    doubt: str = ""


def check(text: str) -> Checked:
    """Compile a filter, or one that is saved under "@name"; nothing is raised.

    >>> check("ip.ttl == 300").error, check("ip.ttl == 300").place
    ('300 does not fit ip.ttl, expected 0 to 255', 10)
    >>> check("ip.addr != 10.0.0.1").doubt
    'ip.addr is ip.src and ip.dst, and none of them may be so: !(ip.addr == ...) lets packets without them pass, too'
    """
    try:
        expanded = saved.expand(text)
        passes = compile_filter(expanded)
    except FilterError as error:
        return Checked(text, None, error.message, error.position)
    except (DissectError, OSError) as error:
        return Checked(text, None, str(error))
    return Checked(text, passes, doubt=_doubt(passes.node))


def _doubt(node: Any) -> str:
    """Return what is doubtful about a filter, "" where it is clear."""
    if isinstance(node, (And, Or)):
        return next(filter(None, map(_doubt, node.operands)), "")
    if isinstance(node, Not):
        return _doubt(node.operand)
    if isinstance(node, Comparison) and node.operator == "!=" and isinstance(node.left, Name):
        several = facts_of(node.left.text).stands_for
        if several:
            return (
                f"{node.left.text} is {' and '.join(several)}, and none of them may be so: "
                f"!({node.left.text} == ...) lets packets without them pass, too"
            )
    return ""


def numbers_passing(
    source: RestingSource,
    passes: CompiledFilter,
    numbers: array[int],
    told: Callable[[], None],
    before: RestingSource | None = None,
) -> None:
    """Add the numbers of the packets that pass, as they are found; `told` is called now and then.

    With `before`, the same capture once more, packets also know what later ones say, for filters that ask for it.
    """
    from dissect.filters.applied import passing

    clock = Clock()
    passes = compile_filter(passes.text, clock=clock)
    text = CompiledText(lambda clock: lambda packet: str(packet.number), clock)
    waiting: list[str] = []

    def flush() -> None:
        numbers.extend(map(int, waiting))
        if waiting:
            told()
        waiting.clear()

    def prints(pattern: Packet, reading: ReadingPass) -> Any:
        return text.taker(pattern, reading, waiting.append, passes.sieve, flush=flush)

    source.on_rest = flush
    try:
        with captures.read(source) as reader:
            first = None if before is None or SECOND_PASS_FIELDS.isdisjoint(passes.fields) else _whole(before)
            for packet in passing(reader, passes, clock=clock, before=first, reader=reader, prints=prints, facts=()):
                waiting.append(str(packet.number))
                clock.show()
    except CaptureError:
        # The rows tell of it.
        pass
    flush()


def _whole(source: RestingSource) -> Iterator[Packet]:
    """Yield the packets in front of any damage."""
    with suppress(CaptureError), captures.read(source) as reader:
        yield from reader
