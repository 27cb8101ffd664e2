"""Fields of protocols that are text: words of a line, and the rest of a line.

What ends a word or a line belongs to its field, as the zero does that ends other text, so that no byte is lost. A value
that is given as text gets the usual end; one that was read with another end is bytes in `repr`. A line ends with CR LF,
and as in most implementations with LF or CR alone (RFC 9112, section 2.2), or where the bytes end.
"""

from __future__ import annotations

import re
from typing import Any

from dissect.declaration.kinds import Kind

__all__ = ["Digits", "RestOfLine", "Word"]


class _LineText(Kind):
    """Text of which a pattern tells the first group from what ends it, which belongs to the raw value."""

    code = "string"
    octets = True
    delimited = True
    usual_front = usual_end = b""

    def __init__(self, pattern: bytes, *, encoding: str, valid: str) -> None:
        self.pattern = re.compile(pattern)
        self.encoding = encoding
        self.valid = valid
        """A pattern of the text that may be given, "" for any that its place allows; all is read, whatever it is."""

    def parts(self, raw: bytes) -> tuple[bytes, bytes]:
        """Return the text of a raw value, and what ends it."""
        found = self.pattern.match(raw)
        return (raw, b"") if found is None else (found[1], raw[found.end(1) :])

    def load(self, raw: bytes) -> Any:
        return self.parts(raw)[0].decode(self.encoding, "surrogateescape")

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw = bytes(value)
            found = self.pattern.match(raw)
            if found is None or found.end() != len(raw):
                raise ValueError(f"the bytes of one {self.what}, with what ends it")
            return raw
        if not isinstance(value, str):
            raise ValueError("text")
        try:
            text = value.encode(self.encoding, "surrogateescape")
        except UnicodeEncodeError:
            raise ValueError(f"text that {self.encoding} can write") from None
        raw = (self.usual_front if text else b"") + text + self.usual_end
        if self.parts(raw)[0] != text or (self.valid and not re.fullmatch(self.valid, value)):
            raise ValueError(f"text that can stand in one {self.what}")
        return raw

    what = "line"

    def text(self, raw: bytes, base: int, digits: int) -> str:
        # Wireshark takes all lines for ASCII, and prints a sign for each byte that is none.
        return self.parts(raw)[0].decode("ascii", "replace")

    def source(self, raw: bytes, base: int) -> str:
        value = self.load(raw)
        try:
            is_usual = self.store(value, 0) == raw
        except ValueError:
            is_usual = False
        return repr(value) if is_usual else repr(raw)

    def beginning(self, raw: bytes) -> int:
        return len(raw) - sum(map(len, self.parts(raw)))

    def ending(self, raw: bytes) -> int:
        return len(self.parts(raw)[1])

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        found = self.pattern.match(buffer, start, end)
        return -1 if found is None else found.end() - start


class Word(_LineText):
    r"""Text up to a character of the same line; where that is not there, up to the end of the line.

    With `apart`, as many of these characters as stand there end the word. With `needed` there is no such word where
    the character is missing, with `blanks` blanks behind the character belong to its end. `of` is a pattern of the
    bytes that may stand in the word. Without an `end` the word ends where they do, and what parts it from the next one
    belongs to that.

    >>> word = Word()
    >>> word.extent(b"GET / HTTP/1.1\r\n", 0, 16), word.load(b"GET "), word.store("GET", 0)
    (4, 'GET', b'GET ')
    """

    what = "word"

    def __init__(
        self,
        end: str = " ",
        *,
        of: str = "",
        needed: bool = False,
        blanks: bool = False,
        apart: bool = True,
        encoding: str = "utf-8",
        valid: str = "",
    ) -> None:
        mark = re.escape(end.encode())
        inside = of.encode() or b"[^" + mark + rb"\r\n]"
        if not end:
            pattern = b"(" + inside + b"*+)"
        elif needed:
            pattern = b"(" + inside + b"*+)" + mark + (rb"[ \t]*+" if blanks else b"")
        else:
            pattern = b"(" + inside + b"++)" + mark + (b"*+" if apart else b"?+") + b"|()" + mark + b"?+"
        super().__init__(pattern, encoding=encoding, valid=valid)
        self.usual_end = end.encode() + (b" " if blanks else b"")

    def parts(self, raw: bytes) -> tuple[bytes, bytes]:
        found = self.pattern.match(raw)
        text = (found and found[1]) or b""
        return text, raw[len(text) :]


class RestOfLine(_LineText):
    r"""Text up to the end of the line, blanks at its end left out.

    With `apart` blanks part it from what stands in front: one is written where there is text, and none where not.

    >>> rest = RestOfLine()
    >>> rest.extent(b"OK\r\nDate: ", 0, 10), rest.load(b"OK \n"), rest.store("OK", 0)
    (4, 'OK', b'OK\r\n')
    >>> RestOfLine(apart=True).store("OK", 0), RestOfLine(apart=True).store("", 0)
    (b' OK\r\n', b'\r\n')
    """

    usual_end = b"\r\n"

    def __init__(self, *, of: bytes = b"", apart: bool = False, encoding: str = "utf-8", valid: str = "") -> None:
        front = rb" *+" if apart else b""
        super().__init__(of or front + rb"([^\r\n]*+)(?:\r\n|\n|\r|\Z)", encoding=encoding, valid=valid)
        self.usual_front = b" " if apart else b""

    def load(self, raw: bytes) -> str:
        return self.parts(raw)[0].rstrip(b" \t").decode(self.encoding, "surrogateescape")

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, str) and value.endswith((" ", "\t")):
            raise ValueError("text without blanks at its end")
        return super().store(value, width)


class Digits(Word):
    """A number in decimal digits, a word of its line; 0 where no digits stand there.

    As many digits are read as the largest number has.

    >>> Digits().load(b"200 "), Digits().store(404, 0), Digits().load(b"OK "), Digits().load(b"4040 ")
    (200, b'404 ', 0, 404)
    """

    code = "uint"

    def __init__(self, end: str = " ", *, most: int = 999, size: int = 0) -> None:
        super().__init__(end, valid="[0-9]+")
        self.most = most
        self._digits = len(str(most))
        self.size = size
        if size:
            self.pattern = re.compile(rb"([0-9]{%d}|)" % size)
            self.usual_end = b""

    def load(self, raw: bytes) -> int:
        found = _DIGITS.match(raw)
        return int(found[0][: self._digits]) if found else 0

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, int) and not isinstance(value, bool):
            if not 0 <= value <= self.most:
                raise ValueError(f"0 to {self.most}")
            return b"%0*d" % (self.size, value) + self.usual_end
        return super().store(value, width)

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return str(self.load(raw))


_DIGITS = re.compile(rb"\d{1,18}")
