"""Classes with layouts made at random, for properties that every declaration keeps."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import strategies as st

from dissect.declaration.entry import Entry
from dissect.declaration.header import Header
from dissect.declaration.specifiers import (
    address_list,
    bits,
    flag,
    i16,
    i32,
    ipv4,
    ipv6,
    mac,
    octets,
    records,
    text,
    u8,
    u16,
    u24,
)

__all__ = ["NAMES", "layouts", "made"]

_NUMBERS = count(1)


class Leaf(Entry, name="random.leaf"):
    kind = u8("kind", default=1, kw_only=False)
    size = u8("size")
    value = octets("value", length="size", kw_only=False)


class Tree(Entry, name="random.tree"):
    number = u16("number", little=True)
    count = u8("count")
    leaves = records("leaves", of=Leaf, count="count")
    address = ipv4("address", default="192.0.2.1")


KINDS = (
    "number", "bits", "signed", "address", "sized", "told", "text", "padded", "ended", "list", "if", "three", "records",
    "counted",
)  # fmt: skip
NAMES = {"Leaf": Leaf, "Tree": Tree}


@st.composite
def _piece(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw one field, with the one that tells its length or whether it is there in front of it."""
    kind = draw(st.sampled_from(KINDS))
    little = draw(st.booleans())
    when: dict[str, Any] = {}
    before: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 0 and kind not in ("bits", "if"):
        before = {f"{name}_flag": flag(f"{name}.flag"), f"{name}_spare": bits(7, f"{name}.spare", default=0)}
        when = {"when": f"{name}_flag"}
    if kind == "number":
        declare = draw(st.sampled_from([u8, u16, u24]))
        return {**before, name: declare(name, little=little, **when)}
    if kind == "bits":
        width = draw(st.integers(1, 15))
        rest = bits(16 - width, f"{name}.rest", default=0)
        return {name: bits(width, name, default=0), f"{name}_rest": rest}
    if kind == "signed":
        return {**before, name: draw(st.sampled_from([i16, i32]))(name, little=little, default=-1, **when)}
    if kind == "address":
        return {**before, name: draw(st.sampled_from([mac, ipv4, ipv6]))(name, **when)}
    if kind == "sized":
        return {**before, name: octets(name, size=draw(st.integers(1, 9)), **when)}
    if kind == "padded":
        return {**before, name: text(name, size=draw(st.integers(1, 9)), **when)}
    if kind == "ended":
        return {**before, name: text(name, terminated=True, **when)}
    if kind == "three":
        return {**before, name: octets(name, length=lambda record: 3, **when)}
    if kind == "records":
        return {
            f"{name}_size": u8(f"{name}.size"),
            **before,
            name: records(name, of=Tree, length=f"{name}_size", **when),
        }
    if kind == "counted":
        return {
            f"{name}_count": u8(f"{name}.count"),
            **before,
            name: records(name, of=Tree, count=f"{name}_count", **when),
        }
    if kind == "list":
        return {f"{name}_size": u8(f"{name}.size"), **before, name: address_list(name, length=f"{name}_size", **when)}
    if kind == "text":
        return {f"{name}_size": u8(f"{name}.size"), **before, name: text(name, length=f"{name}_size", **when)}
    if kind == "if":
        told = {f"{name}_kind": bits(8, f"{name}.kind", default=0)}
        return {**told, name: u16(name, when={f"{name}_kind": 3}, little=little)}
    return {f"{name}_size": u8(f"{name}.size"), **before, name: octets(name, length=f"{name}_size", **when)}


def layouts(*, least: int = 1, most: int = 6) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for the bodies of classes."""
    return st.integers(least, most).flatmap(
        lambda size: st.tuples(*(_piece(f"f{number}") for number in range(size))).map(
            lambda pieces: {name: field for piece in pieces for name, field in piece.items()}
        )
    )


def made(body: dict[str, Any], **options: Any) -> Any:
    """Make a header of this body, under a name that no other has."""
    number = next(_NUMBERS)
    make: Any = type(Header)
    given = {"__module__": __name__, "__qualname__": f"Random{number}", **body}
    return make(f"Random{number}", (Header,), given, name=f"random{number}", **options)
