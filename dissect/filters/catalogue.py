"""What there is to ask for: every name of a field or protocol, with its type and meaning, from the declarations."""

from __future__ import annotations

from difflib import get_close_matches

from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_types import FieldType
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.names import value_names
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.types import declared_fields, field_names, field_type, header_classes, protocols

__all__ = ["FieldFacts", "facts_of", "fields_under"]


class FieldFacts(NamedTuple):
    """What is known of a name.

    `meaning` is what the details call the field; `doc` says more, or "". `stands_for` are the
    fields that a common name such as "ip.addr" is for; `values` those of its numbers that have
    names; `source` is where the header is described.
    """

    name: str
    type: FieldType
    meaning: str
    doc: str
    stands_for: tuple[str, ...]
    values: dict[str, int]
    source: str


def fields_under(prefix: str = "") -> list[FieldFacts]:
    """Return all fields and protocols whose names begin with the prefix, by name; all there are for "".

    A protocol's name stands for the protocol and its fields: "ip" is not the beginning of "ipv6".
    Raises FieldError, with the nearest right name, where none begins so.

    >>> [facts.name for facts in fields_under("tcp.options.mss")]
    ['tcp.options.mss', 'tcp.options.mss.absent', 'tcp.options.mss.present', 'tcp.options.mss_val']
    """
    known = sorted(field_names())
    begin = prefix.strip().lower()
    if begin in protocols():
        found = [name for name in known if name == begin or name.startswith(f"{begin}.")]
    else:
        found = [name for name in known if name.startswith(begin)]
    if not found:
        near = get_close_matches(begin, known, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"protocols are {', '.join(sorted(protocols()))}"
        raise FieldError(f"no field's name begins with {prefix!r}; {hint}")
    return [facts_of(name) for name in found]


def facts_of(name: str) -> FieldFacts:
    """Return what is known of a field or protocol; FieldError for a name that there is not.

    >>> facts = facts_of("ip.ttl")
    >>> facts.type.name, facts.meaning, facts.source
    ('FT_UINT8', 'Time to Live', 'RFC 791')
    """
    kind = field_type(name)
    if kind is None:
        raise FieldError(f"there is no field {name!r}")
    fields = declared_fields(name)
    if name in FRAME_FIELDS:
        return FieldFacts(name, kind, FRAME_FIELDS[name].title, "", (), value_names(name), "")
    if name in EXPERT_FIELDS:
        return FieldFacts(name, kind, EXPERT_FIELDS[name].title, "", (), value_names(name), "")
    if name in RESOLVED:
        return FieldFacts(name, kind, RESOLVED[name].title, f"Of {RESOLVED[name].of}, without names", (), {}, "")
    if not fields:
        headers = [cls for cls in header_classes() if cls.name == name and cls.title]
        meaning = ", ".join(dict.fromkeys(cls.title for cls in headers)) or "Frame"
        return FieldFacts(name, kind, meaning, "", (), {}, headers[0].document if headers else "")
    # Other headers may have the field as well, or a header another reading of it.
    first = fields[0]
    others = tuple(dict.fromkeys(field.label for field in fields if field.label != name))
    return FieldFacts(
        name,
        kind,
        ", ".join(dict.fromkeys(field.title for field in (fields if others else fields[:1]))),
        "" if others else _sentence(first),
        others,
        dict(sorted(value_names(name).items(), key=lambda pair: pair[1])) if kind.is_number else {},
        next((owner.document for field in fields if (owner := field.owner) is not None and owner.document), ""),
    )


def _sentence(field: Field) -> str:
    """Return what the declaration says of a field beside its title: the first paragraph, in one line."""
    if field.scale != 1:
        # The header counts in words, which the declaration tells, and filters in bytes.
        return "In bytes"
    text = " ".join(field.doc.split("\n\n")[0].split())
    # The docstring of a computed field is one to Python, where None is for what is not there.
    return text.partition("; None")[0].removesuffix(".") if isinstance(field, Derived) else text
