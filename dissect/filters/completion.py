"""What may stand in a display filter where somebody is typing: names of fields and protocols, and of their values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dissect.errors import FieldError
from dissect.filters.catalogue import facts_of
from dissect.wireshark.types import field_names, protocols

__all__ = ["begun_word", "completed_names", "named_values"]

_WORD = re.compile(r"[\w.]*$")
_COMPARED = re.compile(r"([a-z_][\w.]*)\s*(?:==|!=|eq|ne|in\s*\{(?:[^}]*,)?)\s*$", re.IGNORECASE)


def begun_word(text: str) -> str:
    """Return the name that has begun at the end of a filter.

    >>> begun_word("ip.ttl == 3 and tcp.fl")
    'tcp.fl'
    """
    found = _WORD.search(text)
    return "" if found is None else found[0]


def completed_names(word: str) -> Iterator[str]:
    """Yield what a name may become: of nothing the protocols, and else all that begins so.

    >>> list(completed_names("tcp.flags.sy"))
    ['tcp.flags.syn']
    """
    known = sorted(field_names() if word else protocols())
    yield from (name for name in known if name.startswith(word) and not name.startswith("_ws.col"))


def named_values(text: str) -> dict[str, int]:
    """Return the values that have names of the field that is compared at the end of a filter, {} where there are none.

    >>> named_values("arp.opcode == ")["request"]
    1
    """
    found = _COMPARED.search(text)
    if found is None:
        return {}
    try:
        return facts_of(found[1]).values
    except FieldError:
        return {}
