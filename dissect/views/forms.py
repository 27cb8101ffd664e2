"""Forms: packets whose headers are of the same classes at the same places, and functions that make their texts.

A form gathers what traces have told (`dissect.wireshark.tracing`): which questions lead to which texts
(`dissect.declaration.branches`), written out as functions (`dissect.views.form_code`). A text whose holes are filled so
is compared with that of the ordinary code a few times before it is relied on.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from dissect.declaration.branches import Branch, Leaf, pruned, refused, words
from dissect.declaration.header import Header
from dissect.declaration.symbols import FIRST_HOLE, MOST_HOLES, Trace, UntraceableError
from dissect.flows.known_chain import ChainPrinter, KnownChain, Variant
from dissect.flows.usual import Usual
from dissect.flows.usual_code import Printer
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.chain_forms import ChainText
from dissect.views.form_code import OTHERS, FormCode
from dissect.views.kept_branches import recall, recount, restored_branch, told_branch
from dissect.views.pattern import Pattern
from dissect.views.sums import Sum
from dissect.views.usual_forms import UsualText
from dissect.wireshark.tracing import TracedClock, chain_of, traced

__all__ = ["Form"]

_MOST_LEAVES, _MOST_BRANCHES = 512, 512
"""How many texts, and how many branches, a form has at most."""
_FAILURES = 8
"""After so many packets that could not be followed, a form is given up."""
_FAILURES_ALIKE = 2
"""After so many packets that could not be followed, those with the same answers are left alone."""
_USES_PER_FAILURE = 1
"""A form that has made so many texts for each packet that could not be followed is not given up."""
_FURTHER = 4
"""Of so many headers behind those that are alike may be asked of which class they are."""
_MOST_COUNTED = 4
"""It is new to know of so many packets that they led nowhere; more of them change nothing."""
_TIMES_TRIED = 2
"""So many texts of a leaf are compared with those of the ordinary code."""


class Form:
    """Packets whose headers are of the same classes at the same places, and what of them matters to a text."""

    def __init__(self, count: int, clock: Clock, pattern: Pattern | None = None) -> None:
        self._clock = clock
        self._count = count
        """How many of the headers are alike; of those behind them the classes matter, if anything does."""
        self._code = FormCode(count + _FURTHER, clock, pattern)
        self._root: Branch | None = None
        self._served: list[ChainText | UsualText] = []
        """What makes the texts of frames that become no packets."""
        self._missed: tuple[Branch, tuple[Any, ...]] | None = None
        """Where the last packet's answers led nowhere."""
        self._trial: tuple[Leaf, str] | None = None
        """The leaf that the last packet came to, and its text, where that is still compared."""
        self._misses = self._leaves = self._branches = self._failures = 0
        self._followed: set[tuple[int, Any]] = set()
        """Where the answers of packets led nowhere that were followed: they lead on since."""
        self._keeps_bytes = self._settled = False
        self.reason = ""
        """Why a packet could not be followed, the last that could not."""
        self.is_new = False
        """Whether it knows something that it did not know when it was taken back, or made."""

    @property
    def uses(self) -> int:
        """How many texts were made so."""
        return self._code.uses[0]

    @property
    def leaves(self) -> list[Callable[..., str | None]]:
        """What makes the texts; `refused` in place of what made another one than the ordinary code."""
        branches = [] if self._root is None else self._root.walk()
        return [call for branch in branches for call in branch.calls.values()]

    @property
    def is_given_up(self) -> bool:
        """Whether too many packets could not be followed, and too few texts were made so."""
        return self._failures >= _FAILURES and self.uses < _USES_PER_FAILURE * self._failures

    def text(self, packet: Packet, headers: list[Header], *, is_usual: bool = False) -> str | None:
        """Return the text of such a packet; None where it has to be made the ordinary way.

        `is_usual` is for those of a usual chain: the next one like it has no need of a packet.
        """
        self._missed = self._trial = None
        root = self._root
        if root is None:
            return None
        branch = root
        code = self._code
        try:
            while True:
                ask = branch.ask
                key = code.answers(branch, packet, headers) if ask is None else ask(packet, headers)
                call = branch.calls.get(key)
                if call is not None:
                    break
                following = branch.branches.get(key)
                if following is None:
                    if branch.waiting and self._recall(branch):
                        continue
                    self._missed = branch, key
                    return None
                branch = following
            leaf = branch.leaves[key]
            values = leaf.values
            text = call(*(code.arguments(leaf, packet, headers) if values is None else values(packet, headers)))
        except OTHERS:
            self._missed = branch, ()
            return None
        if text is not None:
            code.uses[0] += 1
            if is_usual and not leaf.is_usual:
                leaf.is_usual = self.is_new = True
                self._write_quick()
        return text

    def serve(self, usual: Usual, printer: Printer, place: int) -> None:
        """Keep functions for the frames of a usual chain at a place of the printer's tables."""
        self._serve(UsualText(self._code, usual, place, None, self._now, self._settle), printer.quick, place)
        plain = usual.plain
        if plain is not None and place:
            self._serve(UsualText(self._code, usual, place, plain, self._now, self._settle), printer.plain, place)

    def serve_chain(self, chain: KnownChain, printer: ChainPrinter, variant: Variant) -> None:
        """Keep a function for the frames of a chain in the printer's table, as they are seen in the light of others."""
        self.keep_chain(chain, variant, printer.quick, variant)

    def keep_chain(self, chain: KnownChain, variant: Variant, table: dict[Any, Any], place: Any) -> None:
        """Keep a function like those of `ChainPrinter.quick` at a place of a table."""
        self._serve(ChainText(self._code, chain, variant, self._now), table, place)

    def _serve(self, made: ChainText | UsualText, table: dict[Any, Any], place: Any) -> None:
        self._served.append(made)
        made.serve(table, place)

    def _settle(self) -> None:
        """Take note that functions were written for usual frames, for other processes."""
        self.is_new |= not self._settled
        self._settled = True

    def _now(self) -> Branch | None:
        """Return where the questions begin, as they are now."""
        return self._root

    @property
    def is_known(self) -> bool:
        """Whether there is anything that makes texts."""
        return self._root is not None

    def tries(self, text: str, *, is_usual: bool) -> bool:
        """Compare the text of the last packet, made the ordinary way, with that of a leaf that is new; whether one is.

        What looks at the text of a number, for which a character stands when it is traced, shows so.
        """
        if self._trial is None:
            return False
        leaf, guess = self._trial
        leaf.tried += 1
        self.is_new = True
        if guess != text:
            leaf.is_refused = True
            leaf.call(refused)
        elif leaf.tried >= _TIMES_TRIED:
            leaf.is_relied_on = True
            leaf.call(leaf.function)
            # The quick function for usual frames does not ask for what is the same in all of them.
            leaf.is_usual |= is_usual
            self._write_quick()
        return True

    def wants(self, rare: int) -> bool:
        """Whether the last packet, whose text had to be made the ordinary way, is worth to be followed.

        That is so where more than `rare` packets have given the same answers.
        """
        if self._root is None:
            self._misses += 1
            self.is_new |= self._misses <= _MOST_COUNTED
            return self._misses > rare
        if self._missed is None or self._leaves >= _MOST_LEAVES or self._branches >= _MOST_BRANCHES:
            return False
        branch, key = self._missed
        if branch.counted:
            recount(branch)
        misses = branch.misses(key)
        self.is_new |= misses <= _MOST_COUNTED
        return misses > rare and branch.failed.get(key, 0) < _FAILURES_ALIKE

    def learn(
        self, text: str, packet: Packet, headers: list[Header], make: Callable[[Packet], str], noting: TracedClock
    ) -> None:
        """Trace how the text of a packet is made, and make those of its kind so from now on."""
        missed = self._missed
        if missed is not None:
            where = id(missed[0]), missed[1]
            if where in self._followed:
                # What was made for these answers was not found by them.
                self._fail(missed)
            self._followed.add(where)
        try:
            pattern, trace = self._traced(packet, headers, make, noting)
            chain = chain_of(trace, packet, headers[: self._count])
            sums = {name: Sum.of(chain, name, *where) for name, where in trace.checksums.items()}
            self._code.take_in(trace, sums)
            leaf = self._enter(pattern, trace)
        except (UntraceableError, Exception) as error:
            # The ordinary code has made this packet's text without an error: what is wrong comes of following it.
            self.reason = f"{type(error).__name__}: {error}"
            self._fail(missed)
            return
        # Its answers are those of the trace: that they lead to the leaf shows with the next packet.
        try:
            guess = leaf.function(*self._code.arguments(leaf, packet, headers))
        except OTHERS:
            self._fail(missed)
            return
        self._trial = leaf, guess
        self.tries(text, is_usual=False)

    def _fail(self, missed: tuple[Branch, tuple[Any, ...]] | None) -> None:
        """Note that a packet could not be followed whose answers led nowhere there."""
        self._failures += 1
        # Another process need not find that out again.
        self.is_new = True
        if missed is not None:
            branch, key = missed
            branch.failed[key] = branch.failed.get(key, 0) + 1

    def _traced(
        self, packet: Packet, headers: list[Header], make: Callable[[Packet], str], noting: TracedClock
    ) -> tuple[str, Trace]:
        try:
            return traced(
                make,
                packet,
                headers[: self._count],
                self._clock,
                noting,
                keeps_bytes=self._keeps_bytes,
                further=headers,
            )
        except TypeError:
            if self._keeps_bytes:
                raise
        # A function that is written in C takes bytes alone. What was asked before was asked of traced ones.
        self._keeps_bytes, self._root = True, None
        self._write_quick()
        return traced(make, packet, headers[: self._count], self._clock, noting, keeps_bytes=True, further=headers)

    def _enter(self, pattern: str, trace: Trace) -> Leaf:
        """Put what makes texts of a pattern at the end of the path that the trace has gone, and return it."""
        insides = list(map(self._code.cell, trace.holes))
        variables = self._code.variables
        # Some texts were made and not kept, such as addresses in the place of which others are shown.
        kept = set(pattern).union(*trace.parts.values())
        filled = {number: inside for number, inside in enumerate(insides) if chr(FIRST_HOLE + number) in kept}
        lines: list[str] = []
        for number, inside in filled.items():
            if "\\" in inside:
                # Before Python 3.12 no expression in a hole may have a backslash, as some bytes have.
                is_alone = chr(FIRST_HOLE + number) in trace.alone
                expression, colon, specification = (inside, "", "") if is_alone else inside.rpartition(":")
                lines.append(f"hole{number} = {expression}")
                insides[number] = f"hole{number}{colon}{specification}"
        lines += [f"{name} = {_formatted(text, insides)}" for name, text in trace.parts.items()]
        leaf = Leaf(lines, _formatted(pattern, insides), frozenset(words(filled.values()) & variables))
        path = pruned(trace.conditions, self._code.places, variables)
        self._code.compile(leaf)
        if self._root is None:
            self._root = Branch(tuple(question for question, _ in path))
        self._root.enter(path, leaf)
        self._try(leaf)
        self._leaves += 1
        self._branches = sum(1 for _ in self._root.walk())
        return leaf

    def _try(self, leaf: Leaf) -> None:
        """Have a leaf's texts compared with those of the ordinary code."""

        def tried(*values: Any) -> None:
            self._compile(leaf)
            self._trial = leaf, leaf.function(*values)

        leaf.call(tried)

    def _compile(self, leaf: Leaf) -> None:
        """Give a leaf its function, if it has none."""
        if leaf.function is refused:
            self._code.compile(leaf)

    def told(self) -> tuple[Any, ...]:
        """Return what `take_back` takes in another process."""
        code, unfound = self._code.told()
        root = self._root
        told = None if root is None or not words(root.asked).isdisjoint(unfound) else told_branch(root, unfound)
        return self.is_given_up, self._misses, self._failures, self._keeps_bytes, self._settled, code, told

    def take_back(self, told: tuple[Any, ...]) -> bool:
        """Know what a form of such packets knew in another process; return whether it was given up.

        Raises UntellableError where something that it needs is not there.
        """
        is_given_up, self._misses, self._failures, self._keeps_bytes, self._settled, code, root = told
        self._code.is_settled = self._settled
        if root is not None:
            self._code.take_back(code)
            self._root = restored_branch(root)
            self._take_in(leaf for branch in self._root.walk() for leaf in branch.leaves.values())
        return bool(is_given_up)

    def _recall(self, branch: Branch) -> bool:
        """Know what was told of answers that name classes which have come since; return whether there are any."""
        if branch.modules == len(sys.modules):
            return False
        waited = len(branch.waiting)
        self._take_in(recall(branch))
        return len(branch.waiting) < waited

    def _take_in(self, leaves: Iterable[Leaf]) -> None:
        """Have leaves called that another process has told of."""
        for leaf in leaves:
            self._leaves += 1
            if leaf.is_refused:
                leaf.call(refused)
            elif leaf.tried < _TIMES_TRIED:
                self._try(leaf)
            else:
                self._rely_on(leaf)
        self._branches = 0 if self._root is None else sum(1 for _ in self._root.walk())

    def _rely_on(self, leaf: Leaf) -> None:
        """Have a leaf called that was compared often enough: its function is made when it is needed."""

        def made(*values: Any) -> str | None:
            return self._code.relied_on(leaf)(*values)  # type: ignore[no-any-return]  # a function without types

        leaf.is_relied_on = True
        leaf.call(made)

    def _write_quick(self) -> None:
        """Have the functions without packets written anew, when the next frame comes to their place."""
        for made in self._served:
            made.changed()


def _formatted(pattern: str, insides: list[str]) -> str:
    """Return Python for a text with holes."""

    def written(found: re.Match[str]) -> str:
        character = found[0]
        number = ord(character) - FIRST_HOLE
        return f"{{{insides[number]}}}" if 0 <= number < MOST_HOLES else f"\\U{ord(character):08x}"

    for character, instead in _WRITTEN.items():
        pattern = pattern.replace(character, instead)
    return f'f"{_SPECIAL.sub(written, pattern)}"'


_WRITTEN = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "{": "{{", "}": "}}"}
"""Characters of which texts are full and that do not stand in an f-string as they are, and how they are written."""
_SPECIAL = re.compile(r"[^ -~]")
"""Others that do not stand there as they are."""
