"""Where messages of HTTP/1 end: their headers tell, and what was asked (RFC 9112, section 6)."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dissect.declare import UNTIL_END, Begun, Dialogue, FramingError, LineList, NamedLines, protocol_named
from dissect.protocols.http_fields import HTTPField, chunk_size
from dissect.protocols.tcp import TCP

__all__ = [
    "BLANKS",
    "HTTPDialogue",
    "StartLine",
    "body_size",
    "is_chunked",
    "is_http",
    "is_request",
    "is_response",
    "start_line",
    "surplus_size",
]

_METHODS = frozenset(
    """
    GET PUT POST HEAD DELETE OPTIONS TRACE CONNECT PATCH COPY LOCK MOVE POLL BCOPY BMOVE MKCOL LABEL MERGE SEARCH UNLOCK
    REPORT UPDATE NOTIFY BDELETE CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT
    MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL RPC_IN_DATA RPC_OUT_DATA
    SSTP_DUPLEX_POST M-SEARCH
    """.split()
)
"""The methods of RFC 9110, WebDAV (RFC 3253 and 4918), UPnP and Microsoft's remote procedures."""
_FIRST = re.compile(rb"(?:\r\n)?+([^\r\n]*+)(\r\n|\n|\r)")
_RESPONSE = re.compile(rb"(?:HTTP/|ICY)")
_STATED = re.compile(rb"[\r\n]content-length:[ \t]*+(\d{1,18})[ \t]*+(?=[\r\n])", re.IGNORECASE)
_STATED_CHUNKS = re.compile(rb"[\r\n]transfer-encoding:[ \t]*+chunked", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\Z))")
_LONGEST_HEADER = 1 << 24
_LOOK = 256
_PRINTABLE = range(0x20, 0x7F)
_LARGEST_CHUNK = 1 << 30
_LAST_CHUNK = b"0\r\n\r\n"
BLANKS = " \t"
"""What may stand around the value of a field, and is no part of it (RFC 9110, section 5.6.3)."""
_CHANNELS, _LEAST_CHANNEL = ("RPC_IN_DATA", "RPC_OUT_DATA"), 1 << 17
"""The requests that open channels of Microsoft's remote procedures, and the least length that they state of these.

What is called is no body: it follows as messages of its own (MS-RPCH, section 2.1.2.1).
"""
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")
_FIELDS = LineList(HTTPField)


class StartLine(NamedTuple):
    """The first line of a message: its text, where the next line begins, and what it says."""

    text: bytes
    end: int
    method: str
    """Of a request; "" of any other line."""
    status: int
    """Of a response; 0 of any other line, and -1 of one that states none."""


def start_line(data: bytes) -> StartLine | None:
    """Return the first line, behind a blank one that may stand in front of it; None where its end is not there."""
    found = _FIRST.match(data)
    if found is None:
        return None
    text = found[1]
    if _RESPONSE.match(text):
        words = text.split()
        digits = words[1][:3] if len(words) > 1 else b""
        return StartLine(text, found.end(), "", (int(digits) if digits.isdigit() else 0) or -1)
    method = text.partition(b" ")[0].decode("latin-1")
    return StartLine(text, found.end(), method if method in _METHODS else "", 0)


def is_request(data: bytes) -> bool:
    """Whether the bytes begin like a request with a method that is registered; its line may go on behind them.

    Any other word may begin data as well: a body that goes on, or another protocol.
    """
    first = start_line(data) or start_line(data + b"\n")
    return first is not None and bool(first.method)


def is_response(data: bytes) -> bool:
    """Whether the bytes begin like a response, whose first line may go on behind them."""
    first = start_line(data) or start_line(data + b"\n")
    return first is not None and bool(first.status)


def begins_with_field(data: bytes) -> bool:
    """Whether the first line may be a field of a header: it begins with what can be printed, and has a colon."""
    first = start_line(data)
    return first is not None and b":" in first.text and first.text[0] in _PRINTABLE


def is_http(data: bytes) -> bool:
    """Whether the first line is that of a message, and states a version of HTTP/1, whatever the port says."""
    first = start_line(data)
    return first is not None and (first.text.startswith(b"HTTP/1.") or first.text[-8:-1] == b"HTTP/1.")


def stated_length(fields: NamedLines) -> int | None:
    """Return the length of the body that the fields state, the last one if several do; None where they state none."""
    said = fields.get_all("Content-Length")
    return read_length(said[-1]) if said else None


def read_length(said: str) -> int | None:
    """Return the length that one field states; None where it is no number."""
    digits = said.strip().removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


_MOST_DIGITS = 18


def is_chunked(fields: NamedLines) -> bool:
    """Whether the fields say that the body comes in chunks: as the first coding, whatever else is told of it."""
    return any(said.strip(BLANKS).lower().startswith("chunked") for said in fields.get_all("Transfer-Encoding"))


def body_size(first: StartLine, fields: NamedLines, asked: str = "") -> int:
    """Return the bytes of a body that does not come in chunks, or `UNTIL_END`; `asked` is the method of the request."""
    if first.status and (first.status // 100 == 1 or first.status in (204, 304) or asked == "HEAD"):
        return 0
    if asked == "CONNECT" and first.status // 100 == 2:
        return 0
    length = stated_length(fields)
    if length is not None:
        return 0 if first.method in _CHANNELS and length >= _LEAST_CHANNEL else length
    codings = fields.get("Transfer-Encoding")
    return UNTIL_END if first.status or (codings is not None and first.method) else 0


def is_switching(first: StartLine, fields: NamedLines) -> bool:
    """Whether another protocol is spoken behind a response, which has to name it (RFC 9110, section 7.8)."""
    return first.status == _SWITCHING and "Upgrade" in fields


def surplus_size(first: StartLine, fields: NamedLines, rest: bytes, asked: str = "") -> int:
    """Return how many of the bytes behind a response that has no body are one all the same: as many as it states.

    What begins another response is none. A request is known by the last one alone: after HEAD, where earlier ones wait
    for their answers, a body may be there whatever it is.
    """
    if is_switching(first, fields) or (asked != "HEAD" and is_response(rest[:_LOOK])):
        return 0
    return min(stated_length(fields) or 0, len(rest))


def carried_by_port(port: int) -> type[Any] | None:
    """Return the protocol that TCP carries by a port; None for none."""
    decode = TCP.decoder_of_ports(port, port) if port else None
    return next((cls for cls in TCP.carried_protocols() if cls.decode is decode), None)


_SUCCESS, _SWITCHING = 2, 101


class HTTPDialogue(Dialogue):
    """Requests and responses; what follows a response depends on what was asked last, as far as that was seen.

    A header of more than 16 MiB is none, nor is a chunk of more than 1 GiB.
    """

    def __init__(self) -> None:
        self._asked = self._target = ""
        self._is_known = False
        """Whether there was a message in either direction: what is none is another protocol before, data after it."""

    def size(self, way: int, data: bytes) -> int | None:
        """Return the size of the message; what is no message goes on as far as there are bytes."""
        first = start_line(data)
        if first is None:
            if len(data) > _LONGEST_HEADER:
                raise FramingError("a line without an end")
            if data == b"\r\n" or not (data[0] in _PRINTABLE or data.startswith(b"\r")):
                raise FramingError("no text")
            return None
        if not first.method and not first.status:
            raise FramingError("no request and no response")
        blank = _BLANK_LINE.search(data, first.end - 2 if data[first.end - 2 : first.end] == b"\r\n" else first.end - 1)
        if blank is None:
            if len(data) > _LONGEST_HEADER:
                raise FramingError("a header without an end")
            return None
        fields, end = _FIELDS.read(data, first.end)
        if is_chunked(fields) and (first.method or body_size(first, NamedLines(), self._asked)):
            # Where a line that is no field ends the fields, chunks are waited for behind the blank line all the same.
            waits = end < blank.end() and isinstance(self._chunked(data, blank.end()), Begun | None)
            return None if waits else self._chunked(data, end)
        size = body_size(first, fields, self._asked)
        # A line that is no field may end the fields in front of the length, or of chunks, and in front of the blank
        # line. Of several lengths, the last one counts.
        lengths = _STATED.findall(data, 0, blank.end()) if size else []
        needed = blank.end() + int(lengths[-1]) if lengths else 0
        if needed and size == UNTIL_END:
            return max(len(data), needed)
        if size == UNTIL_END and end < blank.end() and _STATED_CHUNKS.search(data, end - 1, blank.end()):
            return None if isinstance(self._chunked(data, blank.end()), Begun | None) else len(data)
        if needed > max(len(data), end + size):
            return None
        if not size and first.status and not (self._asked == "CONNECT" and first.status // 100 == _SUCCESS):
            size = surplus_size(first, fields, data[end:], self._asked)
        if size == UNTIL_END and first.method and fields.get("Transfer-Encoding") == "":
            raise FramingError("no coding is stated that would tell where the body ends")
        return end + size

    def rest(self, way: int, data: bytes) -> int | None:
        """Return where chunks end of which others were understood."""
        return self._chunked(data, 0)

    def _chunked(self, data: bytes, place: int) -> int | None:
        while True:
            line = _LINE_END.search(data, place)
            if line is None:
                return Begun(place) if place else None
            size = chunk_size(data[place : line.start()])
            if size is None and place == line.start():
                raise FramingError("a chunk without a size")
            if not size:
                break
            if size > _LARGEST_CHUNK:
                raise FramingError("chunks of a size that can't be")
            place = line.end() + size + 2
            if place > len(data):
                return Begun(place)
        end = _FIELDS.read(data, line.end())[1]
        # What tells no size ends the chunks as 0 does, and fields behind these end in front of what is none.
        is_whole = end < len(data) or _LINE_END.fullmatch(data, line.end()) or _BLANK_LINE.search(data, line.end())
        return end if is_whole else Begun(place) if place else None

    def size_at_end(self, way: int, data: bytes) -> int | None:
        """Return all that is there of a message whose body ends early; None where its fields don't end."""
        first = start_line(data)
        is_headed = first is not None and _BLANK_LINE.search(data, max(0, first.end - 2)) is not None
        return len(data) if is_headed else None

    def took(self, way: int, data: bytes) -> None:
        """Remember what was asked, and whether it was HTTP at all."""
        first = start_line(data)
        if first is None or not (first.method or first.status):
            return
        self._is_known = True
        if first.method:
            self._asked, self._target = first.method, first.text.partition(b" ")[2].partition(b" ")[0].decode("latin-1")
        elif self._asked == "CONNECT" and first.status // 100 == _SUCCESS:
            host, _, port = self._target.rpartition(":")
            number = int(port) if port.isdigit() else 0
            self.told_within = {"proxy_connect_host": host, "proxy_connect_port": number}
            self.told_after = {"far_port": number}
            self._go_on(carried_by_port(number))
        elif first.status == _SWITCHING and is_switching(first, fields := _FIELDS.read(data, first.end)[0]):
            upgrade = fields["Upgrade"].strip().lower()
            self._go_on(protocol_named(upgrade) if upgrade == "websocket" else None)

    def _go_on(self, protocol: type[Any] | None) -> None:
        """Have the connection speak another protocol from now on."""
        self.becomes, self.within, self.switches = protocol, protocol_named("http"), True

    def recognizes(self, way: int, data: bytes) -> bool:
        """Whether there was a message before, or this is one, or fields of one."""
        return self._is_known or is_request(data[:_LOOK]) or is_response(data[:_LOOK]) or begins_with_field(data)

    def tells_of_part(self, way: int, data: bytes, *, is_cut: bool) -> dict[str, Any] | None:
        """Tell whether the data are of a message: where the line is not whole, of one only if there were others."""
        first = start_line(data.removesuffix(b"\r"))
        if first is not None and (first.method or first.status):
            lacks_end = self._stops_inside(way, data, is_cut=is_cut)
            if not is_cut:
                # Nobody waits for the rest: what comes next in either direction goes on, or answers.
                self.took(way, data)
            return {"lacks_end": lacks_end}
        if self._is_known:
            return {"goes_on": True}
        is_begun = is_request(data[:_LOOK]) or is_response(data[:_LOOK])
        self._is_known = is_begun and not is_cut
        return {"is_foreign": True} if is_cut or is_begun else None

    def _stops_inside(self, way: int, data: bytes, *, is_cut: bool) -> bool:
        """Whether the data stop within a chunk or the name of a field, or were cut within the fields."""
        try:
            if self.size_at_end(way, data) is None:
                last = _LINE_END.split(data)[-1]
                return is_cut or bool(last and b":" not in last)
            size = self.size(way, data + _LAST_CHUNK)
            return size is None or isinstance(size, Begun)
        except FramingError:
            return False

    def announces(self, way: int, data: bytes) -> str:
        """Return the first line of a message."""
        first = start_line(data)
        if first is None or not (first.method or first.status):
            return ""
        return first.text.decode("utf-8", "replace") + " "
