"""What a field's name meant that no field has: a slip, or what another tool or the RFC calls a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.fields import Field

__all__ = ["unknown_field"]


def unknown_field(cls: type[Any], name: str) -> str:
    """Return the sentence about a field that a class does not have, with the one that is probably meant.

    What other tools call a field is found in what its declaration says: its name, its name in display filters, its
    title, and what its RFC calls it where the description ends in that: "Whether it answers a query (QR)".

    >>> from dissect import ARP, IPv4
    >>> unknown_field(IPv4, "tll"), unknown_field(IPv4, "len")
    ("IPv4 has no field 'tll'; did you mean 'ttl'?", "IPv4 has no field 'len': IPv4 calls it total_length")
    >>> unknown_field(ARP, "pdst"), unknown_field(ARP, "hwsrc")
    ("ARP has no field 'pdst': ARP calls it target_ip", "ARP has no field 'hwsrc': ARP calls it sender_mac")
    """
    from difflib import get_close_matches

    start = f"{cls.__name__} has no field {name!r}"
    fields: dict[str, Field] = cls._by_name
    near = get_close_matches(name, fields, 3)
    meant, is_exact = _known_elsewhere(cls, name)
    # Three letters are sooner a slip than the letters of longer words, unless one of these begins so.
    begins = meant is not None and len(name) > 1 and meant.startswith(name.lower())
    is_slip = bool(near) and not (is_exact or begins)
    is_slip = is_slip and (len(name) < 4 or bool(get_close_matches(name, fields, 1, 0.8)))
    if meant is not None and meant in near:
        near = [meant]
    elif meant is not None and not is_slip:
        return f"{start}: {cls.__name__} calls it {meant}"
    if near:
        return f"{start}; did you mean {near[0]!r}?"
    return f"{start}; its fields are {', '.join(fields)}"


def _known_elsewhere(cls: type[Any], name: str) -> tuple[str | None, bool]:
    """Return the field that another tool calls by this name, and whether its declaration has the very name.

    None where that is no field, or might be several.
    """
    word = name.lower()
    if word == cls.name and "id" in cls._by_name:
        # A tag's or session's own number is often called as the whole.
        return "id", True
    best: list[tuple[float, str]] = []
    for field in cls.fields:
        score = max((_likeness(word, alias) for alias in _aliases(cls, field)), default=0.0)
        if score:
            # Of two that are as likely, a field of the layout goes before another reading of its bits.
            best.append((score - (0.01 if field.over else 0.0), field.name))
    best.sort(key=lambda pair: -pair[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0] and best[0][0] < _EXACT):
        return None, False
    return best[0][1], best[0][0] > _EXACT - 0.1


_EXACT = 4.0
_BEGINNING = 3.6
_INITIALS = 3.5


def _aliases(cls: type[Any], field: Field) -> Iterator[list[str]]:
    """Yield what a field is called, in words: by itself, in display filters, and in the details."""
    yield field.name.lower().split("_")
    for label in (field.label, field.also):
        if label:
            yield label.removeprefix(f"{cls.name}.").lower().replace("_", ".").split(".")
    yield field.title.lower().replace("-", " ").split()
    if field.doc.endswith(")"):
        yield [field.doc[field.doc.rindex("(") + 1 : -1].lower()]


def _likeness(word: str, alias: list[str]) -> float:
    """Return how well a word stands for what these words call a field: 0 for not at all, `_EXACT` for the same."""
    if word in ("_".join(alias), "".join(alias), ".".join(alias)):
        return _EXACT
    if len(alias) > 1 and word == "".join(each[:1] for each in alias):
        return _INITIALS
    if len(alias) == 1 and len(word) > 1 and alias[0].startswith(word):
        return _BEGINNING
    used = _abbreviated(word, alias)
    # Two or three letters out of a long word that does not even begin with them are no evidence.
    if not used or (len(used) == 1 and not used[0].startswith(word) and 2 * len(word) < len(used[0])):
        return 0.0
    first = alias[0] in used
    letters = sum(len(each) for each in used)
    return 1.0 + len(used) / len(alias) + 0.5 * first + 0.4 * len(word) / letters


def _abbreviated(word: str, alias: list[str]) -> list[str]:
    """Return the words of which this one is made: each cut short, or left with some of its letters, in any order.

    >>> _abbreviated("hwsrc", ["src", "hw", "mac"]), _abbreviated("urgptr", ["urgent", "pointer"])
    (['hw', 'src'], ['urgent', 'pointer'])
    """
    if not word:
        return []
    found: list[str] = []
    for place, full in enumerate(alias):
        rest = alias[:place] + alias[place + 1 :]
        for size in range(min(len(full), len(word)), 0, -1):
            part, behind = word[:size], word[size:]
            if not _shortens(part, full):
                continue
            if not behind:
                # One letter alone stands for nothing.
                return [full] if size > 1 else found
            tail = _tail(behind, rest)
            if tail:
                return [full, *tail]
    return found


def _tail(word: str, alias: list[str]) -> list[str]:
    for place, full in enumerate(alias):
        for size in range(min(len(full), len(word)), 0, -1):
            if not _shortens(word[:size], full):
                continue
            if size == len(word):
                return [full]
            tail = _tail(word[size:], alias[:place] + alias[place + 1 :])
            if tail:
                return [full, *tail]
    return []


def _shortens(part: str, full: str) -> bool:
    """Whether a part has letters of the full word in their order, the first among them."""
    if not full.startswith(part[:1]):
        return False
    letters = iter(full)
    return all(letter in letters for letter in part)
