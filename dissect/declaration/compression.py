"""Names of a message written as pointers to where they stand already (RFC 1035, section 4.1.4)."""

from __future__ import annotations

from typing import Any, TypeVar

from dissect.declaration.domain_names import FURTHEST, DomainName, pointer_to, suffixes
from dissect.declaration.entry import Unread
from dissect.declaration.record import Record
from dissect.declaration.record_lists import RecordList

__all__ = ["compressed"]

_Message = TypeVar("_Message", bound=Record)


def compressed(message: _Message) -> _Message:
    """Return a copy of a header in which names point to what stands further in front, its records' names too.

    Each name keeps the labels in front of the longest ending that the message has already, and points to the first
    place of that. Names declared with `compress=False` are written out; others may point to them.

    >>> from dissect.declare import Header, domain_name
    >>> class Pair(Header, name="pair_of_names", title="Pair of Names"):
    ...     zone: str = domain_name("zone")
    ...     host: str = domain_name("host")
    >>> compressed(Pair(zone="example.org", host="www.example.org"))
    Pair(zone='example.org', host='www.@0')
    """
    return _rewritten(message, message._message_around(), 0, {})


def _rewritten(record: _Message, message: bytes, place: int, known: dict[bytes, int]) -> _Message:
    """Return the record with its names as they are at byte `place` of the new message; `known` has those in front."""
    values: dict[str, Any] = {}
    bits = 8 * place
    for field, _, width in list(record.places()):
        kind = field.kind
        if isinstance(kind, DomainName):
            values[field.name] = raw = _pointing(kind, kind.whole(record.raw(field), message), bits // 8, known)
            bits += 8 * len(raw)
        elif isinstance(kind, RecordList):
            entries: list[Any] = []
            for entry in kind.entries(record, record.raw(field)):
                # One whose fields do not fill it stays as it is.
                stays = isinstance(entry, Unread) or not entry.is_filled()
                made: Any = bytes(entry) if stays else _rewritten(entry, message, bits // 8, known)
                entries.append(made)
                bits += 8 * len(made)
            values[field.name] = entries
        else:
            bits += width
    return record.replace(**values) if values else record


def _pointing(kind: DomainName, raw: bytes, place: int, known: dict[bytes, int]) -> bytes:
    starts = list(suffixes(raw))
    shared = next((start for start in starts if raw[start:] in known), None) if kind.compress else None
    for start in starts if shared is None else starts[: starts.index(shared)]:
        if place + start <= FURTHEST:
            known.setdefault(raw[start:], place + start)
    return raw if shared is None else raw[:shared] + pointer_to(known[raw[shared:]])
