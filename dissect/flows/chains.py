"""Frames of any headers without a packet for each: their bytes tell which chain of headers they have.

Which headers a frame has, decoders and sights tell; what of the bytes they look at is traced once for frames of a
kind (`dissect.wireshark.tracing.decoded`), and from then on a few looks at the bytes tell for each that is like it. The
questions make a tree (`dissect.declaration.branches`). At its leaves stands what takes a frame of a chain in
(`dissect.flows.chain_code`). So tunnels, tags, fragments and messages of every declared protocol take a short way.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from struct import error as StructError
from typing import Any, cast

from dissect.declaration.branches import Branch, Leaf, Path, pruned, refused, words
from dissect.declaration.gathering import Span, gathered
from dissect.declaration.generated import written
from dissect.declaration.named import Awaited, awaited_so_far, found
from dissect.declaration.references import UntellableError
from dissect.declaration.selection import surprises
from dissect.declaration.symbols import Trace, UntraceableError
from dissect.flows.chain_code import ChainCode, Shared
from dissect.flows.chain_questions import Find, written_questions
from dissect.flows.kept_chains import DAMAGED, Chain, ChainsOfLink, place_of
from dissect.flows.known_chain import Observers, PrintsChain, TakeChain, ToldChain
from dissect.packets.packet import Packet
from dissect.wireshark.tracing import begun, decoded

__all__ = ["Chains"]

_RARE = 1
"""So many frames that are alike become packets before one is traced."""
_FRAMES_PER_TRACE = 4
"""So many frames have to have come for each that was traced, so that a capture of oddities takes no longer."""
_MOST_CHAINS, _MOST_TRACES, _MOST_COUNTED = 256, 1024, 1024
_SETTLED, _SETTLED_OF_EACH, _MOST_INSIDE = 256, 32, 192
"""After so many frames that were found branch by branch, and so many for each chain, the questions are written out as
one function, which takes as long as it spares them; if they are not too many."""
_SOONER = 8
"""So much earlier that is done where nothing new is found, for later processes have it then."""
_PATIENCE = 1
"""Each frame that could not be followed doubles how many have to come with the same answers (2 to this power) until
another one is tried: it may be of other headers, of which these answers tell nothing."""
_LEAST_BEGUN = 2
"""Of frames that cannot be followed so many headers have to be known, at least, for those like it to be taken in."""
_UNASKED = ("unasked",)
"""Stands for the answers of a frame that has not all that is asked for."""
_FAILED = "failed"
"""Stands behind the answers of frames that could not be followed, where these are counted."""
# Of a frame that goes another way, what is asked for need not be there, nor be a number.
_OTHERS = (StructError, TypeError, ArithmeticError, ValueError, LookupError)


class Chains:
    """The chains of headers of the frames of one link type, as far as they have come.

    `take` is like that of `dissect.flows.shortcut`: whether the frame was taken in. `observers` is what learns of the
    headers, `tick` is told the time of each frame, and `prints` makes its text, where there is one. `kept` are chains
    that are known already; those that are found are added.
    """

    def __init__(
        self,
        link: int,
        observers: Observers,
        tick: Callable[[int | None], None],
        prints: PrintsChain | None = None,
        kept: ChainsOfLink | None = None,
    ) -> None:
        self._link = link
        self._observers = observers
        self._tick = tick
        self._prints = prints
        self._kept = kept
        self._forget()
        if kept is not None:
            self._not_entered += map(_Waiting, kept.chains)
            self._ask_as_kept(kept)
            self._is_settled = bool(kept.chains)
            self._await_writing()

    def _forget(self) -> None:
        self._surprises = surprises()
        self._root: Branch | None = None
        self._places: dict[str, Span] = {}
        self._functions: dict[str, Any] = {}
        self._asks: dict[tuple[str, ...], Callable[..., tuple[Any, ...]]] = {}
        self._failures: dict[tuple[int, Any], int] = {}
        self._counted: dict[tuple[Any, ...], tuple[bytes, bytes]] = {}
        self._shared = Shared()
        self._rootless = 0
        self._count = self._traces = self._leaves = self._met = 0
        self._find: Find | None = None
        """What goes through the questions at once that were there a while ago."""
        self._asked_by_name: tuple[str, ...] = ()
        """What that calls that may not be imported yet."""
        self._not_entered: list[_Waiting] = []
        """Chains of earlier processes that are not in the tree yet."""
        self._leaf_of: dict[Chain, Leaf] = {}
        """Where chains that are kept have ended."""
        self._settled = 0
        """How many frames it did not find, but the branches."""
        self._awaited_to_write = _SETTLED
        self._is_settled = False
        """Whether earlier processes have found all that came so far, and did not write out how."""

    def take(self, data: bytes, base: int, stop: int, number: int, time_ns: int, original: int) -> bool:
        """Take a frame in, `data[base:stop]`; False, before anything was learnt, where it has to become a packet."""
        if self._surprises != surprises():
            self._forget()
            # What another process has kept was right before, and what is right now is of this one.
            self._kept = None
        self._count += 1
        size = stop - base
        left = original - size if original > size else 0
        find = self._find
        if find is not None:
            take = find(data, base, size, left)
            if take.__class__ is _Waiting:
                take = self._met_by(find, take)
            if take is not None:
                take(data, base, size, number, time_ns, original)
                return True
        if self._not_entered:
            self._enter_all()
        branch = self._root
        if branch is None:
            if self._is_wanted(None, ()):
                self._learn(None, (), data[base:stop], original)
            return False
        key: tuple[Any, ...] = ()
        otherwise: Leaf | None = None
        try:
            while True:
                ask = branch.ask or self._ask(branch)
                key = ask(data, base, size, left)
                take = branch.calls.get(key)
                if take is not None:
                    break
                otherwise = branch.otherwise.get(key, otherwise)
                following = branch.branches.get(key)
                if following is None:
                    break
                branch = following
        except _OTHERS:
            # It differs from all others in what they were asked for at once: those are asked apart once it is known.
            key = _UNASKED
            take = None
        if take.__class__ is _Waiting:
            take = self._written(branch.leaves[key], take)
        if take is not None:
            self._settled += 1
            if self._settled >= self._awaited_to_write:
                self._settled = 0
                self._write()
            take(data, base, size, number, time_ns, original)
            return True
        if self._is_wanted(branch, key):
            self._learn(branch, key, data[base:stop], original)
            return False
        return self._take_otherwise(otherwise, data, base, size, number, time_ns, original)

    def _take_otherwise(self, leaf: Leaf | None, *frame: Any) -> bool:
        """Take a frame in of which only the first headers are known, if they are; return whether it was."""
        if leaf is None:
            return False
        take: Any = leaf.function
        if take.__class__ is _Waiting:
            take = leaf.function = self._code_of_kept(take) or refused
        if take is refused:
            return False
        take(*frame)
        return True

    def _write(self) -> None:
        """Write out the questions that lead to what takes frames in, and keep them."""
        assert self._root is not None
        # All that are known, for processes to come, or else those of this one alone.
        has_room = self._leaves <= _MOST_INSIDE
        if not has_room and self._met >= _MOST_INSIDE:
            return
        is_inside = _is_known if has_room else _has_come
        found = written_questions(self._root, self._functions, self._places, self._link, is_inside)
        if found is None:
            return
        self._find, self._is_settled, self._asked_by_name = found.find, False, ()
        self._await_writing()
        for name, leaf in found.leaves.items():
            waiting = leaf.branch.calls[leaf.key]
            if isinstance(waiting, _Waiting):
                waiting.name = name
        kept = self._kept
        if kept is not None and has_room:
            kept_at = {leaf: chain for chain, leaf in self._leaf_of.items()}
            told = {name: each for chain in self._leaf_of for name, each in chain.asked.functions.items()}
            with suppress(UntellableError):
                # Of some chains no other process knows: they are learnt there anew.
                kept.write_out(map(kept_at.get, found.leaves.values()), found.questions(told))

    def _is_wanted(self, branch: Branch | None, key: tuple[Any, ...]) -> bool:
        """Whether a frame whose answers lead nowhere there is traced: so many became packets, in all processes."""
        if self._kept is not None:
            came, failed = self._places_of(branch, key)
            missed, failures = self._kept.misses(came), self._kept.misses(failed, count=0)
        else:
            missed, failures = self._count_miss(branch, key), self._failures.get((id(branch), key), 0)
        return missed > _RARE << failures * _PATIENCE and self._is_affordable()

    def _places_of(self, branch: Branch | None, key: tuple[Any, ...]) -> tuple[bytes, bytes]:
        """Return where it is kept how often such answers led nowhere, and how often they could not be followed."""
        asked = () if branch is None else branch.asked
        known = self._counted.get((asked, key))
        if known is None:
            if len(self._counted) >= _MOST_COUNTED:
                self._counted.clear()
            known = self._counted[asked, key] = place_of(asked, key), place_of(asked, (*key, _FAILED))
        return known

    def _count_miss(self, branch: Branch | None, key: tuple[Any, ...]) -> int:
        if branch is not None:
            return branch.misses(key)
        self._rootless += 1
        return self._rootless

    def _is_affordable(self) -> bool:
        return (
            self._leaves < _MOST_CHAINS
            and self._traces < _MOST_TRACES
            and self._traces * _FRAMES_PER_TRACE <= self._count
        )

    def _ask(self, branch: Branch) -> Callable[..., tuple[Any, ...]]:
        """Return what gives the answers of a frame to the questions of a branch."""
        ask = self._asks.get(branch.asked)
        if ask is None:
            wanted = words(branch.asked)
            how = gathered({name: self._places[name] for name in sorted(wanted & self._places.keys())})
            unpacked = f" {', '.join(how.variables)}, = gather(buffer, base)"
            lines = [
                "def ask(buffer, base, size, left):",
                *([unpacked] if how.variables else []),
                *(f" {name} = {value}" for name, value in how.values.items()),
                f" return ({''.join(f'{question}, ' for question in branch.asked)})",
            ]
            names = self._functions | {"gather": how.unpack}
            ask = self._asks[branch.asked] = written(lines, names, "ask", f"{__name__} of link type {self._link}")
        branch.ask = ask
        return ask

    def _learn(self, branch: Branch | None, key: tuple[Any, ...], data: bytes, original: int) -> None:
        """Find out how the headers of a frame are found, and take in those that are like it from now on."""
        failed = id(branch), key
        self._traces += 1
        packet = Packet(data, link=self._link, original_length=original)
        try:
            trace, path, chain, take = self._traced(packet)
            self._call(trace)
            leaf = self._enter(path)
        except (UntraceableError, Exception):
            # Such a packet is read without an error: what is wrong comes of following how.
            self._failures[failed] = self._failures.get(failed, 0) + 1
            if self._kept is not None:
                self._kept.misses(self._places_of(branch, key)[1])
            with suppress(UntraceableError, Exception):
                self._learn_beginning(packet)
            return
        self._put(leaf, take)
        self._met += 1
        self._is_settled = False
        self._await_writing()
        self._keep(trace, path, chain, leaf)

    def _learn_beginning(self, packet: Packet) -> None:
        """Take in the frames that begin like one that cannot be followed, where nothing else does.

        The last header whose beginning is known for certain is made of their bytes, as are all behind it.
        """
        trace, headers = begun(packet, self._observers.ends)
        if len(headers) < _LEAST_BEGUN:
            return
        # To ask more of them here would be in the way of those that can be followed from here.
        chain = ToldChain(tuple(headers), trace.conditions, trace.places, set(), {}, _perhaps, goes_on=True)
        path, take = self._path_of(trace), self._code(chain)
        self._call(trace)
        leaf = self._enter(path, goes_on=True)
        leaf.function = take
        self._keep(trace, path, chain, leaf)

    def _call(self, trace: Trace) -> None:
        """Know what the questions of a trace call; UntraceableError where something else is called by that name."""
        for name, function in trace.functions.items():
            if found(self._functions.setdefault(name, function)) != function:
                raise UntraceableError("two functions of one name")
        self._places |= trace.places

    def _keep(self, trace: Trace, path: Path, chain: ToldChain, leaf: Leaf) -> None:
        """Keep a chain that was found, and ends at a leaf, for other processes."""
        if self._kept is not None:
            with suppress(UntellableError):
                kept = Chain.traced(path, {name: trace.functions[name] for name in _asked(path, trace)}, chain)
                kept.is_of_use = True
                self._kept.add(kept)
                self._leaf_of[kept] = leaf

    @staticmethod
    def _path_of(trace: Trace) -> Path:
        return pruned(trace.conditions, trace.places, {"size", "left", *trace.places})

    def _code(self, chain: ToldChain) -> TakeChain:
        """Return what takes in the frames of a chain."""
        return ChainCode(chain, self._observers, self._shared).written(self._tick, self._prints)

    def _enter(self, path: Path, *, goes_on: bool = False) -> Leaf:
        """Return a new leaf at the end of a path; it serves frames that are led no further, if that `goes_on`."""
        leaf = Leaf([], "", frozenset())
        if self._root is None:
            self._root = Branch(tuple(question for question, _ in path))
        (self._root.enter_otherwise if goes_on else self._root.enter)(path, leaf)
        self._leaves += 1
        return leaf

    def _ask_as_kept(self, kept: ChainsOfLink) -> None:
        """Ask frames as an earlier process wrote it out, if it did; the tree is not needed so long."""
        found = kept.questions()
        if found is None:
            return
        questions, places = found
        takes: list[_Waiting | None] = [None if place is None else self._not_entered[place] for place in places]
        for name, waiting in zip(questions.takes, takes, strict=True):
            if waiting is not None:
                waiting.name = name
        with suppress(UntellableError):
            self._find = questions.find(takes, self._link)
            self._asked_by_name = (*questions.functions,)

    def _met_by(self, find: Any, waiting: _Waiting) -> TakeChain | None:
        """Return what takes in the frames of a kept chain of which the first was found by the questions written out."""
        names = find.__globals__
        take = names[waiting.name] = self._code_of_kept(waiting)
        # What was imported for frames of such chains is called itself from now on.
        names |= {name: awaited_so_far(names[name]) for name in self._asked_by_name}
        leaf = self._leaf_of.get(waiting.kept)
        if leaf is not None and take is not None:
            self._put(leaf, take)
        return take

    def _enter_all(self) -> None:
        """Know the chains of earlier processes in the tree; what takes their frames in is written when one comes."""
        entered, self._not_entered = self._not_entered, []
        for each in entered:
            kept, waiting = each.kept, cast("Any", each)
            with suppress(UntraceableError, *DAMAGED):
                if self._leaves < _MOST_CHAINS:
                    leaf = self._leaf_of[kept] = self._enter(kept.asked.answers(), goes_on=kept.goes_on)
                    if kept.goes_on:
                        leaf.function = waiting
                    elif each.take is None:
                        leaf.call(waiting)
                    else:
                        self._put(leaf, each.take)
                    self._places |= kept.asked.places
                    for name, told in kept.asked.functions.items():
                        self._functions.setdefault(name, Awaited(told))

    def _written(self, leaf: Leaf, waiting: _Waiting) -> TakeChain | None:
        """Return what takes in the frames of a kept chain; None where that has to be learnt anew."""
        take = self._code_of_kept(waiting)
        if take is None:
            del leaf.branch.calls[leaf.key], leaf.branch.leaves[leaf.key]
        else:
            self._put(leaf, take)
        return take

    def _code_of_kept(self, waiting: _Waiting) -> TakeChain | None:
        """Return what takes in the frames of a kept chain; None where what is kept is damaged."""
        kept = waiting.kept
        try:
            take = waiting.take = self._code(kept.chain)
        except (UntraceableError, Exception):
            if self._kept is not None and kept in self._kept.chains:
                self._kept.chains.remove(kept)
            self._leaf_of.pop(kept, None)
            return None
        kept.is_of_use = True
        self._met += 1
        self._await_writing()
        return take

    @staticmethod
    def _put(leaf: Leaf, take: TakeChain) -> None:
        """Take in the frames of a leaf by this from now on; those that were kept and don't come take no time."""
        leaf.function = take
        leaf.call(take)

    def _await_writing(self) -> None:
        """Say how many frames have to be found branch by branch before the questions are written out."""
        self._awaited_to_write = _SETTLED + _SETTLED_OF_EACH * self._met
        if self._is_settled:
            # Later processes will have it then.
            self._awaited_to_write //= _SOONER

    def _traced(self, packet: Packet) -> tuple[Trace, Path, ToldChain, TakeChain]:
        try:
            trace, decoding, headers = decoded(packet, self._observers.ends)
        except TypeError:
            # A function that is written in C takes bytes alone.
            trace, decoding, headers = decoded(packet, self._observers.ends, keeps_bytes=True)

        def asks(place: int, name: str) -> Any:
            return decoding.traced[place].raw(name)

        chain = ToldChain(tuple(headers), trace.conditions, trace.places, set(), {}, asks)
        # What a header is like of which there is nothing to learn is asked last.
        take = self._code(chain)
        return trace, self._path_of(trace), chain, take


class _Waiting:
    """Stands for what takes in the frames of a kept chain, of which none has come."""

    __slots__ = ("kept", "name", "take")

    def __init__(self, kept: Chain) -> None:
        self.kept = kept
        self.name = ""
        """What the questions call it that are written out."""
        self.take: TakeChain | None = None
        """What takes its frames in, once one has come."""


def _is_known(leaf: Leaf) -> bool:
    """Whether frames come to a leaf, or came in an earlier process."""
    return leaf.key in leaf.branch.calls


def _has_come(leaf: Leaf) -> bool:
    """Whether such a frame has come."""
    return leaf.function is not refused


def _perhaps(place: int, name: str) -> bool:
    """Stand for a number of a header of which nobody knows more than that there is one."""
    return True


def _asked(path: Path, trace: Trace) -> set[str]:
    """Return the names of the functions that the questions of a path call."""
    return words(question for question, _ in path) & trace.functions.keys()
