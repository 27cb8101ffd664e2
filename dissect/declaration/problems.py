"""What is wrong with a frame: which layer, which field, at which byte, what was expected and found."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["Problem"]


class Problem(NamedTuple):
    """One thing that a header gets wrong; parsing went on regardless.

    `layer` is the header's short name, `field` the field's name or "" for the layer as a
    whole, `offset` the byte offset in the frame (None for frames that were built) and
    `severity` one of "error", "warning" and "note", as in Wireshark's expert information.
    `name` is the name by which display filters find the problem, "ip.bogus_ip_length", or "".
    """

    layer: str
    field: str
    offset: int | None
    message: str
    expected: str = ""
    found: str = ""
    severity: str = "error"
    name: str = ""

    def __str__(self) -> str:
        where = f"{self.layer}.{self.field}" if self.field else self.layer
        at = "" if self.offset is None else f" at byte {self.offset}"
        detail = ", ".join(
            f"{word} {value}" for word, value in (("expected", self.expected), ("found", self.found)) if value
        )
        return f"{where}{at} {self.message}" + (f": {detail}" if detail else "")
