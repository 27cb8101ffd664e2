"""What goes with a checksum as soon as it is declared: its state, the right value, and whether it is wrong."""

from __future__ import annotations

from typing import Any

from dissect.declaration.automatic import Checksum
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.kinds import Boolean, Integer

__all__ = ["ABSENT", "verify"]

# What tshark prints for the state of a checksum.
_STATUS = {
    ChecksumState.GOOD: 1,
    ChecksumState.BAD: 0,
    ChecksumState.UNVERIFIABLE: 2,
    ChecksumState.OFFLOADED: 2,
    ChecksumState.ABSENT: 3,
}
ABSENT = _STATUS[ChecksumState.ABSENT]
"""What it prints for a checksum that there is none of."""
_ILLEGAL = 4
"""What it prints for a checksum that is left out where there must be one."""
_INTEGER, _BOOLEAN = Integer(), Boolean()


def verify(cls: type[Any], field: Field) -> tuple[Derived, ...]:
    """Return the fields of display filters that go with a checksum of the class; () for a field of another kind."""
    factory = field.factory
    if not isinstance(factory, Checksum):
        return ()

    def state(header: Any) -> ChecksumState:
        # An ICMP message that an ICMP error quotes is not verified, as tshark has it.
        if not factory.is_judged:
            return ChecksumState.UNVERIFIABLE
        is_message = factory.pseudo_header is None or header.encloses
        if header.is_quoted and not factory.header_only and is_message:
            return ChecksumState.UNVERIFIABLE
        return factory.state(header, field, as_there=True)

    def is_illegal(header: Any) -> bool:
        return bool(factory.optional and field.values(header) == [0] and state(header) is ChecksumState.BAD)

    def status(header: Any) -> int | None:
        if is_illegal(header):
            return _ILLEGAL
        return _STATUS[state(header)] if field.values(header) else None

    def calculated(header: Any) -> int | None:
        verified = state(header) in (ChecksumState.GOOD, ChecksumState.BAD) and not is_illegal(header)
        return factory.expected(header, field, as_there=True) if verified else None

    def bad(header: Any) -> int | None:
        return 1 if state(header) is ChecksumState.BAD and not is_illegal(header) else None

    made = (
        Derived(status, 8, _INTEGER, f"{field.label}.status", title=f"{field.title} status"),
        Derived(calculated, field.width, _INTEGER, f"{field.label}_calculated", title="Calculated checksum", base=16),
        Derived(bad, 1, _BOOLEAN, f"{cls.name}.{factory.bad}", title="Bad checksum"),
    )
    for derived, name in zip(made, ("status", "calculated", "bad"), strict=True):
        derived.name, derived.owner = f"{field.name}_{name}", cls
    return made
