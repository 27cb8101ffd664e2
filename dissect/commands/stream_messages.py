"""Messages of streams as `dissect follow` prints them: each with its frames, and what belongs to none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from dissect.declaration.framing import Dialogue, Rule
from dissect.errors import DissectError
from dissect.flows.cutting import Message, cutters
from dissect.flows.exchange import Exchange, Party
from dissect.flows.followed import Stretch
from dissect.flows.stream import Chunk, Gap
from dissect.views.stream_text import SHAPES, bracketed

__all__ = ["MOST_OF_MESSAGE", "Paint", "StreamMessages"]

MOST_OF_MESSAGE = 64 << 20
"""How many bytes a message has at most: what claims more is none, so that a number in a frame can't fill the memory."""

Paint: TypeAlias = Callable[[str, int | None], str]
"""Gives a line the colour of a direction."""


class StreamMessages:
    """Prints the messages of one conversation as they become whole; `rule` cuts them, or that of its protocol.

    Bytes that are no message are told by their number: behind something that is none, in front of a gap, at the end.
    """

    def __init__(self, exchange: Exchange, rule: Rule | None, shape: str, paint: Paint) -> None:
        self._cutters = cutters(rule or _declared_rule(exchange), most=MOST_OF_MESSAGE)
        self._names = _name(exchange.client), _name(exchange.server)
        self._each_alone = exchange.protocol == "udp"
        self._shape, self._paint = shape, paint
        self._is_told = [False, False]
        print(f"{exchange.protocol}.stream {exchange.stream}: {self._names[0]} and {self._names[1]}")

    def take(self, exchange: Exchange) -> None:
        """Take in what was told of the conversation, and print the messages that it completes."""
        for way, each in exchange.told:
            cutter = self._cutters[way]
            if isinstance(each, Gap):
                self._tell_rest(way, f"in front of a gap of {each.size}")
                cutter.restart(each.start + each.size)
                self._is_told[way] = False
            elif isinstance(each, Chunk):
                if self._each_alone:
                    cutter.restart(each.start)
                    self._is_told[way] = False
                for message in cutter.take(each.data, each.parts, each.time_ns):
                    self._print(way, message)
                if cutter.is_lost and not self._is_told[way]:
                    self._is_told[way] = True
                    print(self._paint(f"{self._names[way]}: from byte {cutter.place} on, there is no message", way))
                if self._each_alone:
                    self._tell_rest(way, "in their datagram")
                    cutter.restart(each.start)

    def finish(self) -> None:
        """Tell what is left at the end."""
        for way, cutter in enumerate(self._cutters):
            for message in cutter.finish():
                self._print(way, message)
            self._tell_rest(way, "at the end")

    def _tell_rest(self, way: int, where: str) -> None:
        count = len(self._cutters[way])
        if count:
            words = "byte is" if count == 1 else "bytes are"
            print(self._paint(f"{self._names[way]}: {count} {words} no whole message {where}", way))

    def _print(self, way: int, message: Message) -> None:
        frames = ", ".join(map(str, message.numbers))
        word = "frame" if len(message.numbers) == 1 else "frames"
        size = len(message.data)
        unit = "byte" if size == 1 else "bytes"
        print(self._paint(f"{self._names[way]}: {size} {unit} in {word} {frames}", way))
        lines = SHAPES[self._shape](Stretch(message.numbers[-1], message.time_ns, way, message.data), 0)
        if self._shape == "ascii":
            # The line with the count has been printed.
            next(lines)
        for line in lines:
            print(self._paint(line, way))


def _declared_rule(exchange: Exchange) -> Rule | type[Dialogue]:
    rule = exchange.framing
    if rule is None:
        raise DissectError(
            f"no protocol with messages is known of {exchange.protocol}.stream {exchange.stream}: "
            "-d says what its port stands for, --length-prefix and --delimiter cut without one"
        )
    return rule


def _name(party: Party) -> str:
    return f"{bracketed(party.address)}:{party.port}"
