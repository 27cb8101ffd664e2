"""Which hardware address speaks for an IPv4 address, as ARP tells, and where two of them do."""

from __future__ import annotations

from collections import OrderedDict

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Claim", "Owners"]


class Claim(NamedTuple):
    """What a frame told: the hardware address of an IPv4 address; `seconds` is when, in whole ones since 1970."""

    hardware: bytes
    number: int
    seconds: int


class Owners:
    """The first hardware address that was seen for each IPv4 address, and the last frame that told it.

    At most `limit` addresses are held; those that nobody told longest give way. With `remember`, a second
    reading, after `rewind`, finds the duplicates of the first one.
    """

    def __init__(self, *, remember: bool = False, limit: int = 1 << 16) -> None:
        self.limit = limit
        self.again = False
        self._remember = remember
        self._owners: OrderedDict[bytes, Claim] = OrderedDict()
        self._duplicates: dict[tuple[int, bytes], Claim] = {}

    def __len__(self) -> int:
        """Return how many addresses are held."""
        return len(self._owners)

    def rewind(self) -> None:
        """Begin again at the first frame, and keep what is known of duplicates."""
        self.again = True
        self._owners.clear()

    def claim(self, address: bytes, hardware: bytes, number: int, seconds: int) -> Claim | None:
        """Take in that the frame of this number gives `hardware` for `address`.

        Returns the last claim for another one, which stays the owner; None for no other.
        """
        if self.again:
            return self._duplicates.get((number, address))
        known = self._owners.get(address)
        if known is not None and known.hardware != hardware:
            if self._remember:
                self._duplicates[number, address] = known
                if len(self._duplicates) > self.limit:
                    del self._duplicates[next(iter(self._duplicates))]
            return known
        self._owners[address] = Claim(hardware, number, seconds)
        self._owners.move_to_end(address)
        if len(self._owners) > self.limit:
            self._owners.popitem(last=False)
        return None
