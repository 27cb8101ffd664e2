"""From a declaration to the code that assembles and copies headers, written out for each class."""

from __future__ import annotations

from functools import partial
from typing import Any

from dissect.declaration.chain import Linked
from dissect.declaration.chain_assembly import chain_assembler, usual_state
from dissect.declaration.checksum import sum_of_words
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.declaration.kept import look_for_empty_slots
from dissect.errors import FieldError

__all__ = ["complete_assembly"]

_FEW = 3
"""So often headers of the same classes come one in the other before a function is written out for them."""


def complete_assembly(cls: type[Any]) -> None:
    """Give a class of headers what makes its bytes and its copies, written out for its automatic fields."""
    look_for_empty_slots(cls)
    chains: dict[Any, Any] = {}
    names: dict[str, Any] = {
        "too_large": _too_large,
        "checksum_of": _checksum_of,
        "checksum_over": _checksum_over,
        "numbers": cls._numbers,
        "number_of": int.from_bytes,
        "type_of": type,
        "new": object.__new__,
        "cls": cls,
        "usual": usual_state(cls),
        "chains": chains,
        "chain_of": partial(_chain_of, chains),
        **cls._constructor_names(),
    }
    lines = ["def filled(self, body, network):", *_filling(cls, names), *_AS_BYTES, "def assemble(self, network):"]
    lines += [
        *_IN_ONE,
        " state = self._state",
        " around = self" if cls.is_network else " around = network",
        " if state is None or state[0] is None: return self._assemble_attached(around)",
        " body, automatic, _ = state",
        " inner = self._payload",
        " if inner is not None: body = (inner if type_of(inner) is bytes else inner._assemble(around)) + body",
        " header = self._buffer",
        " if not automatic: return header + body",
        f" if len(header) != {cls.least_size}: return self._filled(body, network) + body",
        *(_filled_usually(cls, names) if cls._computed else [" return header + body"]),
    ]
    exec(compiled([*lines, *_COPYING], cls, "assembly"), names)
    cls._filled, cls._assemble, cls._copy = names["filled"], names["assemble"], names["copy"]
    cls._extended = cls.__truediv__ = names["extended"]
    if cls.__bytes__ is names["Header"].__bytes__:
        cls.__bytes__ = names["to_bytes"]


# Most frames are put together as one number. What cannot be is told by None, once per chain of classes or per frame.
_IN_ONE = """
 if self._state is usual:
  inner = self._payload
  if inner is not None and type_of(inner) is not bytes:
   try: in_one = chains[type_of(inner), type_of(inner._payload)]
   except KeyError: in_one = chain_of(self, inner)
   if in_one is not None:
    data = in_one(self, inner)
    if data is not None: return data
""".splitlines()[1:]
_AS_BYTES = ["def to_bytes(self):", *_IN_ONE, " return Header.__bytes__(self)"]


def _chain_of(known: dict[Any, Any], header: Any, inner: Any) -> Any:
    """Return what puts a header together with the one or two behind it, None where nothing does.

    It is kept, but not written out before such a chain is asked for the third time, for that takes as long as a hundred
    chains do without.
    """
    carried = inner._payload
    chain = type(header), type(inner), type(carried)
    known[chain] = times = known.get(chain, 0) + 1
    if times < _FEW:
        return None
    classes = [type(header), type(inner), *([type(carried)] if isinstance(carried, Linked) else [])]
    is_chain = carried is None or isinstance(carried, (bytes, Linked))
    found = known[type(inner), type(carried)] = chain_assembler(*classes) if is_chain else None
    return found


def _filling(cls: type[Any], names: dict[str, Any]) -> list[str]:
    """Return the lines that give the bytes of a header of any size, its computed fields filled in.

    The header is one number, into which these are put: their own bits are 0 in it.
    """
    if not cls._computed:
        return [" return self._buffer"]
    lines = [" automatic = self._automatic", " size = len(self._buffer)", " number = number_of(self._buffer)"]
    for field in cls._computed:
        first = f"self.span(field_{field.name})[0]" if field.floats else field.bit
        lines += _put(field, names, f"8 * size - {first} - {field.width}")
    return [*lines, " return number.to_bytes(size)"]


def _filled_usually(cls: type[Any], names: dict[str, Any]) -> list[str]:
    """Return the lines that do the same for a header of the least size, in which every field has its place."""
    size = cls.least_size
    if any(field.floats for field in cls._computed):
        return [" return self._filled(body, network) + body"]
    lines = [f" size = {size}", " number = number_of(header)"]
    for field in cls._computed:
        lines += _put(field, names, str(8 * size - field.bit - field.width))
    return [*lines, f" return number.to_bytes({size}) + body"]


def _put(field: Field, names: dict[str, Any], shift: str) -> list[str]:
    """Return the lines that put a computed field into `number`, so many bits from its end."""
    name, width = field.name, field.width
    names[f"fill_{name}"], names[f"field_{name}"] = field.factory.fill, field  # type: ignore[union-attr]
    little = [f"  value = number_of(value.to_bytes({width // 8}, 'little'), 'big')"] if field.little else []
    return [
        f" if automatic & {field.mask}:",
        f"  value = {field.factory.expression(name)}",  # type: ignore[union-attr]
        f"  if value >> {width}: too_large(self, field_{name}, value)",
        *little,
        f"  number += value << {shift}",
    ]


# Copying is the same for every class, but written out for each it runs twice as fast: the interpreter
# remembers at each place in the code where the slots of one class lie.
_COPYING = """
def copy(self):
 copy = new(cls)
 copy._buffer = self._buffer
 copy._start = self._start
 copy._body = self._body
 copy._end = self._end
 state = self._state
 copy._state = state if state is None or state[2] is None else None if state[0] is None else (state[0], state[1], None)
 outer = self._outer
 copy._outer = outer if outer.__class__ is int else 0
 payload = self._payload
 if payload is not None and payload is not UNPARSED and payload.__class__ is not bytes:
  linked = payload._outer.__class__ is not int
  payload = payload._copy()
  if linked: payload._outer = copy
 copy._payload = payload
 return copy
def extended(self, other, depth=1):
 state = self._state
 if state is None or state[0] is None: return self._extended_attached(other, depth)
 chain = new(cls)
 chain._buffer = self._buffer
 chain._start = chain._outer = 0
 chain._body = self._body
 chain._end = self._end
 chain._state = state if state[2] is None else (state[0], state[1], None)
 payload = self._payload
 if depth >= deepest: refuse_depth(other, depth)
 if payload is None:
  if other.__class__ is bytes: chain._payload = other or None
  elif type_of(other) is not Data and isinstance(other, Header) and other._payload.__class__ in ALONE and depth < DEEP:
   # What `adopted` comes to for a header that carries no other one.
   chain._payload = other._copy()
  else: chain._payload = adopted(other, depth)
 else: chain._payload = (adopted(payload) if payload.__class__ is bytes else payload)._extended(other, depth + 1)
 return chain
""".splitlines()


def _checksum_of(number: int, size: int) -> int:
    """Return the Internet checksum over a header of `size` bytes, given as a number."""
    return 0xFFFF - sum_of_words(number << 8 if size & 1 else number)


def _checksum_over(pseudo_header: bytes, number: int, size: int, body: bytes) -> int:
    """Return the Internet checksum over a pseudo-header of whole words, a header and what that carries.

    None of them are put together: the sum of words does not ask where they stand.
    """
    total = int.from_bytes(body)
    if len(body) + size & 1:
        total <<= 8
    if size & 1:
        # Its last byte is the upper half of a word, of which the body has the lower half.
        number <<= 8
    return 0xFFFF - sum_of_words(total + number + int.from_bytes(pseudo_header))


def _too_large(record: Any, field: Field, value: int) -> None:
    raise FieldError(
        f"{type(record).__name__}.{field.name} would be {value}, expected at most {(1 << field.width) - 1}; carry less"
    )
