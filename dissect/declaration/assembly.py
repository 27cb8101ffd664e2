"""From a declaration to the code that assembles and copies headers, written out for each class."""

from __future__ import annotations

from typing import Any

from dissect.declaration.checksum import sum_of_words
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.errors import FieldError

__all__ = ["complete_assembly"]


def complete_assembly(cls: type[Any]) -> None:
    """Give the class `_filled(body, network)` and `_assemble(network)`, written out for its automatic fields."""
    names: dict[str, Any] = {
        "too_large": _too_large,
        "checksum_of": _checksum_of,
        "checksum_over": _checksum_over,
        "numbers": getattr(cls, "_numbers", {}),
        "number_of": int.from_bytes,
    }
    # The header is one number, into which the computed fields are put: their own bits are 0 in it.
    fill = [" size = len(self._buffer)", " number = number_of(self._buffer, 'big')"] if cls._computed else []
    for field in cls._computed:
        name, width = field.name, field.width
        names[f"fill_{name}"], names[f"field_{name}"] = field.factory.fill, field
        first = f"self.span(field_{name})[0]" if field.floats else field.bit
        shift = f"8 * size - {first} - {width}" if field.floats else f"8 * size - {field.bit + width}"
        if not cls._elastic:
            shift = str(8 * cls.least_size - field.bit - width)
        fill += [
            f" if automatic & {field.mask}:",
            f"  value = {field.factory.expression(name)}",
            f"  if value >> {width}: too_large(self, field_{name}, value)",
        ]
        if field.little:
            fill.append(f"  value = number_of(value.to_bytes({width // 8}, 'little'), 'big')")
        fill.append(f"  number += value << {shift}")
    filled = "number.to_bytes(size, 'big')" if cls._computed else "self._buffer"
    lines = [
        "def filled(self, body, network):",
        " automatic = self._automatic",
        *fill,
        f" return bytearray({filled})",
        "def assemble(self, network):",
        " state = self._state",
        " around = self" if getattr(cls, "is_network", False) else " around = network",
        " if state is None or state[0] is None: return self._assemble_attached(around)",
        " body, automatic, _ = state",
        " if self._payload is not None: body = self._payload._assemble(around) + body",
        " if not automatic: return self._buffer + body",
        *fill,
        f" return {filled} + body",
    ]
    if hasattr(cls, "_extended"):
        names |= {"new": object.__new__, "cls": cls, **cls._constructor_names()}
        lines += _COPYING
    exec(compiled(lines, cls, "assembly"), names)
    cls._filled = names["filled"]
    cls._assemble = names["assemble"]
    if "copy" in names:
        cls._copy, cls._extended = names["copy"], names["extended"]
        cls.__truediv__ = names["extended"]


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
 if payload is not None and payload is not UNPARSED:
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
 chain._payload = adopted(other, depth) if payload is None else payload._extended(other, depth + 1)
 return chain
""".splitlines()


def _checksum_of(number: int, size: int) -> int:
    """Return the Internet checksum over a header of `size` bytes, given as a number."""
    return 0xFFFF - sum_of_words(number << 8 if size & 1 else number)


def _checksum_over(pseudo_header: bytes, number: int, size: int, body: bytes) -> int:
    """Return the Internet checksum over a pseudo-header of whole words, a header and what that carries.

    None of them are put together: the sum of words does not ask where they stand.
    """
    total = int.from_bytes(body, "big")
    if len(body) + size & 1:
        total <<= 8
    if size & 1:
        # Its last byte is the upper half of a word, of which the body has the lower half.
        number <<= 8
    return 0xFFFF - sum_of_words(total + number + int.from_bytes(pseudo_header, "big"))


def _too_large(record: Any, field: Field, value: int) -> None:
    raise FieldError(
        f"{type(record).__name__}.{field.name} would be {value}, expected at most {(1 << field.width) - 1}; carry less"
    )
