"""Conversations that another one opens: who said that what comes next between two ends is of which protocol.

The control connection of FTP names the ports of its data connections, and a request of TFTP the one that is answered.
The learner of such a header says so with `expect`; the learners of TCP and UDP ask when a conversation begins.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from dissect.declaration.header import Header

__all__ = ["MOST_OPENINGS", "Opening", "Openings"]

MOST_OPENINGS = 4096
_PORT = 2
"""So many are awaited at a time; of more, the oldest are given up."""


class Opening:
    """What a conversation is going to be: the class of its headers, and what is told of each of them.

    The facts may change as long as the conversation lasts: who opened it adds what is said of it later.
    """

    # Not made by `dataclasses`: it is there at every start, and that takes longer to import than all of this room.
    __slots__ = ("conversation", "facts", "once", "protocol", "state")

    def __init__(
        self, protocol: type[Header], facts: dict[str, Any] | None = None, *, once: bool = True, state: Any = None
    ) -> None:
        self.protocol = protocol
        self.facts = {} if facts is None else facts
        self.once = once
        """Whether the first such conversation is the only one."""
        self.state = state
        """What the learner of the protocol keeps of the conversation."""
        self.conversation: Any = None
        """What the learner of the transport counts it by, where it is awaited from any port."""


class Openings:
    r"""The conversations over one transport protocol that are awaited, by one end or by both.

    An end is its address and its port, of two bytes, as bytes.

    >>> from dissect import Data
    >>> awaited = Openings()
    >>> awaited.expect(Opening(Data), b"server\x00\x14")
    >>> awaited.find(b"client\x99\x99", b"server\x00\x14").protocol.__name__
    'Data'
    """

    __slots__ = ("_told", "awaited")

    def __init__(self) -> None:
        self.awaited: OrderedDict[bytes, Opening] = OrderedDict()
        """Those that are awaited, by the ends that are known of them; to be read alone."""
        self._told: list[Callable[[], None]] = []

    def __len__(self) -> int:
        """Return how many are awaited."""
        return len(self.awaited)

    def expect(self, opening: Opening, end: bytes, other: bytes = b"") -> None:
        """Await a conversation of this end with anybody, with the other end, or with any port of an address."""
        self.awaited[_key(end, other)] = opening
        self.awaited.move_to_end(_key(end, other))
        if len(self.awaited) > MOST_OPENINGS:
            self.awaited.popitem(last=False)
        for opened in self._told:
            opened()

    def tell(self, opened: Callable[[], None]) -> None:
        """Have a function called whenever a conversation is awaited: what was found before may be wrong then."""
        self._told.append(opened)

    def find(self, one: bytes, other: bytes) -> Opening | None:
        """Return what is awaited between two ends, or None.

        What both of them await goes before what one awaits of the other's address, and that before what the second
        or the first awaits of anybody.
        """
        if not self.awaited:
            return None
        # Most segments ask, and hardly any conversation is awaited.
        known = self.awaited.get
        return (
            known(_key(one, other))
            or known(one + other[:-_PORT])
            or known(other + one[:-_PORT])
            or known(other)
            or known(one)
        )

    def take(self, one: bytes, other: bytes) -> Opening | None:
        """Return the same of a conversation that begins; what is awaited once is not awaited any more."""
        found = self.find(one, other)
        if found is not None and found.once:
            for key in (_key(one, other), other, one):
                if self.awaited.get(key) is found:
                    del self.awaited[key]
        return found

    def clear(self) -> None:
        """Await nothing any more."""
        self.awaited.clear()


def _key(end: bytes, other: bytes) -> bytes:
    # An address alone stands behind the end that awaits it.
    return other + end if len(other) == len(end) and end > other else end + other
