"""Payloads, written out for each header: what it carries is found by its numbers and made when somebody asks."""

from __future__ import annotations

from typing import Any

from dissect.declaration.automatic import Ports, Selector
from dissect.declaration.decoder import BASE, MAXIMUM_DEPTH, QUOTED, UNPARSED, field_of_role
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.declaration.kept import NUMBERS
from dissect.declaration.layout import raw_expression
from dissect.declaration.pending import PENDING, declare_claimed, declare_guessed, waiting_guesses
from dissect.declaration.selection import guessed
from dissect.declaration.usual_chains import FURTHER, usual_chains

__all__ = ["forget_payloads", "postpone_payload", "traced_payload"]

_MOST_KNOWN = 4096
"""For how many pairs of ports a class remembers what they stand for; then it forgets them all."""


def postpone_payload(cls: type[Any]) -> None:
    """Give the class a `payload` that is written out when it is first asked for."""

    def first(header: Any) -> Any:
        # By now the protocols that this header usually carries have been declared.
        _complete_payload(cls)
        return header.payload

    cls.payload = property(first, _payload_set, doc="What this header carries.")


def forget_payloads() -> None:
    """Have every `payload` that was written out written anew, as another protocol has taken a number."""
    for cls in tuple(_WRITTEN):
        _WRITTEN.discard(cls)
        postpone_payload(cls)


_WRITTEN: set[type[Any]] = set()


def _complete_payload(cls: type[Any]) -> None:
    """Give the class a `payload` written out for what it carries."""
    names = _names(cls)
    chains = usual_chains(cls, names, ["def payload(header):", *_MADE_ALREADY])
    lines = _payload(cls, names) if not chains else [*_payload(cls, names, FURTHER), *chains]
    exec(compiled(lines, cls, "payload"), names)
    _WRITTEN.add(cls)
    cls.payload = property(names["payload"], _payload_set, doc="What this header carries.")


def traced_payload(cls: type[Any], known: Any) -> Any:
    """Return the function that finds what a traced header carries.

    `known.get(ports, default)` tells what ports say, `known.guessed(heuristics, buffer, start, end)` what bytes say.
    """
    names = _names(cls) | {"KNOWN": known, "guessed": known.guessed}
    exec(compiled(_payload(cls, names, is_traced=True), cls, "traced payload"), names)
    return names["payload"]


def _names(cls: type[Any]) -> dict[str, Any]:
    """Return what the lines of a payload call by a name."""
    return {
        "new": object.__new__,
        "UNPARSED": UNPARSED,
        "TABLE": cls._carried,
        "CHOSEN": cls._chosen,
        "KNOWN": cls._known,
        "HEURISTICS": cls._heuristics,
        "guessed": guessed,
        "CLASS": cls,
        "declare_claimed": declare_claimed,
        "declare_guessed": declare_guessed,
        "PENDING": PENDING,
        "NUMBERS": NUMBERS,
    }


def _payload_set(header: Any, value: Any | bytes | None) -> None:
    header._own()
    header._payload = None if value is None else header._adopted(value, header._depth() + 1)


_MADE_ALREADY = [
    " child = header._payload",
    " if child is not UNPARSED:",
    "  if child is None or (header._state is None and child._state is None): return child",
    # What a header with bytes of its own was given as bytes becomes a header for those who look at it.
    "  if child.__class__ is bytes: child = header._payload = header._adopted(child, 1)",
    # Of headers that have bytes of their own, each knows the one around it.
    "  if header._tail is not None or child._tail is not None: child._outer = header",
    "  return child",
]
"""The lines that return what a header carries where somebody has asked before."""


def _payload(cls: type[Any], names: dict[str, Any], behind: str = "", *, is_traced: bool = False) -> list[str]:
    """Return the lines of `payload`, or of a function called `behind` that makes what nobody has asked for before."""
    selector = field_of_role(cls, Selector)
    # A number of 16 bits is that of many frames, which share it.
    step = ["  outer = NUMBERS[outer + 1] if 0 <= outer < 0xFFFF and NUMBERS else outer + 1"]
    if cls.is_network:
        step = ["  outer = (outer & -0xFFFFFFFF01) + 1 | start + 1 << 8"]
    if cls.quotes:
        step = [f"  outer = outer + 1 | {QUOTED}"]
    lines = [
        *([f"def {behind}(header):"] if behind else ["def payload(header):", *_MADE_ALREADY]),
        " outer = header._outer",
        " start = header._start",
        " try:",
        *step,
        f"  deep = outer & 127 >= {MAXIMUM_DEPTH}",
        " except TypeError:",
        f"  outer, deep = header, header._depth() + 1 >= {MAXIMUM_DEPTH}",
    ]
    if selector is not None:
        unless = f" or {_raw_in_payload(cls._by_name[cls.unless])}" if cls.unless else ""
        # Of frames like a traced one, some may be what is declared only then.
        asks = "HEURISTICS" if not is_traced or waiting_guesses(cls) == [] else "True"
        lines += [
            " buffer = header._buffer",
            *_choice(cls, selector),
            f" if decode is None and (HEURISTICS or PENDING) and not deep{unless}:",
            *([] if is_traced else ["  if PENDING: declare_guessed(CLASS, buffer, header._body, header._end)"]),
            f"  if {asks}: decode = guessed(HEURISTICS, buffer, header._body, header._end)",
            f" if decode is None or deep{unless}: child = {_otherwise(cls, names)}",
            " else: child = decode(buffer, header._body, header._end, outer)",
        ]
    elif cls.always_carries is not None:
        names["always"] = cls.always_carries.decode
        lines += [
            f" if deep: child = {_otherwise(cls, names)}",
            " else: child = always(header._buffer, header._body, header._end, outer)",
        ]
    else:
        lines.append(f" child = {_otherwise(cls, names)}")
    return [*lines, " header._payload = child", " return child"]


def _otherwise(cls: type[Any], names: dict[str, Any]) -> str:
    """Return Python for what the header carries where no number tells: bytes, unless the class knows better."""
    if cls.looks_further():
        return "header.other_payload(outer, deep)"
    names["data"] = BASE["Data"].decode
    # There is something, or nobody would have asked.
    return "data(header._buffer, header._body, header._end, outer)"


def _choice(cls: type[Any], selector: Field) -> list[str]:
    """Return the lines that look up what the header says it carries."""
    if not isinstance(selector.factory, Ports):
        number = _raw_in_payload(selector)
        # When a user chooses, this is written anew.
        chosen = f"CHOSEN.get({number}) or " if cls._chosen else ""
        return [
            f" decode = {chosen}TABLE.get({number})",
            f" if decode is None and PENDING and declare_claimed(CLASS, {number}): decode = TABLE.get({number})",
        ]
    first, second = cls._by_name[selector.factory.first], selector
    low, high = _raw_in_payload(first), _raw_in_payload(second)
    side_by_side = not first.floats and not first.bit % 8 and second.bit == first.bit + first.width
    start, stop = first.bit // 8, (second.bit + second.width) // 8
    return [
        # Most frames are of a few conversations: one look tells what their ports stand for.
        f" ports = buffer[start + {start}:start + {stop}]" if side_by_side else f" ports = {low}, {high}",
        " decode = KNOWN.get(ports, UNPARSED)",
        " if decode is UNPARSED:",
        f"  low, high = {low}, {high}",
        "  if low > high: low, high = high, low",
        "  if PENDING: declare_claimed(CLASS, low, high)",
        # What a user chose for either port goes before what is declared for the other.
        "  decode = CHOSEN.get(low) or CHOSEN.get(high) or TABLE.get(low) or TABLE.get(high)",
        f"  if len(KNOWN) >= {_MOST_KNOWN}: KNOWN.clear()",
        "  KNOWN[ports] = decode",
    ]


def _raw_in_payload(field: Field) -> str:
    """Return Python for the field's number where the payload is looked up."""
    return f"header.raw({field.name!r})" if field.floats else raw_expression(field)
