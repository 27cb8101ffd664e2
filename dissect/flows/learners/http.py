"""HTTP messages: which response belongs to which request, and how they are counted in their connection."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.http import HTTP, HTTPMessage, HTTPRequest
from dissect.wireshark.http import full_uri, notifies

__all__ = ["HTTPLearner"]

_MOST = 1 << 13
_MOST_MESSAGES = 1 << 16


class _Pair:
    """A request and its response: their frames, 0 for none, and when the request came."""

    __slots__ = ("asked_ns", "number", "request", "response")

    def __init__(self, number: int) -> None:
        self.number = number
        self.request = self.response = 0
        self.asked_ns: int | None = None


class _Talk:
    """What was said in one connection."""

    __slots__ = ("count", "frames", "host", "pairs", "place", "target", "uri")

    def __init__(self) -> None:
        self.pairs: list[_Pair] = []
        self.count = 0
        self.place = -1
        """The pair that was seen last."""
        self.frames: dict[int, int] = {}
        """For a second pass, the last pair of each frame."""
        self.uri: str | None = None
        self.target = ""
        self.host = ""


class HTTPLearner(Learner, of=HTTP):
    """Matches responses with requests, in 8192 connections at a time, and in each of 65536 messages at most."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._twice = twice
        self._talks: OrderedDict[int, _Talk] = OrderedDict()

    def rewind(self) -> None:
        super().rewind()
        for talk in self._talks.values():
            talk.place = -1

    def held(self) -> int:
        return len(self._talks)

    def observe(self, header: Any, place: Place) -> None:
        # What an error of ICMP quotes is counted, too, as by Wireshark.
        if place.stream is None:
            return
        talk = self._talks.get(place.stream)
        if talk is None:
            talk = self._talks[place.stream] = _Talk()
            if len(self._talks) > _MOST:
                self._talks.popitem(last=False)
        else:
            self._talks.move_to_end(place.stream)
        if place.is_protected:
            header.learn(is_protected=True)
        if not isinstance(header, HTTPMessage):
            header.learn(target=talk.target, host=talk.host, is_unannounced=not talk.pairs)
            return
        pair = self._pair(talk, header, place)
        header.learn(target=talk.target, host=talk.host)
        if pair is None or header.breaks_off:
            return
        at = talk.place
        before = talk.pairs[at - 1] if at else None
        after = talk.pairs[at + 1] if self.again and at + 1 < len(talk.pairs) else None
        facts: dict[str, Any] = {
            "prev_request_in": (before and before.request) or None,
            "next_request_in": (after and after.request) or None,
            "count": talk.count,
        }
        if isinstance(header, HTTPRequest):
            facts |= {"request_number": pair.number, "response_in": pair.response or None}
        else:
            facts |= {
                "response_number": pair.number,
                "request_in": pair.request or None,
                "prev_response_in": (before and before.response) or None,
                "next_response_in": (after and after.response) or None,
                "uri": talk.uri or talk.target or None,
                "full_uri": talk.uri,
            }
            if pair.asked_ns is not None and place.time_ns is not None:
                facts["time_since"] = place.time_ns - pair.asked_ns
        header.learn(**{name: value for name, value in facts.items() if value is not None})

    def _pair(self, talk: _Talk, header: Any, place: Place) -> _Pair | None:
        """Return the pair to which a message belongs; None where there were too many in the connection."""
        asks = isinstance(header, HTTPRequest)
        if asks:
            talk.target = header.target
            talk.uri = full_uri(header) or talk.uri
            talk.host = header.headers.get("Host", "")
        if asks and notifies(header):
            # It is not counted.
            return None
        if self.again:
            # All messages of a frame count as the last one.
            at = talk.frames.get(place.number)
            if at is None:
                return None
            talk.place = at
            return talk.pairs[at]
        last = talk.pairs[-1] if talk.pairs else None
        if asks or last is None or last.response:
            if len(talk.pairs) >= _MOST_MESSAGES:
                return None
            last = _Pair(len(talk.pairs) + 1)
            talk.pairs.append(last)
            talk.count += 1
        if asks:
            last.request, last.asked_ns = place.number, place.time_ns
        else:
            last.response = place.number
        talk.place = len(talk.pairs) - 1
        if self._twice:
            talk.frames[place.number] = talk.place
        return last
