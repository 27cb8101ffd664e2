"""Headers as text: the constructor call that makes a header again."""

from __future__ import annotations

from typing import Any

from dissect.declaration.automatic import Checksum, Variant
from dissect.declaration.carrying import Carrying
from dissect.declaration.fields import Field
from dissect.declaration.layout import measure
from dissect.errors import FieldAbsentError, FieldError

__all__ = ["Represented"]


class Represented(Carrying):
    """A header with its repr: the arguments that a constructor needs, and no others."""

    def __repr__(self) -> str:
        return " / ".join(header.own_repr() for header in self.layers())

    def own_repr(self) -> str:
        header: Any = self
        name = type(self).__name__
        trailer = [f"trailer={header.trailer!r}"] if header.trailer else []
        if self.is_cut or not self.is_filled():
            return f"{name}.cut({', '.join([repr(self.own_bytes.hex(' ')), *trailer])})"
        arguments = self._arguments()
        return f"{name}({', '.join([*([arguments] if arguments else []), *trailer])})"

    def can_be_left_out(self, field: Field) -> bool:
        # Where another count is wrong, what was measured may be read as a part of something else.
        is_measured_again = field.factory is not None and field.factory.tells and self._mixed
        if not field.mask or (self._automatic & field.mask and not is_measured_again):
            return super().can_be_left_out(field)
        if field.factory.own:  # type: ignore[union-attr]
            if isinstance(field.factory, Variant):
                return bool(self.raw(field) == field.factory.number_in(type(self)))
            return bool(self._measured(field) == self.raw(field))
        header: Any = self
        factory: Any = field.factory
        try:
            if isinstance(factory, Checksum):
                # Over what this header holds, right or cut: repr must give the same bytes again.
                return bool(factory.over(self, self.network_header, field) == self.raw(field))
            own, body = header.parts()
        except FieldError:
            # What it carries has sets of values, and no bytes yet.
            return False
        return bool(factory.fill(self, bytearray(own), body, self.network_header, field) == self.raw(field))

    def _measured(self, field: Field) -> int:
        """Return the length that a constructor would compute for `field`; -1 where it would refuse or pad."""
        try:
            pieces = self._pieces()
            before = sum(map(len, pieces.values()))
            number = measure(type(self), field, pieces)
        except (ValueError, FieldAbsentError):
            return -1
        return number if sum(map(len, pieces.values())) == before else -1
