"""Messages that one segment or record shows, as a chain of headers: each stands behind the end of the one before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dissect.declaration.header import Data, Header

if TYPE_CHECKING:
    from dissect.flows.message_assembly import Span
    from dissect.flows.talking import Spoken

__all__ = ["innermost", "last_message", "shown_messages", "within"]


def shown_messages(carrier: Any, spans: Iterable[Span], decode: Any, data: bytes | None = None) -> Header | None:
    """Return the first of the messages that a header shows, which leads on to the next one; None without any.

    Spans that bring no bytes of their own lie in what the header carries, or in `data` where these are given.
    """
    shown: Header | None = None
    last: Any = None
    turn = 0
    before: Any = None
    for span in spans:
        is_handed_over = last is None or span.turn > turn
        message = _message(carrier, span, decode, data, is_fronted=is_handed_over or before is not span.spoken)
        if last is None:
            shown = message
        else:
            last.learn(payload=message)
            # What Wireshark hands to a protocol at once counts as one layer, whatever stands in it.
            if is_handed_over:
                message.learn(follows_in_info=True)
            else:
                _share_layer(message)
            if before is not None and before.fences:
                message.learn(follows_in_info=True)
        before = span.spoken
        if last is None and span.turn:
            message.learn(follows_in_info=True)
        turn = span.turn
        last = innermost(message)
    return shown


def _message(carrier: Any, span: Span, decode: Any, data: bytes | None, *, is_fronted: bool) -> Any:
    """Return the header that begins a message; with `is_fronted` what stands in front of all that are shown at once."""
    around = None
    if span.spoken is not None:
        decode, around = span.spoken.decode or Data.decode, span.spoken.within
    source = data if span.data is None else span.data
    if source is None:
        start = carrier.own_end
        message = carrier.carried_at(decode, start + span.start, start + span.end)
    else:
        message = carrier.carried_from(decode, source, span.start, span.end)
    if span.spoken is None:
        return message
    if span.spoken.way is not None:
        message.learn(way=span.spoken.way)
    if span.spoken.told_after is not None:
        message.learn(**span.spoken.told_after)
    if span.spoken.told_of_part is not None:
        message.learn(is_part=True, **span.spoken.told_of_part)
    return within(carrier, message, span.spoken) if around is not None and is_fronted else message


def innermost(message: Any) -> Any:
    """Return the last header of a message, as it is seen: without what the body was sent in."""
    while True:
        inner = message.learnt("payload")
        if inner is None:
            inner = message.decoded_payload()
            if inner is not None:
                message.learn(payload=inner)
        inner = message.payload if inner is None else inner
        if inner is None:
            return message
        message = inner


def last_message(first: Any) -> Any:
    """Return the last of the messages that begin with this one, without its body; None where there is none."""
    last, header = None, first
    while header is not None:
        last = header if header.name == first.name else last
        inner = header.learnt("payload")
        header = header.payload if inner is None else inner
    return last


def within(carrier: Any, message: Any, spoken: Spoken) -> Any:
    """Return the empty header that stands in front of a message, and leads on to it."""
    around = carrier.carried_from(spoken.within.decode, b"", 0, 0)
    around.learn(payload=message, is_passed_through=True, **(spoken.told or {}))
    return around


def _share_layer(message: Any) -> None:
    """Tell a message that it counts as one layer with the one before; so does what stands behind its length."""
    for layer in message.layers():
        if layer.name != message.name:
            break
        layer.learn(shares_layer=True)
