"""How many bytes the next message over a stream takes: declared once, as a pure function of the bytes so far.

A protocol over TCP says so with `framing=`; whoever puts streams together asks it for whole messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

__all__ = [
    "UNTIL_END",
    "Begun",
    "Blank",
    "ByBeginning",
    "Chunks",
    "Dialogue",
    "Framing",
    "FramingError",
    "LengthField",
    "Line",
    "Rule",
    "split",
]

Rule: TypeAlias = "Framing | Callable[[bytes], int | None]"
"""A rule of this file, a function of a protocol's own that keeps to what `Framing` says, or a class of `Dialogue`."""

UNTIL_END = 1 << 62
"""The size of a message that ends where the stream does."""


class FramingError(ValueError):
    """The bytes cannot be the beginning of a message, however many follow."""


class Framing(Protocol):
    """What tells where a message ends.

    Given the bytes of a stream from the start of a message on, it returns how many of them the message takes, at
    least 1 and perhaps more than are there; None where more bytes are needed to tell. It raises FramingError where
    they are no message.
    """

    def __call__(self, data: bytes) -> int | None:
        """Return the size of the message that begins with these bytes."""
        ...


class Begun(int):
    """How many bytes of a message are understood, which is not whole, so that only those behind need be looked at."""


class Dialogue:
    r"""The rule of a protocol whose messages can only be cut by who knows what was said before, in both directions.

    `framing=` is then the class, and each connection has an instance. `size` is what a rule is, for the messages of
    one direction; it may return `UNTIL_END`. Once a message is cut, `took` is called, in the order of the capture.
    Where the connection speaks another protocol from then on, `took` sets `becomes` to its class, or to None for bytes
    that nobody reads, and `switches`; `within` is then the class of an empty header that stands in front of what is
    spoken, where people are to see how it came about.

    Lines of which each is a message, but for what follows the word DATA:

    >>> class Mail(Dialogue):
    ...     def __init__(self):
    ...         self.is_data = False
    ...     def size(self, way, data):
    ...         return Line(b"\r\n.\r\n" if self.is_data and way == 0 else b"\r\n")(data)
    ...     def took(self, way, data):
    ...         self.is_data = way == 0 and data == b"DATA\r\n"
    >>> mail = Mail()
    >>> mail.took(0, b"DATA\r\n"); mail.size(0, b"one\r\n.\r\nQUIT")
    8
    """

    becomes: type[Any] | None = None
    switches: bool = False
    within: type[Any] | None = None
    told_within: Mapping[str, Any] = {}
    """What is told of the header `within`, as a learner tells it."""
    told_after: Mapping[str, Any] = {}
    """What is told of each header of the protocol that is spoken from then on."""
    follows_in_info: bool = True
    """Whether a list tells of each of several messages in a segment, one behind the other."""

    def size(self, way: int, data: bytes) -> int | None:
        """Return the size of the message that begins with these bytes, which one end sent (0: the client).

        None where it can't be told; of a message in pieces, of which only the last one tells that it is whole, `Begun`
        tells how far it is understood, so that its beginning is looked at once.
        """
        raise NotImplementedError

    def rest(self, way: int, data: bytes) -> int | None:
        """Return the size of the rest of a message of which `size` or `rest` has understood so much (`Begun`).

        The data are those behind what was understood, which may be more than there was then. It may be a part again.
        """
        raise NotImplementedError

    def size_at_end(self, way: int, data: bytes) -> int | None:
        """Return the size of a message that is not whole where its direction ends; None where it is none then, too."""
        return None

    def took(self, way: int, data: bytes) -> None:
        """Take note of a message; of a long one only the first 65536 bytes are there."""

    def goes_back(self, way: int, data: bytes) -> bool:
        """Whether bytes are of this protocol again, in a connection that has switched to another one.

        It is asked of each message from then on; never, unless a dialogue says so.
        """
        return False

    def speaks(self, way: int, data: bytes) -> type[Any] | None:
        """Return the class of a message where the direction tells it; None leaves it to the bytes."""
        return None

    def recognizes(self, way: int, data: bytes) -> bool:
        """Whether this is a message of the protocol; what is none is not shown."""
        return True

    def tells_of_part(self, way: int, data: bytes, *, is_cut: bool) -> Mapping[str, Any] | None:
        """Return what is told of the header of a message whose rest can't be had; None where nobody is to see it.

        The capture cut it off, or its segment can't be put together with others.
        """
        return {}

    def announces(self, way: int, data: bytes) -> str:
        """Return what a list says of a segment with the beginning of a message that is not whole; "" for nothing."""
        return ""


class LengthField:
    r"""A length field of `size` bytes that stands `offset` bytes into the message.

    The message has as many bytes as the field says, times `unit`, and `added` more: those in front of what is
    counted, 0 where the length counts the whole message. A message of more than `most` bytes is none.

    >>> rule = LengthField(2, added=2)    # DNS over TCP: RFC 1035, section 4.2.2
    >>> rule(b"\0"), rule(b"\0\5abc"), rule(b"\0\1abc")
    (None, 7, 3)
    """

    def __init__(
        self, size: int, *, offset: int = 0, added: int = 0, unit: int = 1, little: bool = False, most: int = 1 << 24
    ) -> None:
        if size < 1 or offset < 0 or unit < 1:
            raise TypeError(f"a length field of {size} bytes at {offset} in units of {unit} is none")
        self.size = size
        self.offset = offset
        self.added = added
        self.unit = unit
        self.little = little
        self.most = most

    def __call__(self, data: bytes) -> int | None:
        """Return the size that the field tells; None where it is not there yet."""
        end = self.offset + self.size
        if len(data) < end:
            return None
        number = int.from_bytes(data[self.offset : end], "little" if self.little else "big")
        total = number * self.unit + self.added
        if not end <= total <= self.most:
            raise FramingError(f"a message has {total} bytes, expected {end} to {self.most}")
        return total


class Line:
    r"""A line: up to `end`, which belongs to it. One of more than `most` bytes is none.

    >>> Line()(b"EHLO"), Line()(b"EHLO a\r\nMAIL")
    (None, 8)
    """

    def __init__(self, end: bytes = b"\r\n", *, most: int = 1 << 16) -> None:
        if not end:
            raise TypeError("a line ends with at least one byte")
        self.end = end
        self.most = most

    def __call__(self, data: bytes) -> int | None:
        """Return the bytes of the line; None where its end is not there yet."""
        found = data.find(self.end, 0, self.most)
        if found >= 0:
            return found + len(self.end)
        if len(data) >= self.most:
            raise FramingError(f"a line has more than {self.most} bytes")
        return None


class Chunks:
    r"""Chunks, each behind a line with its size in hexadecimal, up to one of size 0 and a blank line (RFC 9112, 7.1).

    >>> Chunks()(b"3\r\nabc\r\n0\r\n\r\nmore"), Chunks()(b"3\r\nab")
    (13, None)
    """

    def __init__(self, *, most: int = 1 << 24) -> None:
        self.most = most
        self._line = Line()

    def __call__(self, data: bytes) -> int | None:
        """Return the bytes of all chunks and of the lines behind them; None where the last is not there yet."""
        place = 0
        while True:
            line = self._line(data[place : place + self._line.most])
            if line is None:
                return None
            digits = data[place : place + line - 2].partition(b";")[0].strip()
            if not digits or digits.strip(b"0123456789abcdefABCDEF"):
                raise FramingError(f"a chunk has the size {digits!r}, expected hexadecimal digits")
            size = int(digits, 16)
            place += line
            if not size:
                return self._trailer(data, place)
            place += size + 2
            if place > self.most:
                raise FramingError(f"the chunks have more than {self.most} bytes")
            if place > len(data):
                return None
            if data[place - 2 : place] != b"\r\n":
                raise FramingError("behind a chunk stands no line's end")

    def _trailer(self, data: bytes, place: int) -> int | None:
        while True:
            line = self._line(data[place : place + self._line.most])
            if line is None:
                return None
            place += line
            if line == 2:
                return place


class ByBeginning:
    r"""A rule that each direction of a connection chooses by its first bytes: `choose` returns it.

    Lines, unless the first byte is no letter:

    >>> rule = ByBeginning(lambda data: Line() if data[:1].isalpha() else LengthField(1, added=1))
    >>> rule(b"one\r\ntwo"), rule.chosen(b"\3abc")(b"oneby")
    (5, 112)
    """

    def __init__(self, choose: Callable[[bytes], Callable[[bytes], int | None]]) -> None:
        self.chosen = choose

    def __call__(self, data: bytes) -> int | None:
        """Return the size of the message with which a direction begins."""
        return self.chosen(data)(data)


class Blank:
    r"""Lines up to a blank one, and a body as they say: so many bytes, or chunks (RFC 9112, section 6.3).

    `length` is the name of the line that tells the bytes of the body. Chunks go before it, where the line
    `encoding` ends with "chunked". Without either there is no body. Names are in any case. Two lengths that differ,
    or one that is no number, make no message.

    >>> rule = Blank()
    >>> rule(b"GET / HTTP/1.1\r\n\r\nGET"), rule(b"A: b\r\nContent-Length: 2\r\n\r\n12")
    (18, 29)
    """

    def __init__(
        self, length: str = "Content-Length", encoding: str = "Transfer-Encoding", *, most: int = 1 << 24
    ) -> None:
        self.length = length.lower().encode()
        self.encoding = encoding.lower().encode()
        self.most = most
        self._chunks = Chunks(most=most)

    def __call__(self, data: bytes) -> int | None:
        """Return the bytes of the lines and of the body; None where the blank line is not there yet."""
        found = data.find(b"\r\n\r\n", 0, self.most)
        if found < 0:
            if len(data) >= self.most:
                raise FramingError(f"no blank line stands in the first {self.most} bytes")
            return None
        head = found + 4
        stated = [line.partition(b":") for line in data[:found].split(b"\r\n")]
        lines = [(name.strip().lower(), value.strip()) for name, _, value in stated]
        if any(name == self.encoding and value.lower().endswith(b"chunked") for name, value in lines):
            body = self._chunks(data[head:])
            return None if body is None else head + body
        lengths = {value for name, value in lines if name == self.length}
        if not lengths:
            return head
        (length, *others) = lengths
        if others or not length.isdigit() or len(length) > 18:
            raise FramingError(f"the body has {b' and '.join(sorted(lengths)).decode('ascii', 'replace')} bytes")
        total = head + int(length)
        if total > self.most:
            raise FramingError(f"a message has {total} bytes, expected at most {self.most}")
        return total


def split(rule: Rule, data: bytes) -> tuple[list[bytes], bytes]:
    r"""Return the whole messages at the beginning of a stream, and the bytes behind them.

    Where the rule says that there is no message, everything from there on is left over.

    >>> split(Line(), b"one\r\ntwo\r\nthr")
    ([b'one\r\n', b'two\r\n'], b'thr')
    """
    messages: list[bytes] = []
    place = 0
    while place < len(data):
        try:
            size = rule(data[place:])
        except FramingError:
            break
        if size is None or size < 1 or place + size > len(data):
            break
        messages.append(data[place : place + size])
        place += size
    return messages, data[place:]
