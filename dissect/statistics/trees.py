"""Trees of counts: each node with its share, its rate, and its busiest tenth of a second (`-z plen,tree`)."""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack, unpack

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["MOST_NODES", "Node", "Tree", "TreeRow", "tree_lines"]

_WINDOW = 100.0
"""Milliseconds in which a burst is counted."""
_STEP = 5.0
"""Milliseconds in one of the buckets that such a window is made of."""
_BUCKETS = _WINDOW / _STEP
MOST_NODES = 200_000
"""How many nodes a tree has: what traffic names beyond is counted above it, and nowhere else."""
_USUAL_NAME = 100
"""A node whose name has more characters counts once more for each further hundred."""
_NO_BUCKETS: dict[int, int] = {}
_NO_STARTS: dict[int, float] = {}
_NOTHING_BELOW: dict[str, Node] = {}


class TreeRow(NamedTuple):
    """A node: `path` are the names from the root; times are in milliseconds since the first packet of the capture.

    `average`, `least` and `most` are of what was measured, None where nothing was; `rate` counts per millisecond,
    None where all came at one time.
    """

    path: tuple[str, ...]
    frames: int
    average: float | None
    least: float | None
    most: float | None
    rate: float | None
    percent: float | None
    burst_rate: float
    burst_start: float


class _Bursts:
    """The most that came within a window, and when that began, as tshark's buckets tell it."""

    __slots__ = ("_count", "_counts", "_once", "_starts", "most", "start")

    def __init__(self) -> None:
        self.most = 0
        self.start = 0.0
        self._count = 0
        self._once: float | None = None
        """The time of the only thing that was counted: of very many nodes, most have no more than that."""
        self._counts: dict[int, int] = _NO_BUCKETS
        self._starts: dict[int, float] = _NO_STARTS

    def add(self, now: float) -> None:
        """Count something at a time in milliseconds."""
        if self._counts is _NO_BUCKETS:
            if self._once is None and now >= 0:
                # What the buckets below would find, without them.
                self._once, self.most, self.start = now, 1, now if now >= _WINDOW else 0.0
                return
            # Each bucket has a number, and tshark's begin with one that holds nothing.
            self._counts, self._starts = {0: 0}, {0: 0.0}
            if self._once is not None:
                self._add(self._once)
        self._add(now)

    def _add(self, now: float) -> None:
        bucket = int(now // _STEP)
        counts, starts = self._counts, self._starts
        last, first = next(reversed(counts)), next(iter(counts))
        if bucket > last:
            counts[bucket], starts[bucket] = 1, now
            self._count += 1
            while bucket >= first + _BUCKETS:
                self._count -= counts.pop(first)
                del starts[first]
                first = next(iter(counts))
        elif bucket < first:
            if bucket + _BUCKETS > last:
                self._insert(bucket, now)
        elif bucket in counts:
            counts[bucket] += 1
            starts[bucket] = min(starts[bucket], now)
            self._count += 1
        else:
            self._insert(bucket, now)
        if self._count > self.most:
            self.most, self.start = self._count, starts[next(iter(self._counts))]

    def _insert(self, bucket: int, now: float) -> None:
        """Add a bucket in front of later ones."""
        self._starts[bucket] = now
        self._counts = dict(sorted({**self._counts, bucket: 1}.items()))
        self._count += 1


class Node:
    """A node and those below it; `measures` where values are told of it."""

    __slots__ = ("_room", "below", "bursts", "count", "is_ordered", "least", "measures", "most", "name", "total")

    def __init__(self, name: str, *, measures: bool = False, room: list[int] | None = None) -> None:
        self.name = name
        self.measures = measures
        self._room = [MOST_NODES, 0] if room is None else room
        """How many nodes the whole tree may still get, and how often there was no room for one."""
        self.count = 0
        self.total: float = 0
        self.least: float | None = None
        self.most: float | None = None
        self.bursts = _Bursts()
        self.below: dict[str, Node] = _NOTHING_BELOW
        self.is_ordered = False
        """Whether those below stay in the order in which they were made."""

    @property
    def left_out(self) -> int:
        """How often the whole tree had no room for a node."""
        return self._room[1]

    def child(self, name: str, *, measures: bool = False) -> Node:
        """Return the node of this name below this one, which is made where there is none.

        Where the tree is full it stands in no tree.
        """
        found = self.below.get(name)
        if found is None:
            found = Node(name, measures=measures, room=self._room)
            if self._room[0] > 0:
                self._room[0] -= 1 + len(name) // _USUAL_NAME
                if self.below is _NOTHING_BELOW:
                    self.below = {}
                self.below[name] = found
            else:
                self._room[1] += 1
        return found

    def add(self, now: float, value: float | None = None) -> None:
        """Count something at a time in milliseconds, and what was measured."""
        self.count += 1
        self.bursts.add(now)
        if value is not None:
            self.total += value
            self.least = value if self.least is None else min(self.least, value)
            self.most = value if self.most is None else max(self.most, value)

    def ordered(self) -> list[Node]:
        """Return the nodes below: those of the highest counts first, and of the same the last by its name."""
        found = list(self.below.values())
        return found if self.is_ordered else sorted(found, key=lambda node: (node.count, node.name), reverse=True)


class Tree:
    """A tree of counts; its roots stay in the order in which they were made."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.root = Node("")
        self.root.is_ordered = True
        self._start: float | None = None
        self._end = 0.0

    def tick(self, now: float) -> None:
        """Take note of a packet, at a time in milliseconds; rates count from the first to the last."""
        if self._start is None:
            self._start = now
        self._end = now

    @property
    def left_out(self) -> int:
        """How often something was not counted under its name, because the tree was full."""
        return self.root.left_out

    def rows(self) -> list[TreeRow]:
        """Return all nodes, each in front of those below it."""
        return list(self.walk())

    def walk(self) -> Iterator[TreeRow]:
        """Yield the same one by one, for there may be very many."""
        return self._below(self.root, ())

    def names(self) -> Iterator[str]:
        """Yield what the table calls the nodes, set in by their depth; in no order."""
        waiting = [(0, node) for node in self.root.below.values()]
        while waiting:
            depth, node = waiting.pop()
            yield " " * depth + node.name
            waiting += ((depth + 1, each) for each in node.below.values())

    def _below(self, above: Node, path: tuple[str, ...]) -> Iterator[TreeRow]:
        span = self._end - (self._start or 0.0)
        for node in above.ordered():
            here = (*path, node.name)
            average = node.total / node.count if node.measures and node.count else None
            share = 100 * node.count / above.count if above.count else None
            rate = node.count / span if span else None
            bursts = node.bursts
            percent = share if path else 100.0
            yield TreeRow(
                here, node.count, average, node.least, node.most, rate, percent, bursts.most / _WINDOW, bursts.start
            )
            yield from self._below(node, here)


_HEADS = ("Count", "Average", "Min Val", "Max Val", "Rate (ms)", "Percent", "Burst Rate", "Burst Start")


def tree_lines(tree: Tree, measured: frozenset[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of tshark's table; `measured` are the paths of the nodes of which values are told."""
    # Names are as wide as their bytes are many, as in tshark.
    width = max(len("Topic / Item"), *(len(name.encode("utf-8", "replace")) for name in tree.names()))
    # The last word of the title is the name of a root, which stands one place further to the left and is not printed.
    width = max(width, len(tree.title.rpartition("/")[2]) - 1)
    head = f"{'Topic / Item':<{width}}" + "".join(f"  {each:<12}" for each in _HEADS) + " "
    yield from ("", "=" * len(head), f"{tree.title}:", head, "-" * len(head))
    for row in tree.walk():
        name = " " * (len(row.path) - 1) + row.path[-1]
        cells = _cells(row, is_measured=row.path in measured)
        fill = " " * (width - len(name.encode("utf-8", "replace")))
        yield name + fill + "".join(f"  {each:<12}" for each in cells[:-1]) + f"  {cells[-1]:<13}"
    if tree.left_out:
        yield f"{tree.left_out} counts have no row: there are too many different names"
    yield from ("", "-" * len(head))


def _cells(row: TreeRow, *, is_measured: bool) -> tuple[str, ...]:
    values = ("", "", "")
    if is_measured and (row.frames or len(row.path) > 1):
        average, least, most = row.average, row.least, row.most
        values = ("-",) * 3 if average is None else (f"{_single(average):.2f}", _number(least), _number(most))
    has_burst = row.burst_rate > 0
    return (
        str(row.frames),
        *values,
        "" if row.rate is None else f"{row.rate:.4f}",
        "" if row.percent is None else f"{row.percent:.2f}%" if len(row.path) > 1 else "100%",
        f"{row.burst_rate:.4f}" if has_burst else "-",
        f"{row.burst_start / 1000:.3f}" if has_burst else "-",
    )


def _single(value: float) -> float:
    """Return a number as precise as tshark keeps what was measured, and calculates averages: in 32 bits."""
    found: float = unpack("f", pack("f", value))[0]
    return found


def _number(value: float | None) -> str:
    """Return what was measured as tshark prints it: whole numbers, or six decimals."""
    return f"{_single(value):f}" if isinstance(value, float) else str(value)
