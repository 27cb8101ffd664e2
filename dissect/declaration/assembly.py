"""From a declaration to the code that assembles and copies headers, written out for each class."""

from __future__ import annotations

from typing import Any

from dissect.declaration.checksum import internet_checksum
from dissect.declaration.fields import Field
from dissect.declaration.generated import compiled
from dissect.declaration.layout import patched
from dissect.errors import FieldError

__all__ = ["complete_assembly"]


def complete_assembly(cls: type[Any]) -> None:
    """Give the class `_filled(body, network)` and `_assemble(network)`, written out for its automatic fields."""
    names: dict[str, Any] = {
        "too_large": _too_large,
        "internet_checksum": internet_checksum,
        "numbers": getattr(cls, "_numbers", {}),
        "patched": patched,
    }
    fill = []
    for field in cls._computed:
        name, offset = field.name, field.bit // 8
        names[f"fill_{name}"], names[f"field_{name}"] = field.factory.fill, field
        fill.append(f" if automatic & {field.mask}:")
        fill.append(f"  value = {field.factory.expression(name)}")
        if field.bit % 8 == 0 and field.width in (8, 16) and not (field.floats or field.little or field.kind.signed):
            fill.append(f"  if value >> {field.width}: too_large(self, field_{name}, value)")
            if field.width == 16:
                fill.append(f"  header[{offset}] = value >> 8")
                fill.append(f"  header[{offset + 1}] = value & 255")
            else:
                fill.append(f"  header[{offset}] = value")
        else:
            first = f"self.span(field_{name})[0]" if field.floats else field.bit
            fill.append(
                f"  header = bytearray(patched(bytes(header), {first}, {field.width}, value, little={field.little}))"
            )
    lines = [
        "def filled(self, body, network):",
        " header = bytearray(self._buffer)",
        " automatic = self._automatic",
        *fill,
        " return header",
        "def assemble(self, network):",
        " body = self._tail",
        " around = self" if getattr(cls, "is_network", False) else " around = network",
        " if body is None: return self._assemble_attached(around)",
        " if self._payload is not None: body = self._payload._assemble(around) + body",
        " automatic = self._automatic",
        " if not automatic: return self._buffer + body",
        " header = bytearray(self._buffer)",
        *fill,
        " return join((header, body))",
    ]
    names["join"] = b"".join
    if hasattr(cls, "_extended"):
        names |= {"new": object.__new__, "cls": cls, **cls._constructor_names()}
        lines += _COPYING
    exec(compiled(lines, cls, "assembly"), names)
    cls._filled = names["filled"]
    cls._assemble = names["assemble"]
    if "copy" in names:
        cls._copy, cls._extended = names["copy"], names["extended"]


# Copying is the same for every class, but written out for each it runs twice as fast: the interpreter
# remembers at each place in the code where the slots of one class lie.
_COPYING = """
def copy(self):
 copy = new(cls)
 copy._buffer = self._buffer
 copy._start = self._start
 copy._body = self._body
 copy._end = self._end
 copy._tail = self._tail
 copy._automatic = self._automatic
 outer = self._outer
 copy._outer = outer if outer.__class__ is int else 0
 payload = self._payload
 if payload is not None and payload is not UNPARSED:
  linked = payload._outer.__class__ is not int
  payload = payload._copy()
  if linked: payload._outer = copy
 copy._payload = payload
 return copy
def extended(self, other, depth):
 if self._tail is None: return self._extended_attached(other, depth)
 chain = new(cls)
 chain._buffer = self._buffer
 chain._start = chain._outer = 0
 chain._body = self._body
 chain._end = self._end
 chain._tail = self._tail
 chain._automatic = self._automatic
 payload = self._payload
 if depth >= deepest: refuse_depth(other, depth)
 chain._payload = adopted(other, depth) if payload is None else payload._extended(other, depth + 1)
 return chain
""".splitlines()


def _too_large(record: Any, field: Field, value: int) -> None:
    raise FieldError(
        f"{type(record).__name__}.{field.name} would be {value}, expected at most {(1 << field.width) - 1}; carry less"
    )
