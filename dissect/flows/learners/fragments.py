"""What the fragments of IPv4 and of IPv6 have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ClassVar

from dissect.declaration.header import Header
from dissect.flows.defragmentation import Defragmenter
from dissect.flows.learner import Learner, Place
from dissect.wireshark.preferences import is_on

__all__ = ["FragmentLearner"]


class FragmentLearner(Learner):
    """Puts fragments together: 64 MiB of them in 65536 datagrams are held, of which the oldest give way.

    Between two passes 1048576 fragments of whole datagrams are remembered.
    """

    always = True
    preference: ClassVar[str]
    """The name of what switches it off (`dissect.wireshark.preferences`)."""

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
        if not is_on(self.preference):
            return False
        whole = self.fragments.add(key, place.number, start, data, last)
        if whole is not None:
            network.learn(**whole.facts())
            header.learn(payload=carried(whole.data))
            return True
        header.learn(payload=header.undissected())
        if self.again:
            completed_in = self.fragments.completed_in(key, place.number)
            if completed_in is not None:
                network.learn(reassembled_in=completed_in)
        return False
