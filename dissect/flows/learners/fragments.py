"""What the fragments of IPv4 and of IPv6 have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from dissect.declaration.header import Data, Header
from dissect.flows.defragmentation import Defragmenter
from dissect.flows.learner import Learner, Place

__all__ = ["FragmentLearner", "as_data"]


class FragmentLearner(Learner):
    """Puts fragments together: 64 MiB of them in 65536 datagrams are held, of which the oldest give way.

    Between two passes 1048576 fragments of whole datagrams are remembered.
    """

    always = True

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.fragments = Defragmenter(remember=twice)

    def rewind(self) -> None:
        super().rewind()
        self.fragments.rewind()

    def held(self) -> int:
        return len(self.fragments)

    def take(
        self,
        header: Any,
        network: Any,
        place: Place,
        key: Hashable,
        start: int,
        data: bytes,
        last: bool,
        carried: Callable[[bytes], Header | None],
    ) -> bool:
        """Take in the fragment that `header` carries, and tell `network` of the others; return whether it completes.

        `carried` gives what a whole datagram of these data carries: the frame that completes it shows that.
        """
        whole = self.fragments.add(key, place.number, start, data, last)
        if whole is not None:
            network.learn(**whole.facts())
            header.learn(payload=carried(whole.data))
            return True
        header.learn(payload=as_data(header))
        if self.again:
            completed_in = self.fragments.completed_in(key, place.number)
            if completed_in is not None:
                network.learn(reassembled_in=completed_in)
        return False


def as_data(header: Any, skip: int = 0) -> Header | None:
    """Return what a header carries, from the byte `skip` on, as bytes that mean nothing yet; None for none."""
    data = header._parts()[1]
    payload = header.payload
    if payload is not None and payload._tail is None and header._tail is None:
        start, end = header._body + skip, header._end
        if header.is_network:
            end = min(header._declared_end() or end, end)
        return Data._decode(header._buffer, start, end, header._surroundings() + 1) if start < end else None
    return Data(data[skip:]) if skip < len(data) else None
