"""Two captures held against each other: frames changed, missing, added and moved, and the fields that differ."""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Literal, TypeAlias

from dissect.declaration.times import seconds_text
from dissect.declaration.views import view
from dissect.differences.alignment import aligned
from dissect.differences.canonical import Equality
from dissect.differences.field_differences import FieldDifference, header_differences
from dissect.differences.numbering import Numbering
from dissect.differences.pairing import Likeness, likeness, paired
from dissect.differences.sources import Comparable, Frames
from dissect.errors import CaptureError
from dissect.packets.links import link_name
from dissect.packets.packet import Packet
from dissect.wireshark.columns import summarize

__all__ = ["Comparison", "FrameDifference", "compare"]

Kind: TypeAlias = Literal["changed", "missing", "added", "moved"]

LOOKED_INTO = 20_000
"""Of how many frames without an equal all fields are kept, to find out which were changed into which."""


@dataclass(frozen=True, slots=True)
class FrameDifference:
    """A frame in which two captures differ.

    `kind` is "changed", "missing" (only the first capture has it), "added" (only the second has it) or
    "moved" (both have it, elsewhere among the others). `before` is the frame of the first capture and
    `after` that of the second; of a moved one, `after` is None and `moved_to` the number that it has there.
    `fields` are the differences of a changed one.
    """

    kind: Kind
    before: Packet | None
    after: Packet | None
    fields: tuple[FieldDifference, ...] = ()
    moved_to: int | None = None

    @property
    def number(self) -> int:
        """The frame's number in the first capture, or in the second where only that one has it."""
        packet = self.before if self.before is not None else self.after
        assert packet is not None
        return packet.number

    @property
    def name(self) -> str:
        """The frame's number as lines have it: "#3", or "#3=#4" where it is another one in the second capture."""
        if self.after is None or self.before is None or self.after.number == self.before.number:
            return f"#{self.number}"
        return f"#{self.before.number}=#{self.after.number}"

    @property
    def is_of_time(self) -> bool:
        """Whether the two frames differ in their times and in nothing else."""
        return self.kind == "changed" and all(field.name.startswith("frame.time") for field in self.fields)

    @property
    def summary(self) -> str:
        """The frame in a few words: addresses, protocol, length, what it says."""
        packet = self.before if self.before is not None else self.after
        assert packet is not None
        columns = summarize(packet)
        return f"{columns.source} → {columns.destination} {columns.protocol} {columns.length} {columns.info}"

    def lines(self) -> Iterator[str]:
        """Yield the lines that tell the difference; consequences are indented below their cause.

        `#3 ip.ttl 64 -> 63 at byte 22`, for instance.
        """
        if self.kind == "missing":
            yield f"#{self.number} missing: {self.summary}"
        elif self.kind == "added":
            yield f"#{self.number} added: {self.summary}"
        elif self.kind == "moved":
            yield f"#{self.number} moved to #{self.moved_to}: {self.summary}"
        else:
            for difference in self.fields:
                yield f"{self.name} {difference}"
                for consequence in difference.consequences:
                    yield f"{' ' * len(self.name)}   so {consequence}"

    def __str__(self) -> str:
        return "\n".join(self.lines())


SHOWN_DIFFERENCES = 20
"""How many differences a prompt shows of a comparison."""


class Comparison:
    """What two captures differ in; iterating gives each `FrameDifference` in the order of the frames.

    Frames are read again while it is iterated over, and none is kept: `differences` keeps them all.
    `count_before` and `count_after` tell how many frames the two have.
    """

    def __init__(self, before: Frames, after: Frames, equality: Equality) -> None:
        self._before, self._after = before, after
        self._equality = equality
        self._differences: tuple[FrameDifference, ...] | None = None
        numbers: dict[bytes, int] = {}
        ours, theirs = _keys(before, equality, numbers), _keys(after, equality, numbers)
        del numbers
        self.count_before, self.count_after = len(ours), len(theirs)
        self._partners = array("q", bytes(8 * len(ours)))
        self._kinds = bytearray(len(ours))
        self._added = bytearray(len(theirs))
        self._pair(ours, theirs)

    @property
    def is_equal(self) -> bool:
        """Whether the two captures differ in nothing that counts."""
        if self._differences is not None:
            return not self._differences
        return next(self._walk(), None) is None

    @property
    def differences(self) -> tuple[FrameDifference, ...]:
        """All differences, kept."""
        if self._differences is None:
            self._differences = tuple(self._walk())
        return self._differences

    def _repr_html_(self) -> str:
        """Return the first differences as a table, as notebooks show them."""
        table: str = view("comparison_html")(self)
        return table

    def __iter__(self) -> Iterator[FrameDifference]:
        return self._walk() if self._differences is None else iter(self._differences)

    @property
    def names(self) -> tuple[str, str]:
        """What the two captures are called: their paths, or "the frames"."""
        return self._before.name, self._after.name

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "no differences"

    def __repr__(self) -> str:
        head = f"Comparison of {self.count_before} and {self.count_after} frames"
        try:
            shown = [str(each) for each in islice(self, SHOWN_DIFFERENCES + 1)]
        except (CaptureError, OSError) as error:
            # A repr must not raise because somebody has removed a file.
            return f"<{head}: {error}>"
        if len(shown) > SHOWN_DIFFERENCES:
            shown[-1] = "..."
        lines = "\n".join(shown) or "no differences"
        return f"<{head}: {lines}>"

    def _pair(self, ours: array[int], theirs: array[int]) -> None:
        """Find out what became of each frame of the first capture, and which frame of the second is its partner."""
        kinds, partners = self._kinds, self._partners
        kinds[:] = bytes([_MISSING]) * len(ours)
        self._added[:] = b"\1" * len(theirs)
        pairs = aligned(ours, theirs)
        for at, beside in pairs:
            kinds[at], partners[at], self._added[beside] = _SAME, beside, 0
        del pairs
        self._find_moved(ours, theirs)
        missing = kinds.count(_MISSING)
        added = self._added.count(1)
        if missing and added:
            self._pair_changed(with_fields=missing + added <= LOOKED_INTO)

    def _find_moved(self, ours: array[int], theirs: array[int]) -> None:
        """Find the missing frames that are elsewhere among the added ones."""
        kinds, partners = self._kinds, self._partners
        left: dict[int, deque[int]] = defaultdict(deque)
        for beside, added in enumerate(self._added):
            if added:
                left[theirs[beside]].append(beside)
        if not left:
            return
        for at, kind in enumerate(kinds):
            if kind == _MISSING and left.get(ours[at]):
                beside = left[ours[at]].popleft()
                kinds[at], partners[at], self._added[beside] = _MOVED, beside, 0
        if _MOVED in kinds:
            self._straighten()

    def _straighten(self) -> None:
        """Of frames that changed places, let those stand that have the same distance as the frames around them.

        Of 1 2 3 and 3 2 1 any one may stay, and a reader expects that to be 2.
        """
        kinds, partners = self._kinds, self._partners
        distance, start = 0, 0
        for end in range(len(kinds) + 1):
            at_end = end == len(kinds)
            if not at_end and (kinds[end] != _SAME or partners[end] - end != distance):
                if kinds[end] != _SAME or end == start or kinds[end - 1] != _SAME:
                    continue
                if partners[end] - end != partners[end - 1] - end + 1:
                    continue
                # Two pairs in a row have another distance: from here on it is the usual one.
                distance, start = partners[end] - end, end + 1
                continue
            stretch = range(start, end)
            crooked = [at for at in stretch if kinds[at] == _SAME]
            straight = [at for at in stretch if kinds[at] == _MOVED and partners[at] - at == distance]
            if crooked and len(straight) >= len(crooked):
                for at in crooked:
                    kinds[at] = _MOVED
                for at in straight:
                    kinds[at] = _SAME
            start = end + 1

    def _pair_changed(self, *, with_fields: bool) -> None:
        """Find which of the missing frames were changed into which of the added ones, gap by gap."""
        mine = _likenesses(self._before, self._kinds, _MISSING, with_fields)
        others = _likenesses(self._after, self._added, 1, with_fields)
        gap: list[int] = []
        other_start = 0
        for at in range(len(self._kinds) + 1):
            if at < len(self._kinds) and self._kinds[at] != _SAME:
                if self._kinds[at] == _MISSING:
                    gap.append(at)
                continue
            other_end = self._partners[at] if at < len(self._kinds) else len(self._added)
            if gap:
                beside = [each for each in range(other_start, other_end) if self._added[each]]
                for one, other in paired(gap, beside, mine.__getitem__, others.__getitem__):
                    self._kinds[one], self._partners[one], self._added[other] = _CHANGED, other, 0
                gap = []
            other_start = other_end + 1

    def _walk(self) -> Iterator[FrameDifference]:
        """Read both captures side by side and yield the differences."""
        equality, numbering = self._equality, Numbering()
        is_exact = equality.is_plain
        tolerance = None if is_exact else equality.tolerance(numbering)
        every = equality.compares_numbers
        times = _Times(equality.times)
        theirs = enumerate(_as_many(self._after, self.count_after))
        moved = self._moved_numbers()
        for at, packet in enumerate(_as_many(self._before, self.count_before)):
            kind = self._kinds[at]
            if kind == _MISSING:
                yield FrameDifference("missing", packet, None)
                continue
            if kind == _MOVED:
                yield FrameDifference("moved", packet, None, moved_to=moved[self._partners[at]])
                continue
            partner = self._partners[at]
            for beside, other in theirs:
                if beside == partner:
                    break
                if self._added[beside]:
                    yield FrameDifference("added", None, other)
            found = [*times.differences(packet, other)]
            if kind == _CHANGED or (every and not equality.agree(packet.frame, other.frame, numbering)):
                found = [*_frame_fields(packet, other, equality), *found]
                if packet.data != other.data or (not is_exact and packet.link == other.link):
                    found += header_differences(packet.frame, other.frame, tolerance)
            if found:
                yield FrameDifference("changed", packet, other, tuple(found))
        for beside, other in theirs:
            if self._added[beside]:
                yield FrameDifference("added", None, other)

    def _moved_numbers(self) -> dict[int, int]:
        """Return by position the number of each frame in the second capture that was moved there."""
        places = {partner for kind, partner in zip(self._kinds, self._partners, strict=True) if kind == _MOVED}
        if not places:
            return {}
        return {at: packet.number for at, packet in enumerate(self._after.packets()) if at in places}


_MISSING, _SAME, _CHANGED, _MOVED = range(4)


class _Times:
    """Compares the times of frames that stand beside each other."""

    def __init__(self, how: str) -> None:
        self._how = how
        self._first: tuple[int, int] | None = None

    def differences(self, ours: Packet, theirs: Packet) -> Iterator[FieldDifference]:
        """Yield the difference of two times, if there is one; a frame without a time has none to compare."""
        mine, other = ours.time_ns, theirs.time_ns
        if mine is None or other is None or self._how == "absent":
            return
        name = "frame.time_epoch"
        if self._how == "relative":
            name = "frame.time_relative"
            if self._first is None:
                self._first = mine, other
            mine, other = mine - self._first[0], other - self._first[1]
        if mine != other:
            yield FieldDifference(name, None, seconds_text(mine), seconds_text(other))


def _as_many(frames: Frames, count: int) -> Iterator[Packet]:
    """Yield the frames; CaptureError where they are not as many any more as when they were aligned."""
    seen = 0
    for packet in frames.packets():
        seen += 1
        if seen > count:
            break
        yield packet
    if seen != count:
        name = frames.name
        raise CaptureError(f"{name} was changed while it was compared: compare again when it is whole", path=name)


def _frame_fields(ours: Packet, theirs: Packet, equality: Equality) -> Iterator[FieldDifference]:
    """Yield the differences beside bytes and time: the link type, and how much of the frame the capture has."""
    if ours.link != theirs.link and not equality.ignores("frame.encap_type"):
        yield FieldDifference("frame.encap_type", None, link_name(ours.link), link_name(theirs.link))
    cut, other_cut = (packet.original_length - packet.captured_length for packet in (ours, theirs))
    if cut != other_cut and not equality.ignores("frame.len"):
        if ours.original_length != theirs.original_length:
            yield FieldDifference("frame.len", None, str(ours.original_length), str(theirs.original_length))
        else:
            yield FieldDifference("frame.cap_len", None, str(ours.captured_length), str(theirs.captured_length))


def _keys(frames: Frames, equality: Equality, numbers: dict[bytes, int]) -> array[int]:
    """Return a number for each frame, the same for frames that count as equal."""
    keys = array("L")
    plain = equality.is_plain
    for packet in frames.packets():
        if plain:
            head = b"%d %d " % (
                0 if equality.ignores("frame.encap_type") else packet.link,
                0 if equality.ignores("frame.len") else packet.original_length - packet.captured_length,
            )
            key = head + packet.data
        else:
            key = equality.key(packet)
        digest = blake2b(key, digest_size=16).digest()
        keys.append(numbers.setdefault(digest, len(numbers)))
    return keys


def _likenesses(frames: Frames, kinds: bytearray, kind: int, with_fields: bool) -> dict[int, Likeness]:
    """Return that of each frame of one kind, by position."""
    return {
        at: likeness(packet, with_fields=with_fields) for at, packet in enumerate(frames.packets()) if kinds[at] == kind
    }


def compare(
    a: Comparable,
    b: Comparable,
    *,
    ignore: Iterable[str] = (),
    canonical: Iterable[str] = (),
    display_filter: str | None = None,
    watched: Callable[[Iterator[Packet]], Iterator[Packet]] | None = None,
) -> Comparison:
    """Compare two captures, frame by frame and field by field.

    Each is a path, "-" for the capture on standard input, a packet, a header, bytes (an Ethernet frame), or
    anything that iterates over these. Frames are aligned by longest common subsequence, so that an inserted
    frame is one difference. `ignore` names fields that don't count, as display filters call them, with `*`
    for any characters: {"ip.id", "tcp.options.timestamp.*"}; `canonical` values that are brought into one form before
    they are compared, keys of `dissect.differences.CANONICAL`; of both captures only what
    `display_filter` lets through is compared. Times are compared where both frames have one. `watched` is
    what frames pass through while they are read, for those who show progress.

    Files are read several times and never held; what can be read once is. Raises FieldError for
    names that don't exist, FilterError for a wrong filter, CaptureError where a file is damaged,
    OSError where it can't be opened.

    >>> from dissect import Ethernet, IPv4
    >>> frames = [Ethernet() / IPv4(ttl=ttl) for ttl in (64, 65, 66)]
    >>> changed = [frames[0], frames[1].replace(src="02:00:00:00:00:01"), Ethernet(), frames[2]]
    >>> print(compare(frames, changed))
    #2 eth.src 00:00:00:00:00:00 -> 02:00:00:00:00:01 at byte 6
    #3 added: 00:00:00:00:00:00 → 00:00:00:00:00:00 0x0000 14 Ethernet II
    >>> compare(frames, changed[1:], ignore={"eth.src"}).differences[0].kind
    'missing'
    """
    equality = Equality.of(ignore, canonical)
    if display_filter is not None:
        from dissect.filters.compiler import compile_filter

        compile_filter(display_filter)
    context = equality.needs_context
    return Comparison(
        Frames(a, context=context, display_filter=display_filter, watched=watched),
        Frames(b, context=context, display_filter=display_filter, watched=watched),
        equality,
    )
