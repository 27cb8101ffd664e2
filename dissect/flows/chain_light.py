"""What goes on in the frames of a chain where headers have to be made: those in front, or behind what is known.

Most learners are given numbers (`dissect.flows.chain_code`). Who asks for more than that is shown the headers here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.header import Header
from dissect.declaration.traced import is_open
from dissect.flows.known_chain import ChainPrinter, Observers, Variant
from dissect.flows.learner import Place
from dissect.wireshark.sight import look_at_nothing, sight_of_class

__all__ = ["Light", "PlaceOfChain"]


class PlaceOfChain(Place):
    """Where a reading pass has arrived in a frame whose silent headers are made only if a learner asks for them."""

    __slots__ = ("_frame", "_given", "_made", "_silent")

    def __init__(
        self,
        frame: bytes,
        number: int,
        time_ns: int | None,
        silent: tuple[tuple[int, Callable[..., Any], int, int, Callable[[Any, Place], None]], ...],
        given: tuple[int, ...],
    ) -> None:
        # All else is left out: what the silent headers tell is there when somebody asks for it.
        self.number = number
        self.time_ns = time_ns
        self.addresses = self.datagram_end = None
        self.quoted = False
        self._frame = frame
        self._silent = silent
        self._given = given
        self._made: list[Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is not None:
            raise AttributeError(name)
        made = self._made = []
        real = Place(self.number, self.time_ns)
        for (_, decode, start, outer, observe), end in zip(self._silent, self._given, strict=True):
            header = decode(self._frame, start, end, outer)
            observe(header, real)
            made.append(header)
        for each, slot in _TOLD:
            try:
                # What was said since stays.
                slot(self)
            except AttributeError:
                setattr(self, each, getattr(real, each))
        return getattr(self, name)

    def told(self) -> dict[int, dict[str, Any]]:
        """Return the facts that were told of silent headers, by their places in the chain."""
        made = zip(self._silent, self._made or (), strict=False)
        return {each[0]: header.facts for each, header in made if header.facts}


_TOLD = tuple(
    (name, Place.__dict__[name].__get__)
    for name in Place.__slots__
    if name not in ("number", "time_ns", "addresses", "datagram_end", "quoted")
)
"""What silent headers may tell, and what gives it where it was told."""


class Light:
    """What goes on where other headers follow than those of the chain: others tell, or nobody can but the bytes."""

    def __init__(
        self, observers: Observers, tick: Callable[[int | None], None], printer: ChainPrinter | None,
        learnt: tuple[int, ...],
    ) -> None:  # fmt: skip
        self._observers = observers
        self._tick = tick
        self._printer = printer
        self._learnt = learnt
        self._known: dict[type[Header], tuple[Callable[[Any, Place], None] | None, Callable[[Any], Any], bool]] = {}
        """By the class of a header: what takes it in, what tells its payload, and whether it goes on to the end."""

    def of_object(
        self, header: Any, place: int, facts: tuple[dict[str, Any], ...], data: bytes, base: int, size: int,
        number: int, time_ns: int, original: int, frame: bytes, where: PlaceOfChain,
    ) -> None:  # fmt: skip
        """Go on behind the header at a place, which carries this one, as the frame tells or others do, or None."""
        others: list[Any] = []
        is_standing = True
        known = self._known
        while header is not None:
            cls = header.__class__
            try:
                observe, payload, _ = known[cls]
            except KeyError:
                observe, payload, _ = known[cls] = self._look_up(cls)
            if observe is not None:
                observe(header, where)
            others.append(header)
            if header.buffer is not frame or not header.is_attached:
                is_standing = False
            header = payload(header)
        self._tick(time_ns)
        printer = self._printer
        if printer is None:
            return
        text = None
        told = where.told() if where._made else {}
        variant: Variant | None = None
        if is_standing and not told:
            variant = (place,)
            for each in others:
                cls = each.__class__
                variant += (cls, each.own_start, None if known[cls][2] else each.own_end, bool(each.facts))
            make = printer.quick.get(variant)
            if make is not None:
                text = make(data, base, size, number, time_ns, original, facts, others)
        if text is None:
            told |= self._by_place(facts) | {at: each.facts for at, each in enumerate(others, place + 1) if each.facts}
            text = printer.slow(frame, number, time_ns, original, told, variant)
        printer.add(text)

    def _by_place(self, facts: tuple[dict[str, Any], ...]) -> dict[int, dict[str, Any]]:
        return dict(zip(self._learnt, facts, strict=False))

    def _look_up(self, cls: type[Header]) -> tuple[Callable[[Any, Place], None] | None, Callable[[Any], Any], bool]:
        payload = look_at_nothing if self._observers.ends(cls) else sight_of_class(cls).payload
        return self._observers.observer(cls), payload, is_open(cls)
