"""Exercises whose answers check themselves.

Each notebook has a module here, named after it, with an `Exercise` for each of its questions. A
notebook imports them, asks, and leaves the answer open:

    from exercises.looking_at_frames import check_padding

    answer = ...
    check_padding(answer)

What is right is computed by a function here, so it can be read neither in the notebook nor from
what an exercise prints. A wrong answer gets a sentence about what is wrong with it: those of
`hints` that know this mistake, or else what its type tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dissect import FieldAbsentError, FilterError, Header, Packet, compile_filter, read
from dissect.declaration.fields import Field
from dissect.views.text import Text

__all__ = ["OPEN", "RIGHT", "SAMPLES", "Exercise", "FilterExercise"]

SAMPLES = Path(__file__).resolve().parents[2] / "capture_samples"

RIGHT = "Right."
OPEN = "Not answered yet: put your answer in the place of the dots."


class Exercise:
    """A question, called with an answer.

    `right` returns the right answer: a number, text, bytes, a header, or a list, tuple, set or
    dictionary of these. `hints` are pairs of a test and a sentence: the first whose test is true of
    a wrong answer is what the learner reads. They must not name what is right.
    """

    def __init__(self, right: Callable[[], Any], *hints: tuple[Callable[[Any], bool], str]) -> None:
        self.right = right
        self._hints = hints

    def __call__(self, answer: Any) -> Text:
        """Return "Right.", or a sentence about what is wrong with the answer."""
        if answer is ...:
            return Text(OPEN)
        wrong = _difference(answer, self.right())
        if wrong is None:
            return Text(RIGHT)
        return Text(f"Not yet: {self._known_mistake(answer) or wrong}")

    def _known_mistake(self, answer: Any) -> str | None:
        for test, sentence in self._hints:
            try:
                if test(answer):
                    return sentence
            except (TypeError, ValueError, AttributeError, LookupError):
                # The test was written for answers of another type.
                continue
        return None


class FilterExercise(Exercise):
    """A question whose answer is a display filter: right is any that lets the same packets of a sample through.

    `sample` is the name of a file in `capture_samples/`, `right` one right filter. A right one may not
    ask for the fields of `without`, such as the packets' numbers.
    """

    def __init__(
        self, sample: str, right: str, *hints: tuple[Callable[[Any], bool], str], without: Sequence[str] = ()
    ) -> None:
        super().__init__(lambda: right, *hints)
        self._sample = SAMPLES / sample
        self._without = without

    def __call__(self, answer: Any) -> Text:
        """Return "Right.", or how many packets pass that should not, or should and don't."""
        if answer is ...:
            return Text(OPEN)
        wrong = _kind(answer, str, "a display filter, between quotes") or self._wrong_packets(answer)
        if wrong is None:
            return Text(RIGHT)
        return Text(f"Not yet: {self._known_mistake(answer) or wrong}")

    def _wrong_packets(self, answer: str) -> str | None:
        try:
            asked = compile_filter(answer).fields
        except FilterError as error:
            return str(error)
        for name in self._without:
            if name in asked:
                return f"it has to do without {name}."
        mine = self._passing(answer)
        wanted = self._passing(self.right())
        surplus, missing = len(mine - wanted), len(wanted - mine)
        parts = [f"lets {surplus} through that don't belong there"] if surplus else []
        parts += [f"stops {missing} that {'does' if missing == 1 else 'do'}"] if missing else []
        return f"of the packets, it {' and '.join(parts)}." if parts else None

    def _passing(self, text: str) -> set[int]:
        return {packet.number for packet in read(self._sample, text)}


def _difference(answer: Any, right: Any) -> str | None:
    """Return what is wrong with the answer, without the right one in it; None for nothing."""
    if isinstance(right, (Header, Packet)):
        return _of_headers(answer, right.frame if isinstance(right, Packet) else right)
    if isinstance(right, (set, frozenset)):
        return _of_sets(answer, right)
    if isinstance(right, dict):
        return _of_dictionaries(answer, right)
    if isinstance(right, (list, tuple)):
        return _of_sequences(answer, right)
    if isinstance(right, bool):
        return _kind(answer, bool, "True or False") or (None if answer == right else "think again.")
    if isinstance(right, (int, float)):
        return _of_numbers(answer, right)
    if isinstance(right, str):
        return _of_texts(answer, right)
    return _of_bytes(answer, right)


def _kind(answer: Any, kinds: type | tuple[type, ...], wanted: str) -> str | None:
    if isinstance(answer, kinds) and not (isinstance(answer, bool) and kinds is not bool):
        return None
    return f"the answer is {wanted}, and yours is of the type {type(answer).__name__}."


def _of_numbers(answer: Any, right: Any) -> str | None:
    wrong = _kind(answer, (int, float), "a number")
    if wrong is not None:
        return wrong
    if answer == right or (isinstance(right, float) and abs(answer - right) <= abs(right) / 1e6):
        return None
    return "the number is too small." if answer < right else "the number is too large."


def _of_texts(answer: Any, right: str) -> str | None:
    wrong = _kind(answer, str, "text, between quotes")
    if wrong is not None:
        return wrong
    mine, wanted = answer.strip().casefold(), right.casefold()
    if mine == wanted:
        return None
    for separator in (".", ":"):
        parts, right_parts = mine.split(separator), wanted.split(separator)
        if len(right_parts) >= 4:
            if len(parts) != len(right_parts):
                return f"an address of this kind has {len(right_parts)} parts, and yours has {len(parts)}."
            return f"the address differs from part {_first_difference(parts, right_parts) + 1} on."
    return "it is another one."


def _of_bytes(answer: Any, right: bytes) -> str | None:
    wrong = _kind(answer, (bytes, bytearray), "bytes, as b'...' or bytes.fromhex('...')")
    if wrong is not None:
        return wrong
    if bytes(answer) == right:
        return None
    if len(answer) != len(right):
        return f"there are too {'few' if len(answer) < len(right) else 'many'} bytes: {len(answer)}."
    return f"the number of bytes is right, and the first that differs is at offset {_first_difference(answer, right)}."


def _of_headers(answer: Any, right: Header) -> str | None:
    if isinstance(answer, Packet):
        answer = answer.frame
    if not isinstance(answer, Header):
        return f"the answer is a frame, such as Ethernet() / IPv4(), and yours is of the type {type(answer).__name__}."
    if bytes(answer) == bytes(right):
        return None
    mine, wanted = list(answer.layers()), list(right.layers())
    for number, (one, other) in enumerate(zip(mine, wanted, strict=False), 1):
        if type(one) is not type(other):
            return f"layer {number} should not be {type(one).__name__}."
        # What is computed is wrong because something else is.
        wrong = [field.name for field in _unlike(one, other) if not one.is_automatic(field.name)]
        if wrong:
            return f"look again at {', '.join(wrong)} of {type(one).__name__}."
    if len(mine) != len(wanted):
        return f"it has too {'few' if len(mine) < len(wanted) else 'many'} layers."
    for one, other in zip(mine, wanted, strict=True):
        for field in _unlike(one, other):
            if not other.is_automatic(field.name):
                return f"{field.name} of {type(one).__name__} is not what would be computed."
    return "look at what stands behind the last layer."


def _unlike(one: Header, other: Header) -> Iterator[Field]:
    for field in one.layout:
        try:
            if one.raw(field) != other.raw(field):
                yield field
        except FieldAbsentError:
            yield field


def _of_sequences(answer: Any, right: Sequence[Any]) -> str | None:
    wrong = _kind(answer, (list, tuple, range), "a list or tuple")
    if wrong is not None:
        return wrong
    if len(answer) != len(right):
        return f"there are too {'few' if len(answer) < len(right) else 'many'} items: {len(answer)}."
    for number, (one, other) in enumerate(zip(answer, right, strict=True)):
        wrong = _difference(one, other)
        if wrong is not None:
            return f"item {number}, counted from 0: {wrong}"
    return None


def _of_sets(answer: Any, right: set[Any] | frozenset[Any]) -> str | None:
    wrong = _kind(answer, (set, frozenset, list, tuple, range), "a set, as {1, 2}")
    if wrong is not None:
        return wrong
    mine = set(answer)
    if mine == right:
        return None
    surplus, missing = len(mine - right), len(right - mine)
    sentences = []
    if surplus:
        sentences.append(f"{surplus} of yours {'does' if surplus == 1 else 'do'} not belong there")
    if missing:
        sentences.append(f"{missing} {'is' if missing == 1 else 'are'} missing")
    return f"{', and '.join(sentences)}."


def _of_dictionaries(answer: Any, right: dict[Any, Any]) -> str | None:
    wrong = _kind(answer, dict, "a dictionary, as {'name': value}")
    if wrong is None:
        wrong = _of_sets(set(answer), set(right))
        if wrong is not None:
            return f"of the keys, {wrong}"
    if wrong is not None:
        return wrong
    for key, value in right.items():
        wrong = _difference(answer[key], value)
        if wrong is not None:
            return f"{key!r}: {wrong}"
    return None


def _first_difference(one: Sequence[Any], other: Sequence[Any]) -> int:
    return next(number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
