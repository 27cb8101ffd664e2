"""Printing packets as they come: what makes their texts, the quick way where there is one, and where these go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Container, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from dissect import protocols
from dissect.captures import CaptureReader
from dissect.captures.reader import RecordTaker
from dissect.captures.source import CHUNK
from dissect.commands.output import Painter, painter
from dissect.declaration.outsiders import has_outsiders
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables import size
from dissect.views.listing import list_line

if TYPE_CHECKING:
    from dissect.declaration.header import Header
    from dissect.filters.compiler import CompiledFilter
    from dissect.views.kept_forms import KeptForms

__all__ = [
    "Show",
    "Texts",
    "chunk_for",
    "facts_for",
    "learnt_for",
    "looked_into_for",
    "printer",
    "read_along",
    "rows_by_columns",
    "shown",
]

Show: TypeAlias = Callable[[Packet], str]
_Maker: TypeAlias = Callable[[Clock], Show]
_AT_ONCE = 128
"""How many texts are written together."""
_JOINED = 32
"""How many of these are joined: all of them would not stay in the processor's caches where each takes kilobytes."""
_OF_NO_TEXT = frozenset(
    "buffer capture_filter count direction file flush format input interfaces output promiscuous snap_length stops "
    "version".split()
)
"""The options that say where packets come from, how many, and where they go: their texts are the same with any."""


class Texts:
    """Texts on their way to standard output: `before` stands before the first, `between` two of them, `behind` each.

    Many are written at once, unless somebody waits for them: at a terminal, or with `at_once`.
    """

    def __init__(self, between: str = "", behind: str = "", *, before: str = "", at_once: bool = False) -> None:
        self._between = between + behind
        self._before = before
        self._behind = behind
        self._waiting: list[str] = []
        self._flushes = at_once
        self._most = 1 if at_once or sys.stdout.isatty() else _AT_ONCE
        self.begun = False
        """Whether there was any text."""

    @property
    def is_waited_for(self) -> bool:
        """Whether each text is written at once."""
        return self._most == 1

    def add(self, text: str) -> None:
        """Write a text, soon or now."""
        waiting = self._waiting
        waiting.append(text)
        if len(waiting) >= self._most:
            self.write()

    @property
    def keep(self) -> Callable[[str], None]:
        """What takes a text as `add` does, if `flush` is called now and then; `add` itself where somebody waits."""
        return self.add if self._most == 1 else self._waiting.append

    def flush(self) -> None:
        """Write what waits, if that is enough."""
        if len(self._waiting) >= self._most:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        waiting = self._waiting
        if waiting:
            waiting[0] = self._before + waiting[0]
            self.begun, self._before = True, self._between.removesuffix(self._behind)
            for start in range(0, len(waiting), _JOINED):
                joined = waiting[start : start + _JOINED]
                joined[-1] += self._between if start + _JOINED < len(waiting) else self._behind
                sys.stdout.write(self._between.join(joined))
            waiting.clear()
        if self._flushes:
            sys.stdout.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Where nobody reads any more, there is nothing to write.
        if kind is None or not issubclass(kind, OSError):
            self.write()


def read_along(
    packets: Iterator[Packet],
    reader: CaptureReader,
    show: Show,
    clock: Clock,
    texts: Texts,
    twice: Callable[[Callable[[Packet], RecordTaker | None]], Iterator[Packet]] | None = None,
    only: Container[type[Header]] | None = None,
    into: Container[type[Header]] | None = None,
    facts: Collection[str] | None = None,
) -> Iterator[Packet]:
    """Yield the packets in the light of those before them; of usual frames, the texts alone go to `texts`.

    `twice` gives the packets for a pass in advance but those that a taker deals with: then later ones count as well.
    With `only`, nothing is learnt but of headers of these classes (`learnt_for`), with `into`, of what no others than
    these carry (`looked_into_for`), with `facts`, of what takes long no
    more than these (`facts_for`).
    The clock advances. To be called before the first packet is taken from the reader, for output that is the text
    of every packet.
    """
    reading = ReadingPass(twice=twice is not None, only=only, into=into, facts=facts, clock=clock)
    reading.kept = getattr(show, "chains", None)
    if twice is not None:
        for packet in twice(reading.taker_like):
            reading.observe(packet)
        reading.rewind()
    taker: Callable[..., RecordTaker | None] | None = getattr(show, "taker", None)
    if taker is not None:
        reader.hand_over(lambda pattern: taker(pattern, reading, texts.add, keep=texts.keep, flush=texts.flush))
    for packet in packets:
        reading.observe(packet)
        yield packet


def rows_by_columns(
    options: argparse.Namespace,
    source: str,
    show: Show,
    passes: CompiledFilter | None,
    clock: Clock,
    texts: Texts,
) -> Callable[[Iterator[Packet], CaptureReader], Iterator[Packet]] | None:
    """Return what prints the rows of usual frames by columns, and yields the packets of all others that pass.

    None where they are not rows of fields that have columns, where the capture is too small for it to be worth while,
    or where what it takes is not installed. To be used before the first packet is taken from the reader.
    """
    if options.kind != "fields" or options.twice or options.preferences or options.color or texts.is_waited_for:
        return None
    from dissect.views.rows import FieldOptions

    settings = FieldOptions.read(options.settings)
    if settings.quote != "n" or not size.is_large(source):
        return None
    from dissect.tables.text_rows import text_rows

    reading = ReadingPass(only=learnt_for(options), facts=facts_for(options))
    rows = text_rows(options.fields, passes, settings.separator, show, reading, clock, texts.add)
    if rows is None:
        return None

    def along(packets: Iterator[Packet], reader: CaptureReader) -> Iterator[Packet]:
        reader.hand_over(rows.taker)
        for packet in packets:
            clock.advance(packet)
            rows.observe(packet)
            if passes is None or passes(packet):
                yield packet

    return along


def chunk_for(options: argparse.Namespace, source: str) -> int:
    """Return how many bytes are read at a time."""
    by_columns = options.kind == "fields" or options.statistics
    return size.CHUNK if by_columns and size.is_large(source) else CHUNK


def learnt_for(options: argparse.Namespace) -> Container[type[Header]] | None:
    """Return the classes of headers of which a reading pass has to learn for the output; None for all of them."""
    if not options.fields:
        return None
    from dissect.filters.reach import classes_to_learn

    return classes_to_learn(options.fields) if options.kind in ("fields", "json") else None


def looked_into_for(options: argparse.Namespace) -> Container[type[Header]] | None:
    """Return the classes of headers of which the output may tell what they carry; None for all of them."""
    if not options.fields:
        return None
    from dissect.filters.reach import classes_to_look_into

    return classes_to_look_into(options.fields) if options.kind in ("fields", "json") else None


def facts_for(options: argparse.Namespace) -> Collection[str] | None:
    """Return the facts that a reading pass has to learn for the output, of those that take long; None for all."""
    if options.fields and options.kind in ("fields", "json"):
        from dissect.filters.reach import costly_facts

        return costly_facts(options.fields)
    is_list = options.kind in ("text", "tabs", "psml") and not options.details
    return frozenset() if is_list else None


def printer(
    show: Show, texts: Texts, passes: CompiledFilter
) -> Callable[[Packet, ReadingPass], RecordTaker | None] | None:
    """Return what gives, for packets like one and a reading pass, what prints those that pass a filter without them.

    None where the output is not compiled.
    """
    taker: Callable[..., RecordTaker | None] | None = getattr(show, "taker", None)
    if taker is None:
        return None
    return lambda pattern, reading: taker(
        pattern,
        reading,
        texts.add,
        passes.sieve,
        passes.test,
        may_pass=passes.held().may_pass,
        keep=texts.keep,
        flush=texts.flush,
    )


def shown(options: argparse.Namespace, clock: Clock) -> Show:
    """Return what makes a packet's output, so that a wrong field is reported before a file is opened."""
    # Loaded for output that is worth it.
    from dissect.views.compiled import CompiledText

    paint = painter(options.color) if options.kind in ("text", "tabs") else None
    into = looked_into_for(options)
    return CompiledText(_maker(options, paint, into), clock, kept=_kept(options, paint), into=into)


def _kept(options: argparse.Namespace, paint: Painter | None) -> KeptForms | None:
    """Return the forms that earlier processes have left for what these options have printed of a packet.

    None where others may have declared protocols, and where the program is run inside of another one, which may have
    changed anything.
    """
    if not getattr(options, "is_process", False) or has_outsiders(protocols.__name__):
        return None
    from dissect.views.kept_forms import KeptForms

    # The order of a set is another one in each process.
    asked = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in vars(options).items()
        if name not in _OF_NO_TEXT
    }
    if asked.get("filter") is not None:
        # What a filter's name stands for is told elsewhere.
        from dissect.filters import saved

        asked["filter"] = saved.expand(options.filter)
    # How many colours the terminal has shows in how one is asked for.
    colours = None if paint is None else _asks_for_colours(paint)
    return KeptForms(f"{sorted(asked.items())} {colours}")


def _asks_for_colours(paint: Painter) -> str:
    from dissect.views.colouring import RULES

    return paint(" ", RULES[0][0])


def _maker(options: argparse.Namespace, paint: Painter | None, into: Container[type[Header]] | None) -> _Maker:
    """Return what gives the function that makes a packet's output, for the clock that tells the times.

    It looks behind no header that is not in `into`; None for all.
    """
    if options.kind == "fields":
        from dissect.views.rows import FieldOptions, compile_row, header_row

        settings = FieldOptions.read(options.settings)
        compile_row(options.fields, settings)
        if settings.bom:
            sys.stdout.write("\ufeff")
        if settings.header:
            sys.stdout.write(header_row(options.fields, settings) + "\n")
        return lambda clock: compile_row(options.fields, settings, clock, into)
    if options.kind == "psml":
        from dissect.views.psml import psml_packet

        return lambda clock: lambda packet: psml_packet(packet, clock, clock.time_format, clock.digits(packet))
    if options.kind in ("pdml", "ek"):
        return _for_programs(options)
    if options.kind in ("json", "jsonraw"):
        from dissect.views.json import JsonObjects, Shape, json_fields

        if options.fields:
            from dissect.views.rows import compile_row_json

            def of_fields(clock: Clock) -> Show:
                cells = compile_row_json(options.fields, clock, into)
                return lambda packet: json_fields(packet, cells(packet))

            return of_fields
        is_raw = options.kind == "jsonraw"
        layers = options.layers or options.whole_layers
        shape = Shape(options.bytes or is_raw, not is_raw, layers, options.whole_layers is not None, options.merged)
        return lambda clock: JsonObjects(clock, shape)
    return lambda clock: _text(options, clock, paint)


def _for_programs(options: argparse.Namespace) -> _Maker:
    """Return what gives the function that makes XML or documents of packets."""
    named, is_whole = options.layers or options.whole_layers, options.whole_layers is not None
    if options.kind == "pdml":
        from dissect.views.pdml import PdmlElements
        from dissect.views.pdml import pdml_fields as of_fields

        def of_packets(clock: Clock) -> Show:
            return PdmlElements(clock, protocols=named, whole=is_whole)
    else:
        from dissect.views.ek import EkDocuments
        from dissect.views.ek import ek_fields as of_fields

        def of_packets(clock: Clock) -> Show:
            return EkDocuments(clock, raw=options.bytes, protocols=named, whole=is_whole)

    if not options.fields:
        return of_packets

    def with_fields(clock: Clock) -> Show:
        from dissect.views.rows import compile_row_json

        cells = compile_row_json(options.fields, clock)
        return lambda packet: of_fields(packet, cells(packet))

    return with_fields


def _text(options: argparse.Namespace, clock: Clock, paint: Painter | None) -> Show:
    """Return what makes the text of a packet: the list, unless details or bytes are wanted; then each that is."""
    is_listed = options.summary or not (options.details or options.bytes or options.quiet)
    separator = options.separator
    makers: list[Show] = []
    if is_listed:
        line = _line(options, clock, paint)
        # An empty line stands between a packet's line and its bytes.
        makers.append((lambda packet: line(packet) + "\n") if options.bytes and not options.details else line)
    if options.details:
        from dissect.views.details import Details

        details = Details(clock, options.protocols)
        if options.bytes and not is_listed:
            from dissect.views.dumped import WithDump

            return WithDump(details, separator)
        makers.append(details)
    if options.bytes:
        # Loaded for those who want bytes.
        from dissect.views.dumped import dump

        makers.append(dump)
    if len(makers) == 1 and not separator:
        return makers[0]
    return lambda packet: "\n".join(make(packet) for make in makers) + separator


def _line(options: argparse.Namespace, clock: Clock, paint: Painter | None) -> Show:
    time_format, gap = clock.time_format, "\t" if options.kind == "tabs" else " "

    def plain(packet: Packet) -> str:
        return list_line(packet, clock, time_format, clock.digits(packet), gap)

    if paint is None:
        return plain
    from dissect.views.colouring import rule_for

    def coloured(packet: Packet) -> str:
        line, rule = plain(packet), rule_for(packet)
        return line if rule is None else paint(line, rule)

    return coloured
