"""Spoofed names: a question to a name server that gets two answers which say different things.

Who wants to deceive the asker has to be faster than the server, whose own answer comes as well (RFC 5452, section 4).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting
from dissect.flows.learner import Place
from dissect.flows.talks import end_text
from dissect.protocols.dns import DNS

__all__ = ["NameSpoofing"]


class _Answer(NamedTuple):
    """What an answer said, without order and times to live."""

    text: str
    said: tuple[Any, ...]
    number: int
    time_ns: int | None


class _Asked:
    """A question: how often it was seen, and its answers."""

    __slots__ = ("answers", "is_told", "times")

    def __init__(self) -> None:
        self.times = 0
        self.answers: list[_Answer] = []
        self.is_told = False


class NameSpoofing(Detector):
    """Answers over UDP that contradict an earlier one to the same question: told once for each question.

    A question that was sent again may be answered as often.
    """

    of = (DNS,)
    settings = (Setting("dns_seconds", 10.0, "how long an answer counts against another one to the same question"),)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._asked: OrderedDict[tuple[Any, ...], _Asked] = OrderedDict()

    def observe(self, header: Any, place: Place) -> None:
        # In multicast DNS many hosts answer one question, and none can come between over a connection.
        if type(header) is not DNS or place.ends is None or place.stream is not None or header.is_cut:
            return
        questions = [each for each in header.questions if each.is_filled()]
        if not questions:
            return
        source, destination = place.ends
        asker, server = (destination, source) if header.is_response else (source, destination)
        asked = tuple((each.domain.lower(), int(each.type)) for each in questions)
        key = place.vlan, asker, server, header.id, asked
        if not header.is_response:
            self._find(key).times += 1
        elif not header.truncated:
            self._answer(header, place, key, f"{questions[0].type} {questions[0].domain}")

    def _find(self, key: tuple[Any, ...]) -> _Asked:
        found = self._asked.setdefault(key, _Asked())
        self._asked.move_to_end(key)
        if len(self._asked) > MOST_HELD:
            self._asked.popitem(last=False)
        return found

    def _answer(self, header: Any, place: Place, key: tuple[Any, ...], question: str) -> None:
        found = self._find(key)
        records = [each for each in header.answers if each.is_filled()]
        said = int(header.response_code), *sorted({(each.owner.lower(), each.summary()) for each in records})
        text = ", ".join(each.summary() for each in records) or str(header.response_code)
        answer = _Answer(text, said, place.number, place.time_ns)
        other = next((each for each in found.answers if each.said != said and self._holds(each, answer)), None)
        # Of those that were not told of, as many are kept as can matter.
        found.answers = [*found.answers, answer][-max(found.times, 1) - 1 :][-8:]
        if other is None or found.is_told or len(found.answers) <= found.times:
            return
        found.is_told = True
        asker, server = end_text(key[1]), end_text(key[2])
        text = f"{server} answers {asker}, who asks for {question}, with {other.text}, and then with {answer.text}"
        facts = {
            "asker": asker, "server": server, "question": question, "before": other.text, "now": answer.text
        }  # fmt: skip
        self.told.append(Alarm("dns-spoofing", text, other.number, place.number, other.time_ns, place.time_ns, facts))

    def _holds(self, one: _Answer, other: _Answer) -> bool:
        if one.time_ns is None or other.time_ns is None:
            return True
        return other.time_ns - one.time_ns <= self.setting_ns("dns_seconds")
