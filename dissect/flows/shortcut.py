"""The short way through a reading pass, for usual frames (`dissect.flows.usual`): no header is made of them.

A function is written out for a link type: what a frame must be like, what its learner takes in, and what prints it.
There are two forms of it, of the same lines: one takes a single frame, the other is a loop over the records of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from dissect.captures.records import RecordLoop, Records
from dissect.declaration.gathering import gathered
from dissect.declaration.generated import written
from dissect.declaration.header import Header
from dissect.flows.learner import Learner
from dissect.flows.usual import (
    Sieve,
    Usual,
    UsualNetwork,
    further_networks,
    selecting,
    usual_networks,
)
from dissect.flows.usual_code import REFUSED, SETTLE, SHOW, TAKEN, TICK, Printer, UsualCode
from dissect.packets.clock import Clock

__all__ = ["Take", "shortcut"]

Take: TypeAlias = Callable[[bytes, int, int, int, int, int], bool]
"""`take(buffer, start, end, number, time_ns, original_length)`: whether the frame was taken in."""

_SELDOM = 32
"""So many frames of other protocols are left to who takes in frames of any, if there is one."""


def shortcut(
    link: int,
    learner: Callable[[type[Header]], Learner | None],
    advance: Callable[[int | None], None],
    prints: Callable[[Usual], Printer] | None = None,
    sieve: Callable[[Usual], Sieve | None] | None = None,
    show: Callable[[int | None], None] | None = None,
    further: Take | None = None,
    clock: Clock | None = None,
    into: Container[type[Header]] | None = None,
    *,
    puts_off: bool = False,
) -> Take | None:
    """Return a function that takes in a frame of a link type by the short way; None where there is none.

    It returns False, before anything was learnt, for a frame that has to be observed. `learner` gives a pass's
    learner for a class, None where that takes no part; `advance` is told the time of every frame taken in.

    `prints` gives what makes the texts of a chain, and then the short way is for those frames alone of which all
    headers are known so: none is behind the last of the chain. `show` is told the time of one before its text is made;
    without it no text tells times, and `advance` is told them. Where `show` does no more than tell one clock, loops may
    do so themselves.
    `sieve` tells of a chain which frames somebody wants to look at, None where that may be any. Those are refused, but
    for those that are certainly wanted and can be printed; of others nothing is printed.

    Of headers that are not in `into` nobody asks what they carry; None for all of them. With `puts_off` that is so up
    to a frame that is wanted: such are refused where they carry something, or end what others carried.

    `further` takes in what is not usual, where it can.

    The function has an attribute `loop`, which makes a loop of the same over records (`captures.records.Records`).
    """
    where = f"{__name__} of link type {link}"

    def lines_for(networks: Iterable[UsualNetwork]) -> tuple[list[str], UsualCode]:
        frame = UsualCode(learner, prints, sieve, into, puts_off=puts_off, shows=show is not None)
        lines = [line for around in networks for line in frame.of_network(around)]
        frame.names |= {"advance": advance, "show": show, "clock": clock}
        return lines, frame

    known: dict[int, Take] = {}
    came: dict[int, int] = {}
    waiting: dict[int, list[UsualNetwork]] = {}
    met: dict[int, list[UsualNetwork]] = {}

    def others(which: int, *record: Any) -> bool:
        """Take a frame in whose first header has another number: what is for it is written where it is usual behind.

        One is asked whether it is so each time that twice as many have come.
        """
        take = known.get(which)
        if take is not None and take(*record):
            return True
        count = came[which] = came.get(which, 0) + 1
        is_asked = not count & count - 1 and (further is None or count >= _SELDOM)
        return is_asked and meet(which, *record)

    def meet(which: int, data: bytes, base: int, stop: int, *rest: Any) -> bool:
        """Write what takes in the frames of a network that was not met before, and take one in."""
        if which not in waiting:
            waiting[which] = [*further_networks(link, which)]
        found = next((each for each in waiting[which] if each.is_like(data, base, stop)), None)
        if found is None:
            return False
        waiting[which].remove(found)
        met.setdefault(which, []).append(found)
        lines, frame = lines_for(met[which])
        if lines:
            known[which] = written(_single([*lines, REFUSED]), frame.names, "take", f"{where} and {which}")
        return bool(lines) and known[which](data, base, stop, *rest)

    lines, frame = lines_for(usual_networks(link))
    place = selecting(link)
    names = dict(frame.names)
    if lines and place is not None:
        direct = frozenset(around.numbers[0] for around in usual_networks(link))
        how = gathered({"which": place})
        names |= {"others": others, "direct": direct, "gather_which": how.unpack}
        lines += [
            f"if here >= {how.size}:",
            f" {how.variables[0]}, = gather_which(data, base)",
            f" which = {how.values['which']}",
            " if which not in direct:",
            f"  {SETTLE}",
            "  if others(which, data, base, stop, number, time_ns, original):",
            f"   {TAKEN}",
        ]
    elif further is None:
        return None
    names["further"] = further
    lines = [*(lines if place is not None else ()), REFUSED]
    take: Any = written(_single(lines, further), names, "take", where)

    def loop(records: Records) -> RecordLoop:
        of_loop = {**frame.in_loops, **records.names, "flushes": frame.flushes}
        shown_alone = clock is not None and not any(line.lstrip() == TICK for line in lines)
        return written(_loop(lines, records, further, shown_alone=shown_alone), names | of_loop, "loop", where)

    take.loop = loop
    return take  # type: ignore[no-any-return]  # it has the attribute


_FURTHER = "further(data, base, stop, number, time_ns, original)"


def _single(lines: list[str], further: Take | None = None) -> list[str]:
    """Return the function that takes one frame."""
    refused = ["return False"] if further is None else [f"return {_FURTHER}"]
    ends = {TAKEN: ["return True"], REFUSED: refused, TICK: ["advance(time_ns)"], SHOW: ["show(time_ns)"]}
    ends[SETTLE] = []
    return [
        "def take(data, base, stop, number, time_ns, original):",
        " here = stop - base",
        *(f" {line}" for line in _filled(lines, ends)),
    ]


def _loop(lines: list[str], records: Records, further: Take | None = None, *, shown_alone: bool = False) -> list[str]:
    """Return the loop over records, up to one that does not lie whole in the buffer or is refused.

    Where all frames are shown and there is one clock, it is told the times that texts ask for, and the rest later.
    """
    if shown_alone:
        settle = ["if latest is not None: clock.come_to(latest)", "latest = None"]
        show = [
            "if latest is None: show(time_ns)",
            "else: clock.previous = clock.previous_shown = latest",
            "latest = time_ns",
        ]
    else:
        # The times of the first frame and the last two leave the same behind as those of all.
        settle = ["if earlier is not None: advance(earlier); advance(latest)", "earlier = latest = None"]
        show = [*(settle if any(line.lstrip() == TICK for line in lines) else ()), "show(time_ns)"]
    ends = {
        TAKEN: ["position = after", "continue"],
        REFUSED: ["break"]
        if further is None
        else [*settle, f"if not {_FURTHER}: break", "position = after", "continue"],
        TICK: ["if latest is None: advance(time_ns)", "earlier, latest = latest, time_ns"],
        SHOW: show,
        SETTLE: settle,
    }
    return [
        "def loop(data, position, limit, number):",
        " earlier = latest = None",
        *(f" {line}" for line in records.begin),
        # No record has less than one byte.
        " for number in range(number + 1, number + 2 + limit - position):",
        *(f"  {line}" for line in records.lines),
        "  here = stop - base",
        *(f"  {line}" for line in _filled(lines, ends)),
        f" {settle[0]}",
        " for flush in flushes: flush()",
        " return position, number - 1",
    ]


def _filled(lines: list[str], ends: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the lines, with these in place of what stands for them."""
    for line in lines:
        inside = line.lstrip()
        if inside in ends:
            yield from (line[: -len(inside)] + each for each in ends[inside])
        else:
            yield line
