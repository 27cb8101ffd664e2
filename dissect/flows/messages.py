"""Whole messages for protocols over TCP: what their declared `framing` cuts out of streams, shown where it is whole."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dissect.declaration.framing import ByBeginning, FramingError, Rule
from dissect.declaration.header import Data
from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.defragmentation import Whole
from dissect.flows.message_chain import innermost, last_message, shown_messages, within
from dissect.flows.openings import Opening
from dissect.wireshark.sight import framing_of

if TYPE_CHECKING:
    from dissect.flows.arrival import Arrival
    from dissect.flows.message_assembly import Assembly, Outcome
    from dissect.flows.talking import Spoken, Talk

__all__ = ["StreamMessages"]

_NUMBERS = 1 << 16
_LOOK = 64
"""So many bytes tell whether a message begins."""
_Remembered = OrderedDict[int, int]


class _Protocol(NamedTuple):
    """What is spoken over a connection, as far as its messages go."""

    rule: Rule | None
    decode: Any
    shows_beginning: bool
    """Whether it shows where a message begins that is not whole."""
    opening: Opening | None = None
    """What told it, where ports don't."""


class _Carried(NamedTuple):
    """The data of a segment, and whether they may be put together with those of others."""

    segment: Any
    data: bytes
    is_cut: bool
    """Whether the capture has not all of them."""
    is_trusted: bool
    """Whether they are all there, under a checksum that is not wrong."""

    @classmethod
    def of(cls, segment: Any, size: int | None, *, is_trusted: bool) -> _Carried:
        """Return the data of a segment, which has so many bytes of them on the wire.

        With `is_trusted`, its checksum is known already.
        """
        data = bytes(segment.parts()[1])
        is_cut = len(data) < (size or 0)
        return cls(segment, data, is_cut, not is_cut and (is_trusted or segment.checksum_state().is_trusted))


class StreamMessages:
    """The messages in the streams of a capture.

    Messages of 8192 directions are put together at a time, in 128 MiB all together, of which a message takes twice its
    size; those that were silent longest are given up. So are the oldest in a direction, of which the parts of 64
    messages are kept. With `remember`, a second reading after `rewind` knows for each segment in which frame its
    message becomes whole, as far as 1048576 segments.
    """

    def __init__(
        self, *, remember: bool = False, limit: int = 1 << 13, memory_limit: int = 128 << 20, part_limit: int = 1 << 20
    ) -> None:
        self.limit = limit
        self.memory_limit = memory_limit
        self.part_limit = part_limit if remember else 0
        self._again = False
        self._protocols: dict[tuple[int, int], _Protocol | None] = {}
        self._without: set[bytes] = set()
        """The ports among these that stand for a protocol without messages, as they stand in a header."""
        self._directions: OrderedDict[tuple[int, int], Assembly] = OrderedDict()
        self.memory = 0
        """The bytes that are held of messages which are not whole."""
        self._talks: OrderedDict[int, Talk] = OrderedDict()
        self._spoken: OrderedDict[int, Opening | None] = OrderedDict()
        """What is spoken over connections whose ports don't tell it."""
        self._completed_in: _Remembered = OrderedDict()
        self._assembling: Any = None
        """The module that puts messages together."""

    def _load(self) -> Any:
        """Return what puts messages together: to load it takes a twentieth of a start, and some captures have none."""
        from dissect.flows import message_assembly

        self._assembling = message_assembly
        return message_assembly

    def __len__(self) -> int:
        """Return of how many directions messages are put together."""
        return len(self._directions)

    def rewind(self) -> None:
        """Begin again at the first frame, and keep in mind which frames completed which messages."""
        self._again = True
        self._directions.clear()
        self.memory = 0
        self._talks.clear()
        self._spoken.clear()

    def begin(self, stream: int, opening: Opening | None) -> None:
        """Note what is going to be spoken over a connection that begins; None for what its ports tell."""
        if opening is not None:
            self._spoken[stream] = opening
            if len(self._spoken) > self.limit:
                self._spoken.popitem(last=False)

    def is_spoken(self, stream: int) -> bool:
        """Whether something else is spoken over a connection than its ports tell."""
        return stream in self._spoken

    def facts(
        self, segment: Any, stream: int, way: int, arrival: Arrival, *, is_trusted: bool = False
    ) -> dict[str, Any]:
        """Take in a segment with data, and return the facts about it; {} where its protocol has no messages.

        `stream` is the number of the connection, `way` the direction. With `is_trusted` its
        checksum is known to be.
        """
        protocol = self._protocol(segment, stream)
        if protocol is None:
            return {}
        if protocol.rule is None:
            is_shown = arrival.size and not arrival.comes_again and not arrival.is_late
            return {"payload": _told(segment, protocol.opening)} if is_shown and protocol.opening else {}
        talk = self._talk(protocol, stream) if isinstance(protocol.rule, type) else None
        assembly = self._assembly(segment, stream, way, protocol, talk, arrival.size)
        if assembly is None:
            return {}
        carried = _Carried.of(segment, arrival.size, is_trusted=is_trusted)
        if not carried.data and not assembly.waits_for_end(arrival.place):
            return {}
        outcome = self._take(assembly, carried, arrival)
        if self._again and outcome.rest:
            outcome.set_rest_apart()
        if outcome.is_probe:
            return {"payload": segment.carried_at(Data.decode, segment.own_end, segment.carried_end)}
        facts = self._shown(outcome, carried, protocol, talk)
        return facts | self._belonging(outcome, carried.data, arrival.number)

    def passes_over(self, ports: bytes, stream: int, way: int, place: int, size: int, *, comes_again: bool) -> bool:
        """Whether `facts` tells no more of some bytes of data that come again, or else late, than that nobody looks.

        Neither what they are matters then nor their checksum; where it is so, the segment is taken in. `ports` are
        those of a segment as they stand in its header.
        """
        if self._has_none(ports, stream):
            return True
        assembly = self._begun(stream, way)
        if assembly is None or not assembly.passes_over(place, place + size, comes_again=comes_again):
            return False
        self._hear(assembly, stream, way)
        return True

    def has_part(self, stream: int, way: int, place: int, size: int) -> bool:
        """Whether bytes of data that come again are known as the beginning of a message of several segments.

        Then `facts` tells no more of them, if they are whole and their checksum is right, than that they are a part.
        """
        assembly = self._begun(stream, way)
        if assembly is None or not assembly.has_part(place, place + size):
            return False
        self._hear(assembly, stream, way)
        return True

    def ends_nothing(self, ports: bytes, stream: int, way: int, place: int) -> bool:
        """Whether `facts` tells nothing of the end of a direction that comes without data; then it is taken in."""
        if self._has_none(ports, stream):
            return True
        assembly = self._begun(stream, way)
        if assembly is None or assembly.waits_for_end(place):
            return False
        self._hear(assembly, stream, way)
        return True

    def _has_none(self, ports: bytes, stream: int) -> bool:
        """Whether what is spoken over a connection has no messages, as far as that was asked before."""
        opening = self._spoken.get(stream)
        return ports in self._without if opening is None else framing_of(opening.protocol) is None

    def _begun(self, stream: int, way: int) -> Assembly | None:
        """Return what puts the messages of a direction together, where all that it takes is known."""
        assembly = self._directions.get((stream, way))
        return None if assembly is not None and assembly.is_dialogue and stream not in self._talks else assembly

    def _hear(self, assembly: Assembly, stream: int, way: int) -> None:
        """Take note that a direction was not silent."""
        self._directions.move_to_end((stream, way))
        if assembly.is_dialogue:
            self._talks.move_to_end(stream)

    def _take(self, assembly: Assembly, carried: _Carried, arrival: Arrival) -> Outcome:
        """Have the data of a segment be taken in, and return what came of it."""
        if carried.is_trusted:
            held = assembly.memory
            outcome = assembly.take(carried.data, arrival)
            self.memory += assembly.memory - held
            while self.memory > self.memory_limit:
                self._give_up_oldest()
            return outcome
        if arrival.comes_again or arrival.is_late:
            return self._assembling.Outcome()  # type: ignore[no-any-return]  # a module that is loaded when it is needed
        return assembly.unassembled(carried.data, is_cut=carried.is_cut)

    def _shown(self, outcome: Outcome, carried: _Carried, protocol: _Protocol, talk: Talk | None) -> dict[str, Any]:
        """Return the facts about the messages that a segment shows."""
        segment, data, is_cut, is_trusted = carried
        opening = protocol.opening
        shows_beginning = protocol.shows_beginning if talk is None else talk.spoken.shows_beginning
        stands_alone = not is_trusted and not is_cut
        if shows_beginning and outcome.is_looked_at and stands_alone and not _is_said(outcome.spans[-1]):
            # What is not whole, and can't be put together with others, is not shown; of what was cut, what there is.
            outcome.spans.pop()
        facts: dict[str, Any] = {}
        if shows_beginning and outcome.is_looked_at and not outcome.spans:
            facts["payload"] = begun = _beginning(segment, protocol.decode, None if talk is None else talk.spoken)
            if stands_alone:
                begun.learn(stands_alone=True)
        elif opening is not None or outcome.spans != [self._assembling.Span(None, 0, len(data), 0)]:
            facts["payload"] = shown = shown_messages(segment, outcome.spans, protocol.decode)
            if opening is not None and shown is not None:
                shown.learn(**opening.facts)
            if shown is not None and stands_alone:
                shown.learn(stands_alone=True)
            if shown is not None and shows_beginning and outcome.is_unfinished:
                shown.learn(is_unfinished=True)
            if shown is not None and shows_beginning and outcome.is_asked_again:
                begun = _beginning(segment, protocol.decode, None if talk is None else talk.spoken)
                begun.learn(is_behind_others=True)
                innermost(shown).learn(payload=begun)
        last = last_message(facts.get("payload")) if outcome.announced else None
        if last is not None and (outcome.stands_behind or not self._again):
            last.learn(announced=outcome.announced)
        elif outcome.announced and not outcome.spans and not self._again:
            facts["announced"] = outcome.announced
        # Only a plain rule tells sizes, and none of a protocol that shows where a message begins.
        sizes = [
            span.end - span.start
            for span in outcome.spans
            if (talk is None and not protocol.shows_beginning if span.spoken is None else span.spoken.tells_size)
        ]
        if sizes:
            facts["message_sizes"] = sizes
        return facts

    def _belonging(self, outcome: Outcome, data: bytes, number: int) -> dict[str, Any]:
        """Return the facts about the messages of several segments to which the data of one belong."""
        facts: dict[str, Any] = {}
        if outcome.error and self._again and self._completed_in.get(outcome.begins or 0, 0) > number:
            # In the second pass there is more of the message than in the first one, and nothing contradicts it.
            facts["segment_data"], facts["is_segment"] = [data], True
        elif outcome.error:
            facts["reassembly_error"] = outcome.error
        if outcome.data:
            facts["segment_data"] = outcome.data
        if outcome.given_up:
            facts["given_up"] = outcome.given_up
        if outcome.is_part:
            facts["is_segment"] = True
        if outcome.whole is not None:
            facts |= _facts_of_whole(outcome.whole)
            self._remember(outcome.whole.number, (part.number for part in outcome.whole.parts))
        elif outcome.begun_by is not None:
            # Of a message that is never whole, Wireshark names the last segment that came, at the first one alone.
            self._remember(number, [outcome.begun_by])
        if self._again and outcome.begins is not None and number in self._completed_in:
            facts["reassembled_in"] = self._completed_in[number]
        return facts

    def _guessed(self, segment: Any, stream: int) -> Opening | None:
        """Return what is spoken from now on where a look at the bytes has told it; None where nothing was told."""
        if type(segment).decoder_of_ports(segment.sport, segment.dport) is not None:
            return None
        cls: Any = type(segment.payload)
        rule = None if cls is None.__class__ else cls.framing
        if rule is None:
            return None
        family = next((base for base in reversed(cls.__mro__) if vars(base).get("framing") is rule), cls)
        opening = Opening(family)
        self.begin(stream, opening)
        return opening

    def _protocol(self, segment: Any, stream: int) -> _Protocol | None:
        """Return what is spoken over the connection of a segment; None for a protocol without messages."""
        opening = self._spoken.get(stream)
        if opening is None:
            by_ports = self._protocol_of_ports(segment)
            opening = self._guessed(segment, stream) if by_ports is None else self._instead(by_ports, segment, stream)
            if opening is None and by_ports is not None:
                return by_ports
            if opening is None:
                return None
        cls = opening.protocol
        return _Protocol(framing_of(cls), cls.decode, cls.shows_beginning, opening)

    def _instead(self, by_ports: _Protocol, segment: Any, stream: int) -> Opening | None:
        """Return what a connection begins with that is no message of what its ports tell, where the bytes tell it."""
        rule: Any = by_ports.rule
        if (stream, 0) in self._directions or (stream, 1) in self._directions or isinstance(rule, type):
            return None
        data = bytes(segment.parts()[1])
        try:
            rule(data[:_LOOK])
        except FramingError:
            decode = type(segment).guess(data)
        else:
            return None
        cls = None if decode is None else _class_of(segment, decode)
        if cls is None or cls.framing is None:
            return None
        opening = Opening(cls, {"instead_of": _class_of(segment, by_ports.decode).name})
        self.begin(stream, opening)
        return opening

    def _protocol_of_ports(self, segment: Any) -> _Protocol | None:
        """Return the protocol that the ports of a segment stand for; None for one without a rule."""
        ports = segment.sport, segment.dport
        try:
            return self._protocols[ports]
        except KeyError:
            pass
        decode = segment.decoder_of_ports(*ports)
        cls = None if decode is None else _class_of(segment, decode)
        rule = None if cls is None else framing_of(cls)
        found = None if cls is None or rule is None else _Protocol(rule, decode, cls.shows_beginning)
        if len(self._protocols) >= _NUMBERS:
            self._protocols.clear()
            self._without.clear()
        self._protocols[ports] = found
        if found is None and decode is not None:
            self._without.add(b"".join(port.to_bytes(2, "big") for port in ports))
        return found

    def _assembly(
        self, segment: Any, stream: int, way: int, protocol: _Protocol, talk: Talk | None, size: int | None
    ) -> Assembly | None:
        """Return what puts the messages of a direction together; None where none has begun, and none begins.

        None begins with a segment without data: `size` are the bytes of these.
        """
        direction = stream, way
        assembly = self._directions.get(direction)
        if assembly is not None:
            self._directions.move_to_end(direction)
            return assembly
        if size == 0:
            return None
        rule = protocol.rule if talk is None else self._speaker(talk, segment, protocol.decode)
        if isinstance(rule, ByBeginning):
            rule = rule.chosen(bytes(segment.parts()[1][:_LOOK]))
        made: Assembly = (self._assembling or self._load()).Assembly(rule, memory_limit=self.memory_limit)
        self._directions[direction] = made
        if len(self._directions) > self.limit:
            self._give_up_oldest()
        return made

    def _talk(self, protocol: _Protocol, stream: int) -> Talk:
        """Return what is known of the talk over a connection."""
        talk = self._talks.get(stream)
        if talk is None:
            # Loaded for captures that hold such protocols.
            from dissect.flows.talking import Talk

            dialogue: Any = protocol.rule
            talk = self._talks[stream] = Talk(dialogue, protocol.decode, shows_beginning=protocol.shows_beginning)
            if len(self._talks) > self.limit:
                self._talks.popitem(last=False)
        else:
            self._talks.move_to_end(stream)
        return talk

    def _speaker(self, talk: Talk, segment: Any, decode: Any) -> Rule:
        """Return the rule of the direction of a segment: 0 is that to the port by which the protocol is found."""
        from dissect.flows.talking import Speaker

        low, high = sorted((segment.sport, segment.dport))
        found = type(segment).decoders()
        port = low if found.get(low) is decode else high
        return Speaker(talk, int(segment.dport != port))

    def _give_up_oldest(self) -> None:
        """Forget the direction that was silent longest, with all that is held of it."""
        _, given_up = self._directions.popitem(last=False)
        self.memory -= given_up.memory

    def _remember(self, completed_in: int, parts: Iterable[int]) -> None:
        for part in parts if self.part_limit and not self._again else ():
            if part != completed_in:
                self._completed_in[part] = completed_in
        while len(self._completed_in) > self.part_limit:
            self._completed_in.popitem(last=False)


def _is_said(span: Any) -> bool:
    """Whether a message is one of a dialogue, which knows who says it."""
    return span.spoken is not None and span.spoken.way is not None


def _told(segment: Any, opening: Opening) -> Any:
    """Return the header of what a segment carries, with what is told of each header of its conversation."""
    header = segment.carried_at(opening.protocol.decode, segment.own_end, segment.carried_end)
    header.learn(**opening.facts)
    return header


def _class_of(segment: Any, decode: Any) -> Any:
    """Return the class of the protocol that a decoder belongs to; None where the segment carries nothing that tells."""
    for cls in segment.carried_protocols():
        if cls.decode is decode:
            return cls
    # What a function chooses, the bytes tell.
    first = segment.payload
    return None if first is None else type(first)


def _beginning(segment: Any, decode: Any, spoken: Spoken | None) -> Any:
    """Return a header without a byte that stands for a message which begins in the segment and goes on in others."""
    start = segment.own_end
    header = segment.carried_at(decode if spoken is None else spoken.decode, start, start)
    header.learn(is_begun=True)
    return header if spoken is None or spoken.within is None else within(segment, header, spoken)


def _facts_of_whole(whole: Whole) -> dict[str, Any]:
    """Return what a segment is told that completes a message of several."""
    found = whole.facts()
    names = {"fragments": "segments", "reassembled_length": "reassembled_length"}
    return {names.get(name, name.replace("fragment", "segment")): value for name, value in found.items()} | {
        "segment_parts": [(part.number, len(part.data)) for part in whole.parts]
    }
