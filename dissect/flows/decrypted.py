"""What two ends say inside of an encrypted connection: messages in as many records as they come in."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Header
from dissect.flows.arrival import Arrival
from dissect.flows.message_assembly import Assembly
from dissect.flows.message_chain import shown_messages
from dissect.flows.talking import Speaker, Talk
from dissect.wireshark.sight import framing_of

__all__ = ["DecryptedStream"]


class DecryptedStream:
    """Both directions of what was decrypted, and what puts their messages together.

    `protocol` is the class of what is spoken there. Of each direction, parts of 64 messages are kept, and 4 MiB.
    """

    __slots__ = ("_assemblies", "_places", "_protocol")

    def __init__(self, protocol: Any, *, memory_limit: int = 4 << 20) -> None:
        self._protocol = protocol
        rule = framing_of(protocol)
        talk = Talk(rule, protocol.decode) if isinstance(rule, type) else None
        self._assemblies = tuple(
            None if rule is None else Assembly(rule if talk is None else Speaker(talk, way), memory_limit=memory_limit)
            for way in (0, 1)
        )
        self._places = [0, 0]

    def take(self, record: Any, way: int, data: bytes, number: int) -> Header | None:
        """Take in what a record held, and return what it shows; None where it is a part of what others complete.

        `way` is 0 for what the client says; `number` is that of the frame.
        """
        assembly = self._assemblies[way]
        if assembly is None:
            shown: Header = record.carried_from(self._protocol.decode, data, 0, len(data))
            return shown
        place = self._places[way]
        self._places[way] += len(data)
        outcome = assembly.take(data, Arrival(place, number))
        return shown_messages(record, outcome.spans, self._protocol.decode, data)
