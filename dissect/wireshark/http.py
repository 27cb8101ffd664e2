"""HTTP/1 as Wireshark sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from dissect.declaration.header import Data
from dissect.declaration.traced_bytes import answered
from dissect.protocols.http import HTTP, HTTPMessage, HTTPRequest, HTTPResponse
from dissect.protocols.http_bodies import Media, TextLines, URLEncodedForm, body_class
from dissect.protocols.http_fields import HTTPChunk, HTTPField
from dissect.protocols.http_framing import is_chunked, start_line, stated_length
from dissect.wireshark.base64 import decoded
from dissect.wireshark.detail_rows import Row
from dissect.wireshark.field_types import (
    BOOLEAN,
    FRAMENUM,
    RELATIVE_TIME,
    STRING,
    UINT16,
    UINT32,
    UINT64,
)
from dissect.wireshark.http_bodies import (
    TRANSFER_CODING,
    body_handed_on,
    is_compressed_by_nothing,
    is_compressed_on_its_way,
    is_xml,
    seen_body,
)
from dissect.wireshark.http_continued import Continued, continued
from dissect.wireshark.http_phrases import PHRASES
from dissect.wireshark.http_types import READ_TYPES
from dissect.wireshark.notices import MALFORMED, PROTOCOL, SECURITY, SEQUENCE, UNDECODED
from dissect.wireshark.of_last import of_last
from dissect.wireshark.sight import UNREASSEMBLED, Sight
from dissect.wireshark.sight_fields import computed, learnt, noted
from dissect.wireshark.text import escaped, up_to_zero

__all__ = [
    "HTTPRequestSight",
    "HTTPResponseSight",
    "HTTPSight",
    "MessageSight",
    "authorizations",
    "basic_credentials",
    "body_going_on",
    "full_uri",
    "host_of",
    "notifies",
    "target_of",
    "texts_given_up",
    "values_of",
]

_NOTHING: Any = object()
_NO_MORE = continued(b"")
_all_there = partial(continued, is_all=True)
_cut_there = partial(continued, is_all=True, is_cut=True)
_DIGITS = 3
"""As many has a status."""
_PRINTABLE = range(0x20, 0x7F)
_LENGTH = re.compile(r"\s*+\+?+([0-9]{1,18})(?:\s|\Z)")
"""A length that Wireshark reads, whatever stands behind it."""
_BLANK_END = re.compile(rb"(?:\r\n|\n|\r)\Z")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNREAD = "HTTP body subdissector failed, trying heuristic subdissector"
TLS_PORT = "Unencrypted HTTP protocol detected over encrypted port, could indicate a dangerous misconfiguration."
_BOTH = "The Content-Length and Transfer-Encoding header must not be set together"
BAD_NAME = "Illegal characters found in header name"
LEADING = "Leading CRLF previous message in the stream may have extra CRLF"
_AUTHENTICATING = ("Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate")
_UNKNOWN_CODING = "Unknown transfer coding name in Transfer-Encoding header"


def shown(raw: bytes) -> str:
    """Return bytes as text."""
    return raw.decode("utf-8", "replace")


def values_of(header: Any, name: str, text: Callable[[bytes], str] = up_to_zero) -> list[str]:
    """Return the values of the fields of this name, as they stand there."""
    wanted = name.lower()
    return [text(value) for key, value in _pairs(header) if key.lower() == wanted]


def _continued(header: Any) -> Continued:
    """Return how data are read that begin no message; as nothing in a message, or where another protocol follows."""
    payload = header.payload
    if isinstance(header, HTTPMessage) or not isinstance(payload, Data) or header.learnt("is_passed_through"):
        return _NO_MORE
    # Of a segment whose checksum is wrong, or that the capture cut, nobody waits for more.
    read = _cut_there if header.bytes_left_out else _all_there if header.learnt("stands_alone") else continued
    return answered(read, payload.own_bytes)  # type: ignore[no-any-return]  # which is that


def _told(media_type: str) -> str:
    """Return a media type as a list has it: bytes that are no characters are replaced."""
    return media_type if media_type.isascii() else shown(media_type.encode("utf-8", "surrogateescape"))


def _is_out_of_sight(header: Any) -> bool:
    """Whether nothing is seen of data that the capture cut, for HTTP was not heard before in the connection."""
    return bool(header.learnt("is_unannounced") and header.bytes_left_out) and not isinstance(header, HTTPMessage)


def body_going_on(header: Any) -> bytes | None:
    """Return what of data that begin no message is a body: of text, behind fields if it begins with some."""
    going_on = _continued(header)
    if header.payload is None or not going_on.is_text or going_on.is_cut:
        return None
    return header.payload.own_bytes[going_on.body :] or None


def texts_given_up(segment: Any) -> list[bytes]:
    """Return texts that a segment of TCP completed where HTTP was expected, and that are none of its messages.

    Wireshark shows nothing of them, but it counts and exports them all the same.
    """
    return [data for data in segment.learnt("given_up") or () if data[0] in _PRINTABLE]


def _pairs(header: Any) -> list[tuple[str, bytes]]:
    """Return the names of the header fields with their values."""
    return _pairs_of_message(header) if isinstance(header, HTTPMessage) else _continued(header).names


@of_last
def _pairs_of_message(header: HTTPMessage) -> list[tuple[str, bytes]]:
    kind = HTTPField.field("value").kind
    return [(field.field_name, kind.parts(field.raw("value"))[0]) for field in header.headers]  # type: ignore[attr-defined]


_KNOWN: dict[str, str] = {}
"""The names of the fields that have one in filters, in lower case, and which."""


def said(label: str, name: str) -> Any:
    """Declare the values of the header fields of this name."""
    _KNOWN[name.lower()] = label

    def values(sight: Any, header: Any) -> list[str] | None:
        """The value of the field."""
        return values_of(header, name) or None

    return computed(label, STRING, title=name)(values)


class HTTPSight(Sight, of=HTTP):
    """What is no message: data that go on, where the connection has spoken HTTP before, or the rest of a header."""

    accept = said("accept", "Accept")
    accept_encoding = said("accept_encoding", "Accept-Encoding")
    accept_language = said("accept_language", "Accept-Language")
    authorization = said("authorization", "Authorization")
    cache_control = said("cache_control", "Cache-Control")
    connection = said("connection", "Connection")
    content_encoding = said("content_encoding", "Content-Encoding")
    content_length_header = said("content_length_header", "Content-Length")
    content_type = said("content_type", "Content-Type")
    cookie = said("cookie", "Cookie")
    date = said("date", "Date")
    host = said("host", "Host")
    http2_settings = said("http2_settings", "HTTP2-Settings")
    last_modified = said("last_modified", "Last-Modified")
    location = said("location", "Location")
    proxy_authenticate = said("proxy_authenticate", "Proxy-Authenticate")
    proxy_authorization = said("proxy_authorization", "Proxy-Authorization")
    referer = said("referer", "Referer")
    websocket_accept = said("sec_websocket_accept", "Sec-WebSocket-Accept")
    websocket_extensions = said("sec_websocket_extensions", "Sec-WebSocket-Extensions")
    websocket_key = said("sec_websocket_key", "Sec-WebSocket-Key")
    websocket_protocol = said("sec_websocket_protocol", "Sec-WebSocket-Protocol")
    websocket_version = said("sec_websocket_version", "Sec-WebSocket-Version")
    server = said("server", "Server")
    set_cookie = said("set_cookie", "Set-Cookie")
    transfer_encoding = said("transfer_encoding", "Transfer-Encoding")
    upgrade = said("upgrade", "Upgrade")
    user_agent = said("user_agent", "User-Agent")
    www_authenticate = said("www_authenticate", "WWW-Authenticate")
    x_forwarded_for = said("x_forwarded_for", "X-Forwarded-For")

    @computed("content_length", UINT64, within="content_length_header", title="Content length")
    def content_length(self, header: Any) -> list[int] | None:
        """The bytes of the body as they are stated, by each field that states them."""
        found = map(_LENGTH.match, values_of(header, "Content-Length"))
        return [int(length[1]) for length in found if length is not None] or None

    @computed("cookie_pair", STRING, within="cookie", title="Cookie pair")
    def cookie_pairs(self, header: Any) -> list[str] | None:
        """The cookies, each for itself."""
        pairs = [pair.strip(" ") for said in values_of(header, "Cookie") for pair in said.split(";")]
        return [pair for pair in pairs if pair] or None

    @computed("authbasic", STRING, within="authorization", title="Credentials")
    def credentials(self, header: Any) -> list[str] | None:
        """Name and password of basic authentication."""
        found = (basic_credentials(each) for each in authorizations(header))
        return [each for each in found if each] or None

    @computed("unknown_header", STRING, title="Unknown header")
    def unknown_header(self, header: Any) -> list[str] | None:
        """The fields of a message whose beginning is not there."""
        lines = zip(_continued(header).fields, _pairs(header), strict=True)
        return [up_to_zero(line) for line, (name, _) in lines if name.lower() not in _KNOWN] or None

    @computed("file_data", STRING, title="File Data")
    def file_data(self, header: Any) -> str | None:
        """What goes on, if it begins like text."""
        body = None if _is_out_of_sight(header) else body_going_on(header)
        return None if body is None else up_to_zero(body)

    @noted("subdissector_failed", _UNREAD, "Note", MALFORMED)
    def unread_body(self, header: Any) -> str | None:
        """The body has a type that Wireshark reads, and is not read here."""
        is_unread = _continued(header).media_type in READ_TYPES and isinstance(self.payload(header), Media)
        return _UNREAD if is_unread else None

    def info(self, header: Any) -> str:
        """Return that it goes on, and the type of a body behind fields where something reads it."""
        is_read = isinstance(self.payload(header), (TextLines, URLEncodedForm, Media))
        said = _continued(header).media_type if is_read else None
        return f"{HTTP.info(header)} ({said})" if said else HTTP.info(header)

    @noted("bad_header_name", BAD_NAME, "Warning", PROTOCOL)
    def bad_names(self, header: Any) -> list[str] | None:
        """Names of fields that are no tokens."""
        return [BAD_NAME for name, _ in _pairs(header) if not _TOKEN.fullmatch(name)] or None

    @noted("leading_crlf", LEADING, "Error", MALFORMED, about="leading")
    def blank_line(self, header: Any) -> str | None:
        """A blank line stands in front."""
        return LEADING if _continued(header).is_behind_blank else None

    def stops_short(self, header: Any) -> bool:
        """Whether the end of a field is missing, or the rest of a message that can't be had."""
        # What does not begin with text is taken as it is.
        is_lacking = header.bytes_left_out and (isinstance(header, HTTPMessage) or _continued(header).is_text)
        is_lacking = header.learnt("is_part") and (is_lacking or header.learnt("lacks_end"))
        return bool(is_lacking) or super().stops_short(header) or _continued(header).is_cut

    def cut_mark(self, header: Any) -> str:
        """Return what is missing, and why the rest of a message can't be had."""
        if header.learnt("is_part") and not header.bytes_left_out:
            return f"{UNREASSEMBLED[:-1]} [incorrect TCP checksum]]"
        return super().cut_mark(header)

    proxy_connect_host = learnt("proxy_connect_host", STRING, "Proxy-Connect-Hostname", doc="Of a tunnel: its far end")
    proxy_connect_port = learnt("proxy_connect_port", UINT16, "Proxy-Connect-Port", doc="Of a tunnel: its port")

    def payload(self, header: Any) -> Any:
        """Return the body as it is without chunks and compression."""
        seen = header.learnt("payload", _NOTHING)
        if seen is not _NOTHING:
            return seen_body(header, seen)
        if _is_out_of_sight(header):
            return None
        going_on = _continued(header)
        if going_on.fields:
            rest = None if going_on.is_cut else header.payload.own_bytes[going_on.body :]
            body: Any = body_class(going_on.media_type)
            return header.carried_from(body.decode, rest, 0, len(rest)) if rest else None
        body = header.decoded_payload() or header.payload
        if isinstance(header, HTTPMessage) and header.coding and header.decoded_body() == b"":
            # Nothing is in what was compressed.
            return None
        if body is not None and isinstance(header, HTTPMessage) and is_compressed_on_its_way(header):
            return Data.decode(body.buffer, body.own_start, body.carried_end, header)
        return seen_body(header, body)

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the name, data for each token by which one authenticates oneself to Windows, and text that is XML."""
        said = [each for name in _AUTHENTICATING for each in values_of(header, name)]
        tokens = ("data" for each in said if each.startswith(("NTLM ", "Negotiate ")))
        text = (TextLines.name,) if is_xml(header.decoded_payload() or header.payload) else ()
        unseen = (Data.name,) if _is_out_of_sight(header) else ()
        return (header.name, *tokens, *text, *unseen)

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol; nothing where it was not heard before, or another one was agreed on."""
        is_another = any(map(header.learnt, ("is_passed_through", "is_unannounced", "is_foreign")))
        return "" if is_another else "HTTP"


class MessageSight(HTTPSight, of=HTTPMessage):
    """Fields, some of which have names of their own, and the body: line by line in the details."""

    in_rows = frozenset({"headers"})
    field_line: ClassVar[str] = ""
    """What each header field is as a line."""
    first_line: ClassVar[tuple[str, ...]] = ()
    """What stands in the first line."""

    def rows(self, header: Any) -> tuple[Row, ...]:
        """Return the first line, those of the fields, and the blank one behind them."""
        raw: bytes = header.own_bytes
        first = start_line(raw)
        if first is None:
            return ()
        start = len(header.leading)
        found = [Row(escaped(raw[start : first.end]), start, first.end - start, below=self.first_line)]
        place = header.span("headers")[0] // 8
        line = () if isinstance(header, HTTPRequest) and notifies(header) else (self.field_line,)
        for field, (name, _) in zip(header.headers, _pairs(header), strict=True):
            known = _KNOWN.get(name.lower())
            names = line if known is None and line else (known or "unknown_header",)
            found.append(Row(escaped(bytes(field)), place, len(field), names, () if known is None else line))
            place += len(field)
        end = header.own_bytes[place : place + 2]
        blank = end if end == b"\r\n" else end[:1]
        if blank and blank in b"\r\n":
            found.append(Row(escaped(blank), place, len(blank)))
        return tuple(found)

    unknown_header = computed("unknown_header", STRING, title="Unknown header")(lambda sight, header: None)

    @computed("chunk_size", UINT32, title="Chunk size")
    def chunk_sizes(self, header: Any) -> list[int] | None:
        """The size of each chunk."""
        return [chunk.size for chunk in _chunks(header)] or None

    @computed("chunked_trailer_part", STRING, title="trailer-part")
    def trailer_part(self, header: Any) -> str | None:
        """The fields behind the last chunk."""
        if not _chunks(header) or not header.has("trailers"):
            return None
        fields = _BLANK_END.sub(b"", header.raw("trailers"))
        return shown(fields) if fields.strip(b"\r\n") else None

    @computed("file_data", STRING, title="File Data")
    def file_data(self, header: Any) -> str | None:
        """The body, without the codings in which it was sent."""
        body = body_handed_on(header)
        return None if body is None else up_to_zero(body)

    @noted("subdissector_failed", _UNREAD, "Note", MALFORMED)
    def unread_body(self, header: Any) -> str | None:
        """The body has a type that Wireshark reads, and is not read here."""
        if header.media_type not in READ_TYPES or not header.body() or isinstance(self.payload(header), Data):
            return None
        return _UNREAD

    @noted("decompression_failed", "Decompression failed", "Warning", UNDECODED)
    def wrong_compression(self, header: Any) -> str | None:
        """Nothing can be made of a compressed body."""
        is_wrong = header.coding and header.body() and header.decoded_body() is None
        is_wrong = is_wrong or (is_compressed_by_nothing(header) and header.body())
        return "Decompression failed" if is_wrong else None

    @noted(
        "tls_port",
        "Unencrypted HTTP protocol detected over encrypted port, could indicate a dangerous misconfiguration.",
        "Warning",
        SECURITY,
    )
    def without_encryption(self, header: Any) -> str | None:
        """The port is that of HTTP over TLS."""
        awaited = header.learnt("instead_of")
        if awaited is None:
            return None
        # Loaded for ports that something else was awaited on.
        from dissect.protocols.tls import TLS

        return TLS_PORT if awaited == TLS.name else None

    @noted("te_unknown", _UNKNOWN_CODING, "Warning", PROTOCOL)
    def unknown_codings(self, header: Any) -> list[str] | None:
        """Transfer codings that nobody has registered, or more than one besides chunks."""
        codings = values_of(header, "Transfer-Encoding")
        return [_UNKNOWN_CODING for said in codings if not TRANSFER_CODING.fullmatch(said)] or None

    @noted("te_and_length", _BOTH, "Warning", MALFORMED)
    def states_length_twice(self, header: Any) -> list[str] | None:
        """A length is stated, and chunks as well."""
        if stated_length(header.headers) is None or "Transfer-Encoding" not in header.headers:
            return None
        names = [name.lower() for name, _ in _pairs(header)]
        # Each field of the one kind is, behind the first of the other.
        coded, stated = names.index("transfer-encoding"), names.index("content-length")
        later = "content-length" if coded < stated else "transfer-encoding"
        return [_BOTH] * names[max(coded, stated) :].count(later)

    @noted("leading_crlf", LEADING, "Error", MALFORMED, about="leading")
    def blank_line(self, header: Any) -> str | None:
        """A blank line stands in front."""
        return LEADING if header.leading else None

    prev_request_in = learnt("prev_request_in", FRAMENUM, "Prev request in frame", doc="The request before")
    prev_response_in = learnt("prev_response_in", FRAMENUM, "Prev response in frame", doc="The response before")
    next_request_in = learnt("next_request_in", FRAMENUM, "Next request in frame", doc="The next request")
    next_response_in = learnt("next_response_in", FRAMENUM, "Next response in frame", doc="The next response")

    def info(self, header: Any) -> str:
        """Return the first line, and the type of the body where something reads it."""
        if header.learnt("goes_on"):
            return HTTP.info(header)
        line = f"{_line(header)} "
        payload = self.payload(header)
        if isinstance(payload, (TextLines, URLEncodedForm, Media)) and header.media_type is not None:
            line += f" ({_told(header.media_type)})"
        # A message that begins behind it, and goes on in other segments, is told by its first line.
        return line + (header.learnt("announced") or "")


class HTTPRequestSight(MessageSight, of=HTTPRequest):
    """A request with all that is told of it."""

    field_line = "request.line"
    first_line = ("request.method", "request.uri", "request.version")
    own_words = frozenset({"http.request.line", "http.unknown_header"})
    hidden = frozenset({"request", "notification"})
    hides = {
        "target": lambda header: not header.target,
        "version": lambda header: not header.version,
    }

    @noted("chat", "Formatted text", "Chat", SEQUENCE, about="method")
    def chat(self, header: Any) -> str | None:
        """The first line."""
        return _line(header, with_end=True)

    @computed("request.line", STRING, title="Request line")
    def field_lines(self, header: Any) -> list[str] | None:
        """Each field as it stands there, but of a notification."""
        return None if notifies(header) else [up_to_zero(bytes(field)) for field in header.headers] or None

    @computed("unknown_header", STRING, title="Unknown header")
    def unknown_header(self, header: Any) -> list[str] | None:
        """The fields of a notification that have no names of their own."""
        if not notifies(header):
            return None
        named = zip(header.headers, _pairs(header), strict=True)
        return [escaped(bytes(field)) for field, (name, _) in named if name.lower() not in _KNOWN] or None

    @computed("request.full_uri", STRING, title="Full request URI")
    def full_uri(self, header: Any) -> str | None:
        """The target with the host."""
        return None if header.breaks_off else full_uri(header)

    @computed("request.uri.path", STRING, within="request.uri", title="Request URI Path")
    def path_of_target(self, header: Any) -> str | None:
        """The target in front of its query."""
        path, mark, query = target_of(header).partition("?")
        return path if mark and query else None

    @computed("request.uri.query", STRING, within="request.uri", title="Request URI Query")
    def query_of_target(self, header: Any) -> str | None:
        """The query."""
        return target_of(header).partition("?")[2] or None

    @computed("request.uri.query.parameter", STRING, within="request.uri.query", title="Request URI Query Parameter")
    def parameters_of_target(self, header: Any) -> list[str] | None:
        """The parameters of the query."""
        query = target_of(header).partition("?")[2]
        return [each for each in query.split("&") if each] or None

    @computed("request", BOOLEAN, title="Request")
    def is_request(self, header: Any) -> int | None:
        """1 for a request."""
        return None if notifies(header) or header.breaks_off else 1

    @computed("notification", BOOLEAN, title="Notification")
    def is_notification(self, header: Any) -> int | None:
        """1 for a request that notifies, or asks for notifications."""
        return 1 if notifies(header) and not header.breaks_off else None

    request_number = learnt("request_number", UINT32, "Request number", doc="Counted in the connection")
    response_in = learnt("response_in", FRAMENUM, "Response in frame", doc="The frame of the response")


class HTTPResponseSight(MessageSight, of=HTTPResponse):
    """A response with all that is told of it."""

    types = {"http.response.code": UINT16}
    field_line = "response.line"
    first_line = ("response.version", "response.code", "response.code.desc", "response.phrase")
    own_words = frozenset({"http.response.line"})
    hidden = frozenset({"response"})
    hides = {
        "reason": lambda header: not header.reason or _lacks_status(header),
        "status": lambda header: _lacks_status(header),
    }

    @noted("chat", "Formatted text", "Chat", SEQUENCE, about="version")
    def chat(self, header: Any) -> str | None:
        """The first line."""
        return _line(header, with_end=True)

    @computed("response.code.desc", STRING, over="status", title="Status Code Description")
    def description(self, header: Any) -> str | None:
        """What the status means."""
        status = header.status
        if _lacks_status(header):
            return None
        return PHRASES.get(status, f"Unknown ({status})")

    @computed("response.line", STRING, title="Response line")
    def field_lines(self, header: Any) -> list[str] | None:
        """Each field as it stands there."""
        return [up_to_zero(bytes(field)) for field in header.headers] or None

    @computed("response", BOOLEAN, title="Response")
    def is_response(self, header: Any) -> int | None:
        """1 for a response."""
        return None if header.breaks_off else 1

    response_number = learnt("response_number", UINT32, "Response number", doc="Counted in the connection")
    time = learnt("time", RELATIVE_TIME, "Time since request", "time_since", doc="Since the request")
    request_in = learnt("request_in", FRAMENUM, "Request in frame", doc="The frame of the request")
    response_for = learnt("response_for.uri", STRING, "Request URI", "uri", doc="What was asked for last")


def full_uri(header: Any) -> str | None:
    """Return the target of a request with its host; None where no host is told."""
    target, host = target_of(header), host_of(header, shown)
    if host is None or header.method == "CONNECT" or target.lower().startswith(("http://", "https://")):
        return None if host is None else target
    scheme = "https" if header.learnt("is_protected") else "http"
    return f"{scheme}://{host}{target}"


def host_of(header: Any, text: Callable[[bytes], str] = up_to_zero) -> str | None:
    """Return the host that a request names last; None where it names none."""
    hosts = values_of(header, "Host", text)
    return hosts[-1].strip(" \t\n\f\r") if hosts else None


def basic_credentials(said: str) -> str | None:
    """Return what `Basic` authentication tells, which is that word exactly; None for another kind."""
    return shown(decoded(said.removeprefix(_BASIC)).partition(b"\0")[0]) if said.startswith(_BASIC) else None


_BASIC = "Basic "


def authorizations(header: Any) -> list[str]:
    """Return what a message says of who sends it."""
    return [*values_of(header, "Authorization"), *values_of(header, "Proxy-Authorization")]


def target_of(header: Any) -> str:
    """Return the target of a request as it is shown."""
    return up_to_zero(header.field("target").kind.parts(header.raw("target"))[0])


def _line(header: Any, *, with_end: bool = False) -> str:
    """Return the first line, in which what can't be printed is spelt out."""
    first = start_line(header.own_bytes)
    if first is None:
        return escaped(header.own_bytes)
    start = first.end - len(header.own_bytes[: first.end]) + len(header.leading)
    return escaped(header.own_bytes[start : first.end] if with_end else first.text)


def _lacks_status(header: Any) -> bool:
    """Whether a response has fewer digits than a status takes; then nothing is read behind its version."""
    return len(header.raw("status").strip()) < _DIGITS


def notifies(header: Any) -> bool:
    """Whether a request notifies, or asks for notifications, which Wireshark does not take for a request."""
    return header.method in ("NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE")


def _chunks(header: Any) -> list[HTTPChunk]:
    if not is_chunked(header.headers) or not header.has("chunks"):
        return []
    return [chunk for chunk in header.chunks if isinstance(chunk, HTTPChunk)]
