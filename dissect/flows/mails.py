"""Mail within mail: what of a body is a message of its own (RFC 2046, sections 5.1 and 5.2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["MAIL", "mails_in", "subject_of"]

MAIL = "message/rfc822"
_MULTIPART = "multipart/"
_DEEPEST = 256
"""So many layers of mails and of bodies with parts are looked at."""
_END_OF_FIELDS = b"\r\n\r\n"
_FIELD = re.compile(rb"(?:\A|(?<=\r\n))([!-9;-~]+)[ \t]*:[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)")
"""A field, which may be folded into several lines (RFC 5322, sections 2.2 and 2.2.3)."""
_BOUNDARY = re.compile(rb'boundary[ \t]*=[ \t]*(?:"([^"\r\n]{1,70})"|([^\s";]{1,70}))', re.IGNORECASE)


def mails_in(data: bytes, content_type: str = MAIL, *, depth: int = 0) -> Iterator[bytes]:
    r"""Yield the mails that a body of this type consists of, or has in its parts: each behind those that it has itself.

    As Wireshark, it looks into parts however they are encoded, and into no mail that is all of another one's body.

    >>> inner = b"Subject: b\r\n\r\ntwo"
    >>> part = b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--x--\r\n"
    >>> outer = b"Subject: a\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + part
    >>> list(mails_in(outer)) == [inner, outer]
    True
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if depth >= _DEEPEST or not data:
        return
    if media_type == MAIL:
        said, _, body = data.partition(_END_OF_FIELDS)
        inner_type = _type_in(said)
        if inner_type.lower().startswith(_MULTIPART):
            yield from mails_in(body, inner_type, depth=depth + 1)
        yield data
    elif media_type.startswith(_MULTIPART):
        for part in _parts(data, content_type):
            # A part may have no fields: its body stands behind a blank line then.
            said, _, body = part.partition(_END_OF_FIELDS) if not part.startswith(b"\r\n") else (b"", b"", b"")
            yield from mails_in(body, _type_in(said), depth=depth + 1)


def subject_of(mail: bytes) -> str:
    r"""Return what a mail says that it is about; "" where it does not say it.

    >>> subject_of(b"To: a\r\nSubject: one\r\n two\r\n\r\nSubject: three")
    'one\r\n two'
    """
    for found in _FIELD.finditer(mail.partition(_END_OF_FIELDS)[0]):
        if found[1].lower() == b"subject":
            return found[2].decode("utf-8", "replace").strip()
    return ""


def _type_in(fields: bytes) -> str:
    """Return what the fields of a mail or of a part say of its body."""
    for found in _FIELD.finditer(fields):
        if found[1].lower() == b"content-type":
            return found[2].replace(b"\r\n", b"").decode("latin-1").strip()
    return ""


def _parts(data: bytes, content_type: str) -> Iterator[bytes]:
    """Yield the parts of a body, each from behind a line of its boundary to the next one; none that does not end."""
    named = _BOUNDARY.search(content_type.encode("latin-1", "replace"))
    if named is None:
        return
    mark = b"--" + (named[1] or named[2])
    line = re.compile(rb"(?:\A|\r\n)" + re.escape(mark) + rb"(--)?[ \t]*(?=\r\n|\Z)")
    start: int | None = None
    for found in line.finditer(data):
        if start is not None and start <= found.start():
            yield data[start : found.start()]
        if found[1]:
            return
        start = found.end() + 2
