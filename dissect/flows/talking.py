"""Connections whose messages depend on what was said before: what cuts them, and what reads them, may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dissect.declaration.framing import Dialogue, FramingError
from dissect.declaration.named_tuples import NamedTuple
from dissect.wireshark.sight import framing_of

__all__ = ["MOST_SEEN", "Speaker", "Spoken", "Talk"]

MOST_SEEN = 1 << 16
"""So many bytes of a message a dialogue takes note of."""


class Spoken(NamedTuple):
    """What reads a message: its decoder, None for bytes that mean nothing, and what stands in front of it, or None."""

    decode: Any
    within: Any
    fences: bool = False
    """Whether a list goes on behind what it says of this message."""
    tells_size: bool = False
    """Whether messages are told by their sizes alone, as they are by a plain rule."""
    told: Mapping[str, Any] | None = None
    """What is told of the header in front."""
    way: int | None = None
    """Which end says it, 0 for the client; None where a plain rule does not tell."""
    told_after: Mapping[str, Any] | None = None
    """What is told of the header of the message itself."""
    shows_beginning: bool = False
    """Whether the protocol shows where a message begins that is not whole."""
    told_of_part: Mapping[str, Any] | None = None
    """What is told of the header of a message that is not whole; None of one that is."""


class Talk:
    """What two ends say over one connection."""

    __slots__ = ("_before", "_dialogue", "_rule", "spoken")

    def __init__(self, dialogue: type[Dialogue], decode: Any, *, shows_beginning: bool = False) -> None:
        self._dialogue: Dialogue | None = dialogue()
        self._rule: Any = None
        self._before: tuple[Dialogue, Spoken] | None = None
        """What was spoken before the connection switched to another protocol."""
        self.spoken = Spoken(decode, None, dialogue.follows_in_info, shows_beginning=shows_beginning)

    def _speaking(self, way: int, data: bytes) -> tuple[Dialogue | None, Spoken]:
        """Return the dialogue that a message belongs to, None for a plain rule, and what reads it."""
        before = self._before
        return before if before is not None and before[0].goes_back(way, data) else (self._dialogue, self.spoken)

    def size(self, way: int, data: bytes) -> int | None:
        """Return the size of the message that begins with these bytes of one direction; None where it can't be told."""
        dialogue, _ = self._speaking(way, data)
        if dialogue is not None:
            return dialogue.size(way, data)
        if self._rule is None:
            raise FramingError("nobody knows these messages")
        size: int | None = self._rule(data)
        return size

    def size_at_end(self, way: int, data: bytes) -> int | None:
        """Return the size of a message that the end of its direction completes; None where it doesn't."""
        dialogue, _ = self._speaking(way, data)
        return None if dialogue is None else dialogue.size_at_end(way, data)

    def rest(self, way: int, data: bytes) -> int | None:
        """Return the size of the rest of a message that was begun."""
        if self._dialogue is None:
            raise FramingError("nobody knows these messages")
        return self._dialogue.rest(way, data)

    def took(self, way: int, data: bytes) -> Spoken | None:
        """Take note of a message, and return what reads it; None where it is not shown."""
        dialogue, spoken = self._speaking(way, data)
        if dialogue is None:
            return spoken
        is_shown = dialogue.recognizes(way, data)
        cls = dialogue.speaks(way, data)
        if cls is not None:
            spoken = spoken._replace(decode=cls.decode)
        dialogue.took(way, data)
        if dialogue.switches:
            self._switch(dialogue)
        return spoken._replace(way=way) if is_shown else None

    def _switch(self, dialogue: Dialogue) -> None:
        cls, within = dialogue.becomes, dialogue.within
        if self._before is None or self._before[0] is not dialogue:
            self._before = dialogue, self.spoken
        dialogue.switches = False
        told, told_after = dict(dialogue.told_within), dict(dialogue.told_after)
        rule: Any = None if cls is None else framing_of(cls)
        if isinstance(rule, type) and issubclass(rule, Dialogue):
            self._dialogue = rule()
            fences = rule.follows_in_info
        else:
            self._dialogue, self._rule, fences = None, rule, False
        shows = cls is not None and cls.shows_beginning
        tells_size = self._dialogue is None and cls is not None and not shows
        decode = None if cls is None else cls.decode
        self.spoken = Spoken(
            decode, within, fences, tells_size, told, told_after=told_after or None, shows_beginning=shows
        )

    def part(self, way: int, data: bytes, *, is_cut: bool) -> Spoken | None:
        """Return what reads the beginning of a message whose rest can't be had; None where it is not shown."""
        dialogue, spoken = self._speaking(way, data)
        if dialogue is None:
            return spoken
        told = dialogue.tells_of_part(way, data, is_cut=is_cut)
        if told is None:
            return None
        cls = dialogue.speaks(way, data)
        if cls is not None:
            # Where the direction tells what a message is, what the capture left of it is one of these.
            spoken = spoken._replace(decode=cls.decode, way=way)
            if is_cut:
                dialogue.took(way, data)
                if dialogue.switches:
                    self._switch(dialogue)
        return spoken._replace(told_of_part=told)

    def announces(self, way: int, data: bytes) -> str:
        """Return what a list says of the beginning of a message."""
        dialogue, _ = self._speaking(way, data)
        return "" if dialogue is None else dialogue.announces(way, data)


class Speaker:
    """One direction of a connection, as a rule that cuts its messages."""

    __slots__ = ("talk", "way")

    def __init__(self, talk: Talk, way: int) -> None:
        self.talk = talk
        self.way = way

    def __call__(self, data: bytes) -> int | None:
        """Return the size of the next message."""
        return self.talk.size(self.way, data)

    def size_at_end(self, data: bytes) -> int | None:
        """Return the size of a message that the end of the direction completes."""
        return self.talk.size_at_end(self.way, data)

    def rest(self, data: bytes) -> int | None:
        """Return the size of the rest of a message that was begun."""
        return self.talk.rest(self.way, data)

    def took(self, data: bytes) -> Spoken | None:
        """Take note of a message that was cut."""
        return self.talk.took(self.way, data)

    def part(self, data: bytes, *, is_cut: bool) -> Spoken | None:
        """Return what reads the beginning of a message whose rest can't be had."""
        return self.talk.part(self.way, data, is_cut=is_cut)

    def announces(self, data: bytes) -> str:
        """Return what a list says of the beginning of a message."""
        return self.talk.announces(self.way, data)
