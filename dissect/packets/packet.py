"""A frame of a capture: its number, exact time, lengths and link type, parsed when looked at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar, overload

import dissect.protocols  # noqa: F401 - the decoders register themselves
from dissect.declaration.chain import looked_up
from dissect.declaration.decoder import LINKS, outermost
from dissect.declaration.header import Data, Header
from dissect.declaration.pending import declare_filling
from dissect.declaration.problems import Problem
from dissect.declaration.views import Drawing, Views
from dissect.errors import FieldError
from dissect.packets.links import ETHERNET, link_number
from dissect.protocols.ethernet import FCS_LENGTH, Ethernet

if TYPE_CHECKING:
    from dissect.packets.secrets import Secrets

__all__ = ["Packet", "parse", "parse_with_check_sequence"]

_HeaderType = TypeVar("_HeaderType", bound=Header)
_ETHERNET: Callable[[bytes, int, int, int], Header] = LINKS[ETHERNET]


def _as_bytes(data: Any) -> bytes:
    """Return the bytes of what holds bytes; TypeError for numbers and text, which `bytes` would make others of."""
    if isinstance(data, (bytes, bytearray, memoryview)) or hasattr(data, "__bytes__"):
        return bytes(data)
    hint = ": bytes.fromhex reads hex digits, and parse_hex_text a hex dump" if isinstance(data, str) else ""
    raise TypeError(f"a frame is bytes, not {type(data).__name__}{hint}")


def _whole(name: str, value: Any) -> int:
    """Return what counts as a whole number, as NumPy's do; FieldError for what does not."""
    try:
        return index(value)
    except TypeError:
        raise FieldError(f"a packet's {name} is {value!r}, expected a whole number") from None


def parse(data: bytes, link: str | int = "ethernet", original_length: int | None = None) -> Header:
    """Return the outermost header of a frame; what it carries is parsed when somebody looks at it.

    `data` may hold anything: every byte string parses, and what is wrong shows in `problems()`.
    `link` is a name or number of `dissect.packets.links`; what has no declaration is `Data`.
    `original_length` is the frame's length on the wire in bytes, so that a frame cut by the snap
    length is told from one whose length fields lie. Raises FieldError for an unknown link name, and TypeError
    for what holds no bytes.

    >>> parse(bytes.fromhex("00055da1b84000055d6158a80806")).src
    '00:05:5d:61:58:a8'
    """
    if data.__class__ is not bytes:
        data = _as_bytes(data)
    if original_length is None and link == "ethernet":
        return _ETHERNET(data, 0, len(data), 0)
    size = len(data)
    context = 0 if original_length is None or original_length <= size else original_length - size << 40
    number = link if isinstance(link, int) else link_number(link)
    decode = LINKS.get(number)
    if decode is None and declare_filling("LINKS", number):
        decode = LINKS.get(number)
    header: Header = Data.decode(data, 0, size, context) if decode is None else decode(data, 0, size, context)
    if header.carried_end < size:
        # The outermost header ends before the data do, by its own length.
        header.reach_to(size)
    return header


def parse_with_check_sequence(data: bytes, original_length: int) -> Header:
    """Return an Ethernet frame whose last 4 bytes on the wire are its check sequence, as its file says.

    What it carries ends in front of them, whatever that is. They stand at the end of the trailer, as far as the
    capture has them; all of them are needed for `eth.fcs`.
    """
    missing = max(original_length - len(data), 0)
    end = len(data) - max(FCS_LENGTH - missing, 0)
    if end < Ethernet.least_size:
        return parse(data, original_length=original_length)
    frame: Header = _ETHERNET(data, 0, end, max(missing - FCS_LENGTH, 0) << 40)
    frame.reach_to(len(data))
    if not missing:
        frame.learn(fcs_length=FCS_LENGTH)
    return frame


_parse_any = parse
"""What is left to do where the frame is no whole one of Ethernet."""
if not TYPE_CHECKING:
    parse = outermost(Ethernet, "ethernet", _parse_any)


class Packet(Views):
    """One record of a capture.

    `number` counts from 1; `time_ns` is nanoseconds since the epoch as an exact integer, or
    None where the capture has no time; `data` holds the captured bytes; `original_length`
    is the length on the wire in bytes, larger than `captured_length` where the snap length cut
    the frame; `link` is the LINKTYPE number, which may be given by its name; `interface` the number of the pcapng
    interface; `comments` are what was noted down with it, which only a pcapng keeps.
    The headers are parsed when first looked at; what works on a header works here too. FieldError for numbers that
    are none, and for comments that are not texts in a list.

    `data` and `frame` may be assigned: other data are parsed anew, and another frame brings its own link type. A
    frame that was changed is what `bytes(packet)` is and what is written; `data` stays what was captured.
    """

    __slots__ = (
        "_comments",
        "_frame",
        "_references",
        "_source",
        "data",
        "interface",
        "link",
        "number",
        "original_length",
        "time_ns",
    )

    number: int
    time_ns: int | None
    data: bytes
    original_length: int
    link: int
    interface: int | None
    _comments: tuple[str, ...]
    _frame: Header | None
    _source: bytes
    """The data that the frame was parsed from, once it was."""
    _references: tuple[int | None, int | None]
    """The times of the first packet and of the one before, once a reading pass has seen this one; else unset."""

    def __init__(
        self,
        data: bytes | Header,
        *,
        number: int = 1,
        time_ns: int | None = None,
        original_length: int | None = None,
        link: str | int | None = None,
        interface: int | None = None,
        comments: Iterable[str] = (),
    ) -> None:
        if link is None:
            link = getattr(data, "link_type", None)
            link = 1 if link is None else link
        elif link.__class__ is not int or link < 0:
            link = link_number(link)
        data = data if data.__class__ is bytes else _as_bytes(data)
        self.data = data
        self.number = number if number.__class__ is int else _whole("number", number)
        self.time_ns = time_ns if time_ns is None or time_ns.__class__ is int else _whole("time_ns", time_ns)
        if original_length is None:
            self.original_length = len(data)
        else:
            is_usual = original_length.__class__ is int
            self.original_length = original_length if is_usual else _whole("original_length", original_length)
        self.link = link
        self.interface = interface if interface is None else _whole("interface", interface)
        self._frame = None
        if comments:
            self.comments = comments

    @property
    def secrets(self) -> Sequence[Secrets]:
        """What its capture has told so far to decrypt with; a pcapng may."""
        return ()

    @property
    def comments(self) -> tuple[str, ...]:
        """The comments on the packet, () where there are none; may be set."""
        return getattr(self, "_comments", ())

    @comments.setter
    def comments(self, texts: Iterable[str]) -> None:
        given: Any = texts
        is_list = isinstance(given, Iterable) and not isinstance(given, str)
        listed = tuple(given) if is_list else ()
        if not is_list or not all(isinstance(text, str) for text in listed):
            raise FieldError(f"a packet's comments are {texts!r}, expected texts in a list, as in ['a comment']")
        self._comments = listed

    @property
    def interface_name(self) -> str | None:
        """What the system calls the interface, such as "eth0"; None where the file does not say."""
        return None

    @property
    def interface_description(self) -> str | None:
        """What somebody says about the interface; None where the file does not."""
        return None

    @property
    def is_observed(self) -> bool:
        """Whether a reading pass has seen the packet, so that it knows the times that came before its own."""
        return hasattr(self, "_references")

    @property
    def section_number(self) -> int | None:
        """The number of the pcapng section that the packet stands in, from 1; None in other files."""
        return None

    @property
    def origin(self) -> Hashable:
        """What is the same for all packets of which the file says the same beside number, time, bytes and lengths.

        That is what it says of the interface, and the names of what was noted down; None where it says nothing of that
        kind. Packets of two files may have the same.
        """
        return None

    @property
    def noted(self) -> tuple[str, ...]:
        """The names of what was noted down with the packet; () where nothing was."""
        return ()

    def option(self, name: str) -> int | str | bytes | None:
        """Return what was noted down with the packet under this name, such as "flags"; None where nothing was."""
        return None

    @property
    def frame(self) -> Header:
        """The outermost header; may be set."""
        frame = self._frame
        if frame is not None:
            try:
                if self._source is self.data:
                    return frame
            except AttributeError:
                return frame
            # Somebody has assigned other data since; what was cut off on the wire is as much as it was.
            self.original_length += len(self.data) - len(self._source)
        frame = self._frame = parse(self.data, self.link, self.original_length)
        self._source = self.data
        if frame.__class__ is Data and self.link not in LINKS:
            frame.learn(opaque=True)
        return frame

    @frame.setter
    def frame(self, header: Header) -> None:
        if not isinstance(header, Header):
            raise TypeError(f"a packet's frame is a header, not {type(header).__name__}")
        made = header.copy()
        if made.link_type is not None and type(parse(bytes(made), self.link)) is not type(made):
            self.link = made.link_type
        self._frame, self._source = made, self.data

    def fixed(self) -> Packet:
        """Return a copy whose wrong lengths, selectors and checksums are computed again: see `Header.fixed`."""
        packet = copy(self)
        packet._frame, packet._source = self.frame.fixed(), packet.data
        return packet

    @property
    def captured_length(self) -> int:
        """The number of bytes that were captured."""
        return len(self.data)

    diagram = Drawing("diagram", "Return the boxes of the RFCs with the frame's values, each layer below its title.")
    to_svg = Drawing("to_svg", "Return the same boxes as an SVG picture, which says in words what it shows.")
    to_mermaid = Drawing("to_mermaid", "Return the same boxes as the text of a Mermaid `packet` diagram.")

    @property
    def payload(self) -> Header | None:
        """What the outermost header carries."""
        return self.frame.payload

    @overload
    def __getitem__(self, layer: type[_HeaderType]) -> _HeaderType: ...
    @overload
    def __getitem__(self, layer: tuple[type[_HeaderType], int]) -> _HeaderType: ...
    @overload
    def __getitem__(self, layer: str | int | tuple[str, int]) -> Any: ...
    def __getitem__(self, layer: Any) -> Any:
        """Return a layer, or the value of a field: `packet[TCP]`, `packet["tcp"]`, `packet["ip.src"]`, `packet[0]`.

        What stands in brackets is told at `Header.__getitem__`; here the frame's own fields are those of the record,
        as in `packet["frame.number"]`, and a header by itself is the only frame of its capture.
        """
        return self.frame[layer] if isinstance(layer, type) else looked_up(self, layer)

    def __contains__(self, layer: object) -> bool:
        """Whether there is a layer of this class, of this protocol's name, or a field of this display-filter name."""
        if isinstance(layer, type):
            return layer in self.frame
        try:
            looked_up(self, layer)
        except (KeyError, FieldError):
            return False
        return True

    __iter__ = None

    def layers(self) -> Iterator[Header]:
        """Yield the headers, outermost first."""
        return self.frame.layers()

    @property
    def names(self) -> dict[str, str]:
        """The names that the packet tells, by the addresses that have them: answers of DNS and its kin, leases.

        Of several names of an address it is the first. What a capture tells is `told_names`.
        """
        found: dict[str, str] = {}
        for header in self.layers():
            for address, name in header.tells_names():
                found.setdefault(address, name)
        return found

    def problems(self) -> list[Problem]:
        """Return what is wrong with the frame, layer by layer."""
        return self.frame.problems()

    def __bytes__(self) -> bytes:
        return self.data if self._frame is None else bytes(self.frame)

    def __len__(self) -> int:
        return len(bytes(self))

    def __eq__(self, other: object) -> bool:
        """Compare frame, link type, time and original length; against a header, the frame alone."""
        if isinstance(other, Header):
            return self.frame == other
        if not isinstance(other, Packet):
            return NotImplemented
        return (
            self.link == other.link
            and self.time_ns == other.time_ns
            and self.original_length == other.original_length
            and self.frame == other.frame
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Packet {self.number}: {len(self.data)} bytes, {self.frame!r}>"
