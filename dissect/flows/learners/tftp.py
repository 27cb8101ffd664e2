"""TFTP: between which ports a file goes, which one that is, and how many blocks there were when numbers begin again."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.flows.openings import Opening
from dissect.protocols.tftp import (
    TFTP,
    TFTPAcknowledgment,
    TFTPData,
    TFTPOption,
    TFTPOptionAcknowledgment,
    TFTPReadRequest,
    TFTPWriteRequest,
)

__all__ = ["TFTPLearner", "Transfer"]

_PORT = 2
_USUAL_SIZE = 512
_SIZES = range(8, 65465)
"""The sizes of blocks that can be agreed on (RFC 2348)."""
_NUMBER = re.compile(r"[0-9]{1,5}")
_NUMBERS = 1 << 16
_MOST_WITHOUT_REQUEST = 1 << 10


class Transfer:
    """One file on its way: its name, the frame of its request (0 and "" where none was seen), and how far it is."""

    __slots__ = ("file", "next_block", "request_frame", "size")

    def __init__(self, file: str = "", request_frame: int = 0) -> None:
        self.file = file
        self.request_frame = request_frame
        self.size = _USUAL_SIZE
        """How many bytes a block has that is not the last."""
        self.next_block = 1
        """The number, counted on, behind that of the last block that came."""

    def counted_on(self, block: int) -> int:
        """Return the whole number of a block: the one nearest to that which is to come."""
        below = self.next_block - (self.next_block - block) % _NUMBERS
        above = below + _NUMBERS
        return below if below >= 0 and self.next_block - below < above - self.next_block else above


class TFTPLearner(Learner, of=TFTP):
    """Opens a conversation for each request, and knows how far it is; of others, 1024 are held by their ends."""

    always = True

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._others: OrderedDict[bytes, Transfer] = OrderedDict()

    def rewind(self) -> None:
        super().rewind()
        self._others.clear()

    def held(self) -> int:
        return len(self._others)

    def observe(self, header: Any, place: Place) -> None:
        if place.ends is None:
            return
        source, destination = place.ends
        if isinstance(header, (TFTPReadRequest, TFTPWriteRequest)):
            if header.is_cut:
                # Nobody knows what is asked for.
                return
            transfer = Transfer(header.file, place.number)
            self.openings["udp"].expect(Opening(TFTP, state=transfer), source, destination[:-_PORT])
            return
        transfer = self._transfer(source, destination)
        if transfer.request_frame:
            header.learn(file=transfer.file, request_frame=transfer.request_frame)
        if header.is_cut:
            return
        if isinstance(header, TFTPData):
            number = transfer.counted_on(header.block)
            size = header.carried_end - header.own_end + header.bytes_left_out
            header.learn(full_block=number, is_last=size < transfer.size)
            transfer.next_block = max(transfer.next_block, number + 1)
        elif isinstance(header, TFTPAcknowledgment):
            header.learn(full_block=transfer.counted_on(header.block))
        elif isinstance(header, TFTPOptionAcknowledgment):
            transfer.size = _agreed_size(header, transfer.size)

    def _transfer(self, source: bytes, destination: bytes) -> Transfer:
        """Return the transfer that goes on between two ends."""
        opening = self.openings["udp"].find(source, destination)
        if opening is not None and isinstance(opening.state, Transfer):
            return opening.state
        ends = min(source + destination, destination + source)
        transfer = self._others.setdefault(ends, Transfer())
        self._others.move_to_end(ends)
        if len(self._others) > _MOST_WITHOUT_REQUEST:
            self._others.popitem(last=False)
        return transfer


def _agreed_size(header: TFTPOptionAcknowledgment, size: int) -> int:
    """Return the size of blocks behind an acknowledgment of options; `size` is the one in front of it."""
    listed: tuple[Any, ...] = header.options
    for option in listed:
        # What is no option stands as bytes at the end.
        if isinstance(option, TFTPOption) and option.option.lower() == "blksize" and _NUMBER.fullmatch(option.value):
            size = int(option.value) if int(option.value) in _SIZES else size
    return size
