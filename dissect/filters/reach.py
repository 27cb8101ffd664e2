"""What can stand behind a header: the graph of which protocols carry which, as far as a filter has to know."""

from __future__ import annotations

from typing import Any, NamedTuple

from dissect.declaration.header import Header
from dissect.wireshark.types import declared_fields, header_classes

__all__ = ["NOTHING", "Reach", "carried_reach"]


class Reach(NamedTuple):
    """The protocols that can stand behind a header, by their names; `anything` where the declarations cannot tell."""

    names: frozenset[str]
    anything: bool = False

    def has(self, protocol: str) -> bool:
        """Whether a protocol of this name can be there."""
        return self.anything or protocol in self.names

    def declares(self, name: str) -> bool:
        """Whether a field of this display-filter name can be there."""
        if self.anything or not self.names:
            return self.anything
        return any(field.owner is None or field.owner.name in ("", *self.names) for field in declared_fields(name))


NOTHING = Reach(frozenset())
"""The reach of bytes that no declaration reads."""
_ANYTHING = Reach(frozenset(), True)


def carried_reach(cls: type[Header]) -> dict[int | None, Reach]:
    """Return what a frame can hold from this header's payload on, by the number that says so.

    Under None stands what is told by a look at its bytes instead.
    """
    by_decoder: dict[Any, type[Header]] = {each.decode: each for each in header_classes()}
    known: dict[Any, Reach] = {}

    def reach(decode: Any) -> Reach:
        if decode not in known:
            known[decode] = _reach(decode, by_decoder)
        return known[decode]

    found: dict[int | None, Reach] = {number: reach(decode) for number, decode in cls.decoders().items()}
    for decode in cls.guessed_decoders():
        one, other = found.get(None, NOTHING), reach(decode)
        found[None] = Reach(one.names | other.names, one.anything or other.anything)
    return found


def _reach(decode: Any, by_decoder: dict[Any, type[Header]]) -> Reach:
    names: set[str] = set()
    seen, waiting = {decode}, [decode]
    while waiting:
        cls = by_decoder.get(waiting.pop())
        further = None if cls is None else cls.may_carry()
        if cls is None or further is None:
            # A decoder of its own, or a payload that the class looks for by itself.
            return _ANYTHING
        names.add(cls.name)
        waiting += [each for each in further if each not in seen]
        seen.update(further)
    return Reach(frozenset(names))
