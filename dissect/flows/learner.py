"""Learners: what headers of one class mean in the light of other frames, one class of learners for each of them.

A learner of the classes in `dissect/protocols/tcp.py` stands in `learners/tcp.py`, and so for every other file;
it is imported when such a header is first seen. The learner of somebody else's protocol is any class that says
`class MyLearner(Learner, of=MyHeader)`, wherever it stands.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from keyword import iskeyword
from typing import Any, ClassVar

from dissect.declaration.gathering import Span
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldAbsentError
from dissect.flows.openings import Openings
from dissect.packets.secrets import Secrets

__all__ = ["Glance", "Learner", "Place", "Plain", "learner_of", "takes_part_always", "tells_of_others"]

_PROTOCOLS = "dissect.protocols."
_OF_PACKETS = ("data", "number", "time_ns")
"""What Python for plain headers uses that is the same for all headers of a packet."""
_VARIABLE = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_LEARNERS: dict[type[Header], type[Learner]] = {}
"""The learners by the class that they were declared for."""
_FOUND: dict[type[Header], type[Learner] | None] = {}
"""The same by the class of a header, or None, for classes that were asked for."""


class Place:
    """Where in a packet a reading pass has arrived: what the headers so far tell about those that they carry.

    In a tunnel the innermost header decides: its addresses take the place of those around it.
    """

    __slots__ = (
        "addresses",
        "datagram_end",
        "ends",
        "is_cut",
        "is_protected",
        "network",
        "number",
        "prefix",
        "quoted",
        "stream",
        "time_ns",
        "transport",
        "vlan",
        "way",
    )

    def __init__(self, number: int, time_ns: int | None) -> None:
        self.number = number
        """The number of the packet."""
        self.time_ns = time_ns
        """The time of the packet, in nanoseconds since 1970, or None."""
        self.addresses: tuple[bytes, bytes] | None = None
        """Source and destination of the nearest network header, from end to end; None where they are not known."""
        self.datagram_end: int | None = None
        """Where in the frame that header's datagram ends, which may have been cut and is no fragment; None where only
        the header itself can tell."""
        self.ends: tuple[bytes, bytes] | None = None
        """Source and destination of the innermost datagram so far: each an address, and a port behind it."""
        self.stream: int | None = None
        """The number of the TCP connection that carries this; None outside of one."""
        self.way = 0
        """Its direction: 0 or 1, the same for all segments of one end."""
        self.quoted = False
        """Whether this is the quotation of an ICMP error."""
        self.vlan = 0
        """The number of the innermost VLAN so far; 0 for none."""
        self.network: Header | None = None
        """The nearest network header."""
        self.prefix = b""
        """The bytes of that header and of those of its extension headers that the pass has come by."""
        self.transport: Any = None
        """The nearest header of TCP or UDP."""
        self.is_cut = False
        """Whether the network header's datagram reaches beyond what is there."""
        self.is_protected = False
        """Whether this was encrypted, and is read because somebody told the keys."""

    def enter_network(self, header: Any) -> None:
        """Take a network header for the nearest one: it has the fields `src` and `dst`."""
        try:
            self.addresses = header.raw("src"), header.raw("dst")
        except FieldAbsentError:
            self.addresses = None
        self.network = header
        self.datagram_end = self.transport = self.stream = None
        self.prefix = header.own_bytes
        self.is_cut = header.is_cut or (header.is_attached and header.declared_end > header.carried_end)


class Glance(NamedTuple):
    """A header of which no object was made, as far as a learner needs it; its packet has no oddities."""

    data: bytes
    """The buffer in which the header stands, beside others."""
    start: int
    """Where in the buffer it begins."""
    end: int
    """Where its datagram ends, which may lie beyond the bytes that were captured."""
    stop: int
    """Where the captured bytes of its packet end."""
    number: int
    """The number of the packet."""
    time_ns: int | None
    """When the packet was captured, in nanoseconds; None where nobody knows."""
    source: bytes
    """The address of the sender with its port."""
    destination: bytes
    """The address of the receiver with its port."""
    values: tuple[Any, ...]
    """The values of the learner's `quick` fields."""


class Plain(NamedTuple):
    """How a loop over usual frames takes in, by itself, the headers of which nearly all traffic consists.

    A header is plain where `states` has its direction, and `test` holds. Then the loop does what `glance` would
    have done, without a call: it runs the `lines`, and `facts` tells all that `glance` would return. Any other header
    goes to `glance`. So the rules stand in the learner once, and here is their shortest case; tests hold both together.

    All of it is Python, which is woven into the loop (`dissect.flows.shortcut`). It uses the values of the `quick`
    fields and of the `places` by their names, what `names` gives, and of the loop
    - `number` and `time_ns`: the packet's number and time, which is known,
    - `data` and `start`: the buffer, and where the header begins in it,
    - `size`: how many bytes the header and all that it carries take, as its network header says,
    - `there`: how many of these were captured, at most.
    The header's `quick` fields lie in both, and so do the `places`. Names that the test or the lines assign are free
    for `facts` to use.
    """

    states: Mapping[bytes, Any]
    """What is known of a direction, by the bytes of source and destination address, and those of both ports behind."""
    state: str
    """What the state is called: a name, or the names of its parts where it is a tuple."""
    test: str
    """Whether the header is plain; the most telling part first."""
    lines: tuple[str, ...]
    """What takes the header in; a line that depends on another is indented by one blank."""
    facts: Mapping[str, str]
    """Every fact that is attached to a plain header, and its value once the lines were run."""
    names: Mapping[str, Any] = {}
    """What else the Python above calls by a name, the same for all headers."""
    places: Mapping[str, Span] = {}
    """What else is read of the header together with its `quick` fields, by names, and where it stands in the header."""
    numbers: frozenset[str] = frozenset()
    """The facts that are numbers in every plain header; others may be of any type, or None."""

    @property
    def given(self) -> tuple[str, ...]:
        """The variables of the loop that the facts are computed from."""
        found = {word for value in self.facts.values() for word in _VARIABLE.findall(value)}
        return tuple(sorted(word for word in found if not iskeyword(word)))

    def called(self, known: Mapping[str, str], prefix: str) -> Plain:
        """Return the same where variables have other names: the `known` ones these, and those of its own the prefix."""
        kept = {*_OF_PACKETS, *self.names}

        def renamed(word: re.Match[str]) -> str:
            name = word[0]
            is_kept = name in kept or iskeyword(name) or hasattr(builtins, name)
            return name if is_kept else known.get(name, prefix + name)

        def text(python: str) -> str:
            return _VARIABLE.sub(renamed, python)

        facts = {name: text(value) for name, value in self.facts.items()}
        return self._replace(state=text(self.state), test=text(self.test), lines=(*map(text, self.lines),), facts=facts)

    def fact(self, name: str, prefix: str) -> str:
        """Return Python for a fact, in which each variable's name has a prefix."""
        return _VARIABLE.sub(lambda word: word[0] if iskeyword(word[0]) else prefix + word[0], self.facts[name])


class Learner:
    """What a reading pass knows of the headers of some classes.

    A subclass names the classes, `class MyLearner(Learner, of=MyHeader)`, and defines `observe`. A pass has one
    instance of it, which is shown every header of these classes in the order of the capture, and attaches
    what it learns by `header.learn(name=value)`. Its tables are bounded, for traffic can be anything.

    With `twice` the packets come twice, with `rewind` between: in the second pass (`again`) headers may also
    be told what later packets said. What was attached in the first pass is gone.
    """

    of: ClassVar[tuple[type[Header], ...]] = ()
    """The classes of headers that it learns of, their subclasses included."""
    always: ClassVar[bool] = False
    """Whether what is learnt of other headers depends on it, so that it takes part whatever a pass is asked for."""
    quick: ClassVar[tuple[str, ...]] = ()
    """The fields of fixed place whose values `glance` is given; none for a learner that has to see every header."""
    ports: ClassVar[tuple[str, str] | None] = None
    """The fields that tell the two ends of a conversation apart at one address; `glance` is given the ends by them."""
    inside: ClassVar[tuple[str, ...]] = ()
    """The fields of fixed place whose values `look` is given, for messages of which no more matters; else none."""
    closing: ClassVar[tuple[str, int] | None] = None
    """The field of `quick` and the bits by which a header without a payload ends what others carried; None where
    `observe` wants to see headers of some ports in any case."""
    costly: ClassVar[frozenset[str]] = frozenset()
    """The facts that are learnt only where they are asked for, so that others are learnt sooner."""
    opened: ClassVar[frozenset[str]] = frozenset()
    """Those of the costly facts that depend on what other conversations carry, as these may open more of them."""
    own: ClassVar[frozenset[str]] = frozenset()
    """The facts that only headers of these classes tell, and those of learners that take part `always`."""
    apart: ClassVar[bool] = False
    """Whether nothing but such headers means more by it: where nobody looks at these, it need not take part. It tells
    nothing of places, and awaits no conversations."""
    silent: ClassVar[bool] = False
    """Whether there is nothing to learn of a header without options in front of what is no part of a datagram."""
    tells: ClassVar[tuple[str, str] | None] = None
    """The attribute of a place to which such a silent header sets the number in a field, where it tells no more."""

    def __init_subclass__(cls, *, of: type[Header] | tuple[type[Header], ...] = (), **options: Any) -> None:
        super().__init_subclass__(**options)
        if of:
            cls.of = of if isinstance(of, tuple) else (of,)
            _LEARNERS.update(dict.fromkeys(cls.of, cls))
            _FOUND.clear()

    def __init__(self, *, twice: bool = False) -> None:
        self.again = False
        """Whether the packets come for the second time."""
        self.asked = self.costly
        """Those of the costly facts that are learnt."""
        self.looks_into = True
        """Whether somebody asks for what the headers carry; who says no, says so before the first packet."""
        self.openings: Mapping[str, Openings] = {"tcp": Openings(), "udp": Openings()}
        """What was said of conversations that are going to begin, by the name of their transport."""
        self.secrets: Sequence[Sequence[Secrets]] = ()
        """What captures tell to decrypt with, for each of them; more comes while packets are read."""

    def take_part(self, openings: Mapping[str, Openings]) -> None:
        """Take what the learners of a pass tell each other: which conversations over TCP and UDP are awaited."""
        self.openings = openings

    def ask(self, facts: Collection[str]) -> None:
        """Learn of the costly facts those alone that are asked for; before the first packet."""
        self.asked = self.costly.intersection(facts)

    def rewind(self) -> None:
        """Begin with the first packet again, and keep what is known."""
        self.again = True

    def observe(self, header: Any, place: Place) -> None:
        """Take a header in, and attach to it what is known; nothing may be raised, whatever the header holds."""
        raise NotImplementedError

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        """Take in a header of which no object was made.

        Returns all facts that `observe` would attach, or None, before anything was learnt, for a header that has to be
        observed.
        """
        return None

    def glance_past(self, seen: Glance) -> dict[str, Any] | None:
        """Do what `glance` does for who asks for none of the facts: they may be left out but for a payload."""
        return self.glance(seen)

    def overlook(self, seen: Glance, *, tells: bool = True) -> dict[str, Any] | None:
        """Do what `glance` does for a header whose payload leads on, where that is not looked into in any case.

        With `tells` false it does what `glance_past` does.

        None, before anything was learnt, where it may be. A checksum sums the addresses of `seen`, the header's number
        and its length, and nothing else of what is around it.
        """
        return None

    def look(self, seen: Glance, transport: str, stream: int) -> dict[str, Any]:
        """Take in a message of which no object was made; return all facts that `observe` would attach.

        A datagram carries it, of a transport with this name, in the conversation with this number. In `seen` are the
        places of the message, and the values of `inside`.
        """
        raise NotImplementedError

    def plain(self) -> Plain | None:
        """Return how plain headers are taken in without a call of `glance`; None where all are shown to that.

        It is asked for when a loop is written out: once, and again after `rewind`.
        """
        return None

    def settle(self, header: Any) -> None:
        """Complete facts of `glance`, which have been attached, by what only the header itself can tell."""

    def held(self) -> int:
        """Return how many things its tables hold."""
        return 0

    @classmethod
    def is_part(cls, header: Any) -> bool:
        """Whether the header carries a part of something that other packets complete."""
        return False

    @classmethod
    def depends(cls, header: Any) -> bool:
        """Whether the header, or what it carries, means more in the light of other packets."""
        return True


def learner_of(cls: type[Header]) -> type[Learner] | None:
    """Return the class of learners for headers of a class; None where there is none."""
    try:
        return _FOUND[cls]
    except KeyError:
        found = _FOUND[cls] = _search(cls)
        return found


def _search(cls: type[Header]) -> type[Learner] | None:
    for base in cls.__mro__:
        if base.__module__.startswith(_PROTOCOLS):
            _import(f"{__package__}.learners.{base.__module__.removeprefix(_PROTOCOLS)}")
        learner = _LEARNERS.get(base)
        if learner is not None:
            return learner
    return None


def takes_part_always(cls: type[Header]) -> bool:
    """Whether the learner of a class takes part `always`; it is not imported where its text tells that it does not."""
    for base in cls.__mro__:
        known = _LEARNERS.get(base)
        says_so = base.__module__.startswith(_PROTOCOLS) and tells_of_others(base.__module__)
        if says_so or (known is not None and known.always):
            learner = learner_of(cls)
            return learner is not None and learner.always
    return False


@cache
def tells_of_others(module: str) -> bool:
    """Whether learners for what a module of protocols declares take part `always`; neither need be imported for it."""
    if not module.startswith(_PROTOCOLS):
        return True
    name = f"{__package__}.learners.{module.removeprefix(_PROTOCOLS)}"
    found = find_spec(name)
    if found is None or found.origin is None:
        return found is not None
    # Its text as bytes: to decode it, importlib loads what takes longer than all else.
    read: Callable[[str], bytes] | None = getattr(found.loader, "get_data", None)
    return read is None or b"always = True" in read(found.origin)


def _import(name: str) -> None:
    """Import a module that need not be there."""
    if find_spec(name) is not None:
        import_module(name)
