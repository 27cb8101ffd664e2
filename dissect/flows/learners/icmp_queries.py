"""Pings: which reply answers which request, and when the request was sent."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Data
from dissect.flows.echoes import sending_time
from dissect.flows.learner import Place
from dissect.flows.learners.echoes import EchoLearner
from dissect.protocols.icmp_queries import EchoReply, EchoRequest

__all__ = ["PingLearner"]

_TIME = 8
"""The bytes of the time in front of the data."""


class PingLearner(EchoLearner, of=(EchoRequest, EchoReply)):
    """Matches the replies of IPv4 with requests, and tells the time in their data from the rest."""

    apart = True
    request = EchoRequest
    # The types are 8 and 0.
    types_apart = 0x0800

    def observe(self, header: Any, place: Place) -> None:
        super().observe(header, place)
        payload = header.payload
        if place.time_ns is None or not isinstance(payload, Data) or header.is_cut:
            return
        sent = sending_time(payload.data, place.time_ns)
        if sent is not None:
            header.learn(data_time=sent, data_age=place.time_ns - sent, payload=header.undissected(_TIME))
