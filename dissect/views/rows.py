"""Chosen fields of a packet as a row of text, with tshark's options for separators and occurrences."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.fields import compile_texts

__all__ = ["FieldOptions", "compile_row", "compile_row_json", "header_row"]

_ESCAPES = str.maketrans({"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_CHARACTERS = {"/t": "\t", "/s": " ", "/n": "\n"}
_CHOICES = {
    "bom": "yn",
    "header": "yn",
    "occurrence": "fla",
    "quote": "dsn",
    "escape": "yn",
}


class FieldOptions(NamedTuple):
    r"""How rows are printed: tshark's -E.

    `occurrence` is "f" for the first value of a field, "l" for the last, "a" for all of them,
    which `aggregator` joins; `quote` is "d", "s" or "n" for double, single or no quotes around each
    cell; with `escape`, whitespace other than blanks is written as in C ("\t").
    """

    header: bool = False
    separator: str = "\t"
    occurrence: str = "a"
    aggregator: str = ","
    quote: str = "n"
    bom: bool = False
    escape: bool = True

    @classmethod
    def read(cls, settings: Sequence[str]) -> FieldOptions:
        """Return the options that "separator=," and the like give; FieldError for one that is not understood.

        >>> FieldOptions.read(["separator=/s", "occurrence=f"]).separator
        ' '
        """
        found: dict[str, str | bool] = {}
        for setting in settings:
            name, equals, value = setting.partition("=")
            if name not in cls._fields or not equals:
                raise FieldError(f"-E {setting} is no option of fields: expected one of {', '.join(cls._fields)} and =")
            if name in ("separator", "aggregator"):
                value = _CHARACTERS.get(value, value)
                if len(value) != 1:
                    raise FieldError(f"-E {setting} needs one character behind the =: /t is a tab, /s a blank")
                found[name] = value
            elif len(value) != 1 or value not in _CHOICES[name]:
                raise FieldError(f"-E {setting} is not understood: {name} is one of {', '.join(_CHOICES[name])}")
            else:
                found[name] = value == "y" if _CHOICES[name] == "yn" else value
        return cls(**found)  # type: ignore[arg-type]


def header_row(names: Sequence[str], options: FieldOptions = FieldOptions()) -> str:  # noqa: B008 - it is immutable
    """Return the row of the names, which are not quoted."""
    return options.separator.join(names)


def compile_row(
    names: Sequence[str],
    options: FieldOptions = FieldOptions(),  # noqa: B008 - it is immutable
    clock: Clock | None = None,
    into: Container[type[Header]] | None = None,
) -> Callable[[Packet], str]:
    """Return a function that gives the row of a packet; FieldError for a name that does not exist.

    It looks behind no header that is not in `into` (`compile_texts`).
    """
    cells = compile_texts(names, clock, into)
    occurrence, aggregator = options.occurrence, options.aggregator
    plain = options.quote == "n"

    def row(packet: Packet) -> str:
        texts = []
        for found in cells(packet):
            if len(found) > 1:
                text = aggregator.join(found) if occurrence == "a" else found[-1 if occurrence == "l" else 0]
            else:
                text = found[0] if found else ""
            if text and not text.isprintable():
                if "\0" in text:
                    # A text ends at a zero in C, each value for itself.
                    text = aggregator.join(map(_up_to_zero, found)) if occurrence == "a" else _up_to_zero(text)
                if options.escape:
                    text = text.translate(_ESCAPES)
            texts.append(text if plain else _quoted(text, options) if found else "")
        return options.separator.join(texts)

    return row


def compile_row_json(
    names: Sequence[str], clock: Clock | None = None, into: Container[type[Header]] | None = None
) -> Callable[[Packet], list[tuple[str, str]]]:
    """Return a function that gives (name, JSON list of the values) for each of the fields that a packet has.

    It looks behind no header that is not in `into` (`compile_texts`).
    """
    from json import dumps

    cells = compile_texts(names, clock, into)

    def row(packet: Packet) -> list[tuple[str, str]]:
        told = zip(names, cells(packet), strict=True)
        return [(name, dumps(found, ensure_ascii=False)) for name, found in told if found]

    return row


def _up_to_zero(text: str) -> str:
    return text.partition("\0")[0]


def _quoted(text: str, options: FieldOptions) -> str:
    if options.quote == "n":
        return text
    mark = '"' if options.quote == "d" else "'"
    return f"{mark}{text}{mark}"
